"""Policies: versions are added by the steward and never changed, framework document and all."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pydantic import AnyHttpUrl
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.policy import check_next
from shared.contracts.events import PolicyPublished
from shared.contracts.policy import Framework, Policy
from shared.contracts.vocabulary import Element, LocalText, Sector, StudyLoadUnit
from shared.runtime.outbox import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRules:
    """What a version of a policy says, and the text of the framework it rests on."""

    sector: Sector
    valid_from: date
    valid_until: date | None
    unit: StudyLoadUnit
    minimum: Decimal
    maximum: Decimal | None
    step: Decimal
    guideline: Decimal | None
    required_elements: tuple[Element, ...]
    framework_name: LocalText
    framework_version: str
    document: bytes


async def publish_policy_version(
    session: AsyncSession, policy_id: str, rules: PolicyRules, *, public_url: str, now: datetime
) -> Policy:
    """Publish the next version of a policy; the framework's text is kept and served for ever."""
    await repository.lock(session, repository.POLICIES)
    existing = await repository.list_policies(session)
    version = 1 + sum(one.policy_id == policy_id for one in existing)
    policy = Policy(
        policy_id=policy_id,
        version=version,
        sector=rules.sector,
        valid_from=rules.valid_from,
        valid_until=rules.valid_until,
        unit=rules.unit,
        minimum=rules.minimum,
        maximum=rules.maximum,
        step=rules.step,
        guideline=rules.guideline,
        required_elements=rules.required_elements,
        framework=Framework(
            name=rules.framework_name,
            version=rules.framework_version,
            url=AnyHttpUrl(f"{public_url}/frameworks/{policy_id}/{version}"),
            sha256=hashlib.sha256(rules.document).hexdigest(),
        ),
    )
    check_next(policy, existing=existing)
    await repository.add_policy(session, policy, document=rules.document, now=now)
    where = f"{public_url}/v1/policies/{policy_id}/versions/{version}"
    event = PolicyPublished(record_version=1, policy=policy)
    await announce(session, event, now=now, dataref=where)
    return policy


async def list_policies(session: AsyncSession, *, after: str | None, limit: int) -> list[Policy]:
    """Return the newest version of each policy, in the order of their ids."""
    newest = {one.policy_id: one for one in await repository.list_policies(session)}
    wanted = (one for policy_id, one in newest.items() if after is None or policy_id > after)
    return sorted(wanted, key=lambda one: one.policy_id)[:limit]


async def read_policy(session: AsyncSession, policy_id: str, version: int | None = None) -> Policy:
    """Return one version of a policy, or its newest."""
    return await repository.get_policy(session, policy_id, version)


async def read_framework(session: AsyncSession, policy_id: str, version: int) -> bytes:
    """Return the framework document of a policy version, byte for byte as it was pinned."""
    return await repository.get_document(session, policy_id, version)
