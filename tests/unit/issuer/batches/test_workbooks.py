"""XLSX and ODS, read as a stream: what a cell is, what is hidden, and what would never end."""

import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import islice
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from services.issuer.batches import (
    LIMITS,
    Choices,
    FileRefusedError,
    Format,
    Limits,
    Mark,
    OpenedRows,
    RawRow,
    Refusal,
    open_rows,
)
from services.issuer.batches.ods import open_ods
from services.issuer.batches.rows import WHOLE_ROW
from tests.support.spreadsheets import an_archive, an_ods, an_xlsx, cell, row

HEADER = ["Studentnummer", "Voornaam", "Achternaam", "E-mail", "Cijfer", "Datum"]
ROW = ["0012345", "Zoë", "de Vries", "zoe@x.example", 7.5, date(2026, 11, 13)]
READ = ("0012345", "Zoë", "de Vries", "zoe@x.example", "7.5", "2026-11-13")
DATED = {5: Mark.DATE}
ODS_ROW = row(
    "0012345",
    "Zoë",
    "de Vries",
    "zoe@x.example",
    cell("7,5", office_value_type="float", office_value="7.5"),
    cell("13-11-26", office_value_type="date", office_date_value="2026-11-13"),
)


def xlsx(file: BinaryIO, *, limits: Limits = LIMITS, sheet: str | None = None) -> OpenedRows:
    return open_rows(file, Format.XLSX, choices=Choices(sheet=sheet), limits=limits)


def ods(rows: str, *, limits: Limits = LIMITS) -> OpenedRows:
    return open_rows(an_ods({"Lijst": row(*HEADER) + rows}), Format.ODS, limits=limits)


def reason(act: Callable[[], object]) -> Refusal:
    with pytest.raises(FileRefusedError) as caught:
        act()
    return caught.value.reason


def edited(file: BinaryIO, name: str, change: Callable[[bytes], bytes]) -> BinaryIO:
    with zipfile.ZipFile(file) as packed:
        entries = {one: packed.read(one) for one in packed.namelist()}
    entries[name] = change(entries[name])
    return an_archive(entries)


def test_a_workbook_is_read_with_real_days_and_leading_zeros() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    sheet.append(ROW)
    sheet.append([12345, *ROW[1:5], datetime(2026, 11, 13, 14, 30)])  # noqa: DTZ001 - of a sheet
    sheet["A3"].number_format = "0000000"
    file = io.BytesIO()
    book.save(file)
    rows = xlsx(file)

    assert rows.header.cells == tuple(HEADER)
    assert list(rows) == [
        RawRow(2, READ, DATED),
        RawRow(3, (*READ[:5], "2026-11-13 14:30"), DATED),
    ]


def test_an_open_document_is_read_alike() -> None:
    padded = cell("0012345", office_value_type="float", office_value="12345")
    rows = ods(ODS_ROW + row(padded, "Jo", "Bos", "jo@x.example"))

    assert list(rows) == [
        RawRow(2, READ, DATED),
        RawRow(3, ("0012345", "Jo", "Bos", "jo@x.example", "", "")),
    ]


def test_formulas_errors_and_lost_digits_are_marked() -> None:
    lost = 12345678901234567890
    rows = list(xlsx(an_xlsx([HEADER, ["=1+1", "#N/A", True, lost, 0.1 + 0.2]])))

    assert rows[0].cells[0] == "=1+1"
    assert rows[0].cells[2] == "true"
    assert rows[0].cells[4] == "0.3"
    assert rows[0].marks == {0: Mark.FORMULA, 1: Mark.ERROR, 3: Mark.IMPRECISE}


def test_a_formula_of_an_open_document_is_marked() -> None:
    told = cell("2", office_value_type="float", office_value="2", table_formula="of:=1+1")
    (read,) = ods(row(told, "Jo"))

    assert (read.cells[0], read.marks) == ("=1+1", {0: Mark.FORMULA})


