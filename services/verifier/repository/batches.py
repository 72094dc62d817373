"""The questions about batches of credentials: kept sealed, taken by the group, told by the row.

Apart from the copies: nothing here is what others announced, and all of it is gone within the hour.
An entry is somebody's until `taken_until`; `attempts` tells one taking from the next, so that who
was overtaken writes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.runtime.database import Straight

AT_ONCE: Final = 8
BYTES_AT_ONCE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to keep: its sealed content, or at once its sealed row."""

    number: int
    sealed_content: bytes | None = field(default=None, repr=False)
    sealed_row: bytes | None = field(default=None, repr=False)
    state: str | None = None


@dataclass(frozen=True, slots=True)
class TakenEntry:
    """An entry that is ours for a while, to be judged."""

    number: int
    attempts: int
    sealed_content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class JudgedEntry:
    """An entry we took, with its sealed row."""

    number: int
    attempts: int
    sealed_row: bytes = field(repr=False)
    state: str


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """A batch as it is kept: how many entries, and how many of each state; None is not judged."""

    entries: int
    received_at: datetime
    wipe_at: datetime
    states: dict[str | None, int]
    free: int
    """How many wait and are nobody's."""


_FORGET_OLD = """
    DELETE FROM verification_batch WHERE (place = $1 OR request = $2) AND wipe_at <= $3
    """
_KEPT_BYTES = "SELECT CAST(coalesce(sum(size), 0) AS bigint) AS size FROM verification_batch"
_BEGIN = """
    INSERT INTO verification_batch (place, request, entries, size, received_at, wipe_at)
    VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING place
    """
_SAME = "SELECT 1 AS found FROM verification_batch WHERE place = $1"
_COUNT = "UPDATE verification_batch SET entries = $2 WHERE place = $1"
_TAKE = """
    WITH free AS (
        SELECT number, attempts, octet_length(sealed_content) AS size
        FROM verification_batch_entry
        WHERE place = $1 AND sealed_content IS NOT NULL
        AND (taken_until IS NULL OR taken_until < $2)
        ORDER BY attempts, number LIMIT $4 FOR UPDATE SKIP LOCKED
    ), counted AS (
        SELECT number, attempts, row_number() OVER in_order AS turn, sum(size) OVER in_order AS size
        FROM free WINDOW in_order AS (ORDER BY attempts, number)
    )
    UPDATE verification_batch_entry AS entry
    SET taken_until = $3, attempts = entry.attempts + 1
    FROM counted
    WHERE entry.place = $1 AND entry.number = counted.number
    AND (counted.turn = 1 OR (counted.attempts = 0 AND counted.size <= $5))
    RETURNING entry.number, entry.attempts, entry.sealed_content
    """
_HOLD_ON = """
    UPDATE verification_batch_entry AS entry SET taken_until = $4
    FROM unnest($2::integer[], $3::integer[]) AS taken (number, attempts)
    WHERE entry.place = $1 AND entry.number = taken.number
    AND entry.attempts = taken.attempts AND entry.sealed_content IS NOT NULL
    RETURNING entry.number
    """
_KEEP = """
    UPDATE verification_batch_entry AS entry
    SET sealed_row = judged.sealed_row, state = judged.state,
        sealed_content = NULL, taken_until = NULL
    FROM unnest($2::integer[], $3::integer[], $4::bytea[], $5::text[])
        AS judged (number, attempts, sealed_row, state)
    WHERE entry.place = $1 AND entry.number = judged.number
    AND entry.attempts = judged.attempts AND entry.sealed_content IS NOT NULL
    """
_LET_GO = """
    UPDATE verification_batch_entry AS entry SET taken_until = NULL, attempts = entry.attempts - 1
    FROM unnest($2::integer[], $3::integer[]) AS taken (number, attempts)
    WHERE entry.place = $1 AND entry.number = taken.number
    AND entry.attempts = taken.attempts AND entry.sealed_content IS NOT NULL
    """
_READ = "SELECT entries, received_at, wipe_at FROM verification_batch WHERE place = $1"
_STATES = """
    SELECT state, count(*) AS entries, count(*) FILTER (
        WHERE sealed_content IS NOT NULL AND (taken_until IS NULL OR taken_until < $2)
    ) AS free
    FROM verification_batch_entry WHERE place = $1 GROUP BY state
    """
_ROWS = """
    SELECT number, sealed_row FROM verification_batch_entry
    WHERE place = $1 AND sealed_row IS NOT NULL ORDER BY number
    """
