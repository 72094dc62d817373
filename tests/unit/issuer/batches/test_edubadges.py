"""Each CSV layout that edubadges takes is read here, row by row, with each of its separators."""

import io
from datetime import date
from uuid import UUID

import pytest

from services.issuer.batches import (
    Code,
    Format,
    RowReader,
    Rules,
    WantedRow,
    open_rows,
    propose_mapping,
)
from services.issuer.domain import Learner

RULES = Rules(
    today=date(2026, 11, 25),
    key=b"k" * 32,
    microcredential_id=UUID("6b0f3a52-1c88-4a44-9f0b-0d0d5e1f7a01"),
    awarded_on=date(2026, 11, 20),
)
EVIDENCE = "evidence_url", "evidence_name", "evidence_description"
BY_EPPN = ("email", "eppn", "narrative", *EVIDENCE, "grade_achieved")
BY_EMAIL = ("email", "first_name", "surname", "narrative", *EVIDENCE, "grade_achieved")
EMAIL = "jo@student.example.nl"
TOLD = ("Well done.", "https://www.example.nl/e", "Thesis", "A thesis", "8")


def read(header: tuple[str, ...], row: tuple[str, ...], separator: str) -> object:
    text = "\n".join([separator.join(header), separator.join(row)]).encode()
    rows = open_rows(io.BytesIO(text), Format.CSV)
    reader = RowReader(propose_mapping(rows.header, rows.peek(5)), RULES)
    [raw] = rows
    return reader.read(raw)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_row_with_an_eppn_is_awarded_to_the_address_without_a_name(separator: str) -> None:
    row = read(BY_EPPN, (EMAIL, "s1234567@utwente.nl", *TOLD), separator)

    assert isinstance(row, WantedRow), row
    assert row.learner == Learner(email=EMAIL)
    assert (row.grade, row.narrative, row.awarded_on) == ("8", TOLD[0], RULES.awarded_on)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_row_with_a_name_is_awarded_to_who_has_it(separator: str) -> None:
    row = read(BY_EMAIL, (EMAIL, "Jo", "de Vries", *TOLD), separator)

    assert isinstance(row, WantedRow), row
    assert row.learner == Learner(email=EMAIL, given_name="Jo", family_name="de Vries")
    assert (row.grade, row.narrative) == ("8", TOLD[0])


def test_a_row_without_an_eppn_still_needs_its_name() -> None:
    faults = read(BY_EMAIL, (EMAIL, "", "", *TOLD), ",")

    assert isinstance(faults, tuple)
    assert [one.code for one in faults] == [Code.NAME_MISSING]


def test_the_members_of_a_direct_award_are_read_as_columns_too() -> None:
    header = ("recipient_email", "eppn", "first_name", "surname", "grade_achieved")
    row = read(header, (EMAIL, "s1234567@utwente.nl", "Jo", "de Vries", "8"), ",")

    assert isinstance(row, WantedRow), row
    assert row.learner == Learner(email=EMAIL, given_name="Jo", family_name="de Vries")
