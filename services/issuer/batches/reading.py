"""The rows of a file, one by one, whatever its format; memory does not grow with the file.

`open_rows` takes the bytes in pieces as they arrive, or a file that can be sought (which XLSX and
ODS need). It stops with `FileRefusedError`, and with nothing else, on bytes that are no such file.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from services.issuer.batches.delimited import Delimited
from services.issuer.batches.formats import Format
from services.issuer.batches.json_rows import JsonRows, json_values, ndjson_values
from services.issuer.batches.ods import open_ods
from services.issuer.batches.pieces import CP1252, Encoding, Text, pieces
from services.issuer.batches.proposing import recognised
from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import LIMITS, WHOLE_ROW, Limits, Mark, RawRow
from services.issuer.batches.sentences import Sentence
from services.issuer.batches.xlsx import open_xlsx

if TYPE_CHECKING:
    from services.issuer.batches.archive import Sheets

_HEADER_WITHIN: Final = 10
_HEADER_KNOWN: Final = 2


class Delimiter(StrEnum):
    """A delimiter, by a name that needs no quoting anywhere."""

    SEMICOLON = "semicolon"
    COMMA = "comma"
    TAB = "tab"
    PIPE = "pipe"

    @property
    def sign(self) -> str:
        """Return the sign itself."""
        return _SIGNS[self]


_SIGNS: Final = {
    Delimiter.SEMICOLON: ";",
    Delimiter.COMMA: ",",
    Delimiter.TAB: "\t",
    Delimiter.PIPE: "|",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the sender chose; what is left out is found out from the file."""

    delimiter: Delimiter | None = None
    encoding: Encoding | None = None
    sheet: str | None = None

    def check(self, format: Format) -> None:  # noqa: A002 - it is its name
        """Refuse a choice that a file of this format does not have."""
        has = {"sheet": format.needs_seeking}
        has["delimiter"] = has["encoding"] = format is Format.CSV
        wrong = [name for name, is_there in has.items() if getattr(self, name) and not is_there]
        if wrong:
            raise FileRefusedError(Refusal.CHOICE, ", ".join(wrong))


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about how the file was read that its sender should know."""

    code: str
    sentence: Sentence


_AS_FOUND: Final = Choices()


class OpenedRows(Iterator[RawRow]):
    """The rows after the header, the header itself, and how the file was read."""

    def __init__(
        self,
        rows: Iterable[RawRow],
        format: Format,  # noqa: A002 - it is its name
        *,
        header: RawRow | None,
        limits: Limits,
    ) -> None:
        self.format = format
        self._limits = limits
        self._rows = iter(rows)
        self._waiting: deque[RawRow] = deque()
        self._notices: list[Notice] = []
        self.blank = self.hidden = self.count = 0
        self.text: Text | None = None
        self.sheets: Sheets | None = None
        self._pad = 0
        self.header = header or self._find_header()
        if format.needs_seeking:
            # A spreadsheet leaves empty cells at the end of a row out; a row is not short by that.
            self._pad = len(self.header.cells)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Say what should be known of the reading; complete only after the last row."""
        return (*self._notices, *self._of_sheets(), *self._of_text(), *self._of_rows())

    def note(self, code: str, nl: str, en: str) -> None:
        """Keep something to be said of how the file was read."""
        self._notices.append(Notice(code, Sentence(nl, en)))

    def peek(self, count: int) -> tuple[RawRow, ...]:
        """Return the next rows without passing them."""
        while len(self._waiting) < count:
            row = self._next_written()
            if row is None:
                break
            self._waiting.append(row)
        return tuple(islice(self._waiting, count))

    def __next__(self) -> RawRow:
        """Return the next row that is not blank."""
        row = self._waiting.popleft() if self._waiting else self._next_written()
        if row is None:
            raise StopIteration
        return row if len(row.cells) >= self._pad else _padded(row, self._pad)

    def _next_written(self) -> RawRow | None:
        for row in self._rows:
            if row.is_blank:
                self.blank += 1
                continue
            self.count += 1
            if self.count > self._limits.rows:
                raise FileRefusedError(
                    Refusal.ROWS_MANY, f"{self._limits.rows:,}".replace(",", "."), row=row.number
                )
            if row.marks and row.marks.get(WHOLE_ROW) is Mark.HIDDEN:
                self.hidden += 1
            return row
        return None

    def _find_header(self) -> RawRow:
        """Find the header among the first rows: above it an export may have a title."""
        first = self.peek(_HEADER_WITHIN)
        if not first:
            raise FileRefusedError(Refusal.EMPTY)
        known = [recognised(row.cells) for row in first]
        at = known.index(max(known)) if max(known) >= _HEADER_KNOWN else 0
        for _ in range(at + 1):
            self._waiting.popleft()
        self.count -= at + 1
        if at:
            rows = ", ".join(str(row.number) for row in first[:at])
            self.note(
                "header.below",
                f"De kop staat in rij {first[at].number}; daarboven is niet gelezen: rij {rows}.",
                f"The header is row {first[at].number}; not read above it: row {rows}.",
            )
        header = first[at]
        if header.marks.get(WHOLE_ROW) is Mark.BROKEN:
            raise FileRefusedError(Refusal.QUOTE_OPEN, header.number, row=header.number)
        return _trimmed(header)

    def _of_sheets(self) -> Iterator[Notice]:
        sheets = self.sheets
        if sheets is None:
            return
        yield Notice(
            "sheet", Sentence(f"Gelezen: werkblad {sheets.name}.", f"Read: sheet {sheets.name}.")
        )
        if sheets.others:
            names = ", ".join(sheets.others)
            yield Notice("sheets.other", Sentence(f"Niet gelezen: {names}.", f"Not read: {names}."))
        if sheets.hidden:
            names = ", ".join(sheets.hidden)
            yield Notice(
                "sheets.hidden",
                Sentence(f"Verborgen en niet gelezen: {names}.", f"Hidden, not read: {names}."),
            )

    def _of_text(self) -> Iterator[Notice]:
        if self.text is None:
            return
        if self.text.encoding == CP1252:
            yield Notice(
                "encoding.cp1252",
                Sentence(
                    "Het bestand is geen UTF-8 en is gelezen als Windows-1252. Kijk of namen met "
                    "accenten kloppen.",
                    "The file is no UTF-8 and was read as Windows-1252. See whether names with "
                    "accents are right.",
                ),
            )
        if self.text.is_damaged:
            yield Notice(
                "encoding.damaged",
                Sentence(
                    "Sommige tekens waren niet te lezen; de cellen waarin ze staan zijn genoemd.",
                    "Some characters could not be read; the cells they are in are named.",
                ),
            )

    def _of_rows(self) -> Iterator[Notice]:
        if self.blank:
            yield Notice(
                "rows.blank",
                Sentence(
                    f"Lege rijen overgeslagen: {self.blank}.", f"Blank rows passed: {self.blank}."
                ),
            )
        if self.hidden:
            yield Notice(
                "rows.hidden",
                Sentence(
                    f"Verborgen of weggefilterde rijen die wel zijn gelezen: {self.hidden}.",
                    f"Hidden or filtered rows that were read all the same: {self.hidden}.",
                ),
            )


