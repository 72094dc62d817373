"""Rows that are taken back, awards that were registered, credentials that were handed out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain.batches import Batch
from services.issuer.tables import award as awards
from shared.runtime.database import Straight, ask

# Whoever hands out a credential holds its row first, so a row is recalled or delivered, never both.
_HOLD = """
    SELECT count(*) FROM (
        SELECT FROM batch_row WHERE batch_id = $1 AND outcome = 'ready'
        AND ($2::integer[] IS NULL OR line = ANY($2::integer[])) FOR UPDATE
    ) AS held
    """
_MARK = """
    UPDATE batch_row SET recalled_at = $3, recall_reason = $4
    WHERE batch_id = $1 AND outcome = 'ready'
    AND ($2::integer[] IS NULL OR line = ANY($2::integer[]))
    AND recalled_at IS NULL AND failure IS NULL AND erased_at IS NULL
    AND NOT EXISTS (SELECT FROM delivered WHERE delivered.award_id = batch_row.award_id)
    """
_TO_REVOKE = text("""
    SELECT r.award_id, r.recall_reason FROM batch_row r
    JOIN award a ON a.award_id = r.award_id AND a.state IN ('granted', 'suspended')
    WHERE r.recalled_at IS NOT NULL
    ORDER BY r.award_id LIMIT :most FOR UPDATE OF a SKIP LOCKED
    """)
_REGISTERED = """
    INSERT INTO registered (award_id, organisation, batch_id, registered_at, slice)
    SELECT heard.award_id, heard.organisation, r.batch_id, heard.registered_at, r.slice
    FROM unnest(CAST($1 AS uuid[]), CAST($2 AS text[]), CAST($3 AS timestamptz[]))
        AS heard (award_id, organisation, registered_at)
    LEFT JOIN batch_row r ON r.award_id = heard.award_id
    ON CONFLICT DO NOTHING
    """
_HOLD_ONE = "SELECT recalled_at FROM batch_row WHERE award_id = $1 FOR SHARE"
_DELIVERED = """
    INSERT INTO delivered (award_id, organisation, batch_id, delivered_at)
    SELECT CAST($1 AS uuid), $2, (SELECT batch_id FROM batch_row WHERE award_id = $1), $3
    ON CONFLICT DO NOTHING RETURNING award_id
    """


async def mark_recalled(
    straight: Straight, batch: Batch, *, lines: Sequence[int] | None, reason: str, now: datetime
) -> int:
    """Mark rows as taken back, but for those that were handed out; return how many."""
    await straight.connection.execute(_HOLD, batch.batch_id, lines)
    done: str = await straight.connection.execute(_MARK, batch.batch_id, lines, now, reason)
    return int(done.rpartition(" ")[2])


async def recall_batch(straight: Straight, batch_id: UUID, *, now: datetime) -> None:
    """Let nothing more of a batch be signed, and end it."""
    await straight.ask(
        "UPDATE batch SET recalled_at = $2, ended_at = coalesce(ended_at, $2)"
        " WHERE batch_id = $1 RETURNING batch_id",
        batch_id,
        now,
    )


async def list_to_revoke(session: AsyncSession, *, limit: int) -> Mapping[str, Sequence[UUID]]:
    """Return awards that stand although they were taken back, by reason; and hold them."""
    found: dict[str, list[UUID]] = {}
    for row in await session.execute(_TO_REVOKE, {"most": limit}):
        found.setdefault(row.recall_reason, []).append(row.award_id)
    return found


async def free_enrolments(session: AsyncSession, award_ids: Sequence[UUID]) -> None:
    """Let enrolments be awarded again whose awards were recalled before anybody had them."""
    await session.execute(
        update(awards).where(awards.c.award_id.in_(award_ids)).values(is_recalled=True)
    )


async def keep_registered(
    session: AsyncSession, heard: Sequence[tuple[UUID, str, datetime]]
) -> None:
    """Remember that the register holds these awards, and of which batch each is."""
    await ask(session, _REGISTERED, *map(list, zip(*heard, strict=True)))


async def keep_delivered(
    within: AsyncSession | Straight, award_id: UUID, *, organisation: str, now: datetime
) -> bool:
    """Remember that somebody is handed the credential of an award; False when it was recalled."""
    row = await ask(within, _HOLD_ONE, award_id)
    if row is not None and row["recalled_at"] is not None:
        return False
    await ask(within, _DELIVERED, award_id, organisation, now)
    return True
