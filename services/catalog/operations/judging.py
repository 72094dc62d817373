"""What the rules say of a draft today, and a microcredential as its reader may see it.

Apart from the operations that change something, because each of them shows the same thing.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import policy, repository
from services.catalog.domain import Desk, dutch_day
from services.catalog.policy import Finding
from services.catalog.policy.behalf import judge_behalf
from services.catalog.repository.mandates import find_mandate
from shared.contracts.microcredential import Description, Microcredential
from shared.contracts.policy import Policy


@dataclass(frozen=True, slots=True)
class Shown:
    """A microcredential as its reader may see it: the latest version, and the desk if theirs."""

    published: Microcredential | None
    desk: Desk | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every rule a draft is judged by today, and the policy they come from, if one holds."""

    findings: tuple[Finding, ...]
    policy: Policy | None

    def require(self) -> Policy:
        """Return the policy a draft meets, or refuse with every broken rule at once."""
        policy.require(self.findings)
        if self.policy is None:
            raise policy.NoPolicyError
        return self.policy


async def judge_draft(
    session: AsyncSession,
    content: Description,
    *,
    provider: str,
    on_behalf_of: str | None = None,
    now: datetime,
) -> Judgement:
    """Judge a draft by the provider's recognition and the policy of its sector, today."""
    today = dutch_day(now)
    known = await repository.find_organisation(session, provider)
    organisation = known.organisation if known else None
    findings = [policy.judge_provider(organisation, day=today)]
    if organisation is None:
        return Judgement(tuple(findings), None)
    policies = await repository.list_policies(session)
    try:
        in_force = policy.policy_in_force(policies, organisation.sector, today)
    except policy.NoPolicyError:
        return Judgement(tuple(findings), None)
    if on_behalf_of is not None:
        findings.extend(await _judge_behalf(session, on_behalf_of, provider=provider, day=today))
    return Judgement((*findings, *policy.ask_every_rule(content, in_force, day=today)), in_force)


async def _judge_behalf(
    session: AsyncSession, on_behalf_of: str, *, provider: str, day: date
) -> tuple[Finding, ...]:
    mandator = await repository.find_organisation(session, on_behalf_of)
    mandate = await find_mandate(session, on_behalf_of, provider)
    return judge_behalf(mandator.organisation if mandator else None, mandate, day=day)


async def judge_desk(session: AsyncSession, desk: Desk, *, now: datetime) -> Judgement:
    """Judge the draft on a desk."""
    if desk.draft is None:
        return Judgement((), None)
    return await judge_draft(
        session,
        desk.draft,
        provider=desk.organisation,
        on_behalf_of=desk.on_behalf_of,
        now=now,
    )


async def show_desk(session: AsyncSession, desk: Desk, *, now: datetime) -> Shown:
    """Return a microcredential as its own provider sees it."""
    published = None
    if desk.versions:
        published = await repository.find_version(session, desk.microcredential_id)
    return Shown(published, desk, (await judge_desk(session, desk, now=now)).findings)