def open_rows(
    source: BinaryIO | Iterable[bytes],
    format: Format,  # noqa: A002 - it is its name
    *,
    choices: Choices = _AS_FOUND,
    limits: Limits = LIMITS,
) -> OpenedRows:
    """Begin to read a file: its header is read at once, its rows when they are asked for."""
    choices.check(format)
    if format.needs_seeking:
        return _open_workbook(cast("BinaryIO", source), format, choices=choices, limits=limits)
    encoding = choices.encoding if format is Format.CSV else Encoding.UTF_8
    text = Text(pieces(source, limit=limits.file_bytes), encoding)
    if format is Format.CSV:
        delimiter = choices.delimiter and choices.delimiter.sign
        table = Delimited(text, delimiter=delimiter, understood=recognised, limits=limits)
        opened = OpenedRows(table, format, header=None, limits=limits)
        names = {"\t": "tab"}
        sign = names.get(table.delimiter, table.delimiter)
        opened.note("delimiter", f"Het scheidingsteken is {sign}", f"The delimiter is {sign}")
    else:
        values = json_values if format is Format.JSON else ndjson_values
        rows = JsonRows(values(text, limits=limits), limits=limits)
        opened = OpenedRows(rows, format, header=rows.header, limits=limits)
        if not opened.peek(1):
            raise FileRefusedError(Refusal.EMPTY)
    opened.text = text
    return opened


def _open_workbook(
    source: BinaryIO,
    format: Format,  # noqa: A002 - it is its name
    *,
    choices: Choices,
    limits: Limits,
) -> OpenedRows:
    opener = open_xlsx if format is Format.XLSX else open_ods
    rows, sheets = opener(source, wanted=choices.sheet, limits=limits)
    opened = OpenedRows(rows, format, header=None, limits=limits)
    opened.sheets = sheets
    return opened


def _padded(row: RawRow, width: int) -> RawRow:
    return row._replace(cells=row.cells + ("",) * (width - len(row.cells)))


def _trimmed(header: RawRow) -> RawRow:
    """Return the header without empty cells at its end."""
    cells = list(header.cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return RawRow(header.number, tuple(cells), header.marks)
