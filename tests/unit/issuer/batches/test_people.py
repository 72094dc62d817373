"""Whom a row may be about, however that is written."""

import pytest

from services.issuer.batches.people import MARK_BYTES, PeopleMarks
from services.issuer.batches.proposing import propose_mapping
from services.issuer.batches.rows import RawRow

KEY = b"k" * 32
MAPPING = propose_mapping(RawRow(1, ("eduID", "E-mail", "Opmerking")))
EDU_ID = "7d3f1c5e-0d2a-4a51-8a4e-6b6a3d1f0c11"


@pytest.mark.parametrize(
    "cells",
    [
        ("", "jo@student.example.nl", ""),
        ("", " JO@Student.Example.nl ", ""),
        ("", "Jo Bos <jo@student.example.nl>", ""),
        ("", "jo @student.example.nl", ""),
        ("", "", "ook: jo@student.example.nl."),
        ("jo@student.example.nl", "an@student.example.nl", ""),
    ],
)
def test_somebody_is_found_however_their_address_is_written(cells: tuple[str, ...]) -> None:
    people = PeopleMarks(KEY, MAPPING)

    assert people.of_person("jo@student.example.nl") in people.of_row(RawRow(2, cells))


@pytest.mark.parametrize("written", [EDU_ID, EDU_ID.upper(), f"urn:uuid:{EDU_ID}", f" {EDU_ID} "])
def test_an_eduid_is_found_in_its_column(written: str) -> None:
    people = PeopleMarks(KEY, MAPPING)

    assert people.of_person(EDU_ID) in people.of_row(RawRow(2, (written, "", "")))


def test_nobody_else_is_found_and_no_other_batch_tells() -> None:
    people, others = PeopleMarks(KEY, MAPPING), PeopleMarks(b"o" * 32, MAPPING)
    row = RawRow(2, (EDU_ID, "jo@student.example.nl", "een @ is geen adres"))

    marks = people.of_rows([row, row])

    assert people.of_person("an@student.example.nl") not in people.of_row(row)
    assert others.of_person("jo@student.example.nl") not in people.of_row(row)
    assert people.of_person("jo@student.example.nl") in marks
    assert len(marks) == len(people.of_row(row)) * MARK_BYTES
