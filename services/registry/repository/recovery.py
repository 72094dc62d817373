"""The questions of a register that catches up with its own past."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.facts import Fact
from shared.runtime.database import Straight, ask

# Those that were in the backup, waiting to be logged, are there by their own event's id already.
_RESTORE = """
    INSERT INTO fact (event_id, kind, organisation, registration_id, record_version, recorded_at,
        commitment, salt, content)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::integer[],
        $6::timestamptz[], $7::bytea[], $8::bytea[], $9::text[])
    ON CONFLICT (event_id) DO NOTHING
    """
_NUMBERS = """
    SELECT fact.number, fact.event_id FROM fact
    WHERE event_id = ANY($1::uuid[]) ORDER BY array_position($1::uuid[], event_id)
    """
_NOT_WAITING = "DELETE FROM log_pending WHERE number = ANY($1::bigint[])"
# Who is in the backup is erased when that is heard again; who is not, must not come back first.
_RESTORE_ERASED = """
    INSERT INTO erased_registration (registration_id, organisation, record_version, erased_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::timestamptz[]) AS gone (id)
    WHERE NOT EXISTS (SELECT FROM registration WHERE registration_id = gone.id)
    ON CONFLICT DO NOTHING
    """
_NOTE = 'INSERT INTO log_recovery (first, "last", at) VALUES ($1, $2, $3)'
_CLAIMED = """
    SELECT max(seen_size) AS size FROM log_witness
    WHERE stand = 'ahead' AND vkey = ANY($1::text[])
    """
_WAS_THERE = "SELECT 1 AS one FROM log_recovery LIMIT 1"
_RECOVERED = text("""
    SELECT registration_id, record_version, content FROM fact
    WHERE registration_id = ANY(CAST(:ids AS uuid[]))
    """)


async def restore_facts(straight: Straight, facts: Sequence[Fact]) -> list[int]:
    """Write facts as they were, and return their numbers; they wait for no place in the log."""
    await straight.connection.execute(
        _RESTORE,
        [fact.event_id for fact in facts],
        [fact.kind.value for fact in facts],
        [fact.organisation for fact in facts],
        [fact.registration_id for fact in facts],
        [fact.record_version for fact in facts],
        [fact.recorded_at for fact in facts],
        [fact.commitment for fact in facts],
        [fact.salt for fact in facts],
        [fact.content for fact in facts],
    )
    rows = await straight.connection.fetch(_NUMBERS, [fact.event_id for fact in facts])
    numbers = [row["number"] for row in rows]
    await straight.connection.execute(_NOT_WAITING, numbers)
    return numbers


async def restore_erasures(
    straight: Straight, erased: Sequence[Fact], moments: Sequence[datetime]
) -> None:
    """Write which registrations were erased, each with its moment."""
    await straight.connection.execute(
        _RESTORE_ERASED,
        [fact.registration_id for fact in erased],
        [fact.organisation for fact in erased],
        [fact.record_version for fact in erased],
        list(moments),
    )


async def note_recovery(straight: Straight, entries: range, *, now: datetime) -> None:
    """Remember that these entries were taken from the archive."""
    await straight.connection.execute(_NOTE, entries.start, entries.stop - 1, now)


async def find_claimed_size(straight: Straight, vkeys: Sequence[str]) -> int | None:
    """Return the largest tree that a witness says to have seen, when it is larger than ours."""
    row = await straight.ask(_CLAIMED, vkeys)
    return None if row is None else row["size"]


async def find_recovered(
    session: AsyncSession, ids: Iterable[UUID]
) -> Mapping[tuple[UUID, int], str | None]:
    """Return what the facts of these registrations say, if ever any was taken from the archive.

    By registration and version; None for what was erased since. Empty for a register that never
    had to catch up.
    """
    if await ask(session, _WAS_THERE) is None:
        return {}
    rows = await session.execute(_RECOVERED, {"ids": list(ids)})
    return {(row.registration_id, row.record_version): row.content for row in rows}
