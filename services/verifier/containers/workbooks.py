"""An Excel workbook with a proof, link or code in its cells, of every sheet that is shown.

Apart from archives in general. What a formula shows counts as it was last worked out; nothing is
worked out here, and nothing that a workbook refers to is opened.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Final, Protocol, cast
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from services.verifier.containers.archives import Archive, shown
from services.verifier.containers.contents import Contents, NotReadError
from services.verifier.containers.limits import Limits
from services.verifier.containers.tables import read_rows
from services.verifier.domain.handed import Place
from services.verifier.domain.refusals import RefusalCode

_DOCTYPE: Final = b"<!DOCTYPE"
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    DefusedXmlException,
    ExpatError,
    InvalidFileException,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,  # What ElementTree calls XML that is not well-formed.
    TypeError,
    ValueError,
)


class _Sheet(Protocol):
    """What we take from a sheet of openpyxl."""

    title: str

    def iter_rows(self, *, values_only: bool, max_col: int) -> Iterator[Sequence[object]]: ...


def read_workbook(body: bytes, limits: Limits) -> Contents:
    """Return what the cells of a workbook hold; or raise NotReadError."""
    Archive(body, limits)
    try:
        _check_parts(body, limits)
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        return read_rows(_rows(book.worksheets, limits), limits)
    except NotReadError:
        raise
    except _BROKEN:
        raise NotReadError(RefusalCode.TABLE_DAMAGED) from None


def _check_parts(body: bytes, limits: Limits) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        entries = packed.infolist()
        if sum(entry.file_size for entry in entries) > limits.table_bytes:
            raise NotReadError(RefusalCode.ARCHIVE_UNPACKS_TOO_LARGE)
        # Which parser openpyxl takes depends on what is installed; none of them sees one of these.
        if any(_DOCTYPE in packed.read(entry) for entry in entries):
            raise NotReadError(RefusalCode.TABLE_DAMAGED)


def _rows(sheets: Sequence[object], limits: Limits) -> Iterator[tuple[Place, Sequence[object]]]:
    for sheet in sheets:
        if not isinstance(sheet, ReadOnlyWorksheet) or sheet.sheet_state != "visible":
            continue
        # Its stubs give it the `self` of another class.
        read = cast("_Sheet", sheet)
        name = shown(read.title) if len(sheets) > 1 else ""
        rows = read.iter_rows(values_only=True, max_col=limits.columns)
        for number, cells in enumerate(rows, 1):
            yield Place(sheet=name, row=number), cells
