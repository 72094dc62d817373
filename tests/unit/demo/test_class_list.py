"""Class lists as people really send them."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.demo.class_list import (
    ClassList,
    ClassListError,
    cell_name,
    read_class_list,
    read_date,
    split_name,
)
from services.demo.row_faults import WORDINGS, Code

SEED = Path(__file__).parents[3] / "deploy/seed/class-list.csv"
TODAY = date(2026, 11, 22)
HEADER = "Studentnummer;Naam;E-mailadres;Resultaat;Datum resultaat"
RIGHT = 's1;"Proef, Anna van";anna@example.nl;7,5;13-11-2026'


def read(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> ClassList:
    return read_class_list("\r\n".join((header, *rows)).encode(encoding), today=TODAY)


def codes(*rows: str, header: str = HEADER) -> list[tuple[str, Code]]:
    return [(f.cell, f.code) for row in read(*rows, header=header).wrong for f in row.faults]


def test_the_seed_has_23_right_rows_and_two_wrong_cells() -> None:
    listed = read_class_list(SEED.read_bytes(), today=TODAY)

    assert (listed.encoding, listed.delimiter) == ("cp1252", ";")
    assert len(listed.learners) == 23
    assert [(f.cell, f.code) for row in listed.wrong for f in row.faults] == [
        ("E10", Code.DATE_ABSENT),
        ("C20", Code.EMAIL_AT),
    ]


def test_a_right_row_says_who_passed_what_when() -> None:
    [learner] = read(RIGHT).learners

    assert (learner.row, learner.number) == (2, "s1")
    assert (learner.given_name, learner.family_name) == ("Anna", "van Proef")
    assert (learner.email, learner.result) == ("anna@example.nl", "7.5")
    assert learner.achieved_on == date(2026, 11, 13)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_letters_survive_every_encoding_a_spreadsheet_writes(encoding: str) -> None:
    [learner] = read('s1;"Ünal, Zoë";z@example.nl;7;13-11-2026', encoding=encoding).learners

    assert (learner.given_name, learner.family_name) == ("Zoë", "Ünal")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_delimiter_is_found_by_the_header(delimiter: str) -> None:
    row = delimiter.join(("s1", '"Proef; Anna, B"', "a@example.nl", "7", "2026-11-13"))
    listed = read(row, header=HEADER.replace(";", delimiter))

    assert listed.delimiter == delimiter
    assert len(listed.learners) == 1


def test_columns_may_come_in_any_order_with_others_between() -> None:
    [learner] = read(
        "x;2026-11-13;Proef;a@example.nl;Anna;van der;s1",
        header="Groep;Datum;Achternaam;E-mail;Voornaam;Tussenvoegsel;Studentnummer",
    ).learners

    assert (learner.given_name, learner.family_name) == ("Anna", "van der Proef")
    assert learner.result is None


def test_quotes_separators_and_line_breaks_stay_inside_their_cell() -> None:
    listed = read(
        's1;"Proef, Anna";a@example.nl;7;13-11-2026;"Zei ""goed""; echt\r\nwaar"',
        "s2;half;b@example.nl;7;13-11-2026;",
        header=HEADER + ";Toelichting",
    )

    assert [learner.row for learner in listed.learners] == [2]
    assert [fault.cell for row in listed.wrong for fault in row.faults] == ["B3"]


def test_an_empty_row_keeps_its_number_and_is_listed_as_empty() -> None:
    listed = read(RIGHT, ";;;;", "", "s2;Proef;b@example.nl;7;13-11-2026")

    assert listed.empty == (3, 4)
    assert [row.row for row in listed.wrong] == [5]


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        (";Proef, A;a@example.nl;7;13-11-2026", "A2", Code.NUMBER_MISSING),
        ("s1;;a@example.nl;7;13-11-2026", "B2", Code.NAME_MISSING),
        ("s1;Proef;a@example.nl;7;13-11-2026", "B2", Code.NAME_HALF),
        ("s1;Proef, ZoÃ«;a@example.nl;7;13-11-2026", "B2", Code.NAME_ENCODING),
        ("s1;Proef, A;;7;13-11-2026", "C2", Code.EMAIL_MISSING),
        ("s1;Proef, A;a@@example.nl;7;13-11-2026", "C2", Code.EMAIL_AT),
        ("s1;Proef, A;a@example;7;13-11-2026", "C2", Code.EMAIL_FORM),
        ("s1;Proef, A;a@example.nl;11;13-11-2026", "D2", Code.RESULT_RANGE),
        ("s1;Proef, A;a@example.nl;5,4;13-11-2026", "D2", Code.RESULT_LOW),
        ("s1;Proef, A;a@example.nl;7;", "E2", Code.DATE_MISSING),
        ("s1;Proef, A;a@example.nl;7;gisteren", "E2", Code.DATE_FORM),
        ("s1;Proef, A;a@example.nl;7;02-13-2026", "E2", Code.DATE_SWAPPED),
        ("s1;Proef, A;a@example.nl;7;31-02-2026", "E2", Code.DATE_ABSENT),
        ("s1;Proef, A;a@example.nl;7;23-11-2026", "E2", Code.DATE_FUTURE),
        ("s1;Proef, A;a@example.nl;7;13-11-2026;te veel", "F2", Code.ROW_LONG),
    ],
)
def test_a_fault_names_its_cell_and_kind(row: str, cell: str, code: Code) -> None:
    assert codes(row) == [(cell, code)]


def test_all_faults_of_a_row_are_told_at_once() -> None:
    assert codes(";;;0;morgen") == [
        ("B2", Code.NAME_MISSING),
        ("C2", Code.EMAIL_MISSING),
        ("A2", Code.NUMBER_MISSING),
        ("E2", Code.DATE_FORM),
        ("D2", Code.RESULT_RANGE),
    ]


def test_the_same_person_twice_points_at_the_first_time() -> None:
    listed = read(RIGHT, RIGHT.replace("anna@", "ANNA@"))
    faults = listed.wrong[0].faults

    assert len(listed.learners) == 1
    assert {(f.cell, f.code, f.hint) for f in faults} == {
        ("A3", Code.DUPLICATE, "A2"),
        ("C3", Code.DUPLICATE, "C2"),
    }


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("13-11-2026", date(2026, 11, 13)),
        ("3/1/2026", date(2026, 1, 3)),
        ("2026-11-13", date(2026, 11, 13)),
        ("29-02-2024", date(2024, 2, 29)),
        ("29-02-2026", (Code.DATE_ABSENT, "28-02-2026")),
        ("02-13-2026", (Code.DATE_SWAPPED, "13-02-2026")),
        ("13-13-2026", (Code.DATE_FORM, "")),
        ("00-01-2026", (Code.DATE_FORM, "")),
        ("46339", (Code.DATE_FORM, "")),
    ],
)
def test_dates_are_read_as_the_dutch_write_them(text: str, meant: object) -> None:
    assert read_date(text) == meant


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Voorbeeld, Zoë van der", ("Zoë", "van der Voorbeeld")),
        ("Schets, Olivia van 't", ("Olivia", "van 't Schets")),
        ("Speling, Anaïs \u2019t", ("Anaïs", "\u2019t Speling")),
        ("Jansen-de Vries, Jan Piet", ("Jan Piet", "Jansen-de Vries")),
        ("Anna van der Proef", ("Anna", "van der Proef")),
        ("Anna Maria Proef", ("Anna", "Maria Proef")),
        ("Proef", ("Proef", "")),
        ("Proef,", ("", "Proef")),
        ("Berg, van", ("van", "Berg")),
    ],
)
def test_names_fall_into_given_and_family(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A7"), (25, "Z7"), (26, "AA7"), (701, "ZZ7"), (702, "AAA7")]
)
def test_cells_are_named_as_in_a_spreadsheet(column: int, name: str) -> None:
    assert cell_name(column, 7) == name


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Studentnummer;Naam\r\n",
        b"%PDF-1.7\x81\x8d",
        (HEADER + ";Naam").encode(),
        (HEADER + '\r\ns1;"Proef').encode(),
        (HEADER + '\r\ns1;"Proef"x;a').encode(),
    ],
)
def test_what_is_no_class_list_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(ClassListError) as refusal:
        read_class_list(content, today=TODAY)

    assert refusal.value.sentence.nl
    assert refusal.value.sentence.en


def test_every_kind_of_fault_has_words_in_both_languages() -> None:
    assert set(WORDINGS) == set(Code)
    for told in WORDINGS.values():
        for part in (told.found, told.expected, told.proposal):
            assert part.nl
            assert part.en


def test_a_fault_never_repeats_what_stood_in_the_cell() -> None:
    listed = read("geheim1;Geheim;geheim@@geheim;geheim;geheim")
    said = " ".join(
        f.say(tongue) for r in listed.wrong for f in r.faults for tongue in ("nl", "en")
    )

    assert "geheim" not in said.casefold()


@given(st.lists(st.lists(st.text(max_size=20), min_size=5, max_size=7), max_size=20))
@example([["", "", "", "", ""], ["\n", "\r", '"', ";", ","]])
def test_no_row_is_ever_lost_or_listed_twice(rows: list[list[str]]) -> None:
    rows = [[cell.replace("\0", "") for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([HEADER.split(";"), *rows])
    listed = read_class_list(text.getvalue().encode("utf-8", "replace"), today=TODAY)

    told = [learner.row for learner in listed.learners]
    told += [row.row for row in listed.wrong] + list(listed.empty)
    assert sorted(told) == list(range(2, len(rows) + 2))


@given(st.binary(max_size=400))
@example(b'"')
@example(b"\xff\xfe")
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        listed = read_class_list(HEADER.encode() + b"\r\n" + content, today=TODAY)
    except ClassListError:
        return
    assert all(row.faults for row in listed.wrong)


@given(st.text(max_size=60))
def test_splitting_a_name_loses_no_word(name: str) -> None:
    given, family = split_name(name)
    assert sorted((given + " " + family).split()) == sorted(name.replace(",", " ", 1).split())
