"""The questions about terms: clocks of erasures, what is restricted, and what is old enough to go.

What goes, goes in small pieces, so that nobody waits for it and a standby keeps up.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.profiles import ErasureTerm, Outcome
from services.registry.domain.registrations import Entry
from services.registry.tables import (
    FactRow,
    erasure_term,
    restricted_opening,
    restricted_registration,
)
from shared.runtime.database import Straight

PIECE: Final = 1000
_TURN: Final = 0x5741_4152_5245_5445


async def add_term(
    session: AsyncSession, registration_id: UUID, organisation: str, term: ErasureTerm
) -> None:
    """Remember the clock of an erasure."""
    await session.execute(
        insert(erasure_term).values(
            registration_id=registration_id,
            organisation=organisation,
            requested_at=term.requested_at,
            due_at=term.due_at,
            settled_at=term.settled_at,
            outcome=term.outcome.value,
            keep_until=term.keep_until,
        )
    )


async def find_term(session: AsyncSession, registration_id: UUID) -> ErasureTerm | None:
    """Return the clock of an erasure; None when none was asked for."""
    query = select(erasure_term).where(erasure_term.c.registration_id == registration_id)
    row = (await session.execute(query)).first()
    return None if row is None else _term(row)


async def list_openings(session: AsyncSession, registration_id: UUID) -> list[dict[str, Any]]:
    """Return what opens the entries about a registration."""
    query = select(FactRow.number, FactRow.salt, FactRow.content).where(
        FactRow.registration_id == registration_id
    )
    return [dict(row) for row in (await session.execute(query)).mappings()]


async def add_restricted(
    session: AsyncSession, entry: Entry, openings: Sequence[dict[str, Any]], term: ErasureTerm
) -> None:
    """Keep an entry out of everybody's sight."""
    registration = entry.registration
    about = registration.registration_id
    await session.execute(
        insert(restricted_registration).values(
            registration_id=about,
            organisation=registration.organisation,
            learner=entry.learner,
            registration=registration.model_dump_json(by_alias=True, exclude_none=True),
            restricted_at=term.settled_at,
            keep_until=term.keep_until,
        )
    )
    rows = [{"registration_id": about, **opening} for opening in openings]
    await session.execute(insert(restricted_opening), rows)


async def is_restricted(session: AsyncSession, registration_id: UUID) -> bool:
    """Say whether a registration is kept out of sight."""
    query = select(restricted_registration.c.registration_id).where(
        restricted_registration.c.registration_id == registration_id
    )
    return await session.scalar(query) is not None


async def take_turn(straight: Straight) -> None:
    """Wait until nobody else lets go of anything, and may take a minute for a piece."""
    await straight.connection.execute(
        "SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '60s'"
    )
    await straight.connection.execute("SELECT pg_advisory_xact_lock($1)", _TURN)


async def count_old(straight: Straight, what: str, before: datetime) -> int:
    """Return how much of something is older than a moment."""
    table, _key, moment = _AGING[what]
    count: int = await straight.connection.fetchval(
        f"SELECT count(*) FROM {table} WHERE {moment} < $1",  # noqa: S608 - our own names
        before,
    )
    return count


async def delete_old(straight: Straight, what: str, before: datetime) -> int:
    """Delete a piece of what is older than a moment; return how much it was."""
    table, key, moment = _AGING[what]
    gone = await straight.connection.fetch(
        f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table}"  # noqa: S608 - our own names
        f" WHERE {moment} < $1 ORDER BY {moment} LIMIT $2) RETURNING 1",
        before,
        PIECE,
    )
    return len(gone)


async def complete_terms(
    straight: Straight, *, settled: datetime, now: datetime, backups_gone: datetime
) -> int:
    """Say of erasures before a moment that no copy is left, but those in backups."""
    done = await straight.connection.fetch(_COMPLETE, settled, now, backups_gone)
    return len(done)


async def destroy_restricted(straight: Straight, *, now: datetime, backups_gone: datetime) -> int:
    """Destroy a piece of what is restricted and no longer has to be kept; return how much."""
    gone = await straight.connection.fetch(_DESTROY, now, PIECE)
    ids = [row["registration_id"] for row in gone]
    await straight.connection.execute(_DESTROYED, ids, now, backups_gone)
    return len(ids)


async def count_restricted(straight: Straight, *, now: datetime) -> int:
    """Return how much is restricted and no longer has to be kept."""
    count: int = await straight.connection.fetchval(
        "SELECT count(*) FROM restricted_registration WHERE keep_until <= $1", now
    )
    return count


def _term(row: Row[Any]) -> ErasureTerm:
    return ErasureTerm(
        requested_at=row.requested_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        outcome=Outcome(row.outcome),
        keep_until=row.keep_until,
        copies_gone_at=row.copies_gone_at,
        backups_gone_at=row.backups_gone_at,
    )


# Table, its key, and the moment by which it ages.
_AGING: Final = {
    "consultations": ("consultation", "number", "ended_at"),
    "idempotency-keys": ("idempotency", "organisation, route, key", "created_at"),
    "silent-workers": ("consumer_state", "consumer, worker", "beat_at"),
}
_COMPLETE: Final = """
    UPDATE erasure_term SET copies_gone_at = $2, backups_gone_at = $3
    WHERE copies_gone_at IS NULL AND settled_at <= $1 RETURNING 1
    """
_DESTROY: Final = """
    DELETE FROM restricted_registration WHERE registration_id IN (
        SELECT registration_id FROM restricted_registration WHERE keep_until <= $1
        ORDER BY keep_until LIMIT $2
    ) RETURNING registration_id
    """
_DESTROYED: Final = """
    UPDATE erasure_term SET outcome = 'erased', copies_gone_at = $2, backups_gone_at = $3
    WHERE registration_id = ANY($1::uuid[])
    """
