"""Spreadsheets as Excel and LibreOffice write them, made small enough to read in a test."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = "".join(
    f' xmlns:{name}="{_ODF}{name}:1.0"' for name in ("office", "table", "text", "style")
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def an_xlsx(rows: Sequence[Sequence[object]], **others: Sequence[Sequence[object]]) -> BinaryIO:
    """Write rows as the first sheet of a workbook, and others behind it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines in {"Lijst": rows, **others}.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(list(line))
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def cell(text: object, **told: str) -> str:
    """Write a cell of an OpenDocument sheet."""
    inside = "" if text is None else f"<text:p>{escape(str(text))}</text:p>"
    attributes = "".join(
        f" {name.replace('_', ':', 1).replace('_', '-')}={quoteattr(value)}"
        for name, value in told.items()
    )
    return f"<table:table-cell{attributes}>{inside}</table:table-cell>"


def row(*cells: str, told: str = "") -> str:
    """Write a row of an OpenDocument sheet; a text is a cell of that text."""
    inside = "".join(one if one.startswith("<") else cell(one) for one in cells)
    return f"<table:table-row {told}>{inside}</table:table-row>"


def an_ods(sheets: Mapping[str, str], *, hidden: Sequence[str] = ()) -> BinaryIO:
    """Write sheets, given as their rows in XML, as an OpenDocument spreadsheet."""
    styles = (
        '<style:style style:name="away" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    away = ' table:style-name="away"'
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}{away if name in hidden else ''}>{rows}"
        "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f"<office:document-content{_SPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return an_archive({"mimetype": ODS_TYPE, "content.xml": content})


def an_archive(entries: Mapping[str, str | bytes]) -> BinaryIO:
    """Pack texts into an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in entries.items():
            packed.writestr(
                name, text, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            )
    file.seek(0)
    return file
