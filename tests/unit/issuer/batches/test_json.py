"""Awards in JSON and NDJSON, one by one; and which format a file has."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.issuer.batches import (
    Code,
    FileRefusedError,
    Format,
    Limits,
    Mark,
    RawRow,
    Refusal,
    RowReader,
    Rules,
    WantedRow,
    detect_format,
    open_rows,
    propose_mapping,
)
from services.issuer.batches.rows import WHOLE_ROW

LEARNER = {"email": "j.devries@example.nl", "givenName": "Jo", "familyName": "de Vries"}
AWARD: dict[str, object] = {
    "microcredentialId": "6b0f3a52-1c88-4a44-9f0b-0d0d5e1f7a01",
    "enrolmentReference": "2026-QC-000123",
    "awardedOn": "2026-11-13",
    "learner": LEARNER,
    "result": {"grade": 8.5},
}
RULES = Rules(today=date(2026, 11, 25), key=b"k" * 32)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(1.5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def rows(text: str | bytes, format_: Format = Format.JSON, size: int = 7) -> list[RawRow]:
    content = text.encode() if isinstance(text, str) else text
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    return list(open_rows(parts, format_))


def reason(act: Callable[[], object]) -> Refusal:
    with pytest.raises(FileRefusedError) as caught:
        act()
    return caught.value.reason


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([AWARD, AWARD]),
        json.dumps({"awards": [AWARD, AWARD]}, indent=2),
        json.dumps({"first": {"a": [1]}, "awards": [AWARD, AWARD], "last": None}),
        " \r\n[" + json.dumps(AWARD) + " ,\t" + json.dumps(AWARD) + "\n]\n ",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 65536])
def test_a_list_is_read_wherever_it_stands(text: str, size: int) -> None:
    read = rows(text, size=size)

    assert [row.number for row in read] == [1, 2]
    assert read[0].cells == read[1].cells
    assert "8.5" in read[0].cells


def test_an_award_as_our_api_takes_it_is_read_and_judged() -> None:
    opened = open_rows([json.dumps([AWARD]).encode()], Format.JSON)
    reader = RowReader(propose_mapping(opened.header, is_table=False), RULES)
    judged = reader.read(next(opened))

    assert isinstance(judged, WantedRow)
    assert (judged.number, judged.grade, judged.learner.full_name) == (1, "8.5", "Jo de Vries")


def test_a_fault_in_json_is_named_by_its_member() -> None:
    wrong = {**AWARD, "learner": {**LEARNER, "email": ["a"]}, "unasked": 1}
    opened = open_rows([json.dumps([*[AWARD] * 100, wrong]).encode()], Format.JSON)
    reader = RowReader(propose_mapping(opened.header, is_table=False), RULES)
    judged = [reader.read(row) for row in opened][-1]

    assert isinstance(judged, tuple)
    assert [(fault.row, fault.cell, fault.code) for fault in judged] == [
        (101, "/learner/email", Code.CELL_NESTED),
        (101, "/unasked", Code.MEMBER_UNKNOWN),
    ]


def test_each_line_is_an_award_and_a_broken_one_is_itself() -> None:
    text = f'{json.dumps(AWARD)}\n\n{{"a": 1, "a": 2}}\nno json\n[1]\n{json.dumps(AWARD)}'
    read = rows(text, Format.NDJSON)

    assert [row.number for row in read] == [1, 3, 4, 5, 6]
    assert [row.marks.get(WHOLE_ROW) for row in read] == [None, *[Mark.BROKEN] * 3, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[", Refusal.JSON_BROKEN),
        ('[{"a": 1}', Refusal.JSON_BROKEN),
        ('[{"a": 1} {"a": 2}]', Refusal.JSON_BROKEN),
        ('[{"a": 1}] more', Refusal.JSON_BROKEN),
        ('[{"a": 1, "a": 2}]', Refusal.JSON_BROKEN),
        ('[{"a": NaN}]', Refusal.JSON_BROKEN),
        ('[{"a": 1},]', Refusal.JSON_BROKEN),
        ('{"awards": [{"a": 1}],}', Refusal.JSON_BROKEN),
        ('{"awards": [{"a": 1}], "awards": []}', Refusal.JSON_SHAPE),
        ('{"rows": []}', Refusal.JSON_SHAPE),
        ('{"awards": {}}', Refusal.JSON_SHAPE),
        ("{}", Refusal.JSON_BROKEN),
        ("3", Refusal.JSON_SHAPE),
        ("[]", Refusal.EMPTY),
        ("", Refusal.JSON_SHAPE),
        ('[{"a": ' + "[" * 100_000, Refusal.JSON_BROKEN),
        ('[{"a": "' + "x" * 3_000_000 + '"}]', Refusal.ROW_LARGE),
    ],
)
def test_what_is_no_list_of_awards_is_refused(text: str, expected: Refusal) -> None:
    assert reason(lambda: rows(text, size=65536)) is expected


def test_half_a_pair_and_a_nul_become_damage_in_their_cell() -> None:
    (read,) = rows('[{"a": "x\\ud800y\\u0000"}]')

    assert read.cells == ("x\N{REPLACEMENT CHARACTER}y\N{REPLACEMENT CHARACTER}",)
    assert read.cells[0].encode()


def test_digits_stay_as_they_were_written() -> None:
    (read,) = rows('[{"a": 0.10, "b": 12345678901234567890, "c": true, "d": null}]')

    assert read.cells == ("0.10", "12345678901234567890", "true", "")


@given(st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=4), max_size=5))
def test_any_json_is_read_one_row_an_award_or_refused(values: list[dict[str, object]]) -> None:
    for text, format_ in (
        (json.dumps(values), Format.JSON),
        ("\n".join(map(json.dumps, values)), Format.NDJSON),
    ):
        try:
            read = rows(text, format_)
        except FileRefusedError as error:
            assert error.reason is Refusal.EMPTY  # noqa: PT017 - or it is read
        else:
            assert [row.number for row in read] == sorted({row.number for row in read})
            assert len(read) <= len(values)


@given(st.text('[]{},:"\\ \n1a.-null', max_size=30))
def test_hostile_json_is_read_or_refused_by_name(text: str) -> None:
    for format_ in (Format.JSON, Format.NDJSON):
        try:
            rows(text, format_)
        except FileRefusedError as error:
            assert error.faults  # noqa: PT017 - it is named


def test_a_list_of_more_members_than_columns_is_refused() -> None:
    text = json.dumps([{f"m{number}": 1 for number in range(10)}]).encode()

    limits = Limits(columns=9)
    assert reason(lambda: open_rows([text], Format.JSON, limits=limits)) is Refusal.COLUMNS_MANY


@pytest.mark.parametrize(
    ("content_type", "begin", "expected"),
    [
        ("text/csv; charset=utf-8", b"a;b", Format.CSV),
        (None, b"a;b\n1;2", Format.CSV),
        (None, b"\xef\xbb\xbfa;b", Format.CSV),
        (None, "a;b".encode("utf-16"), Format.CSV),
        ("text/csv", b'{"a";b}', Format.CSV),
        ("application/json", b"[", Format.JSON),
        (None, b' [{"a": 1}]', Format.JSON),
        (None, b'{"awards": [\n', Format.JSON),
        (None, b'{"a": 1}\n{"a": 2}\n', Format.NDJSON),
        ("application/x-ndjson", b'{"a": 1}', Format.NDJSON),
        ("application/octet-stream", b"PK\x03\x04xl", Format.XLSX),
        ("text/csv", b"PK\x03\x04xl", Format.XLSX),
        (None, b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", Format.ODS),
        ("application/vnd.oasis.opendocument.spreadsheet", b"PK\x03\x04", Format.ODS),
    ],
)
def test_the_format_is_what_the_bytes_say(
    content_type: str | None, begin: bytes, expected: Format
) -> None:
    assert detect_format(content_type, begin) is expected


@pytest.mark.parametrize(
    ("content_type", "begin", "expected"),
    [
        (None, b"", Refusal.EMPTY),
        (None, b"\xef\xbb\xbf \n", Refusal.EMPTY),
        (None, b"%PDF-1.7", Refusal.FORMAT),
        (None, b"<html>", Refusal.FORMAT),
        (None, b"\x7fELF\0\0", Refusal.FORMAT),
        (None, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Refusal.OLD_OR_LOCKED),
        ("application/vnd.oasis.opendocument.spreadsheet", b"a;b", Refusal.FORMAT),
    ],
)
def test_what_is_no_list_is_refused_by_its_first_bytes(
    content_type: str | None, begin: bytes, expected: Refusal
) -> None:
    assert reason(lambda: detect_format(content_type, begin)) is expected


@given(st.binary(max_size=60), st.sampled_from([None, "text/csv", "application/json"]))
def test_any_beginning_has_a_format_or_is_refused(begin: bytes, content_type: str | None) -> None:
    try:
        assert detect_format(content_type, begin) in Format
    except FileRefusedError as error:
        assert error.reason in SENTENCES_OF_FORMAT  # noqa: PT017 - or it has one


SENTENCES_OF_FORMAT = {Refusal.EMPTY, Refusal.FORMAT, Refusal.OLD_OR_LOCKED}
