"""The meaning of a microcredential in plain words: every sentence rests on a fact."""

from typing import Any

import pytest

from services.catalog.pages import telling, words
from services.catalog.pages.telling import hours_of, listed, tell, written
from services.catalog.search import Facet
from shared.contracts.microcredential import Microcredential, StudyLoad
from shared.contracts.vocabulary import (
    Admission,
    AssessmentType,
    Element,
    LevelBasis,
    ModeOfDelivery,
    ProviderKind,
    Province,
    QualificationLevel,
    Recogniser,
    Sector,
    StudyLoadUnit,
    Supervision,
)
from tests.unit.catalog.builders import content
from tests.unit.catalog.offers import a_microcredential


def one(*without: str, **changed: Any) -> Microcredential:
    return a_microcredential(content=content(*without, **changed))


def test_it_is_told_in_dutch_and_english() -> None:
    told = tell(one())

    assert [dutch for dutch, _ in told] == [
        "Het is 5 EC. Dat is ongeveer 140 uur werk voor een gemiddelde lerende.",
        (
            "Het niveau is 7, zoals een master. Het komt van een geaccrediteerde opleiding van de"
            " aanbieder."
        ),
        "Wat u kunt, laat u zien met: schriftelijk tentamen.",
        "Bij de toets is toezicht, en wordt gecontroleerd wie u bent.",
        (
            "Het is geen diploma en geen graad. Over een vrijstelling beslist altijd de"
            " examencommissie van de instelling waar u die vraagt."
        ),
    ]
    assert [english for _, english in told] == [
        "It is 5 ECTS credits. That is about 140 hours of work for an average learner.",
        (
            "The level is 7, like a master's programme. It comes from an accredited programme of"
            " the provider."
        ),
        "You show what you can do by: written exam.",
        "The assessment is supervised, and your identity is checked.",
        (
            "It is not a diploma and not a degree. An exemption is always decided by the"
            " examination board of the institution where you ask for it."
        ),
    ]


@pytest.mark.parametrize(
    ("without", "changed", "said"),
    [
        ("studyLoad", {}, None),
        ("level", {}, "The provider states no level."),
        ("assessment", {}, "The provider does not state how it is assessed."),
        ("supervision", {}, "The provider does not state whether the assessment is supervised."),
        (
            "",
            {"level": {"value": "nlqf_4plus", "basis": "self-declared"}},
            (
                "The level is 4+. The provider declares this itself; the NCP NLQF has not"
                " confirmed it."
            ),
        ),
        (
            "",
            {"level": {"value": "eqf_5", "basis": "ncp-registered", "registrationId": "N-7"}},
            (
                "The level is 5, like an associate degree. This is registered with the NCP NLQF,"
                " under number N-7."
            ),
        ),
        (
            "",
            {"studyLoad": {"unit": "sbu", "value": 240}},
            "An average learner works on it for 240 hours.",
        ),
        (
            "",
            {"studyLoad": {"unit": "ects", "value": 2.5}},
            "It is 2.5 ECTS credits. That is about 70 hours of work for an average learner.",
        ),
        (
            "",
            {"studyLoad": {"unit": "ects", "value": 1}},
            "It is 1 ECTS credit. That is about 28 hours of work for an average learner.",
        ),
        (
            "",
            {"supervision": "unsupervised"},
            "The assessment is not supervised. Your identity is not checked.",
        ),
    ],
)
def test_what_is_not_stated_is_not_claimed(
    without: str, changed: dict[str, Any], said: str | None
) -> None:
    told = [english for _, english in tell(one(without, **changed))]

    assert said in told if said else "hours" not in " ".join(told)
    if without == "supervision":
        assert "identity" not in " ".join(told)


def test_it_is_never_called_a_diploma() -> None:
    assert tell(one())[-1] == telling.NOT_A_DIPLOMA
    assert tell(one("studyLoad", "level", "assessment", "supervision"))[-1] == telling.NOT_A_DIPLOMA


def test_numbers_and_lists_read_aloud() -> None:
    load = StudyLoad.model_validate({"unit": "ects", "value": 7.5})

    assert written(load.value) == ("7,5", "7.5")
    assert hours_of(load) == 210
    assert hours_of(None) is None
    assert [listed(list("abc"[:size]), "en") for size in (1, 2, 3)] == ["a", "a en b", "a, b en c"]


@pytest.mark.parametrize(
    ("known", "named"),
    [
        (QualificationLevel, words.LEVELS),
        (LevelBasis, words.BASES),
        (LevelBasis, words.SHORT_BASES),
        (StudyLoadUnit, words.UNITS),
        (Sector, words.SECTORS),
        (Sector, words.SECTORS_MANY),
        (Recogniser, words.RECOGNISERS),
        (ModeOfDelivery, words.MODES),
        (AssessmentType, words.ASSESSMENTS),
        (Supervision, words.SUPERVISIONS),
        (Supervision, words.IDENTITY),
        (ProviderKind, words.KINDS),
        (Admission, words.ADMISSIONS),
        (Province, words.PROVINCES),
        (Facet, words.FACETS),
        (Element, words.ELEMENTS),
    ],
)
def test_no_closed_word_is_without_words_for_people(known: Any, named: dict[Any, Any]) -> None:
    assert set(known) <= set(named)
    assert all(dutch and english for dutch, english in named.values())


def test_languages_and_fields_have_names_and_the_unknown_keeps_its_code() -> None:
    assert words.language("nl-NL") == ("Nederlands", "Dutch")
    assert words.language("pap") == ("Papiaments", "Papiamento")
    assert words.language("xx") == ("xx", "xx")
    assert words.field("06")[1] == "Information and communication technologies (ICTs)"
    assert words.field("4711") == ("4711", "4711")
