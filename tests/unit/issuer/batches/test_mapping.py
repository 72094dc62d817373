"""Which column holds what: proposed by name, by likeness, by value; overruled; refused."""

import json
from datetime import date
from uuid import UUID

import pytest

from services.issuer.batches import (
    ColumnMapping,
    Field,
    FileRefusedError,
    Guess,
    RawRow,
    Refusal,
    Rules,
    check_mapping,
    propose_mapping,
)

RULES = Rules(today=date(2026, 11, 25), key=b"k" * 32, microcredential_id=UUID(int=1))
NO_DEFAULT = Rules(today=date(2026, 11, 25), key=b"k" * 32)


def proposed(*header: str, sample: tuple[tuple[str, ...], ...] = ()) -> ColumnMapping:
    rows = [RawRow(at, cells) for at, cells in enumerate(sample, start=2)]
    return propose_mapping(RawRow(1, header), rows)


def fields(*header: str) -> list[Field | None]:
    return [one.field for one in proposed(*header).columns]


def refused(mapping: ColumnMapping, rules: Rules = RULES) -> list[str]:
    with pytest.raises(FileRefusedError) as caught:
        check_mapping(mapping, rules)
    assert all(one.dutch and one.dutch != one.detail for one in caught.value.faults)
    return [one.code for one in caught.value.faults]


def test_dutch_and_english_names_are_known_in_any_order() -> None:
    dutch = fields("Datum resultaat", "E-mailadres", "tussenvoegsel", "Achternaam", "VOORNAAM")
    english = fields("Result date", "e-mail address", "Surname prefix", "Last Name", "First_name")

    assert dutch == english
    assert dutch == [
        Field.AWARDED_ON,
        Field.EMAIL,
        Field.FAMILY_PREFIX,
        Field.FAMILY_NAME,
        Field.GIVEN_NAME,
    ]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Studentnumer", Field.STUDENT_NUMBER),
        ("Achternaaam", Field.FAMILY_NAME),
        ("Vooornaam", Field.GIVEN_NAME),
        ("E-mial adres", Field.EMAIL),
        ("Eindcijffer", Field.GRADE),
    ],
)
def test_a_typing_error_in_a_header_is_forgiven_and_said(header: str, field: Field) -> None:
    column = proposed(header).columns[0]

    assert (column.field, column.guess) == (field, Guess.TYPO)
    assert column.confidence < 1


def test_what_is_said_between_brackets_does_not_matter() -> None:
    assert fields("E-mail (student)", "Cijfer [1-10]") == [Field.EMAIL, Field.GRADE]


def test_a_column_without_a_name_is_known_by_what_is_in_it() -> None:
    mapping = proposed("", "X", sample=(("a@example.nl", "1"), ("b@example.nl", "2")))

    assert mapping.columns[0].field is Field.EMAIL
    assert mapping.columns[0].guess is Guess.VALUES
    assert mapping.columns[1].field is None


def test_members_of_our_own_json_are_known() -> None:
    header = ("microcredentialId", "enrolmentReference", "awardedOn", "learner.eduId")
    more = ("learner.email", "learner.givenName", "learner.familyName", "result.grade")
    mapping = proposed(*header, *more, "validUntil", "microcredentialVersion")

    assert None not in [one.field for one in mapping.columns]
    assert mapping.layout == "waarmerk"


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        (
            (
                "email,first_name,surname,narrative,evidence_url,evidence_name,evidence_description,"
                "grade_achieved"
            ),
            "edubadges-email",
        ),
        (
            "email,eppn,narrative,evidence_url,evidence_name,evidence_description,grade_achieved",
            "edubadges-eppn",
        ),
        ("recipient_email,eppn,first_name,surname", "edubadges-direct-award"),
    ],
)
def test_the_layouts_of_edubadges_are_recognised_and_mapped(header: str, layout: str) -> None:
    mapping = proposed(*header.split(","))

    assert mapping.layout == layout
    assert mapping.column_of(Field.EMAIL) is mapping.columns[0]
    assert mapping.duplicates == ()


def test_the_surer_of_two_columns_is_read_and_the_other_is_named() -> None:
    mapping = proposed("Datum", "Datum resultaat")

    assert [one.guess for one in mapping.columns] == [Guess.TWICE, Guess.EXACT]


