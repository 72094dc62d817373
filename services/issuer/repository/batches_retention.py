"""Wiping what the file of a batch said of people; counts, codes and awards' ids stay."""

from datetime import datetime

from shared.runtime.database import Straight

MOST_AT_ONCE = 20
_FIND = """
    SELECT batch_id FROM batch
    WHERE wrapped_key IS NOT NULL AND received_at IS NOT NULL
    AND (ended_at < $1 OR (cleared_at IS NULL AND received_at < $1))
    ORDER BY number LIMIT $2 FOR UPDATE SKIP LOCKED
    """
_WIPE_SLICES = """
    UPDATE batch_slice SET sealed_cells = NULL, sealed_wishes = NULL, persons = NULL
    WHERE batch_id = ANY($1::uuid[])
    """
_WIPE_ROWS = """
    UPDATE batch_row SET sealed_faults = NULL, award_key = NULL, person_key = NULL
    WHERE batch_id = ANY($1::uuid[])
    AND (sealed_faults IS NOT NULL OR award_key IS NOT NULL OR person_key IS NOT NULL)
    """
_WIPE_NOTES = "UPDATE batch_decision SET sealed_note = NULL WHERE batch_id = ANY($1::uuid[])"
_WIPE = """
    UPDATE batch SET wrapped_key = NULL, sealed_layout = NULL, ended_at = coalesce(ended_at, $2)
    WHERE batch_id = ANY($1::uuid[])
    """


async def wipe_batches(straight: Straight, *, before: datetime, now: datetime) -> int:
    """Wipe batches that ended, or were let lie, before that moment; return how many."""
    connection = straight.connection
    rows = await connection.fetch(_FIND, before, MOST_AT_ONCE)
    wiped = [row["batch_id"] for row in rows]
    if wiped:
        await connection.execute(_WIPE_SLICES, wiped)
        await connection.execute(_WIPE_ROWS, wiped)
        await connection.execute(_WIPE_NOTES, wiped)
        await connection.execute(_WIPE, wiped, now)
    return len(wiped)
