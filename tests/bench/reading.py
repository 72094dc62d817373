"""Reading files of awards: rows a second and peak memory, of each format, in a process of its own.

The file is made while it is read, so that only reading is measured; a floor beside it is what the
standard library needs to take the same text apart and no more.
"""

import csv
import io
import json
import multiprocessing
import os
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID
from xml.sax.saxutils import escape

from services.issuer.batches import (
    Format,
    RowReader,
    Rules,
    SeenRows,
    WantedRow,
    open_rows,
    propose_mapping,
)
from tests.support.spreadsheets import ODS_TYPE

ROWS: Final = int(os.environ.get("BENCH_ROWS", "1700000"))
MOST_OF_WORKBOOK: Final = 300_000
MOST: Final = {Format.XLSX: MOST_OF_WORKBOOK, Format.ODS: MOST_OF_WORKBOOK}
QUANTUM: Final = UUID("6b0f3a52-1c88-4a44-9f0b-0d0d5e1f7a01")
HEADER: Final = (
    "Studentnummer",
    "Voornaam",
    "Tussenvoegsel",
    "Achternaam",
    "E-mailadres",
    "Resultaat",
    "Datum resultaat",
    "Toelichting",
)
_NAMES: Final = ("Anna", "Zoë", "Mohammed", "Jan Willem", "Noor", "Daan", "Chloë", "Bram")
_TOGETHER: Final = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file took."""

    name: str
    rows: int
    seconds: float
    megabytes: float

    @property
    def microseconds(self) -> float:
        """Return the processor time of one row."""
        return 1e6 * self.seconds / self.rows


def measure_reading() -> Iterator[Reading]:
    """Measure the floor, then each format, each in a new process so that its peak is its own."""
    context = multiprocessing.get_context("spawn")
    for name, format_ in [("floor: csv.reader alone", None), *((one.value, one) for one in Format)]:
        count = min(ROWS, MOST.get(format_, ROWS)) if format_ else ROWS
        with context.Pool(1) as pool:
            seconds, megabytes = pool.apply(_measure, (format_, count))
        yield Reading(name, count, seconds, megabytes)


def _measure(format_: Format | None, count: int) -> tuple[float, float]:
    if format_ is None:
        seconds = _floor(count)
    else:
        with tempfile.TemporaryDirectory() as folder:
            source = _WRITERS[format_](count, Path(folder))
            seconds = _read(source, format_, count)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _floor(count: int) -> float:
    lines = [piece.decode() for piece in csv_pieces(count, Path())]
    begin = time.process_time()
    read = sum(
        1 for text in lines for _ in csv.reader(io.StringIO(text, newline=""), delimiter=";")
    )
    spent = time.process_time() - begin
    if read != count + 1:
        raise AssertionError(read)
    return spent


def _read(source: BinaryIO | Iterable[bytes], format_: Format, count: int) -> float:
    """Read, map and judge every row; return the processor time without that of the writer."""
    made = _Timed(source) if not format_.needs_seeking else source
    rules = Rules(today=date(2026, 11, 25), key=b"k" * 32, microcredential_id=QUANTUM)
    begin = time.process_time()
    rows = open_rows(made, format_)
    mapping = propose_mapping(rows.header, rows.peek(5), is_table=format_.is_table)
    reader = RowReader(mapping, rules, seen=SeenRows())
    right = sum(type(reader.read(row)) is WantedRow for row in rows)
    spent = time.process_time() - begin
    if right != count:
        raise AssertionError(right)
    return spent - (made.spent if isinstance(made, _Timed) else 0.0)


class _Timed(Iterator[bytes]):
    """Pieces, and the processor time it took to make them."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self.spent = 0.0

    def __next__(self) -> bytes:
        begin = time.process_time()
        try:
            return next(self._source)
        finally:
            self.spent += time.process_time() - begin


def a_row(number: int) -> tuple[str, ...]:
    """Return a row as a student system exports it."""
    return (
        f"{number:09}",
        _NAMES[number % len(_NAMES)],
        "van der" if number % 3 else "",
        f"Voorbeeld{chr(97 + number % 26)}",
        f"s{number:09}@student.example.nl",
        f"{6 + number % 4},{number % 10}",
        f"{number % 28 + 1:02}-{number % 10 + 1:02}-2026",
        "",
    )


