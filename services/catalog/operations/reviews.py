"""A draft on its way to publication: submitted, taken back, approved or sent back, and by whom.

A board should not have to read what cannot be published, so a submission is judged by the policy
of that day; whoever approves names the state they read.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain.life_cycle import (
    Desk,
    MicrocredentialUnknownError,
    decide_approval,
    decide_discard,
    decide_rejection,
    decide_submission,
    decide_withdrawal,
)
from services.catalog.domain.reviews import Actor, Deed, HistoryEntry
from services.catalog.operations.judging import Shown, judge_desk, show_desk
from services.catalog.repository import desks, oeapi_imports
from shared.contracts.vocabulary import LocalText
from shared.runtime.database import act_for
from shared.runtime.preconditions import ANY_STATE, Condition, tag_of_revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts for which provider, on which state of the desk, and when."""

    provider: str
    by: Actor
    now: datetime
    expected: Condition = ANY_STATE


async def open_desk(session: AsyncSession, microcredential_id: UUID, acting: Acting) -> Desk:
    """Return the provider's own desk in the state that was read; ours alone until the commit."""
    await act_for(session, acting.provider)
    desk = await repository.lock_desk(session, microcredential_id)
    acting.expected.require(tag_of_revision(desk.revision))
    return desk


async def keep_deed(session: AsyncSession, desk: Desk, entry: HistoryEntry) -> None:
    """Keep a desk as it is now, and what was done to it."""
    await repository.keep_desk(session, desk)
    await desks.add_history(session, desk, entry)


async def submit_draft(session: AsyncSession, microcredential_id: UUID, *, acting: Acting) -> Shown:
    """Ask for approval of exactly the present draft, or refuse with every reason."""
    desk = await open_desk(session, microcredential_id, acting)
    submitted = decide_submission(desk, by=acting.by, now=acting.now)
    (await judge_desk(session, desk, now=acting.now)).require()
    entry = HistoryEntry(Deed.SUBMITTED, at=acting.now, by=acting.by)
    await keep_deed(session, submitted, entry)
    return await show_desk(session, submitted, now=acting.now)


async def withdraw_submission(
    session: AsyncSession, microcredential_id: UUID, *, acting: Acting
) -> Shown:
    """Take a submission back, or an approval that was not used; the draft can be mended."""
    desk = await open_desk(session, microcredential_id, acting)
    withdrawn = decide_withdrawal(desk, now=acting.now)
    entry = HistoryEntry(Deed.WITHDRAWN, at=acting.now, by=acting.by)
    await keep_deed(session, withdrawn, entry)
    return await show_desk(session, withdrawn, now=acting.now)


async def approve_draft(
    session: AsyncSession,
    microcredential_id: UUID,
    *,
    body: LocalText,
    note: LocalText | None = None,
    acting: Acting,
) -> Shown:
    """Approve exactly the draft that was read, for a quality body, as a second person."""
    desk = await open_desk(session, microcredential_id, acting)
    approved = decide_approval(desk, by=acting.by, body=body, now=acting.now)
    entry = HistoryEntry(Deed.APPROVED, at=acting.now, by=acting.by, body=body, remark=note)
    await keep_deed(session, approved, entry)
    return await show_desk(session, approved, now=acting.now)


async def reject_draft(
    session: AsyncSession,
    microcredential_id: UUID,
    *,
    reason: LocalText,
    body: LocalText | None = None,
    acting: Acting,
) -> Shown:
    """Send the draft back with the reason; an approval that was not used yet ends with it."""
    desk = await open_desk(session, microcredential_id, acting)
    rejected = decide_rejection(desk, by=acting.by, reason=reason, body=body, now=acting.now)
    entry = HistoryEntry(Deed.REJECTED, at=acting.now, by=acting.by, body=body, remark=reason)
    await keep_deed(session, rejected, entry)
    return await show_desk(session, rejected, now=acting.now)


async def discard_draft(session: AsyncSession, microcredential_id: UUID, *, acting: Acting) -> None:
    """Throw the draft away, and what was never published with it; an import may bring it again."""
    desk = await open_desk(session, microcredential_id, acting)
    latest = await repository.find_version(session, microcredential_id)
    left = decide_discard(desk, latest=latest, now=acting.now)
    if left is None:
        await oeapi_imports.forget_links(session, microcredential_id)
        await desks.remove_desk(session, microcredential_id)
        return
    if desk.draft is not None and latest is not None:
        await oeapi_imports.give_back(
            session, microcredential_id, taken=desk.draft, present=latest.content
        )
    await keep_deed(session, left, HistoryEntry(Deed.DISCARDED, at=acting.now, by=acting.by))


async def read_history(
    session: AsyncSession, microcredential_id: UUID, *, provider: str, after: int, limit: int
) -> list[HistoryEntry]:
    """Return what was done at the provider's own desk and by whom, oldest first."""
    await act_for(session, provider)
    if await repository.find_desk(session, microcredential_id) is None:
        raise MicrocredentialUnknownError
    return await desks.list_history(session, microcredential_id, after=after, limit=limit)