_WIPE = "DELETE FROM verification_batch WHERE place = $1 RETURNING wipe_at"
_WIPE_OLD = """
    DELETE FROM verification_batch WHERE place IN (
        SELECT place FROM verification_batch WHERE wipe_at <= $1 FOR UPDATE SKIP LOCKED
    )
    """


async def count_kept_bytes(straight: Straight) -> int:
    """Return how many bytes were handed in with the batches that are not wiped yet."""
    row = await straight.ask(_KEPT_BYTES)
    size: int = row["size"]
    return size


async def begin_batch(
    straight: Straight,
    place: bytes,
    *,
    request: bytes | None,
    size: int,
    now: datetime,
    kept: timedelta,
) -> bool:
    """Begin a batch; say no when there is one of this place or this request already."""
    await straight.ask(_FORGET_OLD, place, request, now)
    connection = straight.connection
    return await connection.fetchrow(_BEGIN, place, request, size, now, now + kept) is not None


async def is_batch(straight: Straight, place: bytes) -> bool:
    """Say whether there is a batch of this place."""
    return await straight.ask(_SAME, place) is not None


async def add_entries(straight: Straight, place: bytes, entries: Sequence[NewEntry]) -> None:
    """Keep more entries of a batch."""
    await straight.connection.copy_records_to_table(
        "verification_batch_entry",
        columns=["place", "number", "sealed_content", "sealed_row", "state", "attempts"],
        records=[
            (place, one.number, one.sealed_content, one.sealed_row, one.state, 0) for one in entries
        ],
    )


async def count_entries(straight: Straight, place: bytes, entries: int) -> None:
    """Say of how many entries a batch is, now that all are there."""
    await straight.ask(_COUNT, place, entries)


async def take_entries(
    straight: Straight, place: bytes, *, now: datetime, until: datetime
) -> list[TakenEntry]:
    """Take the next few entries that are nobody's.

    One that was taken before and not judged is taken alone and last: it may be what ended a
    process, and must not take its neighbours along.
    """
    rows = await straight.connection.fetch(_TAKE, place, now, until, AT_ONCE, BYTES_AT_ONCE)
    taken = [TakenEntry(row["number"], row["attempts"], row["sealed_content"]) for row in rows]
    return sorted(taken, key=lambda one: one.number)


async def hold_on(
    straight: Straight, place: bytes, taken: Collection[TakenEntry], *, until: datetime
) -> bool:
    """Hold what we took for longer; say no when any of it is not ours any more."""
    numbers, attempts = [one.number for one in taken], [one.attempts for one in taken]
    rows = await straight.connection.fetch(_HOLD_ON, place, numbers, attempts, until)
    return len(rows) == len(taken)


async def keep_rows(straight: Straight, place: bytes, judged: Collection[JudgedEntry]) -> None:
    """Keep the rows of entries that are still ours; what was handed in for them is gone."""
    await straight.connection.execute(
        _KEEP,
        place,
        [one.number for one in judged],
        [one.attempts for one in judged],
        [one.sealed_row for one in judged],
        [one.state for one in judged],
    )


async def let_go(straight: Straight, place: bytes, taken: Collection[TakenEntry]) -> None:
    """Give entries back that we did not come to, as if we had never had them."""
    numbers, attempts = [one.number for one in taken], [one.attempts for one in taken]
    await straight.connection.execute(_LET_GO, place, numbers, attempts)


async def find_batch(straight: Straight, place: bytes, *, now: datetime) -> KeptBatch | None:
    """Return a batch; one whose time is up is wiped, and was never found."""
    row = await straight.ask(_READ, place)
    if row is None:
        return None
    if row["wipe_at"] <= now:
        await straight.ask(_WIPE, place)
        return None
    counts = await straight.connection.fetch(_STATES, place, now)
    return KeptBatch(
        entries=row["entries"],
        received_at=row["received_at"],
        wipe_at=row["wipe_at"],
        states={one["state"]: one["entries"] for one in counts},
        free=sum(one["free"] for one in counts),
    )


async def list_rows(straight: Straight, place: bytes) -> list[tuple[int, bytes]]:
    """Return the sealed rows of a batch, with their numbers, in order."""
    rows = await straight.connection.fetch(_ROWS, place)
    return [(row["number"], row["sealed_row"]) for row in rows]


async def wipe_batch(straight: Straight, place: bytes, *, now: datetime) -> bool:
    """Wipe a batch with all its entries; say whether it was still there for anybody."""
    row = await straight.ask(_WIPE, place)
    return row is not None and row["wipe_at"] > now


async def wipe_old(straight: Straight, *, now: datetime) -> None:
    """Wipe every batch whose time is up."""
    await straight.ask(_WIPE_OLD, now)
