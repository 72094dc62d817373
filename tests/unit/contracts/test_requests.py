"""A request is judged by today's rules, an event by those of its own day; every fault at once."""

import json
import unicodedata
from html.entities import html5
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.contracts.microcredential import Description
from shared.contracts.plain_text import has_hidden, has_html, is_blank
from shared.contracts.requests import REQUEST
from tests.unit.catalog.builders import content

_DESCRIPTION = TypeAdapter(Description)
ESCO = "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"
LABEL = {"nl": "Natuurkunde"}


def requested(**changed: Any) -> Description:
    return _DESCRIPTION.validate_json(
        json.dumps(content(**changed)), strict=True, extra="forbid", context=REQUEST
    )


def faults_in(**changed: Any) -> list[tuple[str, str]]:
    try:
        requested(**changed)
    except ValidationError as error:
        return [("/".join(map(str, one["loc"])), one["type"]) for one in error.errors()]
    return []


@pytest.mark.parametrize(
    "text",
    [
        "3 < 5 en 5 > 3",
        "x<3 en p<0.05",
        "Ik <3 wiskunde",
        "A&B, AT&T, R&D; Q&A",
        "Rock & Roll &",
        "50% & meer; echt",
        "twee\nregels\tmet een tab",
        "naïef, coördinatie, Ελληνικά, العربية, 日本語",
        "👩‍🔬 met een samengesteld teken",
        "zacht\u00adafbreken",
        "->, <-, <=, >=, <>",
    ],
)
def test_what_a_person_writes_is_fine(text: str) -> None:
    assert faults_in(description={"nl": text}) == []


@pytest.mark.parametrize(
    "text",
    [
        "<b>vet</b>",
        "<BR>",
        "<img src=x onerror=alert(1)",
        "a</p>b",
        "<!-- stil -->",
        "<!DOCTYPE html>",
        "<?php",
        "&lt;script&gt;",
        "R&amp;D",
        "&nbsp;",
        "&#60;b&#62;",
        "&#x3C;",
    ],
)
def test_html_is_refused(text: str) -> None:
    assert faults_in(description={"nl": text}) == [("description/nl", "html")]


@pytest.mark.parametrize(
    "character",
    [
        "\x01",
        "\x7f",
        "\x85",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u2028",
        "\u2029",
        "\ue000",
        "\ufffd",
    ],
)
def test_a_character_that_nobody_sees_is_refused(character: str) -> None:
    assert faults_in(description={"en": f"a{character}b"}) == [
        ("description/en", "hidden-character")
    ]


@pytest.mark.parametrize("text", [" ", "\n\t ", "\u00a0", "\u3000", "\u200d"])
def test_white_space_alone_is_no_text(text: str) -> None:
    assert faults_in(title={"nl": text}) == [("title/nl", "blank")]


def test_every_fault_of_one_text_is_named() -> None:
    assert faults_in(description={"nl": "<b>\u202e" + "x" * 4000}) == [
        ("description/nl", "html"),
        ("description/nl", "hidden-character"),
        ("description/nl", "string_too_long"),
    ]


def test_a_name_is_one_line() -> None:
    assert faults_in(abbreviation="Twee\nregels", primaryCode="a\tb") == [
        ("primaryCode", "line-break"),
        ("abbreviation", "line-break"),
    ]


def test_equal_texts_become_equal_bytes() -> None:
    spelled = unicodedata.normalize("NFD", "coördinatie")

    assert requested(description={"nl": spelled}).description == (
        requested(description={"nl": "coördinatie"}).description
    )


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_a_text_without_a_fault_is_plain_and_stays_what_it_was(text: str) -> None:
    faults = faults_in(description={"nl": text})

    if faults:
        return
    kept = requested(description={"nl": text}).description
    assert kept is not None
    assert kept.nl == unicodedata.normalize("NFC", text)
    assert not any(rule(kept.nl) for rule in (has_html, has_hidden, is_blank))
    assert faults_in(description={"nl": kept.nl}) == []


