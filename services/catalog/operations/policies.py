"""Policies: versions are added by the steward and never changed, framework document and all."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pydantic import AnyHttpUrl
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.policy import (
    ONE_POLICY,
    Finding,
    OnePolicyError,
    PolicyUnknownError,
    ask_every_rule,
    check_next,
    policies_in_force,
    policy_in_force,
)
from shared.contracts.events import PolicyPublished
from shared.contracts.microcredential import Description
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
    full_text: AnyHttpUrl | None = None


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
            full_text=rules.full_text,
        ),
    )
    check_next(policy, existing=existing)
    await repository.add_policy(session, policy, document=rules.document, now=now)
    where = f"{public_url}/v1/policies/{policy_id}/versions/{version}"
    event = PolicyPublished(record_version=1, policy=policy)
    await announce(session, event, now=now, dataref=where)
    return policy


async def list_policies(
    session: AsyncSession,
    *,
    after: str | None,
    limit: int,
    sector: Sector | None = None,
    on: date | None = None,
) -> list[Policy]:
    """Return the newest version of each policy, or what holds on a day; in order of their ids."""
    known = await repository.list_policies(session)
    if on is None:
        found = list({one.policy_id: one for one in known}.values())
    else:
        found = policies_in_force(known, on)
    wanted = (
        one
        for one in found
        if (after is None or one.policy_id > after) and sector in {None, one.sector}
    )
    return sorted(wanted, key=lambda one: one.policy_id)[:limit]


async def list_versions(
    session: AsyncSession, policy_id: str, *, after: int, limit: int
) -> list[Policy]:
    """Return every version of a policy, oldest first; none ever goes away."""
    found = [one for one in await repository.list_policies(session) if one.policy_id == policy_id]
    if not found:
        raise PolicyUnknownError
    return [one for one in found if one.version > after][:limit]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A description judged by a policy on a day, without a draft and without a provider."""

    on: date
    policy: Policy
    findings: tuple[Finding, ...]


async def evaluate_description(
    session: AsyncSession,
    content: Description,
    *,
    sector: Sector | None = None,
    policy_id: str | None = None,
    on: date,
) -> Evaluation:
    """Judge a description by a policy by name (`wo@1`), or by what holds for a sector on a day."""
    if policy_id is not None and sector is None:
        name, _, version = policy_id.partition("@")
        policy = await repository.get_policy(session, name, int(version) if version else None)
    elif sector is not None and policy_id is None:
        policy = policy_in_force(await repository.list_policies(session), sector, on)
    else:
        raise OnePolicyError(faults=ONE_POLICY)
    return Evaluation(on, policy, ask_every_rule(content, policy, day=on))


async def read_policy(session: AsyncSession, policy_id: str, version: int | None = None) -> Policy:
    """Return one version of a policy, or its newest."""
    return await repository.get_policy(session, policy_id, version)


async def read_framework(session: AsyncSession, policy_id: str, version: int) -> bytes:
    """Return the framework document of a policy version, byte for byte as it was pinned."""
    return await repository.get_document(session, policy_id, version)
