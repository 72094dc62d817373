"""Tallies: what the register holds of each organisation and day, so that a consumer can compare.

1. One transaction sees one moment (REPEATABLE READ); all tallies are of that sequence number.
2. The log says which registrations changed since the last time, and so which days did.
3. Such a day is counted again, from the facts: nothing is added to what was, so nothing drifts.
4. Then it rests 19 times as long as that took, so that it has a twentieth of a processor; but
   after an hour of counting, as of a large register for the first time, not for the rest of the
   day.
"""

from collections.abc import Sequence
from contextlib import aclosing
from datetime import date
from typing import Final

from services.registry.domain.tallies import Count, Member, Tally
from services.registry.repository import reconciling as repository
from services.registry.repository.reconciling import ChangedDay
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight

AT_ONCE: Final = 1000
ENTRIES_AT_ONCE: Final = 10_000
REST: Final = 19
LONGEST_REST: Final = 600.0


def rest_after(seconds: float) -> float:
    """Return how many seconds to rest after counting for so long."""
    return min(seconds * REST, LONGEST_REST)


async def tally_up(database: Database) -> int | None:
    """Count again what changed; return the sequence number all tallies are of since.

    None before the log has begun, or when somebody else is counting.
    """
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        place = await repository.begin(straight)  # 1
        if place is None:
            return None
        counted, size = place
        for changed in await _find_changed(straight, counted, size):  # 2
            await _count_day(straight, changed, sequence=size)  # 3
        if size > counted:
            await repository.move_to(straight, size)
    return size


async def read_tallies(
    database: Database,
    *,
    organisation: str | None,
    first: date | None,
    last: date | None,
    after: tuple[date, str] | None,
    limit: int,
) -> tuple[int, Sequence[Tally]]:
    """Return tallies by day and organisation, and the sequence number they are of."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        place = await repository.read_place(straight)
        found = await repository.list_tallies(
            straight, organisation=organisation, first=first, last=last, after=after, limit=limit
        )
    # What was counted in between is newer than this says, never older.
    return place, found


async def read_members(
    database: Database, organisation: str, day: date, *, after: int, limit: int
) -> Sequence[Member]:
    """Return what is compared of each registration of an organisation and day, as it is now."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        return await repository.list_members(straight, organisation, day, after=after, limit=limit)


async def _find_changed(straight: Straight, counted: int, size: int) -> list[ChangedDay]:
    found: dict[date, ChangedDay] = {}
    for first in range(counted, size, ENTRIES_AT_ONCE):
        end = min(first + ENTRIES_AT_ONCE, size)
        for changed in await repository.list_changed(straight, first, end):
            known = found.get(changed.day)
            found[changed.day] = changed.widened(known) if known else changed
    return [found[day] for day in sorted(found)]


async def _count_day(straight: Straight, changed: ChangedDay, *, sequence: int) -> None:
    counts: dict[str, tuple[Count, int, int]] = {}
    async with aclosing(repository.read_day(straight, changed, at_once=AT_ONCE)) as pages:
        async for page in pages:
            for number, organisation, state in page:
                count, first, last = counts.get(organisation, (Count(), number, number))
                count.add(state)
                counts[organisation] = count, min(first, number), max(last, number)
    await repository.keep_day(straight, changed.day, counts, sequence=sequence)