def test_rows_keep_their_numbers_over_gaps_and_repeats() -> None:
    gap = list(xlsx(an_xlsx([HEADER, [], [], ROW])))
    repeated = row("", told='table:number-rows-repeated="1000"') + row(
        "1", "Jo", told='table:number-rows-repeated="2"'
    )

    assert [read.number for read in gap] == [4]
    assert [read.number for read in ods(repeated)] == [1002, 1003]


def test_hidden_rows_are_read_and_said_and_hidden_sheets_are_not_read() -> None:
    book = load_workbook(an_xlsx([HEADER, ROW], Geheim=[["x"]], Ander=[["y"]]))
    book["Geheim"].sheet_state = "hidden"
    book["Lijst"].row_dimensions[2].hidden = True
    file = io.BytesIO()
    book.save(file)
    rows = xlsx(file)
    (read,) = rows

    assert read.marks == {WHOLE_ROW: Mark.HIDDEN, **DATED}
    said = {one.code: one.sentence.nl for one in rows.notices}
    assert said["sheets.hidden"] == "Verborgen en niet gelezen: Geheim."
    assert said["sheets.other"] == "Niet gelezen: Ander."
    assert "1" in said["rows.hidden"]


def test_hidden_sheets_and_rows_of_an_open_document_are_said() -> None:
    hidden = row("1", "Jo", told='table:visibility="filter"')
    sheets = {"Weg": row("x"), "Lijst": row(*HEADER) + hidden, "Ander": row("y")}
    rows = open_rows(an_ods(sheets, hidden=["Weg"]), Format.ODS)
    (read,) = rows

    assert read.marks == {WHOLE_ROW: Mark.HIDDEN}
    assert {"sheets.hidden", "sheets.other", "rows.hidden"} <= {one.code for one in rows.notices}


@pytest.mark.parametrize("sheet", ["Ander", "2"])
@pytest.mark.parametrize("format_", [Format.XLSX, Format.ODS])
def test_a_sheet_is_chosen_by_name_or_number(sheet: str, format_: Format) -> None:
    if format_ is Format.XLSX:
        file = an_xlsx([["x"]], Ander=[HEADER, ROW])
    else:
        file = an_ods({"Lijst": row("x"), "Ander": row(*HEADER) + ODS_ROW})

    rows = open_rows(file, format_, choices=Choices(sheet=sheet))
    assert [read.number for read in rows] == [2]


def test_a_sheet_that_is_not_there_is_refused() -> None:
    assert reason(lambda: xlsx(an_xlsx([HEADER]), sheet="Nee")) is Refusal.SHEET_ABSENT
    choices = Choices(sheet="Nee")
    file = an_ods({"Lijst": row(*HEADER)})
    assert reason(lambda: open_rows(file, Format.ODS, choices=choices)) is Refusal.SHEET_ABSENT


def test_notes_and_the_history_of_changes_are_no_cells() -> None:
    note = "<office:annotation><text:p>weg</text:p></office:annotation>"
    noted = cell("Jo").replace("<text:p>", f"{note}<text:p>", 1)
    changes = f"<table:tracked-changes>{row('weg')}</table:tracked-changes>"
    (read,) = ods(changes + row("1", noted))

    assert read.cells[:2] == ("1", "Jo")


def test_spaces_and_lines_of_an_open_document_are_kept() -> None:
    hard = '<table:table-cell><text:p>a<text:s text:c="2"/>b<text:line-break/>c</text:p>\n'
    (read,) = ods(row("1", hard + "<text:p>d</text:p></table:table-cell>"))

    assert read.cells[1] == "a  b\nc\nd"


@given(
    st.lists(
        st.lists(
            st.text(
                st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
                min_size=1,
                max_size=12,
            ).filter(lambda text: not text.startswith(("=", "#")) and not text.isspace()),
            min_size=6,
            max_size=6,
        ),
        max_size=5,
    )
)
def test_any_text_in_a_workbook_is_read_back(table: list[list[str]]) -> None:
    rows = [tuple(read.cells) for read in xlsx(an_xlsx([HEADER, *table]))]
    kept = [tuple(read.cells) for read in ods("".join(row(*map(cell, one)) for one in table))]

    assert rows == [tuple(one) for one in table]
    assert kept == rows or any("  " in text or text != text.strip() for o in table for text in o)


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    packed = an_archive({"xl/workbook.xml": b" " * 50_000_000})

    assert reason(lambda: xlsx(packed)) is Refusal.UNPACKS_TOO_LARGE


