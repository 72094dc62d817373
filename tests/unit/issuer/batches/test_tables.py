"""CSV as it is met: delimiters, encodings, quotes, line breaks, ragged and broken rows."""

import csv
import io
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.issuer.batches import (
    Choices,
    Delimiter,
    Encoding,
    FileRefusedError,
    Format,
    Limits,
    Mark,
    OpenedRows,
    RawRow,
    Refusal,
    open_rows,
)
from services.issuer.batches.rows import WHOLE_ROW

HEADER = ("Studentnummer", "Voornaam", "Achternaam", "E-mail", "Cijfer", "Datum")
ROW = ("0012345", "Zoë", "Vries, de", "zoe@student.example.nl", "7,5", "13-11-2026")


def written(rows: Sequence[Sequence[str]], delimiter: str = ";", **style: object) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, **style).writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()


def opened(content: bytes | str, encoding: Encoding | None = None) -> OpenedRows:
    raw = content.encode() if isinstance(content, str) else content
    return open_rows(io.BytesIO(raw), Format.CSV, choices=Choices(encoding=encoding))


def codes(rows: OpenedRows) -> set[str]:
    list(rows)
    return {one.code for one in rows.notices}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_whatever_its_delimiter_and_encoding(delimiter: str, encoding: str) -> None:
    rows = opened(written([HEADER, ROW, ROW], delimiter).encode(encoding))

    assert rows.header.cells == HEADER
    assert list(rows) == [RawRow(2, ROW), RawRow(3, ROW)]


def test_windows_1252_is_said_and_utf_8_is_not() -> None:
    assert "encoding.cp1252" in codes(opened(written([HEADER, ROW]).encode("cp1252")))
    assert "encoding.cp1252" not in codes(opened(written([HEADER, ROW])))


def test_an_encoding_that_was_chosen_is_used() -> None:
    rows = opened(written([HEADER, ROW]).encode("cp850"), encoding=Encoding.CP850)

    assert next(rows).cells == ROW


def test_the_encoding_is_found_far_into_the_file() -> None:
    plain = ("1", "Jan", "Bos", "jan@example.nl", "8", "13-11-2026")
    many = written([HEADER, *[plain] * 5000, ROW])

    assert [row.cells for row in opened(many.encode("cp1252"))][-1] == ROW


def test_a_byte_that_is_no_text_marks_its_cell_and_no_other() -> None:
    filler = [("1", "Zoë", "Bos", "jan@example.nl", "8", "13-11-2026")] * 3000
    content = written([HEADER, *filler]).encode() + written([ROW, ROW]).encode("cp1252")
    rows = list(opened(content + written([ROW]).encode()))

    assert [row.cells[1] for row in rows[-4:]] == ["Zoë", "Zo�", "Zo�", "Zoë"]


