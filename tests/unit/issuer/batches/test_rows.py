"""A row becomes the award it asks for, or every fault in it by cell; nothing is dropped."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.issuer.batches import (
    CellFault,
    Code,
    Format,
    Mark,
    RawRow,
    RowReader,
    Rules,
    SeenRows,
    WantedRow,
    open_rows,
    propose_mapping,
    read_row,
)
from services.issuer.batches.rows import WHOLE_ROW
from services.issuer.batches.wordings import WORDINGS

TODAY = date(2026, 11, 25)
QUANTUM = UUID("6b0f3a52-1c88-4a44-9f0b-0d0d5e1f7a01")
DOMAINS = {"hva.example": "student.hva.example"}
RULES = Rules(today=TODAY, key=b"k" * 32, microcredential_id=QUANTUM, student_domains=DOMAINS)
HEADER = "Studentnummer;Voornaam;Tussenvoegsel;Achternaam;E-mailadres;Cijfer;Datum resultaat"
GOOD = "0012345;Zoë;de;Vries;zoe@student.hva.example;7,5;13-11-2026"
SEED = Path(__file__).parents[4] / "deploy/seed/class-list.csv"
Judged = WantedRow | tuple[CellFault, ...]


def judge(*lines: str, header: str = HEADER, rules: Rules = RULES) -> dict[int, Judged]:
    text = "\r\n".join([header, *lines]).encode()
    rows = open_rows(io.BytesIO(text), Format.CSV)
    reader = RowReader(propose_mapping(rows.header, rows.peek(5)), rules, seen=SeenRows())
    return {row.number: reader.read(row) for row in rows}


def faults(line: str, header: str = HEADER, rules: Rules = RULES) -> list[tuple[str, str]]:
    judged = judge(line, header=header, rules=rules)[2]
    assert isinstance(judged, tuple)
    return [(fault.cell, fault.code) for fault in judged]


def wanted(line: str, header: str = HEADER, rules: Rules = RULES) -> WantedRow:
    judged = judge(line, header=header, rules=rules)[2]
    assert isinstance(judged, WantedRow), [fault.message.en for fault in judged]
    return judged


def test_a_right_row_is_an_award() -> None:
    row = wanted(GOOD)

    assert row.number == 2
    assert row.microcredential_id == QUANTUM
    assert row.enrolment_reference == "0012345"
    assert row.awarded_on == date(2026, 11, 13)
    assert row.learner.full_name == "Zoë de Vries"
    assert row.learner.email == "zoe@student.hva.example"
    assert row.grade == "7.5"


# The traps of a file out of a student system; each is a fault in its own cell (people.md 7).
TRAPS: Sequence[tuple[str, str, Code]] = (
    ("1;Zoë;;Vries;s1@hva.example;7,5;13-11-2026", "E2", Code.IDENTIFIER_DOMAIN),
    ("1;ZoÃ«;;Vries;s1@x.example;7,5;13-11-2026", "B2", Code.NAME_ENCODING),
    ("1;Zo‰;;Vries;s1@x.example;7,5;13-11-2026", "B2", Code.NAME_ENCODING),
    ("1;Jo;;Vries;s1@x.example;7,5;02-13-2026", "G2", Code.DATE_SWAPPED),
    ("1;Jo;;Vries;s1@x.example;7,5;31-02-2026", "G2", Code.DATE_ABSENT),
    ("1;Jo;;Vries;s1@x.example;7,5;26-11-2026", "G2", Code.DATE_FUTURE),
    ("1;Jo;;Vries;s1@x.example;7,5;13-11-1926", "G2", Code.DATE_EARLY),
    ("1;Jo;;Vries;s1@x.example;7,5;13-11-26", "G2", Code.DATE_YEAR),
    ("1;Jo;;Vries;s1@x.example;7,5;", "G2", Code.DATE_MISSING),
    ("1;Jo;;Vries;s1@x.example;7-mei;13-11-2026", "F2", Code.GRADE_DATE),
    ("1;Jo;;Vries;s1@x.example;5,4;13-11-2026", "F2", Code.GRADE_LOW),
    ("1;Jo;;Vries;s1@x.example;75;13-11-2026", "F2", Code.GRADE_RANGE),
    ("1;;;Vries;s1@x.example;7,5;13-11-2026", "B2", Code.NAME_HALF),
    ("1;;;;s1@x.example;7,5;13-11-2026", "D2", Code.NAME_MISSING),
    ("1;Jo;;=A1;s1@x.example;7,5;13-11-2026", "D2", Code.CELL_FORMULA),
    ("1;<b>Jo</b>;;Vries;s1@x.example;7,5;13-11-2026", "B2", Code.CELL_HTML),
    ("1;Jo\u202eoJ;;Vries;s1@x.example;7,5;13-11-2026", "B2", Code.CELL_CONTROL),
    ('1;"Jo\r\nAn";;Vries;s1@x.example;7,5;13-11-2026', "B2", Code.CELL_CONTROL),
    (f"1;{'J' * 201};;Vries;s1@x.example;7,5;13-11-2026", "B2", Code.CELL_LONG),
    ("1;Jo;;Vries;;7,5;13-11-2026", "E2", Code.EMAIL_MISSING),
    ("1;Jo;;Vries;s1 @x.example;7,5;13-11-2026", "E2", Code.EMAIL_SPACE),
    ("1;Jo;;Vries;s1@x.example, t@y.example;7,5;13-11-2026", "E2", Code.EMAIL_MANY),
    ("1;Jo;;Vries;s1.x.example;7,5;13-11-2026", "E2", Code.EMAIL_FORM),
    (";Jo;;Vries;s1@x.example;7,5;13-11-2026", "A2", Code.REFERENCE_MISSING),
    ("s1@x.example;Jo;;Vries;s1@x.example;7,5;13-11-2026", "A2", Code.REFERENCE_FORM),
    ("1;Jo;;Vries;s1@x.example;7,5;13-11-2026;extra", "H2", Code.ROW_LONG),
    ("1;Jo;;Vries", "E2", Code.ROW_SHORT),
    ('1;"Jo "An" Bos";;Vries;s1@x.example;7,5;13-11-2026', "A2", Code.ROW_BROKEN),
)


@pytest.mark.parametrize(("line", "cell", "code"), TRAPS)
def test_each_trap_is_a_fault_in_its_own_cell(line: str, cell: str, code: Code) -> None:
    assert faults(line) == [(cell, code)]


def test_a_file_with_every_trap_drops_nothing() -> None:
    lines = [
        f"{number}{line[1:]}" if line[0] == "1" else line
        for number, (line, *_) in enumerate(TRAPS, start=10)
    ]
    judged = judge(GOOD, *lines, GOOD.replace("0012345", "2").replace("zoe@", "anna@"))

    assert sorted(judged) == list(range(2, len(TRAPS) + 4))
    assert [number for number, row in judged.items() if isinstance(row, WantedRow)] == [
        2,
        len(TRAPS) + 3,
    ]
    assert all(
        fault.row == number
        for number, row in judged.items()
        if isinstance(row, tuple)
        for fault in row
    )


def test_every_fault_of_a_row_is_named_at_once_from_left_to_right() -> None:
    assert faults(";=x;;Vries;nobody;3;31-02-2026") == [
        ("A2", Code.REFERENCE_MISSING),
        ("B2", Code.CELL_FORMULA),
        ("E2", Code.EMAIL_FORM),
        ("F2", Code.GRADE_LOW),
        ("G2", Code.DATE_ABSENT),
    ]


def test_a_row_that_ends_before_an_empty_cell_is_not_short() -> None:
    header = "Studentnummer;Voornaam;Achternaam;E-mail;Opmerking;Groep"
    rules = Rules(today=TODAY, key=b"k", awarded_on=TODAY, microcredential_id=QUANTUM)

    assert wanted("1;Jo;Bos;s1@x.example", header, rules).awarded_on == TODAY


def test_the_same_person_twice_is_passed_over_and_names_the_first_row() -> None:
    again = GOOD.replace("0012345", "9").replace("zoe@", "ZOE@")
    judged = judge(GOOD, GOOD, again)

    for number in (3, 4):
        (fault,) = judged[number]  # type: ignore[misc]  # they are faults
        assert (fault.code, fault.hint) == (Code.DUPLICATE, "2")
        assert "rij 2" in fault.message.nl


def test_a_reference_of_somebody_else_is_a_fault() -> None:
    judged = judge(GOOD, GOOD.replace("zoe@", "anna@"))

    (fault,) = judged[3]  # type: ignore[misc]  # it is a fault
    assert (fault.code, fault.cell, fault.hint) == (Code.DUPLICATE_REFERENCE, "A3", "2")


def test_a_wrong_row_takes_nobodys_place() -> None:
    judged = judge(GOOD.replace("7,5", "3"), GOOD)

    assert isinstance(judged[3], WantedRow)


def test_the_same_person_may_earn_two_things() -> None:
    header = f"{HEADER};Microcredential"
    judged = judge(f"{GOOD};Quantum", f"{GOOD};{QUANTUM}", f"{GOOD};QUANTUM ", header=header)

    assert [isinstance(row, WantedRow) for row in judged.values()] == [True, True, False]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (str(QUANTUM), (QUANTUM, None, None)),
        (f"urn:uuid:{QUANTUM}", (QUANTUM, None, None)),
        (f"{QUANTUM}@2", (QUANTUM, 2, None)),
        (f"https://x.example/v1/microcredentials/{QUANTUM}/versions/3", (QUANTUM, 3, None)),
        ("Quantum Computing", (None, None, "Quantum Computing")),
        ("", (QUANTUM, 4, None)),
    ],
)
def test_a_microcredential_is_named_by_id_address_code_or_title(cell: str, told: object) -> None:
    rules = Rules(today=TODAY, key=b"k", microcredential_id=QUANTUM, microcredential_version=4)
    row = wanted(f"{GOOD};{cell}", f"{HEADER};Microcredential", rules)

    assert (row.microcredential_id, row.microcredential_version, row.microcredential_name) == told


def test_without_a_reference_one_is_made_that_is_the_same_again_and_names_nobody() -> None:
    header, line = "Naam;E-mail;Datum", "Vries, Zoë de;zoe@x.example;13-11-2026"
    one = wanted(line, header).enrolment_reference

    assert one == wanted(line.replace("13-", "12-"), header).enrolment_reference
    assert one != wanted(line.replace("zoe@", "anna@"), header).enrolment_reference
    other_key = Rules(today=TODAY, key=b"other", microcredential_id=QUANTUM)
    assert one != wanted(line, header, other_key).enrolment_reference
    assert one.startswith("wm-")
    assert len(one) <= 100


def test_the_fingerprint_changes_with_anything_that_is_asked() -> None:
    line = "1;Jo;van;Bos;jo@x.example;7,5;13-11-2026"
    changed = [
        "2" + line[1:],
        line.replace("7,5", "7,6"),
        line.replace("van", "de"),
        line.replace("13-", "12-"),
        line.replace("jo@", "ja@"),
    ]
    prints = {wanted(one).fingerprint for one in [line, *changed]}

    assert len(prints) == 6
    assert wanted(line).fingerprint == wanted(line.replace("7,5", "7.50")).fingerprint


def test_a_narrative_is_asked_for_when_the_offering_wants_one() -> None:
    rules = Rules(today=TODAY, key=b"k", microcredential_id=QUANTUM, needs_narrative=True)
    header = f"{HEADER};Toelichting"

    assert faults(f"{GOOD};", header, rules) == [("H2", Code.EVIDENCE_MISSING)]
    assert wanted(f'{GOOD};"Goed.\r\nEn snel."', header, rules).narrative == "Goed.\nEn snel."


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        (Mark.FORMULA, Code.CELL_FORMULA),
        (Mark.ERROR, Code.CELL_ERROR),
        (Mark.IMPRECISE, Code.CELL_PRECISION),
        (Mark.NESTED, Code.CELL_NESTED),
        (Mark.TOO_LONG, Code.CELL_LONG),
    ],
)
def test_what_a_spreadsheet_says_of_a_cell_goes_before_its_text(mark: Mark, code: Code) -> None:
    mapping = propose_mapping(RawRow(1, tuple(HEADER.split(";"))))
    cells = tuple(GOOD.split(";"))

    judged = read_row(RawRow(2, cells, {5: mark, 2: Mark.DATE}), mapping, RULES)
    assert isinstance(judged, tuple)
    assert [(fault.cell, fault.code) for fault in judged] == [("F2", code)]
    assert isinstance(
        read_row(RawRow(2, cells, {WHOLE_ROW: Mark.HIDDEN}), mapping, RULES), WantedRow
    )


@pytest.mark.parametrize("code", Code)
def test_every_fault_is_said_in_both_languages_with_its_cell(code: Code) -> None:
    fault = CellFault(row=14, cell="C14", column="E-mail", code=code, found="zoë", hint="Zoë")
    wording = WORDINGS[code]

    for language in ("nl", "en"):
        assert fault.message[language].startswith("C14: ")
        assert "{" not in fault.message[language]
    assert fault.message.nl != fault.message.en
    assert (
        wording.expected.nl or wording.proposal.nl or code in {Code.EXISTS_SAME, Code.NOT_ALLOWED}
    )
    assert "zoë" not in repr(fault)
    assert CellFault.from_stored(fault.as_stored()) == fault


def test_a_value_is_quoted_short_and_without_what_nobody_sees() -> None:
    fault = CellFault(row=1, cell="A1", code=Code.CELL_CONTROL, found="a\u202eb{x}" + "y" * 100)

    assert "\u202e" not in fault.message.nl
    assert "{x}" in fault.message.nl
    assert len(fault.message.nl) < 300


def test_no_person_is_in_what_a_log_would_show() -> None:
    row = wanted(GOOD)
    raw = RawRow(2, ("zoe@student.hva.example",))

    assert "zoe" not in f"{row!r}{raw!r}".lower()
    assert "Vries" not in repr(row)


@given(
    cells=st.lists(st.text(max_size=20), max_size=10),
    marks=st.dictionaries(st.integers(0, 9), st.sampled_from(list(Mark))),
)
def test_any_row_is_an_award_or_faults(cells: list[str], marks: Mapping[int, Mark]) -> None:
    mapping = propose_mapping(RawRow(1, tuple(HEADER.split(";"))))
    kept = {at: mark for at, mark in marks.items() if at < len(cells)}
    judged = read_row(RawRow(2, tuple(cells), kept), mapping, RULES)

    assert isinstance(judged, WantedRow) or judged
    if isinstance(judged, tuple):
        assert all(fault.message.nl for fault in judged)


def test_the_class_list_of_the_seed_is_read() -> None:
    rows = open_rows(io.BytesIO(SEED.read_bytes()), Format.CSV)
    reader = RowReader(propose_mapping(rows.header, rows.peek(5)), RULES)
    judged = [reader.read(row) for row in rows]

    assert sum(isinstance(row, WantedRow) for row in judged) > 20
    assert [fault.code for row in judged if isinstance(row, tuple) for fault in row]
