"""Tables for people who open them in a spreadsheet: CSV (RFC 4180) and XLSX in which nothing acts.

Apart from the services, because what strangers wrote must be harmless in every file of ours: in CSV
what begins as a formula gets an apostrophe in front, in XLSX every cell is text (OWASP, CSV
injection).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The full-width forms too: a spreadsheet of East Asia takes them for the narrow ones.
_ACTIVE: Final = tuple("=+-@#|%\t\r\n\uff1d\uff0b\uff0d\uff20")
_NOT_XML: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL: Final = 32_000


def protected(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, also when it trims what it reads."""
    return f"'{text}" if _is_active(text) else text


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str) -> bytes:
    """Return a table in UTF-8 with a byte order mark, so that a spreadsheet knows what it is.

    In Dutch it opens as a table when ; is between the cells, in English when , is.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headers)
    writer.writerows([protected(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def write_xlsx(
    title: str, headers: Sequence[str], rows: Iterable[Sequence[str]], file: IO[bytes]
) -> None:
    """Write a workbook of one sheet to a file; its first line stays in view."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.2 s and 10 MB that few processes need
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    if not isinstance(sheet, WriteOnlyWorksheet):
        raise TypeError
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, header, is_header=True) for header in headers])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    book.save(file)


def _cell(sheet: "WriteOnlyWorksheet", text: str, *, is_header: bool = False) -> object:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    written = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text[:_LONGEST_CELL])
    is_active = _is_active(written)
    if not (is_header or is_active):
        return written
    cell = WriteOnlyCell(sheet, value=written)
    cell.data_type = "s"
    # Excel's own apostrophe: it stays a text when somebody edits the cell.
    cell.quotePrefix = is_active
    if is_header:
        cell.font = Font(bold=True)
    return cell


def _is_active(text: str) -> bool:
    return text.startswith(_ACTIVE) or text.lstrip().startswith(_ACTIVE)