def test_quotes_hold_delimiters_quotes_and_line_breaks() -> None:
    hard = ("1", 'J"an', "a;b\r\nc", "x@y.nl", "8", "")
    rows = list(opened(written([HEADER, hard, ROW])))

    assert rows == [RawRow(2, hard), RawRow(3, ROW)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_do_on_any_machine(end: str) -> None:
    rows = opened(written([HEADER, ROW, ROW], lineterminator=end))

    assert [row.number for row in rows] == [2, 3]


def test_an_unclosed_quote_breaks_its_own_row_only() -> None:
    good = written([ROW]).encode()
    content = written([HEADER]).encode() + b'1;"Jan;Bos;x@y.nl;8;\r\n' + good * 3
    rows = list(opened(content))

    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert rows[0].marks == {WHOLE_ROW: Mark.BROKEN}
    assert rows[0].cells == ('1;"Jan;Bos;x@y.nl;8;',)
    assert [row.cells for row in rows[1:]] == [ROW] * 3


def test_a_quote_inside_a_quoted_cell_breaks_its_own_row_only() -> None:
    content = written([HEADER]) + '1;"Jan "de" Bos";x;y;8;\n' + written([ROW])
    rows = list(opened(content))

    assert rows[0].marks == {WHOLE_ROW: Mark.BROKEN}
    assert rows[1].cells == ROW


def test_a_file_of_open_quotes_is_refused_before_it_costs_much() -> None:
    content = "a;b\n" + 'x";"z\n' * 400_000

    with pytest.raises(FileRefusedError) as caught:
        list(opened(content))

    assert caught.value.reason is Refusal.QUOTE_OPEN


def test_blank_rows_are_passed_and_counted_and_keep_their_numbers() -> None:
    rows = opened(written([HEADER, [], ["", " "], ROW]))

    assert [row.number for row in rows] == [4]
    assert rows.blank == 2


def test_titles_above_the_header_are_passed_and_named() -> None:
    rows = opened(written([["Cijferlijst 2026"], [], HEADER, ROW]))

    assert (rows.header.number, next(rows).number) == (3, 4)
    assert "header.below" in codes(rows)


def test_the_separator_line_of_excel_is_followed() -> None:
    rows = opened("sep=|\r\n" + written([HEADER, ROW], "|"))

    assert (rows.header.number, list(rows)) == (1, [RawRow(2, ROW)])


def test_ragged_rows_come_out_as_they_are() -> None:
    rows = list(opened(written([HEADER, ROW[:3], [*ROW, "extra"]])))

    assert [len(row.cells) for row in rows] == [3, 7]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(rows=2), Refusal.ROWS_MANY),
        (Limits(columns=5), Refusal.COLUMNS_MANY),
        (Limits(file_bytes=100), Refusal.TOO_LARGE),
    ],
)
def test_a_file_past_a_limit_is_refused_by_its_name(limits: Limits, reason: Refusal) -> None:
    with pytest.raises(FileRefusedError) as caught:
        list(open_rows([written([HEADER, *[ROW] * 3]).encode()], Format.CSV, limits=limits))

    assert caught.value.reason is reason
    assert all(fault.dutch for fault in caught.value.faults)


def test_a_line_without_end_is_refused_before_it_is_held() -> None:
    def endless() -> Iterator[bytes]:
        yield b"a;b\n"
        while True:
            yield b"x" * 65536

    with pytest.raises(FileRefusedError) as caught:
        list(open_rows(endless(), Format.CSV))

    assert caught.value.reason is Refusal.ROW_LARGE


def test_nothing_is_read_ahead_of_who_asks() -> None:
    taken = 0

    def counted() -> Iterator[bytes]:
        nonlocal taken
        yield written([HEADER]).encode()
        for _ in range(100):
            taken += 1
            yield written([ROW] * 1000).encode()

    rows = open_rows(counted(), Format.CSV)
    next(rows)

    assert taken < 5


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0�\ufeff"), max_size=12
)


@given(
    table=st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=8),
    delimiter=st.sampled_from(Delimiter),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    size=st.integers(1, 40),
)
def test_any_table_that_is_written_is_read_back(
    table: list[list[str]], delimiter: Delimiter, quoting: int, encoding: str, size: int
) -> None:
    content = written([HEADER, *table], delimiter.sign, quoting=quoting).encode(encoding)
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    said = Encoding(encoding.removesuffix("-sig"))
    rows = open_rows(parts, Format.CSV, choices=Choices(delimiter=delimiter, encoding=said))

    expected = [
        RawRow(number, tuple(cells))
        for number, cells in enumerate(table, start=2)
        if any(cell and not cell.isspace() for cell in cells)
    ]
    assert list(rows) == expected


@given(st.binary(max_size=400))
def test_hostile_bytes_are_read_or_refused_by_name(content: bytes) -> None:
    try:
        for row in open_rows([content], Format.CSV):
            assert all("\0" not in cell for cell in row.cells)
    except FileRefusedError:
        pass
