"""The questions about tallies: which days changed, what is in them now, and what they came to."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pydantic_core import from_json, to_json

from services.registry.domain.statistics import State
from services.registry.domain.tallies import Count, Member, Standing, Tally
from services.registry.repository.moments import see_one_moment
from shared.proofs.log_entries import EntryKind
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDay:
    """A day of which registrations changed, and between which facts they begin."""

    day: date
    first: int
    last: int

    def widened(self, other: "ChangedDay") -> "ChangedDay":
        """Return it with the facts of another report of the same day."""
        return ChangedDay(
            day=self.day, first=min(self.first, other.first), last=max(self.last, other.last)
        )


_BEGIN = 'INSERT INTO tally_place ("only", sequence) VALUES (1, 0) ON CONFLICT DO NOTHING'
_SIZE = "SELECT size FROM log_state"
_PLACE = "SELECT sequence FROM tally_place"
_MOVE = "UPDATE tally_place SET sequence = $1"
# By index, a few at a time: a plan that reads all facts first would not answer in time.
_PLAN = (
    "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;"
    " SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
)
_CHANGED = """
    SELECT (first.recorded_at AT TIME ZONE 'UTC')::date AS day,
        min(first.number) AS first, max(first.number) AS last
    FROM log_entry e JOIN fact f USING (number)
    JOIN fact first ON first.registration_id = f.registration_id AND first.record_version = 1
    WHERE e.index >= $1 AND e.index < $2 GROUP BY 1
    """
_KNOWN = "SELECT min(first_number) AS first, max(last_number) AS last FROM tally WHERE day = $1"
# The last that was logged of each registration that begins among these facts.
_LAST = """
    SELECT l.record_version, l.kind, l.content, e.index FROM fact l
    JOIN log_entry e USING (number)
    WHERE l.registration_id = f.registration_id ORDER BY l.record_version DESC LIMIT 1
    """
_DAY = f"""
    SELECT f.number, f.organisation, now.content FROM fact f CROSS JOIN LATERAL ({_LAST}) now
    WHERE f.number BETWEEN $1 AND $2 AND f.record_version = 1
    AND f.recorded_at >= $3 AND f.recorded_at < $4
    AND now.content IS NOT NULL AND now.kind <> 'erased'
    """  # noqa: S608 - constants
_MEMBERS = f"""
    SELECT f.number, f.registration_id, now.*, (SELECT size FROM log_state) AS size
    FROM fact f CROSS JOIN LATERAL ({_LAST}) now
    WHERE f.number BETWEEN $1 AND $2 AND f.organisation = $3 AND f.record_version = 1
    AND f.recorded_at >= $4 AND f.recorded_at < $5
    ORDER BY f.number LIMIT $6
    """  # noqa: S608 - constants
_FOUND = "SELECT first_number, last_number FROM tally WHERE day = $1 AND organisation = $2"
_EMPTY = """
    UPDATE tally SET registrations = 0, digest = $2, counts = '{}', sequence = $3 WHERE day = $1
    """
_KEEP = """
    INSERT INTO tally (day, organisation, registrations, digest, counts, first_number,
        last_number, sequence)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (day, organisation) DO UPDATE SET registrations = excluded.registrations,
        digest = excluded.digest, counts = excluded.counts, sequence = excluded.sequence,
        first_number = least(tally.first_number, excluded.first_number),
        last_number = greatest(tally.last_number, excluded.last_number)
    """
_LIST = """
    SELECT organisation, day, registrations, digest FROM tally
    WHERE ($1::text IS NULL OR organisation = $1)
    AND ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3)
    AND ($4::date IS NULL OR (day, organisation) > ($4, $5))
    ORDER BY day, organisation LIMIT $6
    """


async def begin(straight: Straight) -> tuple[int, int] | None:
    """See one moment; return up to where was counted, and how far the log is.

    None before the log has begun, or when somebody else is counting.
    """
    if not await see_one_moment(straight, "tally_place"):
        return None
    await straight.connection.execute(_PLAN)
    await straight.connection.execute(_BEGIN)
    place = await straight.ask(_PLACE)
    log = await straight.ask(_SIZE)
    return None if place is None or log is None else (place["sequence"], log["size"])


async def list_changed(straight: Straight, first: int, end: int) -> list[ChangedDay]:
    """Return the days under which the facts of this part of the log are counted."""
    rows = await straight.connection.fetch(_CHANGED, first, end)
    return [ChangedDay(day=row["day"], first=row["first"], last=row["last"]) for row in rows]


async def read_day(
    straight: Straight, changed: ChangedDay, *, at_once: int
) -> AsyncGenerator[list[tuple[int, str, State]], None]:
    """Return every registration of a day: its first fact's number, who awarded it, and itself."""
    known = await straight.connection.fetchrow(_KNOWN, changed.day)
    first, last = changed.first, changed.last
    if known is not None and known["first"] is not None:
        first, last = min(first, known["first"]), max(last, known["last"])
    cursor = await straight.connection.cursor(_DAY, first, last, *_bounds(changed.day))
    while rows := await cursor.fetch(at_once):
        yield [(row["number"], row["organisation"], from_json(row["content"])) for row in rows]