def test_an_archive_of_nothing_but_entries_is_refused() -> None:
    packed = an_archive({f"{number}": "" for number in range(3000)})

    assert reason(lambda: xlsx(packed)) is Refusal.UNPACKS_TOO_LARGE


def test_the_length_of_the_listing_is_believed_before_the_listing_is_read() -> None:
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 60_000, 60_000, 1_000_000_000, 0, 0)
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**6, 10**6, 10**9, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)

    for content in (b" " * 50 + end, wide + locator + end[:8] + b"\xff" * 12 + b"\0\0"):
        assert reason(lambda whole=content: xlsx(io.BytesIO(whole))) is Refusal.UNPACKS_TOO_LARGE  # type: ignore[misc]  # a default binds the loop's value


def test_a_row_that_stands_for_millions_is_counted_before_it_is_made() -> None:
    some = an_ods({"x": row("1", told='table:number-rows-repeated="9"')})
    rows, _ = open_ods(some, wanted=None, limits=Limits(rows=8))
    with pytest.raises(FileRefusedError):
        next(rows)

    many = row("1", "Jo", told='table:number-rows-repeated="1000000000"')
    wide = cell("x", table_number_columns_repeated="1000000")

    assert reason(lambda: list(ods(many))) is Refusal.ROWS_MANY
    assert reason(lambda: list(ods(row(wide)))) is Refusal.COLUMNS_MANY
    assert list(islice(ods(row("1", cell("", table_number_columns_repeated="1000000"))), 5))


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '<!DOCTYPE x SYSTEM "http://x.example/x"><x/>',
        "<x><y></x>",
        "",
        "no xml",
        f'<x a="{"b" * 5_000_000}"/>',
    ],
    ids=["entity", "external", "unclosed", "empty", "text", "endless"],
)
def test_xml_that_is_hostile_or_broken_is_refused(text: str) -> None:
    limits = Limits(archive_ratio=100_000)
    book = edited(an_xlsx([HEADER, ROW]), "xl/worksheets/sheet1.xml", lambda _: text.encode())
    document = an_archive({"mimetype": "x", "content.xml": text})

    assert reason(lambda: list(xlsx(book, limits=limits))) is Refusal.DAMAGED
    assert reason(lambda: list(open_rows(document, Format.ODS, limits=limits))) is Refusal.DAMAGED


def test_rows_out_of_order_are_refused() -> None:
    book = edited(
        an_xlsx([HEADER, ROW, ROW]),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace(b'<row r="3"', b'<row r="2"'),
    )

    assert reason(lambda: list(xlsx(book))) is Refusal.ROWS_OUT_OF_ORDER


def test_a_locked_document_is_refused_with_what_to_do() -> None:
    manifest = "<m><manifest:encryption-data/></m>"
    locked = an_archive({"content.xml": "x", "META-INF/manifest.xml": manifest})

    assert reason(lambda: open_rows(locked, Format.ODS)) is Refusal.OLD_OR_LOCKED


@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=9)),
    ),
    format_=st.sampled_from([Format.XLSX, Format.ODS]),
)
def test_hostile_archives_are_read_or_refused_by_name(
    content: bytes | tuple[int, bytes], format_: Format
) -> None:
    if isinstance(content, tuple):
        at, scar = content
        file = an_xlsx([HEADER, ROW]) if format_ is Format.XLSX else an_ods({"x": row(*HEADER)})
        whole = file.read()
        at %= len(whole)
        content = whole[:at] + scar + whole[at + len(scar) :]
    with suppress(FileRefusedError):
        list(open_rows(io.BytesIO(content), format_))


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    book = load_workbook(an_xlsx([HEADER]))
    book.epoch = datetime(1904, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    book.worksheets[0].append(ROW)
    file = io.BytesIO()
    book.save(file)

    assert next(xlsx(file)).cells[5] == "2026-11-13"
