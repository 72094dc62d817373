"""Play what a new installation begins with through the ordinary operations; again changes nothing.

The files are described in `deploy/seed/README.md`. Each record is a transaction of its own, so a
seeding that was broken off goes on where it stopped.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

from pydantic import AnyHttpUrl, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain.reviews import Actor
from services.catalog.operations.microcredentials import (
    draft_microcredential,
    publish_microcredential,
)
from services.catalog.operations.organisations import record_organisation
from services.catalog.operations.policies import PolicyRules, publish_policy_version
from services.catalog.operations.reviews import Acting, approve_draft, submit_draft
from services.catalog.operations.seed_offerings import seed_offerings
from services.catalog.policy import PolicyUnknownError
from shared.contracts.identifiers import Oin
from shared.contracts.microcredential import Description
from shared.contracts.model import Contract, Credits
from shared.contracts.policy import Organisation, PolicyId, Sha256Hex
from shared.contracts.vocabulary import Element, LocalText, Sector, StudyLoadUnit
from shared.runtime.database import Database, act_for

Item = TypeVar("Item")
EDITOR: Final = Actor(client="seed", subject="fictional-editor")
BOARD_MEMBER: Final = Actor(client="seed", subject="fictional-board-member")
BOARD: Final = LocalText(
    nl="Voorbeeldcommissie kwaliteit (fictief)", en="Example quality board (fictional)"
)


class SeedError(Exception):
    """A file of the seed is not what it says it is."""


class SeedFramework(Contract):
    """A framework document of the seed, by its place in the folder and its digest."""

    name: LocalText
    version: str
    document: str
    sha256: Sha256Hex
    full_text: AnyHttpUrl | None = None


class SeedPolicy(Contract):
    """A policy version of the seed."""

    policy_id: PolicyId
    version: int
    sector: Sector
    valid_from: date
    valid_until: date | None = None
    unit: StudyLoadUnit
    minimum: Credits
    maximum: Credits | None = None
    step: Credits
    guideline: Credits | None = None
    required_elements: tuple[Element, ...]
    framework: SeedFramework


class SeedMicrocredential(Contract):
    """A microcredential of the seed, published on a day in the past or now."""

    microcredential_id: UUID
    provider: Oin
    published_on: date | None = None
    content: Description


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many records were new."""

    organisations: int
    policies: int
    microcredentials: int
    offerings: int = 0


async def seed(database: Database, folder: Path, *, public_url: str, now: datetime) -> Seeded:
    """Load every file of the folder; return what was new."""
    organisations = _read(folder / "organisations.json", TypeAdapter(list[Organisation]))
    policies = _read(folder / "policies.json", TypeAdapter(list[SeedPolicy]))
    microcredentials = _read(
        folder / "microcredentials.json", TypeAdapter(list[SeedMicrocredential])
    )
    new = [0, 0, 0]
    for organisation in organisations:
        async with database.transaction() as session:
            _, is_new = await record_organisation(
                session, organisation, public_url=public_url, now=now
            )
            new[0] += is_new
    for policy in policies:
        rules = _rules(policy, folder)
        async with database.transaction() as session:
            new[1] += await _seed_policy(session, policy, rules, public_url=public_url, now=now)
    for one in microcredentials:
        async with database.transaction() as session:
            new[2] += await _seed_microcredential(session, one, public_url=public_url, now=now)
    offerings = await seed_offerings(database, folder, public_url=public_url, now=now)
    return Seeded(new[0], new[1], new[2], offerings)


def _read(path: Path, adapter: TypeAdapter[list[Item]]) -> list[Item]:
    return adapter.validate_json(path.read_bytes())


def _rules(policy: SeedPolicy, folder: Path) -> PolicyRules:
    document = (folder / policy.framework.document).read_bytes()
    if hashlib.sha256(document).hexdigest() != policy.framework.sha256:
        raise SeedError(f"{policy.framework.document} does not have the digest it is pinned by")
    return PolicyRules(
        sector=policy.sector,
        valid_from=policy.valid_from,
        valid_until=policy.valid_until,
        unit=policy.unit,
        minimum=policy.minimum,
        maximum=policy.maximum,
        step=policy.step,
        guideline=policy.guideline,
        required_elements=policy.required_elements,
        framework_name=policy.framework.name,
        framework_version=policy.framework.version,
        document=document,
        full_text=policy.framework.full_text,
    )


async def _seed_policy(
    session: AsyncSession,
    policy: SeedPolicy,
    rules: PolicyRules,
    *,
    public_url: str,
    now: datetime,
) -> bool:
    try:
        await repository.get_policy(session, policy.policy_id, policy.version)
    except PolicyUnknownError:
        published = await publish_policy_version(
            session, policy.policy_id, rules, public_url=public_url, now=now
        )
        if published.version != policy.version:
            raise SeedError(f"{policy.policy_id}@{policy.version} is not the next one") from None
        return True
    return False


async def _seed_microcredential(
    session: AsyncSession, one: SeedMicrocredential, *, public_url: str, now: datetime
) -> bool:
    await act_for(session, one.provider)
    if await repository.find_desk(session, one.microcredential_id) is not None:
        return False
    moment = now
    if one.published_on is not None:
        moment = datetime.combine(one.published_on, time(9), tzinfo=UTC)
    await draft_microcredential(
        session,
        one.content,
        provider=one.provider,
        by=EDITOR,
        now=moment,
        microcredential_id=one.microcredential_id,
    )
    by_editor = Acting(provider=one.provider, by=EDITOR, now=moment)
    await submit_draft(session, one.microcredential_id, acting=by_editor)
    by_board = Acting(provider=one.provider, by=BOARD_MEMBER, now=moment)
    await approve_draft(session, one.microcredential_id, body=BOARD, acting=by_board)
    await publish_microcredential(
        session,
        one.microcredential_id,
        provider=one.provider,
        by=EDITOR,
        public_url=public_url,
        now=moment,
    )
    return True