async def keep_day(
    straight: Straight,
    day: date,
    counts: Mapping[str, tuple[Count, int, int]],
    *,
    sequence: int,
) -> None:
    """Write what a day came to: per organisation the count, and its first and last fact.

    An organisation of which all was erased stays, with nothing.
    """
    await straight.connection.execute(_EMPTY, day, Count().sum.digest, sequence)
    rows = [
        (
            day,
            organisation,
            count.sum.registrations,
            count.sum.digest,
            to_json(count.counts()).decode(),
            first,
            last,
            sequence,
        )
        for organisation, (count, first, last) in counts.items()
    ]
    await straight.connection.executemany(_KEEP, rows)


async def move_to(straight: Straight, sequence: int) -> None:
    """Say up to where all tallies are counted."""
    await straight.connection.execute(_MOVE, sequence)


async def read_place(straight: Straight) -> int:
    """Return with which sequence number all tallies are consistent."""
    row = await straight.ask(_PLACE)
    return 0 if row is None else int(row["sequence"])


async def list_tallies(
    straight: Straight,
    *,
    organisation: str | None,
    first: date | None,
    last: date | None,
    after: tuple[date, str] | None,
    limit: int,
) -> Sequence[Tally]:
    """Return tallies in the order of day and organisation."""
    day, oin = after or (None, None)
    rows = await straight.connection.fetch(_LIST, organisation, first, last, day, oin, limit)
    return [
        Tally(
            organisation=row["organisation"],
            day=row["day"],
            registrations=row["registrations"],
            digest=row["digest"],
        )
        for row in rows
    ]


async def list_members(
    straight: Straight, organisation: str, day: date, *, after: int, limit: int
) -> Sequence[Member]:
    """Return what is compared of each registration of a tally, erased ones too."""
    found = await straight.connection.fetchrow(_FOUND, day, organisation)
    if found is None:
        return []
    first, last = max(found["first_number"], after + 1), found["last_number"]
    await straight.connection.execute(_PLAN)
    rows = await straight.connection.fetch(
        _MEMBERS, first, last, organisation, *_bounds(day), limit
    )
    return [_member(row) for row in rows]


def _member(row: Mapping[str, Any]) -> Member:
    content, erased = row["content"], row["kind"] == EntryKind.ERASED
    standing = None
    if content is not None and not erased:
        standing = Standing.of(from_json(content))
    # What is erased and not told yet will be told after all there is.
    index = row["size"] if content is None and not erased else row["index"]
    return Member(
        number=row["number"],
        registration_id=row["registration_id"],
        record_version=row["record_version"],
        sequence=index + 1,
        standing=standing,
    )


def _bounds(day: date) -> tuple[datetime, datetime]:
    begins = datetime.combine(day, time.min, UTC)
    return begins, begins + timedelta(days=1)