def _table(count: int) -> Iterator[tuple[str, ...]]:
    yield HEADER
    for number in range(count):
        yield a_row(number)


def csv_pieces(count: int, _: Path) -> Iterator[bytes]:
    """Make a CSV file of so many rows."""
    yield (";".join(HEADER) + "\r\n").encode()
    for start in range(0, count, _TOGETHER):
        rows = range(start, min(count, start + _TOGETHER))
        yield "".join(";".join(a_row(number)) + "\r\n" for number in rows).encode()


def _award(number: int) -> str:
    reference, given, prefix, family, email, grade, day, _ = a_row(number)
    learner = {"email": email, "givenName": given, "familyName": f"{prefix} {family}".strip()}
    told = {
        "microcredentialId": str(QUANTUM),
        "enrolmentReference": reference,
        "awardedOn": f"2026-{day[3:5]}-{day[:2]}",
        "learner": learner,
        "result": {"grade": grade},
    }
    return json.dumps(told, ensure_ascii=False)


def _ndjson_pieces(count: int, _: Path) -> Iterator[bytes]:
    for start in range(0, count, _TOGETHER):
        rows = range(start, min(count, start + _TOGETHER))
        yield "".join(_award(number) + "\n" for number in rows).encode()


def _json_pieces(count: int, _: Path) -> Iterator[bytes]:
    yield b'{"awards": ['
    for start in range(0, count, _TOGETHER):
        rows = range(start, min(count, start + _TOGETHER))
        yield (("," if start else "") + ",".join(map(_award, rows))).encode()
    yield b"]}"


def _xlsx_file(count: int, folder: Path) -> BinaryIO:
    """Write a workbook as Excel does, its texts shared."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook {main} xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" Target="a.xml"/>'
            "</Relationships>",
        )
        with packed.open("xl/sharedStrings.xml", "w") as texts:
            texts.write(f"<sst {main}>".encode())
            for row in _table(count):
                texts.write("".join(f"<si><t>{escape(text)}</t></si>" for text in row).encode())
            texts.write(b"</sst>")
        with packed.open("xl/a.xml", "w") as sheet:
            sheet.write(f"<worksheet {main}><sheetData>".encode())
            width = len(HEADER)
            for at in range(count + 1):
                cells = "".join(
                    f'<c r="{chr(65 + column)}{at + 1}" t="s"><v>{at * width + column}</v></c>'
                    for column in range(width)
                )
                sheet.write(f'<row r="{at + 1}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
    return path.open("rb")


def _ods_file(count: int, folder: Path) -> BinaryIO:
    """Write an OpenDocument spreadsheet as LibreOffice does."""
    odf = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = "".join(f' xmlns:{one}="{odf}{one}:1.0"' for one in ("office", "table", "text"))
    path = folder / "book.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("mimetype", ODS_TYPE)
        with packed.open("content.xml", "w") as content:
            opening = "<office:body><office:spreadsheet><table:table>"
            content.write(f"<office:document-content{spaces}>{opening}".encode())
            for row in _table(count):
                cells = "".join(
                    '<table:table-cell office:value-type="string">'
                    f"<text:p>{escape(text)}</text:p></table:table-cell>"
                    for text in row
                )
                content.write(f"<table:table-row>{cells}</table:table-row>".encode())
            closing = "</table:table></office:spreadsheet></office:body>"
            content.write(f"{closing}</office:document-content>".encode())
    return path.open("rb")


_WRITERS: Final[dict[Format, Callable[[int, Path], BinaryIO | Iterable[bytes]]]] = {
    Format.CSV: csv_pieces,
    Format.NDJSON: _ndjson_pieces,
    Format.JSON: _json_pieces,
    Format.XLSX: _xlsx_file,
    Format.ODS: _ods_file,
}


if __name__ == "__main__":
    for reading in measure_reading():
        print(
            f"{reading.name:<24} {reading.rows:>9,} rows {reading.rows / reading.seconds:>10,.0f}/s"
            f" {reading.microseconds:>6.1f} µs a row {reading.megabytes:>6.0f} MB peak"
        )
