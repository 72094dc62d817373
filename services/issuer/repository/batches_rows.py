"""Rows of a batch as they are read back, and what their counts come to; nothing of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.issuer.domain.batches import BatchRow, Progress, RowOutcome, RowState
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedSlice:
    """The rows of a slice that failed: line, faults under seal, code; and what the file said."""

    sealed_cells: bytes = field(repr=False)
    lines: tuple[tuple[int, bytes | None, str | None], ...]


_ROWS = """
    SELECT r.line, r.outcome, coalesce(r.failure, r.code) AS code, r.sealed_faults,
           coalesce(r.award_id, r.earlier_award_id) AS award_id,
           a.award_id IS NULL AND r.award_id IS NOT NULL AS is_planned,
           CASE
               WHEN r.recalled_at IS NOT NULL THEN 'recalled'
               WHEN r.failure IS NOT NULL OR a.state = 'voided' THEN 'failed'
               WHEN r.done_at IS NOT NULL THEN 'corrected'
               WHEN d.award_id IS NOT NULL THEN 'delivered'
               WHEN g.award_id IS NOT NULL THEN 'registered'
               WHEN a.state <> 'intended' THEN 'signed'
               WHEN r.outcome = 'correction' AND NOT b.with_corrections THEN 'skipped'
               WHEN r.outcome NOT IN ('ready', 'correction') THEN 'skipped'
               WHEN b.recalled_at IS NOT NULL THEN 'recalled'
               WHEN b.ended_at IS NOT NULL THEN 'skipped'
               ELSE 'queued'
           END AS state
    FROM batch_row r
    JOIN batch b USING (batch_id)
    LEFT JOIN award a ON a.award_id = r.award_id
    LEFT JOIN registered g ON g.award_id = r.award_id
    LEFT JOIN delivered d ON d.award_id = r.award_id
    WHERE r.batch_id = $1 AND r.line > $2 AND ($3::text IS NULL OR r.outcome = $3)
    ORDER BY r.line LIMIT $4
    """
_OUTCOMES = "SELECT outcome, count(*) AS rows FROM batch_row WHERE batch_id = $1 GROUP BY outcome"
_PROGRESS = """
    SELECT count(*) FILTER (
               WHERE r.outcome = 'ready' AND r.failure IS NULL AND s.settled_at IS NOT NULL
               AND NOT (r.recalled_at IS NOT NULL AND r.recalled_at < s.settled_at)
           ) AS signed,
           count(*) FILTER (WHERE r.failure IS NOT NULL) AS failed,
           count(r.done_at) AS corrected,
           count(r.recalled_at) AS recalled,
           (SELECT count(*) FROM registered WHERE batch_id = $1) AS registered,
           (SELECT count(*) FROM delivered WHERE batch_id = $1) AS delivered
    FROM batch_row r
    JOIN batch_slice s ON s.batch_id = r.batch_id AND s.number = r.slice
    WHERE r.batch_id = $1
    """


async def list_rows(
    straight: Straight,
    batch_id: UUID,
    *,
    after: int = 0,
    outcome: RowOutcome | None = None,
    limit: int,
) -> list[BatchRow]:
    """Return the rows after a line, in the order of the file."""
    rows = await straight.connection.fetch(
        _ROWS, batch_id, after, None if outcome is None else outcome.value, limit
    )
    return [_row(row) for row in rows]


async def count_outcomes(straight: Straight, batch_id: UUID) -> dict[RowOutcome, int]:
    """Return how many rows checking made what of."""
    rows = await straight.connection.fetch(_OUTCOMES, batch_id)
    return {RowOutcome(row["outcome"]): row["rows"] for row in rows}


async def find_progress(straight: Straight, batch_id: UUID) -> Progress:
    """Return how many rows came how far."""
    outcomes = await count_outcomes(straight, batch_id)
    row = await straight.ask(_PROGRESS, batch_id)
    return Progress(outcomes=outcomes, **row)


async def find_failed(straight: Straight, batch_id: UUID, number: int) -> FailedSlice | None:
    """Return the rows of a slice that failed, if there are any; None after the last slice."""
    piece = await straight.ask(
        "SELECT sealed_cells FROM batch_slice WHERE batch_id = $1 AND number = $2", batch_id, number
    )
    if piece is None:
        return None
    rows = await straight.connection.fetch(
        "SELECT line, sealed_faults, coalesce(failure, code) AS code FROM batch_row"
        " WHERE batch_id = $1 AND slice = $2 AND (outcome = 'error' OR failure IS NOT NULL)"
        " ORDER BY line",
        batch_id,
        number,
    )
    lines = [(row["line"], row["sealed_faults"], row["code"]) for row in rows]
    return FailedSlice(sealed_cells=piece["sealed_cells"] or b"", lines=tuple(lines))


def _row(row: Mapping[str, Any]) -> BatchRow:
    return BatchRow(
        line=row["line"],
        outcome=RowOutcome(row["outcome"]),
        state=RowState(row["state"]),
        code=row["code"],
        # An award that was only planned is none yet, and may never be one.
        award_id=None if row["is_planned"] else row["award_id"],
        sealed_faults=row["sealed_faults"],
    )
