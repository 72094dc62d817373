"""Microcredentials from draft to version to archive.

A provider works at its own desk, which row-level security hides from everybody else; what it
publishes is a version that never changes, judged by the policy of that day.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import policy, repository
from services.catalog.domain import (
    Desk,
    MicrocredentialUnknownError,
    NothingToPublishError,
    decide_archival,
    decide_publication,
    dutch_day,
)
from services.catalog.policy import Finding
from services.catalog.repository import Listed, Wanted
from shared.contracts.events import MicrocredentialArchived, MicrocredentialPublished
from shared.contracts.identifiers import microcredential_subject
from shared.contracts.microcredential import Description, Microcredential, PolicyPin
from shared.contracts.policy import Organisation, Policy
from shared.runtime.database import act_for
from shared.runtime.outbox import announce

__all__ = ["Listed", "Wanted"]


@dataclass(frozen=True, slots=True)
class Shown:
    """A microcredential as its reader may see it: the latest version, and the desk if theirs."""

    published: Microcredential | None
    desk: Desk | None = None
    findings: tuple[Finding, ...] = ()


async def draft_microcredential(
    session: AsyncSession,
    content: Description,
    *,
    provider: str,
    now: datetime,
    microcredential_id: UUID | None = None,
) -> Shown:
    """Begin a microcredential; a title is enough to begin with."""
    await act_for(session, provider)
    desk = Desk(
        microcredential_id=microcredential_id or uuid4(),
        organisation=provider,
        draft=content,
        versions=0,
        changed_at=now,
    )
    await repository.keep_desk(session, desk)
    return await _show(session, desk, now=now)


async def put_draft(
    session: AsyncSession,
    microcredential_id: UUID,
    content: Description,
    *,
    provider: str,
    now: datetime,
) -> Shown:
    """Put this draft in the place of the one before; on a published microcredential, revise it."""
    await act_for(session, provider)
    desk = await repository.lock_desk(session, microcredential_id)
    if desk.draft != content:
        desk = desk.drafted(content, now=now)
        await repository.keep_desk(session, desk)
    return await _show(session, desk, now=now)


async def read_microcredential(
    session: AsyncSession, microcredential_id: UUID, *, reader: str | None, now: datetime
) -> Shown:
    """Return the latest published version, and to its own provider the draft as well."""
    if reader is not None:
        await act_for(session, reader)
        desk = await repository.find_desk(session, microcredential_id)
        if desk is not None:
            return await _show(session, desk, now=now)
    published = await repository.find_version(session, microcredential_id)
    if published is None:
        raise MicrocredentialUnknownError
    return Shown(published)


async def read_latest(session: AsyncSession, microcredential_id: UUID) -> Microcredential:
    """Return the latest published version, as everybody may see it."""
    found = await repository.find_version(session, microcredential_id)
    if found is None:
        raise MicrocredentialUnknownError
    return found


async def _show(session: AsyncSession, desk: Desk, *, now: datetime) -> Shown:
    published = await repository.find_version(session, desk.microcredential_id)
    if desk.draft is None:
        return Shown(published, desk)
    findings, _ = await _judge(session, desk.organisation, desk.draft, now=now)
    return Shown(published, desk, findings)


async def _judge(
    session: AsyncSession, provider: str, content: Description, *, now: datetime
) -> tuple[tuple[Finding, ...], Policy | None]:
    """Judge a draft by the provider's recognition and the policy of its sector, today."""
    today = dutch_day(now)
    known = await repository.find_organisation(session, provider)
    organisation = known.organisation if known else None
    recognised = policy.judge_provider(organisation, day=today)
    if organisation is None:
        return (recognised,), None
    policies = await repository.list_policies(session)
    try:
        in_force = policy.policy_in_force(policies, organisation.sector, today)
    except policy.NoPolicyError:
        return (recognised,), None
    return (recognised, *policy.judge(content, in_force, day=today)), in_force


async def publish_microcredential(
    session: AsyncSession,
    microcredential_id: UUID,
    *,
    provider: str,
    public_url: str,
    now: datetime,
) -> Microcredential:
    """Publish the draft as the next version, or refuse with every reason."""
    await act_for(session, provider)
    desk = await repository.lock_desk(session, microcredential_id)
    if desk.draft is None:
        raise NothingToPublishError
    findings, in_force = await _judge(session, provider, desk.draft, now=now)
    policy.require(findings)
    if in_force is None:
        raise policy.NoPolicyError
    pin = PolicyPin(
        policy_id=in_force.policy_id, version=in_force.version, framework=in_force.framework
    )
    published = decide_publication(desk, desk.draft, pin=pin, public_url=public_url, now=now)
    desk = desk.published(now=now)
    await repository.keep_desk(session, desk)
    await repository.add_version(
        session, published, first_published_at=desk.first_published_at or now
    )
    event = MicrocredentialPublished(record_version=1, microcredential=published)
    await announce(session, event, now=now, dataref=_record_of(published, public_url))
    return published


async def archive_microcredential(
    session: AsyncSession,
    microcredential_id: UUID,
    *,
    version: int | None,
    provider: str,
    public_url: str,
    now: datetime,
) -> list[Microcredential]:
    """Archive one version, or all that are open: they can no longer be awarded."""
    await act_for(session, provider)
    desk = await repository.lock_desk(session, microcredential_id)
    versions = await repository.list_versions(session, desk.microcredential_id)
    archived = decide_archival(versions, wanted=version, now=now)
    for one in archived:
        record_version = await repository.keep_archived(session, one)
        event = MicrocredentialArchived(record_version=record_version, microcredential=one)
        await announce(session, event, now=now, dataref=_record_of(one, public_url))
    return archived


def _record_of(one: Microcredential, public_url: str) -> str:
    subject = microcredential_subject(one.microcredential_id, one.version)
    return f"{public_url}/v1/microcredentials/{subject}"


async def read_version(
    session: AsyncSession, microcredential_id: UUID, version: int
) -> Microcredential:
    """Return one published version; it never changes, but for being archived."""
    found = await repository.find_version(session, microcredential_id, version)
    if found is None:
        raise MicrocredentialUnknownError
    return found


async def list_microcredentials(
    session: AsyncSession, wanted: Wanted, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Listed]:
    """Return published microcredentials that can be earned now, in their latest version."""
    return await repository.list_microcredentials(session, wanted, after=after, limit=limit)


async def name_providers(
    session: AsyncSession, microcredentials: list[Microcredential]
) -> dict[str, Organisation]:
    """Return the providers of these microcredentials by their OIN."""
    oins = sorted({one.provider for one in microcredentials})
    return await repository.name_providers(session, oins)
