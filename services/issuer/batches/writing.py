"""What goes back to who sent a file: the rows that failed, to be mended, and what became of each.

Apart from reading. Nothing that is written can act when a spreadsheet opens it: in CSV what begins
as a formula gets an apostrophe in front, in XLSX every cell is text (OWASP, CSV injection).
"""

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from services.issuer.batches.columns import ColumnMapping
from services.issuer.batches.faults import CellFault
from services.issuer.batches.rows import RawRow
from services.issuer.batches.sentences import Sentence

_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_XML: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL: Final = 32_000
_TOGETHER: Final = 1000
_ROW: Final = Sentence("Rij in het bestand", "Row in the file")
_WRONG: Final = Sentence("Wat is er mis", "What is wrong")
_CODE: Final = Sentence("Foutcode", "Fault code")
_TO_MEND: Final = Sentence("Te verbeteren", "To mend")
_RESULTS: Final = Sentence("Resultaat", "Results")
_ROWS_OF_SHEET: Final = 1_000_000
_HEADERS: Final[Mapping[str, Sentence]] = {
    "row": Sentence("Rij", "Row"),
    "state": Sentence("Toestand", "State"),
    "enrolmentReference": Sentence("Kenmerk", "Reference"),
    "awardId": Sentence("Toekenning", "Award"),
    "address": Sentence("Adres", "Address"),
    "code": Sentence("Code", "Code"),
    "message": Sentence("Uitleg", "Explanation"),
}
_DELIMITERS: Final = Sentence(";", ",")
_FAULTY: Final = PatternFill("solid", start_color="FFFFE0B2")
_BOLD: Final = Font(bold=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRow:
    """A row as it stood in the file, and what is wrong with it."""

    raw: RawRow
    faults: tuple[CellFault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """What became of one row; the state is a code, said in the reader's language by the caller."""

    number: int
    state: str
    enrolment_reference: str = ""
    award_id: str = ""
    address: str = ""
    faults: tuple[CellFault, ...] = field(default=(), repr=False)

    def cells(self, language: str) -> tuple[str, ...]:
        """Return the row as it is written."""
        return (
            str(self.number),
            self.state,
            self.enrolment_reference,
            self.award_id,
            self.address,
            " ".join(fault.code for fault in self.faults),
            " ".join(fault.message[language] for fault in self.faults),
        )


class RowTwiceError(ValueError):
    """A row would be written twice, or out of order; a result names each row exactly once."""


def protected(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


def failed_rows_xlsx(
    file: BinaryIO, mapping: ColumnMapping, rows: Iterable[FailedRow], *, language: str = "nl"
) -> int:
    """Write the rows that failed, their faulty cells coloured and the reasons after them.

    The columns are those of the file, so that the mended sheet can be sent as it is.
    """
    headers = [one.header for one in mapping.columns]
    first, second = ("nl", "en") if language == "nl" else ("en", "nl")
    reasons = [_ROW[language], _WRONG[first], _WRONG[second], _CODE[language]]
    with text_sheet(_TO_MEND[language], [*headers, *reasons]) as sheet:
        _append_failed(sheet, mapping, rows, languages=(first, second))
        return sheet.save(file)


def _append_failed(
    sheet: "TextSheet",
    mapping: ColumnMapping,
    rows: Iterable[FailedRow],
    *,
    languages: tuple[str, str],
) -> None:
    width = len(mapping.columns)
    last = 0
    for row in rows:
        last = _checked(row.raw.number, last)
        cells = [*row.raw.cells[:width], *("" for _ in range(width - len(row.raw.cells)))]
        faulty = {at for at in range(width) if _is_at(mapping, at, row)}
        said = ["\n".join(one.message[to] for one in row.faults) for to in languages]
        codes = " ".join(fault.code for fault in row.faults)
        sheet.append([*cells, str(row.raw.number), *said, codes], faulty=faulty)


def results_csv(rows: Iterable[ResultRow], *, language: str = "nl") -> Iterator[bytes]:
    """Write what became of each row as CSV with a byte order mark, and in Dutch with ; between."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=_DELIMITERS[language])
    text.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer.writerow([header[language] for header in _HEADERS.values()])
    last = 0
    for count, row in enumerate(rows, start=1):
        last = _checked(row.number, last)
        writer.writerow([protected(cell) for cell in row.cells(language)])
        if count % _TOGETHER == 0:
            yield _taken(text)
    yield _taken(text)


def results_ndjson(rows: Iterable[ResultRow]) -> Iterator[bytes]:
    """Write what became of each row, one object a line."""
    last = 0
    for row in rows:
        last = _checked(row.number, last)
        told = {
            "row": row.number,
            "state": row.state,
            "enrolmentReference": row.enrolment_reference,
            "awardId": row.award_id,
            "address": row.address,
            "faults": [fault.as_json() for fault in row.faults],
        }
        kept = {name: value for name, value in told.items() if value not in ("", [])}
        yield json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def results_xlsx(file: BinaryIO, rows: Iterable[ResultRow], *, language: str = "nl") -> int:
    """Write what became of each row as a workbook; return how many there are."""
    with text_sheet(_RESULTS[language], [one[language] for one in _HEADERS.values()]) as sheet:
        last = 0
        for row in rows:
            last = _checked(row.number, last)
            sheet.append(list(row.cells(language)))
        return sheet.save(file)


@contextmanager
def text_sheet(title: str, headers: Sequence[str]) -> Iterator["TextSheet"]:
    """Open a sheet; when its rows break off, what was written is thrown away in order."""
    sheet = TextSheet(title, headers)
    try:
        yield sheet
    except BaseException:
        with TemporaryFile() as sink:
            sheet.save(sink)
        raise


class TextSheet:
    """A workbook of one sheet, written row by row to a temporary file; every cell is text.

    Where Excel's rows end, another sheet of the same header begins.
    """

    def __init__(self, title: str, headers: Sequence[str]) -> None:
        self._book = Workbook(write_only=True)
        self._title = title
        self._headers = headers
        self._left = 0
        self._count = 0
        self._begin()

    def append(self, texts: Sequence[str], *, faulty: Collection[int] = ()) -> None:
        """Write a row."""
        if not self._left:
            self._begin()
        self._sheet.append(
            [self._cell(text, is_faulty=at in faulty) for at, text in enumerate(texts)]
        )
        self._left -= 1
        self._count += 1

    def _begin(self) -> None:
        sheet = self._book.create_sheet(self._title)
        if not isinstance(sheet, WriteOnlyWorksheet):
            raise TypeError
        self._sheet = sheet
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._cell(text, is_header=True) for text in self._headers])
        self._left = _ROWS_OF_SHEET

    def save(self, file: IO[bytes]) -> int:
        """Write the workbook to its file; return how many rows it has under its header."""
        self._book.save(file)
        return self._count

    def _cell(self, text: str, *, is_faulty: bool = False, is_header: bool = False) -> object:
        written = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text[:_LONGEST_CELL])
        is_active = written.startswith((*_ACTIVE, "#"))
        if not (is_faulty or is_header or is_active):
            return written
        cell = WriteOnlyCell(self._sheet, value=written)
        cell.data_type = "s"
        # Excel's own apostrophe: it stays a text when somebody edits the cell.
        cell.quotePrefix = is_active
        if is_faulty:
            cell.fill = _FAULTY
        if is_header:
            cell.font = _BOLD
        return cell


def _is_at(mapping: ColumnMapping, at: int, row: FailedRow) -> bool:
    name = mapping.cell(at, row.raw.number)
    return any(fault.cell == name for fault in row.faults)


def _checked(number: int, last: int) -> int:
    if number <= last:
        raise RowTwiceError
    return number


def _taken(text: io.StringIO) -> bytes:
    written = text.getvalue()
    text.seek(0)
    text.truncate()
    return written.encode("utf-8", "replace")
