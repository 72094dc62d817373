"""The rows of one sheet of an OpenDocument spreadsheet, streamed (ODF 1.3 Part 3, 9).

Apart from XLSX: here one element may stand for a million cells or rows, so repeats are counted
before they are made. Notes, drawings and the history of changes are no cells.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from services.issuer.batches.archive import Archive, Sheets, damage_refused
from services.issuer.batches.markup import parse
from services.issuer.batches.numbers import is_day, number_text
from services.issuer.batches.pieces import DAMAGED
from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import WHOLE_ROW, Limits, Mark, RawRow

_ODF: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE: Final = f"{_ODF}table:1.0}}"
_OFFICE: Final = f"{_ODF}office:1.0}}"
_TEXT: Final = f"{_ODF}text:1.0}}"
_STYLE: Final = f"{_ODF}style:1.0}}"
_CELLS: Final = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
_IGNORED: Final = frozenset(
    {f"{_OFFICE}annotation", f"{_TABLE}tracked-changes", f"{_TABLE}shapes", f"{_OFFICE}forms"}
)
_DRAWN: Final = f"{_ODF}drawing:1.0}}"
_SEEN: Final = "visible"
_NUMBERS: Final = frozenset({"float", "currency", "percentage"})


class _Repeated(NamedTuple):
    """A row, and how often it stands there."""

    row: RawRow
    times: int


def open_ods(
    source: BinaryIO, *, wanted: str | None, limits: Limits
) -> tuple[Iterator[RawRow], Sheets]:
    """Return the rows of a sheet, by name or number or the first that is shown; and the others."""
    with damage_refused():
        archive = Archive(source, limits)
        if "content.xml" not in archive.names:
            raise FileRefusedError(Refusal.FORMAT)
        manifest = "META-INF/manifest.xml"
        if manifest in archive.names and b"encryption-data" in archive.read(manifest):
            raise FileRefusedError(Refusal.OLD_OR_LOCKED)
        sheets = Sheets()
        return _rows(archive, wanted, sheets, limits), sheets


def _rows(archive: Archive, wanted: str | None, sheets: Sheets, limits: Limits) -> Iterator[RawRow]:
    with damage_refused():
        content = _Content(wanted, sheets, limits)
        with archive.open("content.xml") as stream:
            for _ in parse(stream, start=content.start, end=content.end, text=content.text):
                for (number, cells, marks), times in content.rows:
                    for further in range(times):
                        yield RawRow(number + further, cells, marks)
                content.rows.clear()
        if not sheets.name:
            raise FileRefusedError(Refusal.SHEET_ABSENT, content.shown)


class _Content:
    """The cells of the chosen sheet, as the elements of the document come by."""

    def __init__(self, wanted: str | None, sheets: Sheets, limits: Limits) -> None:
        self.rows: list[_Repeated] = []
        self.shown = 0
        self._wanted = wanted
        self._sheets = sheets
        self._limits = limits
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._is_chosen = False
        self._ignored = 0
        self._tables = 0
        self._number = 0
        self._row: dict[str, str] = {}
        self._cells: list[str] = []
        self._marks: dict[int, Mark] = {}
        self._at = 0
        self._cell: dict[str, str] | None = None
        self._parts: list[str] = []
        self._held = self._paragraphs = 0
        self._is_inside = False

    def start(self, name: str, told: dict[str, str]) -> None:
        """Begin an element."""
        if self._ignored or name in _IGNORED or (self._is_chosen and name.startswith(_DRAWN)):
            self._ignored += 1
        elif name == f"{_TABLE}table":
            self._begin_table(told)
        elif self._is_chosen:
            self._start_inside(name, told)
        elif name == f"{_STYLE}style":
            self._style = told.get(f"{_STYLE}name", "")
        elif name == f"{_STYLE}table-properties" and told.get(f"{_TABLE}display") == "false":
            self._hidden_styles.add(self._style)

    def _start_inside(self, name: str, told: dict[str, str]) -> None:
        if name in _CELLS:
            self._cell = told
            self._parts = []
            self._held = self._paragraphs = 0
        elif name == f"{_TABLE}table-row":
            self._row = told
            self._cells, self._marks, self._at = [], {}, 0
            self._number += 1
        elif name == f"{_TEXT}p" and self._cell is not None:
            self._is_inside = True
            self._paragraphs += 1
            if self._paragraphs > 1:
                self.text("\n")
        elif name == f"{_TEXT}s":
            self.text(" " * min(int(told.get(f"{_TEXT}c", "1")), self._limits.cell_characters))
        elif name == f"{_TEXT}tab":
            self.text("\t")
        elif name == f"{_TEXT}line-break":
            self.text("\n")

    def text(self, said: str) -> None:
        """Keep a text that is in a cell."""
        is_kept = self._is_inside and self._cell is not None and not self._ignored
        if is_kept and self._held <= self._limits.cell_characters:
            self._parts.append(said)
            self._held += len(said)

    def end(self, name: str) -> None:
        """End an element."""
        if self._ignored:
            self._ignored -= 1
        elif name == f"{_TABLE}table":
            self._tables -= 1
            if not self._tables:
                self._is_chosen = False
        elif name == f"{_TEXT}p":
            self._is_inside = False
        elif self._is_chosen and name in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif self._is_chosen and name == f"{_TABLE}table-row":
            self._end_row()

    def _begin_table(self, told: dict[str, str]) -> None:
        if self._is_chosen:
            # A table inside a cell: what it holds is not in this sheet's columns.
            self._ignored += 1
            return
        self._tables += 1
        name = told.get(f"{_TABLE}name", "")
        if told.get(f"{_TABLE}style-name") in self._hidden_styles:
            self._sheets.hidden.append(name)
            return
        self.shown += 1
        is_wanted = self._wanted in {None, name, str(self.shown)}
        if is_wanted and not self._sheets.name:
            self._is_chosen = True
            self._sheets.name = name or str(self.shown)
        else:
            self._sheets.others.append(name)

    def _end_row(self) -> None:
        times = int(self._row.get(f"{_TABLE}number-rows-repeated", "1"))
        if times < 1:
            raise FileRefusedError(Refusal.DAMAGED)
        if self._cells:
            if times > self._limits.rows:
                raise FileRefusedError(Refusal.ROWS_MANY, self._limits.rows, row=self._number)
            if self._row.get(f"{_TABLE}visibility", _SEEN) != _SEEN:
                self._marks[WHOLE_ROW] = Mark.HIDDEN
            row = RawRow(self._number, tuple(self._cells), self._marks)
            self.rows.append(_Repeated(row, times))
        self._number += times - 1

    def _end_cell(self, told: dict[str, str]) -> None:
        times = int(told.get(f"{_TABLE}number-columns-repeated", "1"))
        if times < 1:
            raise FileRefusedError(Refusal.DAMAGED)
        text, mark = self._value(told, "".join(self._parts))
        formula = told.get(f"{_TABLE}formula")
        if formula is not None:
            text, mark = formula.partition(":")[2][: self._limits.cell_characters], Mark.FORMULA
        elif len(text) > self._limits.cell_characters:
            mark = Mark.TOO_LONG
        if text or mark:
            if self._at + times > self._limits.columns:
                raise FileRefusedError(Refusal.COLUMNS_MANY, self._limits.columns, row=self._number)
            self._cells.extend([""] * (self._at - len(self._cells)))
            self._cells.extend([text] * times)
            if mark is not None:
                self._marks.update(dict.fromkeys(range(self._at, self._at + times), mark))
        self._at += times

    def _value(self, told: dict[str, str], shown: str) -> tuple[str, Mark | None]:
        kind = told.get(f"{_OFFICE}value-type", "string")
        if kind == "date":
            written = told.get(f"{_OFFICE}date-value", "")
            day, _, hour = written.partition("T")
            if not is_day(day):
                return shown, None
            return (f"{day} {hour[:5]}" if hour[:5] > "00:00" else day), Mark.DATE
        if kind in _NUMBERS and f"{_OFFICE}value" in told:
            text, mark = number_text(told[f"{_OFFICE}value"])
            # What is shown keeps the leading zeros that the number has not.
            is_padded = shown.isdecimal() and shown.lstrip("0") == text and shown != text
            return (shown if is_padded else text), mark
        if kind == "boolean":
            return told.get(f"{_OFFICE}boolean-value", shown), None
        if not shown:
            shown = told.get(f"{_OFFICE}string-value", "")[: self._limits.cell_characters + 1]
        return shown.replace("\0", DAMAGED), None
