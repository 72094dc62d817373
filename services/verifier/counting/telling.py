"""Telling what was counted: days to everybody, and how often an award was checked to its holder.

Apart from counting, which must not wait. The learner's question is put by who acts for a learner
that was identified (scope `learners:access`) and has the credential itself: an employer has the
credential too, and must not see how often somebody applied elsewhere; and who acts for learners
must not be able to look up anybody by the public number of a registration.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.verifier import operations
from services.verifier.counting.counter import find_counted
from services.verifier.domain.counts import (
    Day,
    NotCountedError,
    decide_period,
    first_month_kept,
    publish,
)
from services.verifier.operations import Desk
from services.verifier.repository import counts
from shared.runtime.database import Database


@dataclass(frozen=True, slots=True)
class CheckedTimes:
    """How often an award was checked, and since which month that is counted."""

    times: int
    since: date


async def list_days(
    session: AsyncSession, *, first: date | None, last: date | None, today: date
) -> list[Day]:
    """Return what may be published of a period, day by day."""
    begin, end = decide_period(first, last, today=today)
    if end < begin:
        return []
    found = await counts.list_days(session, first=begin, last=end)
    return publish(found, first=begin, last=end)


async def count_checked(
    desk: Desk, database: Database, content: bytes, *, now: datetime
) -> CheckedTimes:
    """Return how often the award of a credential was checked; asking does not count as checking."""
    verified = await operations.verify_one(desk, content, now=now)
    registration_id = find_counted(verified.verification)
    if registration_id is None:
        raise NotCountedError
    since = first_month_kept(now.date())
    async with database.transaction() as session:
        return CheckedTimes(
            await counts.count_checked(session, registration_id, since=since), since
        )


async def forget_old(database: Database, *, now: datetime) -> None:
    """Forget the months that are kept no longer, and what was counted of what is erased."""
    async with database.transaction() as session:
        await counts.forget_old_checked(session, before=first_month_kept(now.date()))
