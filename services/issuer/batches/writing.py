"""What goes back to who sent a file: the rows that failed, to be mended, and what became of each.

Apart from reading. Nothing that is written can act when a spreadsheet opens it: in CSV what begins
as a formula gets an apostrophe in front, in XLSX every cell is text (OWASP, CSV injection).
"""

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Final, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from services.issuer.batches.columns import ColumnMapping
from services.issuer.batches.rows import RawRow
from services.issuer.batches.sentences import Sentence

_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_XML: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL: Final = 32_000
_ROW: Final = Sentence("Rij in het bestand", "Row in the file")
_WRONG: Final = Sentence("Wat is er mis", "What is wrong")
_CODE: Final = Sentence("Foutcode", "Fault code")
_TO_MEND: Final = Sentence("Te verbeteren", "To mend")
_RESULTS: Final = Sentence("Resultaat", "Results")
_ROWS_OF_SHEET: Final = 1_000_000
_HEADERS: Final = (
    Sentence("Rij", "Row"),
    Sentence("Uitkomst", "Outcome"),
    Sentence("Toestand", "State"),
    Sentence("Code", "Code"),
    Sentence("Toekenning", "Award"),
    Sentence("Uitleg", "Explanation"),
)
_DELIMITERS: Final = Sentence(";", ",")
_FAULTY: Final = PatternFill("solid", start_color="FFFFE0B2")
_BOLD: Final = Font(bold=True)


class Reason(Protocol):
    """Why a cell, or a row, is not as it should be."""

    @property
    def cell(self) -> str:
        """Name the cell."""

    @property
    def code(self) -> str:
        """Say it to a program."""

    @property
    def message(self) -> Sentence:
        """Say it to a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRow:
    """A row as it stood in the file, and what is wrong with it."""

    raw: RawRow
    faults: Sequence[Reason] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """What became of one row; outcome, state and code are words for programs."""

    number: int
    outcome: str
    state: str
    code: str | None = None
    award_id: str | None = None
    faults: Sequence[Reason] = field(default=(), repr=False)

    def cells(self, language: str) -> tuple[str, ...]:
        """Return the row as it is written."""
        return (
            str(self.number),
            self.outcome,
            self.state,
            self.code or "",
            self.award_id or "",
            " ".join(fault.message[language] for fault in self.faults),
        )

    def as_json(self) -> dict[str, object]:
        """Return the row as a program reads it."""
        told = {
            "line": self.number,
            "outcome": self.outcome,
            "state": self.state,
            "code": self.code,
            "awardId": self.award_id,
            "faults": [
                {
                    "cell": one.cell,
                    "code": one.code,
                    "message": {"nl": one.message.nl, "en": one.message.en},
                }
                for one in self.faults
            ],
        }
        return {name: value for name, value in told.items() if value not in (None, [])}


class RowTwiceError(ValueError):
    """A row would be written twice, or out of order; a result names each row exactly once."""


def protected(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


class _InOrder:
    """Lets each row by once, in the order of the file."""

    def __init__(self) -> None:
        self._last = 0

    def check(self, number: int) -> None:
        if number <= self._last:
            raise RowTwiceError
        self._last = number


class Results:
    """Writes what became of each row, as many at a time as come, in one of three forms.

    CSV has a byte order mark, and in Dutch ; between, so that a spreadsheet opens it as a table.
    """

    def __init__(self, *, language: str = "nl") -> None:
        self._language = language
        self._order = _InOrder()

    def head_of_csv(self) -> bytes:
        """Return the first line of the CSV."""
        return "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + self._csv([self._header])

    def as_csv(self, rows: Iterable[ResultRow]) -> bytes:
        """Return the next lines of the CSV."""
        return self._csv([protected(cell) for cell in cells] for cells in self._cells(rows))

    def as_ndjson(self, rows: Iterable[ResultRow]) -> bytes:
        """Return the next lines, one object each."""
        lines = []
        for row in rows:
            self._order.check(row.number)
            lines.append(json.dumps(row.as_json(), ensure_ascii=False).encode("utf-8", "replace"))
        return b"".join(line + b"\n" for line in lines)

    def sheet(self) -> AbstractContextManager["TextSheet"]:
        """Open the workbook that rows are appended to."""
        return text_sheet(_RESULTS[self._language], self._header)

    def append(self, sheet: "TextSheet", rows: Iterable[ResultRow]) -> None:
        """Write the next rows of the workbook."""
        for cells in self._cells(rows):
            sheet.append(cells)

    @property
    def _header(self) -> list[str]:
        return [header[self._language] for header in _HEADERS]

    def _cells(self, rows: Iterable[ResultRow]) -> Iterator[tuple[str, ...]]:
        for row in rows:
            self._order.check(row.number)
            yield row.cells(self._language)

    def _csv(self, lines: Iterable[Sequence[str]]) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=_DELIMITERS[self._language]).writerows(lines)
        return text.getvalue().encode("utf-8", "replace")


class Failures:
    """Writes the rows that failed, their faulty cells coloured and the reasons after them.

    The columns are those of the file, so that the mended sheet can be sent as it is.
    """

    def __init__(self, mapping: ColumnMapping, *, language: str = "nl") -> None:
        self._mapping = mapping
        self._language = language
        self._both = ("nl", "en") if language == "nl" else ("en", "nl")
        self._order = _InOrder()

    def sheet(self) -> AbstractContextManager["TextSheet"]:
        """Open the workbook that rows are appended to."""
        headers = [one.header for one in self._mapping.columns]
        wrong = [_WRONG[language] for language in self._both]
        reasons = [_ROW[self._language], *wrong, _CODE[self._language]]
        return text_sheet(_TO_MEND[self._language], [*headers, *reasons])

    def append(self, sheet: "TextSheet", rows: Iterable[FailedRow]) -> None:
        """Write the next rows of the workbook."""
        width = len(self._mapping.columns)
        for row in rows:
            self._order.check(row.raw.number)
            cells = [*row.raw.cells[:width], *("" for _ in range(width - len(row.raw.cells)))]
            faulty = {at for at in range(width) if self._is_at(at, row)}
            said = ["\n".join(one.message[to] for one in row.faults) for to in self._both]
            codes = " ".join(fault.code for fault in row.faults)
            sheet.append([*cells, str(row.raw.number), *said, codes], faulty=faulty)

    def _is_at(self, at: int, row: FailedRow) -> bool:
        name = self._mapping.cell(at, row.raw.number)
        return any(fault.cell == name for fault in row.faults)


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
