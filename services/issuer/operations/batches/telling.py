"""What an organisation may read of its batches: where one stands, its rows, its first faults."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.issuer.domain.batches import (
    Batch,
    BatchNotFoundError,
    BatchRow,
    Progress,
    RowOutcome,
)
from services.issuer.operations.batches.remarks import Remark, read_remarks
from services.issuer.operations.batches.wishes import Layout, Seals
from services.issuer.operations.desk import Desk
from services.issuer.repository import batches, batches_checks, batches_rows
from shared.proofs import base64url
from shared.runtime.database import EVERY_ORGANISATION, Straight

FIRST_FAULTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """A row, and what is said of it."""

    row: BatchRow
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBatch:
    """A batch, how far its rows are, how it is read, and its first faults."""

    batch: Batch
    progress: Progress
    layout: Layout | None = None
    ready_again: int = 0
    note: str | None = field(default=None, repr=False)
    first_faults: tuple[ToldRow, ...] = ()


async def read_batch(desk: Desk, batch_id: UUID, *, organisation: str) -> ToldBatch:
    """Return where a batch stands, to the organisation whose it is."""
    async with desk.database.acting_for(organisation) as straight:
        batch = await batches.get_batch(straight, batch_id)
        progress = await batches_rows.find_progress(straight, batch_id)
        ready_again = await batches_checks.count_ready_again(straight, batch_id)
        sealed_note = await batches.find_sealed_note(straight, batch_id) if batch.decision else None
        faulty = await batches_rows.list_rows(
            straight, batch_id, outcome=RowOutcome.ERROR, limit=FIRST_FAULTS
        )
    return ToldBatch(
        batch=batch,
        progress=progress,
        layout=find_layout(desk, batch),
        ready_again=ready_again,
        note=_note(desk, batch, sealed_note),
        first_faults=tuple(tell_rows(desk, batch, faulty)),
    )


async def read_batches(
    desk: Desk, *, organisation: str, before: int | None, limit: int
) -> list[Batch]:
    """Return an organisation's batches, the newest first."""
    async with desk.database.acting_for(organisation) as straight:
        return await batches.list_batches(straight, before=before, limit=limit)


async def read_rows(
    desk: Desk,
    batch_id: UUID,
    *,
    organisation: str,
    outcome: RowOutcome | None,
    after: int,
    limit: int,
) -> list[ToldRow]:
    """Return the rows of a batch after a line, with what is said of each."""
    async with desk.database.acting_for(organisation) as straight:
        batch = await batches.get_batch(straight, batch_id)
        rows = await batches_rows.list_rows(
            straight, batch_id, after=after, outcome=outcome, limit=limit
        )
    return tell_rows(desk, batch, rows)


async def read_progress(desk: Desk, batch_id: UUID, *, organisation: str) -> tuple[Batch, Progress]:
    """Return how far a batch is, and nothing of what the file says."""
    async with desk.database.acting_for(organisation) as straight:
        return await _progress(straight, batch_id)


async def read_progress_by_link(
    desk: Desk, batch_id: UUID, *, secret: str
) -> tuple[Batch, Progress]:
    """Return how far a batch is, to whoever was given its link: counts only."""
    if not hmac.compare_digest(secret.encode(), link_secret(desk, batch_id).encode()):
        raise BatchNotFoundError
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        return await _progress(straight, batch_id)


def link_secret(desk: Desk, batch_id: UUID) -> str:
    """Return what makes the link to a batch's page unguessable."""
    return base64url.encode(desk.blind(f"batch-page|{batch_id}".encode())).decode("ascii")


def find_layout(desk: Desk, batch: Batch) -> Layout | None:
    """Return how a file is read, until that is wiped."""
    if batch.wrapped_key is None or batch.sealed_layout is None:
        return None
    return Seals(desk, batch.batch_id, batch.wrapped_key).open_layout(batch.sealed_layout)


def tell_rows(desk: Desk, batch: Batch, rows: Sequence[BatchRow]) -> list[ToldRow]:
    """Open what is said of rows; once that is wiped, their codes are left."""
    if batch.wrapped_key is None:
        return [ToldRow(row=row) for row in rows]
    seals = Seals(desk, batch.batch_id, batch.wrapped_key)
    return [ToldRow(row=row, remarks=_remarks(seals, row)) for row in rows]


def _note(desk: Desk, batch: Batch, sealed: bytes | None) -> str | None:
    if sealed is None or batch.wrapped_key is None:
        return None
    return Seals(desk, batch.batch_id, batch.wrapped_key).open(sealed, "note").decode()


def _remarks(seals: Seals, row: BatchRow) -> tuple[Remark, ...]:
    if row.sealed_faults is None:
        return ()
    return tuple(read_remarks(seals.open(row.sealed_faults, f"faults|{row.line}")))


async def _progress(straight: Straight, batch_id: UUID) -> tuple[Batch, Progress]:
    batch = await batches.get_batch(straight, batch_id)
    return batch, await batches_rows.find_progress(straight, batch_id)
