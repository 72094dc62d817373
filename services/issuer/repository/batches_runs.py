"""Running a batch: slices taken one by one, and what became of their rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.issuer.domain import SealedKey
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSlice:
    """A slice that is ours until `taken_until`, to be awarded."""

    batch_id: UUID
    number: int
    organisation: str
    taken_until: datetime
    wrapped_key: bytes = field(repr=False)
    sealed_wishes: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    with_corrections: bool


_TAKE = """
    WITH next AS (
        SELECT s.batch_id, s.number, b.wrapped_key, b.with_corrections
        FROM batch b
        CROSS JOIN LATERAL (
            SELECT batch_id, number FROM batch_slice
            WHERE batch_slice.batch_id = b.batch_id AND settled_at IS NULL
            AND (taken_until IS NULL OR taken_until < $1)
            ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED
        ) s
        WHERE b.cleared_at IS NOT NULL AND b.ended_at IS NULL AND b.recalled_at IS NULL
        AND b.wrapped_key IS NOT NULL
        ORDER BY s.number, b.number LIMIT 1
    )
    UPDATE batch_slice SET taken_until = $2 FROM next
    WHERE batch_slice.batch_id = next.batch_id AND batch_slice.number = next.number
    RETURNING batch_slice.batch_id, batch_slice.number, organisation, taken_until,
        next.wrapped_key, sealed_wishes, digest, next.with_corrections
    """
_HOLD = """
    UPDATE batch_slice SET taken_until = $4
    WHERE batch_id = $1 AND number = $2 AND taken_until = $3 AND settled_at IS NULL
    RETURNING number
    """
_LOCK = """
    SELECT number FROM batch_slice
    WHERE batch_id = $1 AND number = $2 AND taken_until = $3 AND settled_at IS NULL FOR UPDATE
    """
_FAIL = """
    UPDATE batch_row SET failure = failed.code
    FROM unnest($2::integer[], $3::text[]) AS failed (line, code)
    WHERE batch_id = $1 AND batch_row.line = failed.line
    """
_TO_DO = """
    SELECT line, CAST(award_id AS text) AS award_id FROM batch_row
    WHERE batch_id = $1 AND slice = $2 AND outcome = 'ready' AND failure IS NULL
    AND recalled_at IS NULL
    AND NOT EXISTS (SELECT FROM award WHERE award.award_id = batch_row.award_id) ORDER BY line
    """
_GONE = """
    SELECT line FROM batch_row WHERE batch_id = $1 AND slice = $2
    AND (failure IS NOT NULL OR done_at IS NOT NULL OR recalled_at IS NOT NULL
        OR erased_at IS NOT NULL)
    """
_TO_CORRECT = """
    SELECT line, earlier_award_id FROM batch_row
    WHERE batch_id = $1 AND slice = $2 AND outcome = 'correction' AND failure IS NULL
    AND recalled_at IS NULL AND done_at IS NULL ORDER BY line
    """
_SETTLE = """
    UPDATE batch_slice SET settled_at = $4
    WHERE batch_id = $1 AND number = $2 AND taken_until = $3 AND settled_at IS NULL
    RETURNING number
    """
_LET_GO = """
    UPDATE batch_slice SET taken_until = NULL
    WHERE batch_id = $1 AND number = $2 AND settled_at IS NULL RETURNING number
    """
_KEY = """
    SELECT kid, organisation, algorithm, wrapped_key, sealed_private FROM signing_key
    WHERE organisation = $1 AND algorithm = 'ES256' AND state = 'current'
    """
_END = """
    UPDATE batch SET ended_at = $1
    WHERE cleared_at IS NOT NULL AND ended_at IS NULL AND NOT EXISTS (
        SELECT FROM batch_slice WHERE batch_slice.batch_id = batch.batch_id AND settled_at IS NULL
    )
    """


async def take_slice(straight: Straight, *, now: datetime, until: datetime) -> TakenSlice | None:
    """Take the next slice that is nobody's; a small batch does not wait for the end of a large."""
    row = await straight.ask(_TAKE, now, until)
    return None if row is None else TakenSlice(**row)


async def list_to_do(straight: Straight, taken: TakenSlice) -> dict[int, str]:
    """Return the lines of a slice that are to be awarded, each with the id its award will have."""
    rows = await straight.connection.fetch(_TO_DO, taken.batch_id, taken.number)
    return {row["line"]: row["award_id"] for row in rows}


async def list_to_correct(straight: Straight, taken: TakenSlice) -> dict[int, UUID]:
    """Return the lines of a slice that correct an award, each with the id of that award."""
    rows = await straight.connection.fetch(_TO_CORRECT, taken.batch_id, taken.number)
    return {row["line"]: row["earlier_award_id"] for row in rows}


async def list_gone(straight: Straight, taken: TakenSlice) -> set[int]:
    """Return the lines of a slice that are not to be awarded any more."""
    rows = await straight.connection.fetch(_GONE, taken.batch_id, taken.number)
    return {row["line"] for row in rows}


async def hold_slice(straight: Straight, taken: TakenSlice, *, until: datetime) -> bool:
    """Keep a slice for longer; False when it is no longer ours."""
    held = await straight.ask(_HOLD, taken.batch_id, taken.number, taken.taken_until, until)
    return held is not None


async def lock_slice(straight: Straight, taken: TakenSlice) -> bool:
    """Hold a slice until the commit, before anything of it is kept; False when it is not ours."""
    held = await straight.ask(_LOCK, taken.batch_id, taken.number, taken.taken_until)
    return held is not None


async def keep_failures(
    straight: Straight, batch_id: UUID, failures: Iterable[tuple[int, str]]
) -> None:
    """Note of rows why they could not be awarded; the others go on."""
    failed = list(failures)
    if failed:
        lines, codes = [line for line, _ in failed], [code for _, code in failed]
        await straight.connection.execute(_FAIL, batch_id, lines, codes)


async def keep_corrected(straight: Straight, batch_id: UUID, line: int, *, now: datetime) -> None:
    """Note that a row's correction was made."""
    await straight.ask(
        "UPDATE batch_row SET done_at = $3 WHERE batch_id = $1 AND line = $2 RETURNING line",
        batch_id,
        line,
        now,
    )


async def find_key(straight: Straight, organisation: str) -> SealedKey | None:
    """Return the key this organisation signs with now."""
    row = await straight.ask(_KEY, organisation)
    return None if row is None else SealedKey(**row)


async def let_go(straight: Straight, taken: TakenSlice) -> None:
    """Let somebody else take a slice at once."""
    await straight.ask(_LET_GO, taken.batch_id, taken.number)


async def settle_slice(straight: Straight, taken: TakenSlice, *, now: datetime) -> bool:
    """Note that nothing is left to do for a slice; False when it is no longer ours."""
    settled = await straight.ask(_SETTLE, taken.batch_id, taken.number, taken.taken_until, now)
    return settled is not None


async def end_settled(straight: Straight, *, now: datetime) -> None:
    """End the batches of which every slice is settled."""
    await straight.connection.execute(_END, now)
