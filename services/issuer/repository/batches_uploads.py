"""A file while it comes in: its batch counts for nothing until it came in whole."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """A file that begins to come in."""

    batch_id: UUID
    organisation: str
    request_key: str
    format: str
    asked_by: str
    wrapped_key: bytes = field(repr=False)
    begun_at: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How far the file of a request has come in."""

    batch_id: UUID
    fingerprint: bytes | None
    received_at: datetime | None
    lease_until: datetime | None


_BEGIN = """
    INSERT INTO batch (batch_id, organisation, request_key, format, asked_by, wrapped_key,
        begun_at, lease_until, with_corrections)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false)
    ON CONFLICT (organisation, request_key) DO NOTHING
    RETURNING batch_id
    """
_ADD_SLICE = """
    WITH kept AS (
        UPDATE batch SET lease_until = $4 WHERE batch_id = $1 AND received_at IS NULL
        RETURNING batch_id, organisation
    )
    INSERT INTO batch_slice (batch_id, number, organisation, sealed_cells, persons)
    SELECT batch_id, $2, organisation, $3, $5 FROM kept
    RETURNING number
    """
_END = """
    UPDATE batch SET fingerprint = $2, sealed_layout = $3, rows = $4, received_at = $5,
        run_asked_by = $6,
        run_asked_at = CASE WHEN CAST($6 AS text) IS NULL THEN NULL ELSE $5::timestamptz END,
        with_corrections = ($7::integer = 1), lease_until = NULL
    WHERE batch_id = $1 AND received_at IS NULL
    RETURNING batch_id
    """


async def begin_upload(straight: Straight, new: NewBatch) -> bool:
    """Begin a batch, unless this request began one before."""
    begun = await straight.ask(
        _BEGIN,
        new.batch_id,
        new.organisation,
        new.request_key,
        new.format,
        new.asked_by,
        new.wrapped_key,
        new.begun_at,
        new.lease_until,
    )
    return begun is not None


async def find_upload(straight: Straight, *, organisation: str, request_key: str) -> Upload | None:
    """Return how far the file of this request came, locked until the commit."""
    row = await straight.ask(
        "SELECT batch_id, fingerprint, received_at, lease_until FROM batch"
        " WHERE organisation = $1 AND request_key = $2 FOR UPDATE",
        organisation,
        request_key,
    )
    return None if row is None else Upload(**row)


async def add_slice(
    straight: Straight,
    batch_id: UUID,
    *,
    number: int,
    sealed_cells: bytes,
    persons: bytes,
    lease_until: datetime,
) -> bool:
    """Put down one slice, and hold on to the upload; False when somebody took it over."""
    added = await straight.ask(_ADD_SLICE, batch_id, number, sealed_cells, lease_until, persons)
    return added is not None


async def end_upload(
    straight: Straight,
    batch_id: UUID,
    *,
    fingerprint: bytes,
    sealed_layout: bytes,
    rows: int,
    run_asked_by: str | None,
    with_corrections: bool,
    now: datetime,
) -> bool:
    """Make a whole file count; False when somebody took it over."""
    ended = await straight.ask(
        _END,
        batch_id,
        fingerprint,
        sealed_layout,
        rows,
        now,
        run_asked_by,
        int(with_corrections),
    )
    return ended is not None


async def forget_upload(straight: Straight, batch_id: UUID) -> None:
    """Forget a file that did not come in whole, with all that was put down of it."""
    await straight.ask(
        "DELETE FROM batch WHERE batch_id = $1 AND received_at IS NULL RETURNING batch_id", batch_id
    )


async def forget_abandoned_uploads(straight: Straight, *, now: datetime) -> int:
    """Forget every file whose sender fell silent; return how many."""
    rows = await straight.connection.fetch(
        "DELETE FROM batch WHERE received_at IS NULL AND lease_until < $1 RETURNING batch_id", now
    )
    return len(rows)
