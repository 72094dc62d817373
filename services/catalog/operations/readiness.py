"""How far a microcredential is: the draft by today's rules, a version by those of its own day."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import policy, repository
from services.catalog.domain import Desk, MicrocredentialUnknownError, dutch_day
from services.catalog.operations.judging import judge_desk
from services.catalog.readiness import Measured, Meter, measure
from shared.contracts.microcredential import Description, Microcredential
from shared.contracts.policy import Organisation
from shared.runtime.database import act_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The meter of a published version, or of the draft when there is no version."""

    microcredential_id: UUID
    version: int | None
    meter: Meter


async def read_readiness(
    session: AsyncSession,
    microcredential_id: UUID,
    *,
    version: int | None,
    reader: str | None,
    now: datetime,
) -> Readiness:
    """Measure the version that is asked; or else one's own draft, or else the latest version."""
    if reader is not None and version is None:
        await act_for(session, reader)
        desk = await repository.find_desk(session, microcredential_id)
        if desk is not None and desk.draft is not None:
            meter = await _measure_draft(session, desk, desk.draft, now=now)
            return Readiness(microcredential_id=microcredential_id, version=None, meter=meter)
    published = await repository.find_version(session, microcredential_id, version)
    if published is None:
        raise MicrocredentialUnknownError
    meter = await _measure_version(session, published)
    return Readiness(microcredential_id=microcredential_id, version=published.version, meter=meter)


async def _measure_draft(
    session: AsyncSession, desk: Desk, draft: Description, *, now: datetime
) -> Meter:
    judgement = await judge_desk(session, desk, now=now)
    return measure(
        Measured(
            microcredential_id=desk.microcredential_id,
            content=draft,
            provider=await _provider(session, desk.organisation),
            policy=judgement.policy,
            findings=judgement.findings,
            day=dutch_day(now),
        )
    )


async def _measure_version(session: AsyncSession, published: Microcredential) -> Meter:
    pin, day = published.policy, dutch_day(published.published_at)
    rules = await repository.get_policy(session, pin.policy_id, pin.version)
    provider = await _provider(session, published.provider)
    findings = (
        policy.judge_provider(provider, day=day),
        *policy.judge(published.content, rules, day=day),
    )
    return measure(
        Measured(
            microcredential_id=published.microcredential_id,
            content=published.content,
            provider=provider,
            policy=rules,
            findings=findings,
            day=day,
        )
    )


async def _provider(session: AsyncSession, oin: str) -> Organisation | None:
    known = await repository.find_organisation(session, oin)
    return known.organisation if known else None
