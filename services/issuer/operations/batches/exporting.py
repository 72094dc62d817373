"""Rows of a batch as a file: the results, each row exactly once, and what failed with its reason.

Apart from telling, because a file may have millions of rows: they pass by a slice at a time. What
a file said goes back as typed text cells only, so no program takes it for a formula; the CSV holds
nothing but our own numbers and codes.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import IO, Final
from uuid import UUID

from anyio import to_thread
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from pydantic_core import to_json

from services.issuer.batches.rows import RawRow
from services.issuer.domain.batches import Batch, BatchRow, BatchWipedError
from services.issuer.operations.batches.remarks import Remark, read_remarks
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import payload_context
from services.issuer.repository import batches, batches_credentials, batches_rows
from services.issuer.repository.batches_credentials import SignedCredential
from services.issuer.repository.batches_rows import FailedSlice
from services.issuer.signing import token
from shared.proofs.sealing import open_sealed
from shared.proofs.vc_jwt import Form

AT_ONCE: Final = 1000
CREDENTIALS_AT_ONCE: Final = 200
RESULT_COLUMNS: Final = ("line", "outcome", "state", "code", "awardId")
REASON: Final = {"nl": "reden", "en": "reason"}
LARGEST_SHEET: Final = 1_000_000


async def find_exportable(desk: Desk, batch_id: UUID, *, organisation: str) -> Batch:
    """Return the batch to export, before the first byte of the answer."""
    async with desk.database.acting_for(organisation) as straight:
        return await batches.get_batch(straight, batch_id)


async def results_as_csv(desk: Desk, batch: Batch) -> AsyncIterator[bytes]:
    """Yield the results as CSV (RFC 4180), each row once."""
    yield (",".join(RESULT_COLUMNS) + "\r\n").encode()
    async for rows in _pages(desk, batch):
        yield "".join(f"{','.join(_result(row))}\r\n" for row in rows).encode()


async def results_as_ndjson(desk: Desk, batch: Batch) -> AsyncIterator[bytes]:
    """Yield the results as one JSON object a line, each row once."""
    async for rows in _pages(desk, batch):
        objects = [
            {
                name: value
                for name, value in zip(RESULT_COLUMNS, _values(row), strict=True)
                if value is not None
            }
            for row in rows
        ]
        yield b"".join(to_json(one) + b"\n" for one in objects)


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


async def write_results(desk: Desk, batch: Batch, file: IO[bytes]) -> None:
    """Write the results as XLSX, each row once."""
    book = _Book(RESULT_COLUMNS)
    async for rows in _pages(desk, batch):
        await to_thread.run_sync(book.add, [_result(row) for row in rows])
    await to_thread.run_sync(book.save, file)


async def write_failures(desk: Desk, batch: Batch, file: IO[bytes], *, language: str) -> None:
    """Write the rows that failed as they came in, as XLSX, each with its reasons at the end.

    Mended and sent again, only what changed is done: what was awarded is awarded already.
    """
    if batch.wrapped_key is None or batch.sealed_layout is None:
        raise BatchWipedError
    seals = Seals(desk, batch.batch_id, batch.wrapped_key)
    layout = seals.open_layout(batch.sealed_layout)
    header = [column.header for column in layout.mapping.columns]
    book = _Book([*header, REASON[language]])
    number = 0
    while (failed := await _failed(desk, batch, number)) is not None:
        if failed.lines:
            await to_thread.run_sync(
                _add_failures, book, seals, failed, number, len(header), language
            )
        number += 1
    await to_thread.run_sync(book.save, file)


class _Book:
    """A workbook that is written row by row, and begins another sheet when one is full."""

    def __init__(self, header: Sequence[str]) -> None:
        self._book = Workbook(write_only=True)
        self._header = header
        self._rows = LARGEST_SHEET

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows; every cell is a text."""
        for row in rows:
            if self._rows >= LARGEST_SHEET:
                self._begin_sheet()
            self._append(row)
            self._rows += 1

    def save(self, file: IO[bytes]) -> None:
        """Write the whole book."""
        if not self._book.worksheets:
            self._begin_sheet()
        self._book.save(file)
        file.seek(0)

    def _begin_sheet(self) -> None:
        self._book.create_sheet(f"{len(self._book.worksheets) + 1}")
        self._rows = 0
        self._append(self._header)

    def _append(self, row: Sequence[str]) -> None:
        sheet = self._book.worksheets[-1]
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, _printable(text))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)


def _printable(text: str) -> str:
    """Leave out what a sheet cannot hold (XML 1.0 §2.2)."""
    return "".join(one for one in text if one >= " " or one in "\t\n")[:32_767]


def _add_failures(
    book: _Book,
    seals: Seals,
    failed: FailedSlice,
    number: int,
    width: int,
    language: str,
) -> None:
    raw = {row.number: row for row in seals.open_cells(failed.sealed_cells, number)}
    book.add(
        [
            _failure(raw[line], seals, sealed, code, width=width, language=language)
            for line, sealed, code in failed.lines
        ]
    )


def _failure(
    raw: RawRow,
    seals: Seals,
    sealed: bytes | None,
    code: str | None,
    *,
    width: int,
    language: str,
) -> list[str]:
    remarks: list[Remark] = []
    if sealed is not None:
        remarks = read_remarks(seals.open(sealed, f"faults|{raw.number}"))
    said = [one.nl if language == "nl" else one.en for one in remarks] or [code or ""]
    cells = [*raw.cells, *("" for _ in range(width - len(raw.cells)))]
    return [*cells[:width], " ".join(said)]


def _values(row: BatchRow) -> tuple[int | str | UUID | None, ...]:
    return row.line, row.outcome.value, row.state.value, row.code, row.award_id


def _result(row: BatchRow) -> list[str]:
    return ["" if value is None else str(value) for value in _values(row)]


def _written(desk: Desk, organisation: str, found: Sequence[SignedCredential]) -> bytes:
    lines = []
    for one in found:
        key = desk.learner_key(one.wrapped_key, organisation=organisation, learner=one.pseudonym)
        context = payload_context(one.credential_id)
        payload = open_sealed(one.sealed_payload, key=key, context=context)
        signed = token(payload, form=Form.OPEN_BADGES, signatures=one.signatures)
        lines.append(
            to_json({"row": one.line, "awardId": one.award_id, "credential": signed}) + b"\n"
        )
    return b"".join(lines)


async def _pages(desk: Desk, batch: Batch) -> AsyncIterator[Sequence[BatchRow]]:
    """Yield all rows in the order of the file, each page in a transaction of its own."""
    after = 0
    while True:
        async with desk.database.acting_for(batch.organisation) as straight:
            rows = await batches_rows.list_rows(
                straight, batch.batch_id, after=after, limit=AT_ONCE
            )
        if not rows:
            return
        yield rows
        after = rows[-1].line


async def _failed(desk: Desk, batch: Batch, number: int) -> FailedSlice | None:
    async with desk.database.acting_for(batch.organisation) as straight:
        return await batches_rows.find_failed(straight, batch.batch_id, number)