class Reader(HTMLParser):
    """Somebody else's reader of HTML, that says whether it found any."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append(data)

    def handle_decl(self, decl: str) -> None:
        self.found.append(decl)

    def handle_pi(self, data: str) -> None:
        self.found.append(data)

    def unknown_decl(self, data: str) -> None:
        self.found.append(data)

    def handle_entityref(self, name: str) -> None:
        if f"&{name};" in self.rawdata and f"{name};" in html5:
            self.found.append(name)


@given(st.text(alphabet="<>!?/& ;abcltgmp3#x-=\n", max_size=30))
def test_a_reader_of_html_finds_nothing_in_what_is_accepted(text: str) -> None:
    reader = Reader()
    reader.feed(f"{text} >")
    reader.close()

    assert has_html(text) or not reader.found


@pytest.mark.parametrize("tag", ["nl", "en", "fy", "nl-NL", "en-GB", "pap", "dse", "nl-BE"])
def test_a_language_that_exists_is_fine(tag: str) -> None:
    assert faults_in(inLanguage=tag) == []


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en_EN", "language-form"),
        ("nl_NL", "language-form"),
        ("NL", "language-form"),
        ("nl-nl", "language-form"),
        ("Nederlands", "language-form"),
        ("", "language-form"),
        ("xx", "unknown-language"),
        ("nld", "unknown-language"),
        ("und", "unknown-language"),
        ("en-EN", "unknown-country"),
        ("en-UK", "unknown-country"),
        ("nl-EU", "unknown-country"),
    ],
)
def test_a_language_that_does_not_exist_is_refused(tag: str, code: str) -> None:
    assert faults_in(inLanguage=tag) == [("inLanguage", code)]


@pytest.mark.parametrize("code", ["0", "053", "05", "0533", "1041"])
def test_a_field_of_study_exists(code: str) -> None:
    expected = [("fieldOfStudy", "unknown-field-of-study")] if code == "0" else []

    assert faults_in(fieldOfStudy=code) == expected


@pytest.mark.parametrize("code", ["11", "999999", "0534", "natuurkunde", "53", "060"])
def test_a_field_of_study_that_does_not_exist_is_refused(code: str) -> None:
    assert faults_in(fieldOfStudy=code) == [("fieldOfStudy", "unknown-field-of-study")]


@pytest.mark.parametrize(
    "uri",
    [
        "https://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d",
        "http://data.europa.eu/esco/occupation/ccd0a1d9-afda-43d9-b901-96344886e14d",
        "http://data.europa.eu/esco/skill/natuurkunde",
        f"{ESCO}/",
        "http://example.nl/skill",
    ],
)
def test_a_skill_has_an_address_of_esco(uri: str) -> None:
    assert faults_in(skills=[{"uri": uri, "label": LABEL}]) == [("skills/0/uri", "esco-uri")]
    assert faults_in(skills=[{"uri": ESCO, "label": LABEL}]) == []


@pytest.mark.parametrize(
    ("code_type", "code", "is_right"),
    [
        ("x-rio-opleidingseenheidcode", "1000O1234", True),
        ("x-rio-opleidingseenheidcode", "100001234", False),
        ("x-rio-opleidingseenheidcode", "1000o1234", False),
        ("x-crebo", "25187", True),
        ("x-crebo", "2518", False),
        ("x-croho", "34267", True),
        ("x-croho", "34267a", False),
        ("uuid", "7c9e6679-7425-40de-944b-e07fc1f90ae7", True),
        ("uuid", "7c9e6679", False),
        ("x-own", "anything goes", True),
    ],
)
def test_a_code_has_the_form_of_its_type(code_type: str, code: str, *, is_right: bool) -> None:
    found = faults_in(otherCodes=[{"codeType": code_type, "code": code}])

    assert found == ([] if is_right else [("otherCodes/0/code", "code-form")])


@pytest.mark.parametrize("code_type", ["national_identity_number", "student_number", "orcid"])
def test_a_code_of_a_person_is_refused(code_type: str) -> None:
    assert faults_in(otherCodes=[{"codeType": code_type, "code": "1"}]) == [
        ("otherCodes/0/codeType", "code-of-person")
    ]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"keywords": ["qubit", "Python", "QUBIT"]}, "keywords/2"),
        ({"modesOfDelivery": ["online", "online"]}, "modesOfDelivery/1"),
        ({"learningOutcomes": [LABEL, {"en": "x"}, LABEL]}, "learningOutcomes/2"),
        (
            {"skills": [{"uri": ESCO, "label": LABEL}, {"uri": ESCO, "label": {"nl": "Iets"}}]},
            "skills/1",
        ),
        (
            {"assessment": {"types": ["report", "report"], "description": LABEL}},
            "assessment/types/1",
        ),
        ({"privateCategories": ["law", "law"]}, "privateCategories/1"),
        ({"otherCodes": [{"codeType": "x-own", "code": "1"}] * 2}, "otherCodes/1"),
    ],
)
def test_nothing_stands_in_a_list_twice(changed: dict[str, Any], pointer: str) -> None:
    assert faults_in(**changed) == [(pointer, "duplicate")]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0.25, "decimal_max_places"),
        (0.30000000000000004, "decimal_max_digits"),
        (-5, "greater_than"),
        (0, "greater_than"),
        (10_001, "less_than_equal"),
        ("5", "decimal_type"),
        (True, "decimal_type"),
        (None, "decimal_type"),
        ([5], "decimal_type"),
    ],
)
def test_a_size_is_a_number_of_at_most_one_decimal(value: object, code: str) -> None:
    found = faults_in(studyLoad={"unit": "ects", "value": value})

    assert found == [("studyLoad/value", code)]


def test_an_address_keeps_no_secret_and_has_an_end() -> None:
    assert faults_in(furtherInformation="https://name:word@example.nl/") == [
        ("furtherInformation", "address-with-secret")
    ]
    assert faults_in(furtherInformation="https://example.nl/" + "a" * 2000) == [
        ("furtherInformation", "address-too-long")
    ]


def test_an_event_of_another_day_is_heard_as_it_was_said() -> None:
    old = content(
        title={"nl": "<b>Oud</b>"},
        inLanguage="xx-EN",
        fieldOfStudy="0534",
        keywords=["a", "a"],
        otherCodes=[{"codeType": "x-crebo", "code": "1"}],
        skills=[{"uri": "https://example.nl/", "label": {"nl": " "}}],
        furtherInformation="https://name:word@example.nl/",
    )

    assert Description.model_validate(old).title.nl == "<b>Oud</b>"
    assert len(faults_in(**old)) == 9
