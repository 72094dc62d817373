"""Rows of a batch as a file: the results, each row exactly once, and what failed with its reason.

Apart from telling, because a file may have millions of rows: they pass by a slice at a time.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import IO, Final
from uuid import UUID

from anyio import to_thread
from pydantic_core import to_json

from services.issuer.batches.columns import ColumnMapping
from services.issuer.batches.rows import WHOLE_ROW
from services.issuer.batches.writing import FailedRow, Failures, ResultRow, Results
from services.issuer.domain.batches import Batch, BatchRow, BatchWipedError
from services.issuer.operations.batches.remarks import Remark, read_remarks
from services.issuer.operations.batches.telling import ToldRow, tell_rows
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.desk import Desk
from services.issuer.operations.payloads import open_payload
from services.issuer.repository import batches, batches_credentials, batches_rows
from services.issuer.repository.batches_credentials import SignedCredential
from services.issuer.repository.batches_rows import FailedSlice
from services.issuer.signing import token
from shared.proofs.vc_jwt import Form

AT_ONCE: Final = 1000
CREDENTIALS_AT_ONCE: Final = 200


async def find_exportable(desk: Desk, batch_id: UUID, *, organisation: str) -> Batch:
    """Return the batch to export, before the first byte of the answer."""
    async with desk.database.acting_for(organisation) as straight:
        return await batches.get_batch(straight, batch_id)


async def results_as_csv(desk: Desk, batch: Batch, *, language: str) -> AsyncIterator[bytes]:
    """Yield the results as CSV (RFC 4180), each row once."""
    results = Results(language=language)
    yield results.head_of_csv()
    async for rows in _pages(desk, batch):
        yield results.as_csv(rows)


async def results_as_ndjson(desk: Desk, batch: Batch) -> AsyncIterator[bytes]:
    """Yield the results as one JSON object a line, each row once."""
    results = Results()
    async for rows in _pages(desk, batch):
        yield results.as_ndjson(rows)


async def credentials_as_ndjson(desk: Desk, batch: Batch, *, now: datetime) -> AsyncIterator[bytes]:
    """Yield every signed credential that was not recalled; what is handed out is delivered."""
    after = 0
    while True:
        async with desk.database.acting_for(batch.organisation) as straight:
            found = await batches_credentials.take_signed(
                straight, batch, after=after, limit=CREDENTIALS_AT_ONCE, now=now
            )
        if not found:
            return
        yield await to_thread.run_sync(_written, desk, batch.organisation, found)
        after = found[-1].line


async def write_results(desk: Desk, batch: Batch, file: IO[bytes], *, language: str) -> None:
    """Write the results as XLSX, each row once."""
    results = Results(language=language)
    with results.sheet() as sheet:
        async for rows in _pages(desk, batch):
            await to_thread.run_sync(results.append, sheet, rows)
        await to_thread.run_sync(sheet.save, file)
    file.seek(0)


async def write_failures(desk: Desk, batch: Batch, file: IO[bytes], *, language: str) -> None:
    """Write the rows that failed as they came in, as XLSX, each with its reasons at the end.

    Mended and sent again, only what changed is done: what was awarded is awarded already.
    """
    if batch.wrapped_key is None or batch.sealed_layout is None:
        raise BatchWipedError
    seals = Seals(desk, batch.batch_id, batch.wrapped_key)
    mapping = seals.open_layout(batch.sealed_layout).mapping
    failures = Failures(mapping, language=language)
    with failures.sheet() as sheet:
        number = 0
        while (failed := await _failed(desk, batch, number)) is not None:
            if failed.lines:
                rows = await to_thread.run_sync(_open_failed, seals, mapping, failed, number)
                await to_thread.run_sync(failures.append, sheet, rows)
            number += 1
        await to_thread.run_sync(sheet.save, file)
    file.seek(0)


def _open_failed(
    seals: Seals, mapping: ColumnMapping, failed: FailedSlice, number: int
) -> list[FailedRow]:
    raw = {row.number: row for row in seals.open_cells(failed.sealed_cells, number)}
    return [
        FailedRow(raw=raw[line], faults=_reasons(seals, mapping, line, sealed, code))
        for line, sealed, code in failed.lines
    ]


def _reasons(
    seals: Seals, mapping: ColumnMapping, line: int, sealed: bytes | None, code: str | None
) -> list[Remark]:
    if sealed is not None:
        return read_remarks(seals.open(sealed, f"faults|{line}"))
    cell = mapping.cell(WHOLE_ROW, line)
    return [Remark(cell=cell, column="", code=code or "", nl=code or "", en=code or "")]


def _result(told: ToldRow) -> ResultRow:
    row = told.row
    return ResultRow(
        number=row.line,
        outcome=row.outcome.value,
        state=row.state.value,
        code=row.code,
        award_id=None if row.award_id is None else str(row.award_id),
        faults=told.remarks,
    )


def _written(desk: Desk, organisation: str, found: Sequence[SignedCredential]) -> bytes:
    lines = []
    for one in found:
        key = desk.learner_key(one.wrapped_key, organisation=organisation, learner=one.pseudonym)
        payload = open_payload(one.sealed_payload, key=key, credential_id=one.credential_id)
        signed = token(payload, form=Form.OPEN_BADGES, signatures=one.signatures)
        lines.append(
            to_json({"row": one.line, "awardId": one.award_id, "credential": signed}) + b"\n"
        )
    return b"".join(lines)


async def _pages(desk: Desk, batch: Batch) -> AsyncIterator[Sequence[ResultRow]]:
    """Yield all rows in the order of the file, each page in a transaction of its own."""
    after = 0
    while True:
        async with desk.database.acting_for(batch.organisation) as straight:
            rows = await batches_rows.list_rows(
                straight, batch.batch_id, after=after, limit=AT_ONCE
            )
        if not rows:
            return
        yield await to_thread.run_sync(_told, desk, batch, rows)
        after = rows[-1].line


def _told(desk: Desk, batch: Batch, rows: Sequence[BatchRow]) -> list[ResultRow]:
    return [_result(one) for one in tell_rows(desk, batch, rows)]


async def _failed(desk: Desk, batch: Batch, number: int) -> FailedSlice | None:
    async with desk.database.acting_for(batch.organisation) as straight:
        return await batches_rows.find_failed(straight, batch.batch_id, number)
