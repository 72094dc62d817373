"""The rows of one sheet of an Excel workbook, streamed (ECMA-376 Part 1, 18.3).

Apart from openpyxl and calamine, which hold a sheet or its texts whole. Days come out as days,
formats that show leading zeros keep them, a formula is a mark and never a value.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from services.issuer.batches.archive import Archive, Sheets, damage_refused
from services.issuer.batches.markup import local, parse
from services.issuer.batches.numbers import day_text, is_day, number_text
from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import WHOLE_ROW, Limits, Mark, RawRow
from services.issuer.batches.xlsx_parts import (
    SharedTexts,
    SheetPart,
    Style,
    Workbook,
    read_styles,
    read_workbook,
    unescaped,
)

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_YES: Final = frozenset({"1", "true"})
_LAST_ROW: Final = 1_048_576
_PLAIN: Final = Style()


def open_xlsx(
    source: BinaryIO, *, wanted: str | None, limits: Limits
) -> tuple[Iterator[RawRow], Sheets]:
    """Return the rows of a sheet, by name or number or the first that is shown; and the others."""
    with damage_refused():
        archive = Archive(source, limits)
        workbook = read_workbook(archive)
        chosen = _choose(workbook, wanted)
        sheets = Sheets(
            name=chosen.name,
            others=[one.name for one in workbook.sheets if one != chosen and not one.is_hidden],
            hidden=[one.name for one in workbook.sheets if one.is_hidden],
        )
        return _rows(archive, workbook, chosen, limits), sheets


def _choose(workbook: Workbook, wanted: str | None) -> SheetPart:
    shown = [one for one in workbook.sheets if not one.is_hidden]
    named = [one for one in shown if wanted in {None, one.name}]
    if not named and wanted is not None and wanted.isdecimal():
        named = shown[int(wanted) - 1 : int(wanted)] if int(wanted) else []
    if not named:
        raise FileRefusedError(Refusal.SHEET_ABSENT, len(shown))
    return named[0]


def _rows(
    archive: Archive, workbook: Workbook, chosen: SheetPart, limits: Limits
) -> Iterator[RawRow]:
    with damage_refused():
        styles = read_styles(archive)
        texts = SharedTexts(archive, longest=limits.cell_characters)
        try:
            sheet = _Sheet(texts, styles, is_1904=workbook.is_1904, limits=limits)
            with archive.open(chosen.path) as stream:
                for _ in parse(stream, start=sheet.start, end=sheet.end, text=sheet.text):
                    yield from sheet.rows
                    sheet.rows.clear()
        finally:
            texts.close()


class _Sheet:
    """The cells of one sheet, as its elements come by."""

    def __init__(
        self, texts: SharedTexts, styles: list[Style], *, is_1904: bool, limits: Limits
    ) -> None:
        self.rows: list[RawRow] = []
        self._texts = texts
        self._styles = styles
        self._is_1904 = is_1904
        self._limits = limits
        self._columns: dict[str, int] = {}
        self._kinds: dict[str, str] = {}
        self._number = 0
        self._cells: list[str] = []
        self._marks: dict[int, Mark] = {}
        self._at = -1
        self._cell: dict[str, str] = {}
        self._parts: list[str] = []
        self._held = 0
        self._formula = ""
        self._is_value = self._is_formula = False
        self._skipped = 0

    def start(self, name: str, told: dict[str, str]) -> None:
        """Begin an element."""
        kind = self._kinds.get(name) or self._kinds.setdefault(name, local(name))
        if kind == "c":
            self._cell = told
            self._parts = []
            self._held = 0
            self._formula = ""
            self._is_formula = False
        elif kind in {"v", "t"}:
            self._is_value = True
        elif kind == "f":
            self._is_formula = self._is_value = True
        elif kind == "row":
            self._begin_row(told)
        elif kind == "rPh":
            self._skipped += 1

    def text(self, said: str) -> None:
        """Keep a text that is a value."""
        if self._is_value and not self._skipped and self._held <= self._limits.cell_characters:
            self._parts.append(said)
            self._held += len(said)

    def end(self, name: str) -> None:
        """End an element."""
        kind = self._kinds[name]
        if kind == "c":
            self._end_cell()
        elif kind in {"v", "t"}:
            self._is_value = False
        elif kind == "f":
            self._is_value = False
            self._formula = "".join(self._parts)
            self._parts = []
        elif kind == "row":
            marks = self._marks
            row = tuple(self._cells)
            self.rows.append(
                RawRow(self._number, row, marks) if marks else RawRow(self._number, row)
            )
        elif kind == "rPh":
            self._skipped -= 1

    def _begin_row(self, told: dict[str, str]) -> None:
        number = int(told.get("r", self._number + 1))
        if not self._number < number <= _LAST_ROW:
            raise FileRefusedError(Refusal.ROWS_OUT_OF_ORDER, number, row=number)
        self._number = number
        self._cells = []
        self._marks = {WHOLE_ROW: Mark.HIDDEN} if told.get("hidden") in _YES else {}
        self._at = -1

    def _end_cell(self) -> None:
        told = self._cell
        reference = told.get("r")
        at = self._at + 1 if reference is None else self._column(reference)
        said = "".join(self._parts)
        if not (said or self._is_formula):
            self._at = at
            return
        if not self._at < at < self._limits.columns:
            raise FileRefusedError(Refusal.COLUMNS_MANY, self._limits.columns, row=self._number)
        text, mark = self._value(said, told)
        if self._is_formula:
            text, mark = (f"={self._formula}" if self._formula else text), Mark.FORMULA
        elif len(text) > self._limits.cell_characters:
            mark = Mark.TOO_LONG
        cells = self._cells
        if len(cells) < at:
            cells.extend([""] * (at - len(cells)))
        cells.append(text)
        if mark is not None:
            self._marks[at] = mark
        self._at = at

    def _value(self, said: str, told: dict[str, str]) -> tuple[str, Mark | None]:
        kind = told.get("t", "n")
        if kind == "s":
            return self._texts.text(int(said)), None
        if kind == "n" and said:
            number = int(told.get("s", 0))
            style = self._styles[number] if 0 <= number < len(self._styles) else _PLAIN
            if style.is_day:
                return day_text(said, is_1904=self._is_1904)
            return number_text(said, digits=style.digits)
        if kind == "b":
            return ("true" if said in _YES else "false"), None
        if kind == "d":
            day = said.partition("T")[0]
            return (day, Mark.DATE) if is_day(day) else (said, None)
        return unescaped(said), Mark.ERROR if kind == "e" else None

    def _column(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        at = self._columns.get(letters)
        if at is None:
            found = _REFERENCE.fullmatch(reference)
            if found is None:
                raise FileRefusedError(Refusal.DAMAGED)
            at = -1
            for letter in found[1]:
                at = (at + 1) * 26 + ord(letter) - ord("A")
            self._columns[letters] = at
        return at
