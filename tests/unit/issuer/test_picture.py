"""What a picture says, when it bears the mark, and that everybody can read it."""

import io
from datetime import date
from decimal import Decimal

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import AnyHttpUrl

from services.issuer.picture import Facts, bears_mark, draw, facts_of
from shared.contracts.microcredential import Level, Microcredential, StudyLoad
from shared.contracts.policy import Framework, Policy
from shared.contracts.vocabulary import (
    LevelBasis,
    LocalText,
    QualificationLevel,
    Sector,
    StudyLoadUnit,
)
from tests.support.issuing import a_description, a_microcredential, a_provider

SVG = "{http://www.w3.org/2000/svg}"


def a_policy(**changes: object) -> Policy:
    policy = Policy(
        policy_id="wo-experiment",
        version=1,
        sector=Sector.WO,
        valid_from=date(2025, 5, 1),
        unit=StudyLoadUnit.ECTS,
        minimum=Decimal(3),
        maximum=Decimal(30),
        step=Decimal("0.5"),
        required_elements=(),
        framework=Framework(
            name=LocalText(nl="Kwaliteitskader microcredentials"),
            version="2.0",
            url=AnyHttpUrl("https://kader.example.nl/2.0.pdf"),
            sha256="ab" * 32,
        ),
    )
    return policy.model_copy(update=changes)


def sized(value: str, unit: StudyLoadUnit = StudyLoadUnit.ECTS) -> Microcredential:
    load = StudyLoad(unit=unit, value=Decimal(value))
    return a_microcredential(content=a_description(study_load=load))


def some_facts(**changes: object) -> Facts:
    facts = {
        "title": "Introduction to Quantum Computing",
        "provider": "University of Twente",
        "size": "5 EC",
        "level": "NLQF 7 · EQF 7",
        "language": "en",
        "marked": True,
    }
    return Facts(**(facts | changes))  # type: ignore[arg-type] # facts as a table


@given(halves=st.integers(1, 80))
def test_what_keeps_to_its_policy_bears_the_mark_and_nothing_else(halves: int) -> None:
    size = Decimal(halves) / 2

    assert bears_mark(sized(str(size)), a_policy()) == (3 <= size <= 30)


def test_a_part_of_a_step_bears_no_mark() -> None:
    assert not bears_mark(sized("3.3"), a_policy())


def test_an_edubadge_below_the_minimum_never_bears_it() -> None:
    facts = facts_of(sized("2"), provider=a_provider(), policy=a_policy())

    assert not facts.marked
    assert facts.description.startswith("edubadge ")


@pytest.mark.parametrize(
    "policy",
    [
        None,
        a_policy(version=2),
        a_policy(policy_id="hbo"),
        a_policy(unit=StudyLoadUnit.SBU),
        a_policy(framework=a_policy().framework.model_copy(update={"sha256": "cd" * 32})),
    ],
    ids=["unknown", "another version", "another policy", "another unit", "another framework"],
)
def test_the_mark_is_of_the_very_policy_that_was_pinned(policy: Policy | None) -> None:
    assert bears_mark(sized("5"), a_policy())
    assert not bears_mark(sized("5"), policy)


def test_what_has_no_study_load_bears_no_mark() -> None:
    loose = a_microcredential(content=a_description(study_load=None, level=None))
    facts = facts_of(loose, provider=a_provider(), policy=a_policy())

    assert (facts.marked, facts.size, facts.level) == (False, "", "")


@pytest.mark.parametrize(
    ("value", "unit", "language", "said"),
    [
        ("2.5", StudyLoadUnit.ECTS, "nl", "2,5 EC"),
        ("2.5", StudyLoadUnit.ECTS, "en", "2.5 EC"),
        ("30", StudyLoadUnit.ECTS, "nl", "30 EC"),
        ("240", StudyLoadUnit.SBU, "nl", "240 SBU"),
        ("1000", StudyLoadUnit.HOUR, "nl", "1000 uur"),
        ("1000", StudyLoadUnit.HOUR, "en", "1000 hours"),
    ],
)
def test_the_size_is_said_as_readers_write_it(
    value: str, unit: StudyLoadUnit, language: str, said: str
) -> None:
    content = a_description(
        study_load=StudyLoad(unit=unit, value=Decimal(value)), in_language=language
    )
    facts = facts_of(a_microcredential(content=content), provider=a_provider(), policy=None)

    assert facts.size == said


def test_the_level_is_said_in_both_frameworks() -> None:
    level = Level(value=QualificationLevel.NLQF_4PLUS, basis=LevelBasis.SELF_DECLARED)
    content = a_description(level=level)
    facts = facts_of(a_microcredential(content=content), provider=a_provider(), policy=None)

    assert facts.level == "NLQF 4+ · EQF 4"


@pytest.mark.parametrize(
    ("basis", "language", "claim"),
    [
        (LevelBasis.SELF_DECLARED, "nl", "eigen opgave"),
        (LevelBasis.SELF_DECLARED, "en", "self-declared"),
        (LevelBasis.ACCREDITED_PROGRAMME, "nl", ""),
    ],
)
def test_a_level_that_nobody_confirmed_is_said_to_be_claimed(
    basis: LevelBasis, language: str, claim: str
) -> None:
    level = Level(value=QualificationLevel.EQF_4, basis=basis)
    content = a_description(level=level, in_language=language)
    facts = facts_of(a_microcredential(content=content), provider=a_provider(), policy=None)

    assert facts.claim == claim
    assert facts.description.endswith(claim or facts.level)


def test_who_claims_a_level_is_to_be_seen() -> None:
    assert draw(some_facts(claim="eigen opgave")).png != draw(some_facts()).png


def test_a_screen_reader_says_what_it_is() -> None:
    root = ElementTree.fromstring(draw(some_facts()).svg)

    assert root.get("role") == "img"
    assert root.get("lang") == "en"
    name, description = root[0], root[1]
    assert root.get("aria-labelledby") == f"{name.get('id')} {description.get('id')}"
    assert (name.tag, name.text) == (f"{SVG}title", "Introduction to Quantum Computing")
    assert description.text == (
        "microcredential Introduction to Quantum Computing, University of Twente, 5 EC, "
        "NLQF 7 · EQF 7"
    )


def test_no_text_of_a_stranger_is_markup() -> None:
    facts = some_facts(title='#panic() <script>alert("x")</script> $x$ & </svg>')
    svg = draw(facts).svg

    assert b"<script" not in svg
    assert ElementTree.fromstring(svg)[0].text == facts.title


def test_letters_are_outlines_so_that_no_font_is_needed() -> None:
    kinds = {element.tag for element in ElementTree.fromstring(draw(some_facts()).svg).iter()}

    assert {f"{SVG}text", f"{SVG}image", f"{SVG}foreignObject", f"{SVG}script"}.isdisjoint(kinds)


def test_the_png_is_square_and_legible() -> None:
    with Image.open(io.BytesIO(draw(some_facts()).png)) as picture:
        assert (picture.format, picture.size) == ("PNG", (800, 800))


def test_the_mark_is_to_be_seen() -> None:
    assert draw(some_facts()).svg != draw(some_facts(marked=False)).svg


@pytest.mark.parametrize(
    "title", ["A", "Woord " * 40, "Hottentottententententoonstelling" * 9, " "]
)
def test_a_title_of_any_length_can_be_drawn(title: str) -> None:
    assert draw(some_facts(title=title)).png
