"""Rows of a batch as they are read back, and what their counts come to; nothing of it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
               WHEN r.erased_at IS NOT NULL THEN 'erased'
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
# What checking made of a slice never changes; the rows that came to something else have an index.
_SUMS = """
    SELECT coalesce(sum(ready), 0) AS ready, coalesce(sum(already_awarded), 0) AS already_awarded,
           coalesce(sum(correction), 0) AS correction,
           coalesce(sum(duplicate_in_file), 0) AS duplicate_in_file,
           coalesce(sum(error), 0) AS error,
           coalesce(sum(ready) FILTER (WHERE settled_at IS NOT NULL), 0) AS settled,
           coalesce(sum(registered), 0) AS summed
    FROM batch_slice WHERE batch_id = $1
    """
_APART = """
    SELECT count(*) FILTER (
               WHERE r.outcome = 'ready' AND s.settled_at IS NOT NULL
               AND (r.failure IS NOT NULL OR r.recalled_at < s.settled_at)
           ) AS unsigned,
           count(r.failure) AS failed, count(r.done_at) AS corrected,
           count(r.recalled_at) AS recalled, count(r.erased_at) AS erased
    FROM batch_row r
    JOIN batch_slice s ON s.batch_id = r.batch_id AND s.number = r.slice
    WHERE r.batch_id = $1 AND (r.failure IS NOT NULL OR r.done_at IS NOT NULL
        OR r.recalled_at IS NOT NULL OR r.erased_at IS NOT NULL)
    """
_FOLLOWED = """
    SELECT (
        SELECT CAST(coalesce(sum(c.rows), 0) AS bigint) FROM batch_slice s
        CROSS JOIN LATERAL (
            SELECT count(*) AS rows FROM registered g
            WHERE g.batch_id = s.batch_id AND g.slice = s.number
        ) c
        WHERE s.batch_id = $1 AND s.settled_at IS NOT NULL AND s.registered IS NULL
    ) AS registered, (SELECT count(*) FROM delivered WHERE batch_id = $1) AS delivered
    """
_PROGRESS = f"SELECT * FROM ({_SUMS}) sums, ({_APART}) apart, ({_FOLLOWED}) followed"  # noqa: S608 - constants
_SUM_UP = """
    UPDATE batch_slice SET registered = full_one.rows
    FROM (
        SELECT s.batch_id, s.number, g.rows FROM batch_slice s
        CROSS JOIN LATERAL (
            SELECT count(*) AS rows FROM registered
            WHERE registered.batch_id = s.batch_id AND registered.slice = s.number
        ) g
        CROSS JOIN LATERAL (
            SELECT count(*) AS rows FROM batch_row r
            WHERE r.batch_id = s.batch_id AND r.slice = s.number AND r.outcome = 'ready'
            AND (r.failure IS NOT NULL OR r.recalled_at < s.settled_at OR r.erased_at IS NOT NULL)
        ) lost
        WHERE s.settled_at IS NOT NULL AND s.registered IS NULL AND s.settled_at > $1
        AND g.rows >= s.ready - lost.rows
    ) full_one
    WHERE batch_slice.batch_id = full_one.batch_id AND batch_slice.number = full_one.number
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
    return _outcomes(await straight.ask(_SUMS, batch_id))


async def find_progress(straight: Straight, batch_id: UUID) -> Progress:
    """Return how many rows came how far; what that costs grows with the slices, not the rows."""
    row = await straight.ask(_PROGRESS, batch_id)
    return Progress(
        outcomes=_outcomes(row),
        signed=row["settled"] - row["unsigned"],
        registered=row["summed"] + row["registered"],
        delivered=row["delivered"],
        corrected=row["corrected"],
        failed=row["failed"],
        recalled=row["recalled"],
        erased=row["erased"],
    )


async def sum_up(straight: Straight, *, since: datetime) -> int:
    """Keep, of slices settled since then, how much is registered, once no more of it will be."""
    done: str = await straight.connection.execute(_SUM_UP, since)
    return int(done.rpartition(" ")[2])


def _outcomes(sums: Mapping[str, Any]) -> dict[RowOutcome, int]:
    counted = {outcome: sums[outcome.value.replace("-", "_")] for outcome in RowOutcome}
    return {outcome: rows for outcome, rows in counted.items() if rows}


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
