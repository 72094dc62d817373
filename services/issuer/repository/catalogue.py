"""Our copies of what the catalogue says: organisations and their microcredentials."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.tables import microcredential as microcredentials
from services.issuer.tables import organisation as organisations
from services.issuer.tables import policy as policies
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation, Policy
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """What a picture is drawn of."""

    microcredential: Microcredential
    provider: Organisation
    policy: Policy | None


async def keep_organisation(session: AsyncSession, organisation: Organisation) -> None:
    """Remember an organisation as it is now."""
    record = organisation.model_dump_json(exclude_none=True)
    news = insert(organisations).values(oin=organisation.oin, record=record)
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[organisations.c.oin], set_={"record": news.excluded.record}
        )
    )


async def keep_microcredential(session: AsyncSession, microcredential: Microcredential) -> None:
    """Remember a version of a microcredential as it is now: published, or archived."""
    news = insert(microcredentials).values(
        microcredential_id=microcredential.microcredential_id,
        version=microcredential.version,
        provider=microcredential.provider,
        record=microcredential.model_dump_json(exclude_none=True),
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[microcredentials.c.microcredential_id, microcredentials.c.version],
            set_={"record": news.excluded.record},
        )
    )


async def keep_policy(session: AsyncSession, policy: Policy) -> None:
    """Remember a version of a policy; it never changes."""
    news = insert(policies).values(
        policy_id=policy.policy_id,
        version=policy.version,
        record=policy.model_dump_json(exclude_none=True),
    )
    await session.execute(news.on_conflict_do_nothing())


async def find_pictured(
    session: AsyncSession, microcredential_id: UUID, version: int
) -> Pictured | None:
    """Return a version of a microcredential, with its provider and the policy it pins."""
    known = microcredentials.c
    found = await session.execute(
        select(known.record, organisations.c.record.label("provider"))
        .join(organisations, organisations.c.oin == known.provider)
        .where(known.microcredential_id == microcredential_id, known.version == version)
    )
    row = found.one_or_none()
    if row is None:
        return None
    microcredential = read_microcredential(row.record)
    pin = microcredential.policy
    policy = await session.scalar(
        select(policies.c.record).where(
            policies.c.policy_id == pin.policy_id, policies.c.version == pin.version
        )
    )
    return Pictured(
        microcredential=microcredential,
        provider=read_organisation(row.provider),
        policy=None if policy is None else Policy.model_validate_json(policy),
    )


async def list_organisations(session: AsyncSession) -> list[str]:
    """Return the OINs of all organisations we know."""
    found = await session.scalars(select(organisations.c.oin).order_by(organisations.c.oin))
    return list(found)


async def find_organisation(straight: Straight, oin: str) -> Organisation | None:
    """Return our copy of an organisation, or None."""
    row = await straight.ask("SELECT record FROM organisation WHERE oin = $1", oin)
    return None if row is None else read_organisation(row["record"])


async def list_versions(straight: Straight, microcredential_id: UUID) -> list[Microcredential]:
    """Return our copies of every version of a microcredential."""
    rows = await straight.connection.fetch(
        "SELECT record FROM microcredential WHERE microcredential_id = $1 ORDER BY version",
        microcredential_id,
    )
    return [read_microcredential(row["record"]) for row in rows]


@lru_cache(maxsize=2048)
def read_organisation(record: str) -> Organisation:
    """Read our copy of an organisation; the same text is read once."""
    return Organisation.model_validate_json(record)


@lru_cache(maxsize=4096)
def read_microcredential(record: str) -> Microcredential:
    """Read our copy of a microcredential; the same text is read once."""
    return Microcredential.model_validate_json(record)