def test_two_equal_columns_are_refused_until_one_is_chosen() -> None:
    mapping = proposed("E-mail", "Naam", "Datum resultaat", "Toetsdatum")

    assert refused(mapping) == [Refusal.COLUMN_TWICE]
    check_mapping(mapping.overruled({"Toetsdatum": None}), RULES)


def test_a_whole_name_is_not_read_beside_its_parts() -> None:
    mapping = proposed("Naam", "Voornaam", "Achternaam")

    assert mapping.columns[0].field is None


def test_citizen_service_numbers_are_refused_whatever_the_sender_says() -> None:
    mapping = proposed("BSN", "E-mail", "Naam", "Datum")

    assert refused(mapping) == [Refusal.COLUMN_FORBIDDEN]
    assert refused(mapping.overruled({"BSN": "studentNumber"})) == [Refusal.COLUMN_FORBIDDEN]


def test_everything_that_is_missing_is_said_at_once() -> None:
    assert refused(proposed("Cijfer"), NO_DEFAULT) == [Refusal.COLUMN_MISSING] * 4


def test_a_file_without_a_header_is_refused() -> None:
    assert refused(proposed("0012", "Zoë", "7,5"), NO_DEFAULT) == [Refusal.HEADER_ABSENT]


def test_a_sender_overrules_by_name_or_by_letter() -> None:
    mapping = proposed("Kolom 1", "Iets").overruled({"Kolom 1": "email", "b": "name"})

    assert [one.field for one in mapping.columns] == [Field.EMAIL, Field.NAME]
    assert [one.guess for one in mapping.columns] == [Guess.GIVEN, Guess.GIVEN]


@pytest.mark.parametrize("wanted", [{"Absent": "email"}, {"Iets": "nothing"}, {"C": "email"}])
def test_a_mapping_of_what_is_not_there_is_refused(wanted: dict[str, str]) -> None:
    with pytest.raises(FileRefusedError) as caught:
        proposed("Iets", "Anders").overruled(wanted)

    assert caught.value.reason is Refusal.MAPPING_UNKNOWN


def test_a_mapping_goes_to_json_and_back() -> None:
    mapping = proposed("Studentnumer", "Naam", "E-mail", "BSN", "Onbekend")

    assert ColumnMapping.from_json(json.loads(json.dumps(mapping.as_json()))) == mapping


@pytest.mark.parametrize("kept", [{}, {"columns": 3}, {"columns": [{"header": "x", "field": "y"}]}])
def test_what_is_no_mapping_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(FileRefusedError):
        ColumnMapping.from_json(kept)


def test_cells_have_the_names_of_a_spreadsheet_or_of_json() -> None:
    table = proposed(*map(str, range(30)))
    members = propose_mapping(RawRow(0, ("learner.email",)), is_table=False)

    assert [table.cell(at, 14) for at in (0, 2, 25, 26, 27)] == [
        "A14",
        "C14",
        "Z14",
        "AA14",
        "AB14",
    ]
    assert members.cell(0, 3) == "/learner/email"


@pytest.mark.parametrize(
    "header",
    ["BSN", "BSN-nummer", "Bsn nr.", "Student BSN", "Burger service nummer", "Onderwijsnr"],
)
def test_a_number_of_a_citizen_is_refused_however_it_is_headed(header: str) -> None:
    assert refused(proposed(header, "E-mail", "Naam", "Datum"))[0] == Refusal.COLUMN_FORBIDDEN


@pytest.mark.parametrize("header", ["Geb.datum", "Geb. datum", "Geboortedatum", "Gebdatum"])
def test_a_day_of_birth_is_not_needed_and_never_the_day_of_the_award(header: str) -> None:
    column = proposed(header).columns[0]

    assert (column.field, column.guess) == (None, Guess.NOT_NEEDED)


def test_a_weak_word_behind_a_dot_tells_nothing_unless_it_is_a_path() -> None:
    assert fields("Tel.nr", "Inschr.datum", "Opl.code") == [None, None, None]
    assert fields("learner.name", "learner.email", "sis.cijfer") == [
        Field.NAME,
        Field.EMAIL,
        Field.GRADE,
    ]
