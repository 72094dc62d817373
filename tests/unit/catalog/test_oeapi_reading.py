"""Another's OEAPI is read with all that fits; the rest is named, and nothing stops at the first."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.oeapi import NotReadableError, read_course, read_offering, read_programme
from services.catalog.oeapi.fields import FieldsUnreadableError, choose, read_fields
from services.catalog.oeapi.importing import Verdict, decide_placing
from services.catalog.oeapi.languages import alike, plain_tag, three_letters
from services.catalog.oeapi.reading import is_microcredential
from shared.contracts.languages import languages
from tests.unit.catalog.builders import a_description

NAME: list[Any] = [{"language": "nl-NL", "value": "Kwantum"}]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
MEMBERS = (
    *("programmeId", "primaryCode", "name", "description", "teachingLanguages", "studyLoad"),
    *("modesOfDelivery", "levelOfQualification", "fieldsOfStudy", "learningOutcomes"),
    *("learningOutcomeIds", "assessment", "admissionRequirements", "link", "otherCodes"),
    *("abbreviation", "consumer", "ext", "formalDocument", "parentId", "state"),
    *("startDateTime", "endDateTime", "flexibleEntryPeriodStartDateTime", "enrolmentPeriods"),
    *("flexibleEntryPeriodEndDateTime", "maxNumberStudents", "priceInformation", "addresses"),
)


def lost(**members: Any) -> set[tuple[str, str]]:
    """Return what is lost of a programme with these members."""
    _, found = read_programme({"name": NAME, **members})
    assert all(one.detail and one.dutch for one in found)
    return {(one.pointer, one.code) for one in found}


@given(st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_whatever_is_sent_is_read_or_refused(source: dict[str, Any]) -> None:
    for read in (read_programme, read_course, read_offering):
        with suppress(NotReadableError):
            read(source)
    is_microcredential(source)


@pytest.mark.parametrize(
    ("members", "loss"),
    [
        ({"name": [*NAME, {"language": "de", "value": "x"}]}, ("/name/1", "language-not-kept")),
        ({"name": [*NAME, {"language": "nl", "value": "x"}]}, ("/name/1", "language-not-kept")),
        ({"description": [{"language": "nl", "value": 5}]}, ("/description/0", "text-unreadable")),
        (
            {"description": [{"language": "nl", "value": "x" * 4001}]},
            ("/description/0", "text-too-long"),
        ),
        ({"levelOfQualification": "eqf_0"}, ("/levelOfQualification", "value-unknown")),
        ({"levelOfQualification": "eqf_6"}, ("/levelOfQualification", "basis-assumed")),
        ({"teachingLanguages": ["nld", "eng"]}, ("/teachingLanguages", "one-is-kept")),
        ({"teachingLanguages": ["qqq"]}, ("/teachingLanguages", "unknown-language")),
        ({"modesOfDelivery": ["online", "x-own"]}, ("/modesOfDelivery/1", "value-unknown")),
        ({"fieldsOfStudy": "999999"}, ("/fieldsOfStudy", "unknown-field-of-study")),
        ({"studyLoad": [{"studyLoadUnit": "sp", "value": 1}]}, ("/studyLoad", "value-unknown")),
        (
            {"studyLoad": [{"studyLoadUnit": "ects", "value": -1}]},
            ("/studyLoad", "value-unreadable"),
        ),
        (
            {"assessment": [{"language": "nl", "value": "Een tentamen."}]},
            ("/assessment", "assessment-without-form"),
        ),
        ({"abbreviation": "x" * 41}, ("/abbreviation", "value-unreadable")),
        ({"learningOutcomeIds": ["a"]}, ("/learningOutcomeIds/0", "outcome-missing")),
        ({"duration": "P6M"}, ("/duration", "not-kept")),
        ({"otherCodes": [{"codeType": "A B", "code": "1"}]}, ("/otherCodes/0", "value-unreadable")),
    ],
)
def test_what_has_no_place_is_named(members: dict[str, Any], loss: tuple[str, str]) -> None:
    assert loss in lost(**members)


def test_one_wrong_item_does_not_take_the_others_along() -> None:
    codes: list[Any] = [
        {"codeType": "crohoCreboCode", "code": "1"},
        {"codeType": "x-crebo", "code": "25187"},
        {"codeType": "student_number", "code": "1"},
    ]

    description, _ = read_programme({"name": NAME, "otherCodes": codes})

    assert [one.code for one in description.other_codes] == ["25187"]


def test_more_outcomes_than_there_is_place_for_are_cut_off() -> None:
    outcomes: list[Any] = [
        {"learningOutcomeId": str(n), "name": [{"language": "nl", "value": f"Uitkomst {n}"}]}
        for n in range(40)
    ]

    description, _ = read_programme({"name": NAME, "learningOutcomes": outcomes})

    assert len(description.learning_outcomes) == 30


def test_markup_is_removed_and_the_words_stay() -> None:
    html = "<p>Rekenen met <b>qubits</b> &amp; meer.</p><ul><li>een</li><li>twee</li></ul><script>x"
    source: dict[str, Any] = {"name": NAME, "description": [{"language": "nl", "value": html}]}

    description, found = read_programme(source)

    assert description.description is not None
    assert description.description.nl == "Rekenen met qubits & meer.\n- een\n- twee"
    assert [one.code for one in found] == ["markup-removed"]


def test_an_outcome_keeps_its_name_and_what_describes_it() -> None:
    outcome: dict[str, Any] = {
        "learningOutcomeId": "1",
        "name": [{"language": "nl", "value": "Rekenen"}],
        "description": [{"language": "nl", "value": "U rekent met qubits."}],
    }

    description, _ = read_programme({"name": NAME, "learningOutcomes": [outcome]})

    assert description.learning_outcomes[0].nl == "Rekenen: U rekent met qubits."


def test_without_a_name_nothing_is_read_and_every_reason_is_given() -> None:
    with pytest.raises(NotReadableError) as refused:
        read_programme({"name": [{"language": "de", "value": "Quanten"}]})

    assert [(one.pointer, one.code) for one in refused.value.faults] == [("/name", "name-missing")]


def test_what_a_person_changed_stays_and_what_was_imported_follows() -> None:
    old, new, own = (a_description(abbreviation=one) for one in ("old", "new", "own"))

    def verdict(present: Any, taken: Any, **told: bool) -> Verdict:
        return decide_placing(present, new, taken=taken, **{"is_known": True, **told}).verdict

    assert verdict(new, old) is Verdict.UNCHANGED
    assert verdict(new, None, is_known=False) is Verdict.MATCHED
    assert verdict(old, old) is Verdict.UPDATED
    assert verdict(old, old, is_busy=True) is Verdict.KEPT
    assert verdict(own, old) is Verdict.KEPT
    assert verdict(own, None, is_known=False) is Verdict.KEPT
    assert decide_placing(own, new, taken=old, is_known=True).differences == ("/abbreviation",)


def test_every_language_we_have_is_found_by_either_spelling() -> None:
    for tag in languages():
        three = three_letters(tag)
        assert plain_tag(three) == tag or len(tag) == 3
        assert alike(tag)[1] == alike(three)[1] == three
    assert plain_tag("nld") == plain_tag("dut") == "nl"
    assert plain_tag("en-gb") == "en-GB"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("(a)", {"a": {}}),
        ("a,b", {"a": {}, "b": {}}),
        ("(a, b(c,d(e)))", {"a": {}, "b": {"c": {}, "d": {"e": {}}}}),
    ],
)
def test_fields_are_read(text: str, tree: dict[str, Any]) -> None:
    assert read_fields(text) == tree


@pytest.mark.parametrize(
    "text", ["", "(", "()", "a,", "(a))", "(a", "a b", "a;b", "(a()", "((((((((a"]
)
def test_fields_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(FieldsUnreadableError):
        read_fields(text)


@given(st.text(max_size=30))
def test_fields_never_fail_otherwise(text: str) -> None:
    with suppress(FieldsUnreadableError):
        choose({"name": [{"language": "nl", "value": "x"}]}, read_fields(text), "programmes")
