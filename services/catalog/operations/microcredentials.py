"""Microcredentials from draft to version to archive.

A provider works at its own desk, which row-level security hides from everybody else; what it
publishes is a version that never changes, approved by a second person and judged by the policy of
that day.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain import Desk, MicrocredentialUnknownError
from services.catalog.domain.life_cycle import (
    Source,
    check_behalf,
    copy_of,
    decide_archival,
    decide_publication,
    require_approved,
)
from services.catalog.domain.reviews import Actor, Deed, HistoryEntry
from services.catalog.operations.judging import Shown, judge_desk, show_desk
from services.catalog.operations.listing import list_again
from services.catalog.operations.reviews import Acting, keep_deed, open_desk
from services.catalog.repository import desks
from shared.contracts.events import MicrocredentialArchived, MicrocredentialPublished
from shared.contracts.identifiers import microcredential_subject
from shared.contracts.microcredential import Description, Microcredential, PolicyPin
from shared.runtime.database import act_for
from shared.runtime.outbox import announce
from shared.runtime.preconditions import ANY_STATE, Condition

__all__ = ["Shown"]


async def draft_microcredential(
    session: AsyncSession,
    content: Description,
    *,
    provider: str,
    now: datetime,
    by: Actor,
    on_behalf_of: str | None = None,
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
        on_behalf_of=check_behalf(on_behalf_of, provider=provider),
        edited_by=by,
    )
    await keep_deed(session, desk, HistoryEntry(Deed.DRAFTED, at=now, by=by))
    return await show_desk(session, desk, now=now)


async def put_draft(
    session: AsyncSession,
    microcredential_id: UUID,
    content: Description,
    *,
    provider: str,
    now: datetime,
    by: Actor,
    on_behalf_of: str | None = None,
    expected: Condition = ANY_STATE,
) -> Shown:
    """Put this draft in the place of the one before; on a published microcredential, revise it.

    What was submitted or approved is no longer so; the same draft again changes nothing.
    """
    acting = Acting(provider=provider, by=by, now=now, expected=expected)
    desk = await open_desk(session, microcredential_id, acting)
    if (desk.draft, desk.on_behalf_of) != (content, on_behalf_of):
        desk = desk.drafted(content, now=now, on_behalf_of=on_behalf_of, by=by)
        await keep_deed(session, desk, HistoryEntry(Deed.DRAFTED, at=now, by=by))
    return await show_desk(session, desk, now=now)


async def copy_microcredential(
    session: AsyncSession,
    microcredential_id: UUID,
    *,
    version: int | None,
    provider: str,
    by: Actor,
    now: datetime,
) -> Shown:
    """Begin a microcredential from an own earlier one: from a version, or from what is newest."""
    await act_for(session, provider)
    source = await desks.find_desk(session, microcredential_id)
    if source is None:
        raise MicrocredentialUnknownError
    content = source.draft if version is None else None
    if content is None:
        published = await read_version(session, microcredential_id, version)
        content, version = published.content, published.version
    copied = Desk(
        microcredential_id=uuid4(),
        organisation=provider,
        draft=copy_of(content),
        versions=0,
        changed_at=now,
        edited_by=by,
        copied_from=Source(microcredential_id, version),
    )
    await keep_deed(session, copied, HistoryEntry(Deed.COPIED, at=now, by=by))
    return await show_desk(session, copied, now=now)


async def read_microcredential(
    session: AsyncSession, microcredential_id: UUID, *, reader: str | None, now: datetime
) -> Shown:
    """Return the latest published version, and to its own provider the draft as well."""
    if reader is not None:
        await act_for(session, reader)
        desk = await repository.find_desk(session, microcredential_id)
        if desk is not None:
            return await show_desk(session, desk, now=now)
    return Shown(await read_version(session, microcredential_id))


async def read_latest(session: AsyncSession, microcredential_id: UUID) -> Microcredential:
    """Return the latest published version, as everybody may see it."""
    return await read_version(session, microcredential_id)


async def publish_microcredential(
    session: AsyncSession,
    microcredential_id: UUID,
    *,
    provider: str,
    public_url: str,
    now: datetime,
    by: Actor,
    expected: Condition = ANY_STATE,
) -> Microcredential:
    """Publish the approved draft as the next version, or refuse with every reason."""
    acting = Acting(provider=provider, by=by, now=now, expected=expected)
    desk = await open_desk(session, microcredential_id, acting)
    require_approved(desk)
    in_force = (await judge_desk(session, desk, now=now)).require()
    pin = PolicyPin(
        policy_id=in_force.policy_id, version=in_force.version, framework=in_force.framework
    )
    published = decide_publication(desk, pin=pin, public_url=public_url, now=now)
    desk = desk.published(now=now)
    entry = HistoryEntry(Deed.PUBLISHED, at=now, by=by, version=published.version)
    await keep_deed(session, desk, entry)
    await repository.add_version(
        session, published, first_published_at=desk.first_published_at or now
    )
    event = MicrocredentialPublished(record_version=1, microcredential=published)
    await announce(session, event, now=now, dataref=_record_of(published, public_url))
    await list_again(session, microcredential_ids=[microcredential_id], now=now)
    return published


async def archive_microcredential(
    session: AsyncSession,
    microcredential_id: UUID,
    *,
    version: int | None,
    provider: str,
    public_url: str,
    now: datetime,
    by: Actor,
) -> list[Microcredential]:
    """Archive one version, or all that are open: they can no longer be awarded."""
    desk = await open_desk(session, microcredential_id, Acting(provider=provider, by=by, now=now))
    versions = await repository.list_versions(session, desk.microcredential_id)
    archived = decide_archival(versions, wanted=version, now=now)
    entry = HistoryEntry(Deed.ARCHIVED, at=now, by=by, version=version)
    await keep_deed(session, desk.touched(now=now), entry)
    for one in archived:
        record_version = await repository.keep_archived(session, one)
        event = MicrocredentialArchived(record_version=record_version, microcredential=one)
        await announce(session, event, now=now, dataref=_record_of(one, public_url))
    await list_again(session, microcredential_ids=[microcredential_id], now=now)
    return archived


def _record_of(one: Microcredential, public_url: str) -> str:
    subject = microcredential_subject(one.microcredential_id, one.version)
    return f"{public_url}/v1/microcredentials/{subject}"


async def read_version(
    session: AsyncSession, microcredential_id: UUID, version: int | None = None
) -> Microcredential:
    """Return one published version, or the latest; it never changes, but for being archived."""
    found = await repository.find_version(session, microcredential_id, version)
    if found is None:
        raise MicrocredentialUnknownError
    return found
