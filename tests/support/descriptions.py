"""Descriptions and offerings of every shape, for what must hold for each of them."""

import json
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from hypothesis import strategies as st

from services.catalog.oeapi import Entry, Run
from shared.contracts.isced import fields_of_study
from shared.contracts.microcredential import Description, Microcredential
from shared.contracts.offering import Offering, OfferingState, OfferingTerms
from shared.contracts.plain_text import has_html, is_blank
from shared.contracts.policy import Organisation
from shared.contracts.requests import REQUEST
from shared.contracts.vocabulary import (
    Admission,
    AssessmentType,
    LevelBasis,
    ModeOfDelivery,
    PrivateCategory,
    QualificationLevel,
    StudyLoadUnit,
    Supervision,
)
from tests.unit.catalog.builders import a_policy, an_organisation

PUBLISHED_AT: Final = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_SIGNS: Final = list("abcdefghij klmno ABCDE éëïñß中文🙂'\"&;.,-()/5% ")


def _texts(signs: list[str], longest: int) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from(signs), min_size=1, max_size=longest).filter(
        lambda text: not is_blank(text) and not has_html(text)
    )


LINES: Final = _texts(_SIGNS, 40)
TEXTS: Final = _texts([*_SIGNS, "\n"], 120)
LOCAL: Final[st.SearchStrategy[dict[str, str]]] = st.one_of(
    st.fixed_dictionaries({"nl": TEXTS}, optional={"en": TEXTS}),
    st.fixed_dictionaries({"en": TEXTS}),
)
WEB: Final = st.sampled_from(
    ["https://www.example.nl/qc", "https://example.nl/", "https://example.nl/a?b=c%20d#e"]
)


def _some(strategy: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, max_size=most, unique_by=lambda one: json.dumps(one, sort_keys=True))


LEVELS: Final = st.one_of(
    st.fixed_dictionaries(
        {
            "value": st.sampled_from([*QualificationLevel]),
            "basis": st.sampled_from([LevelBasis.SELF_DECLARED, LevelBasis.ACCREDITED_PROGRAMME]),
        }
    ),
    st.fixed_dictionaries(
        {
            "value": st.sampled_from([*QualificationLevel]),
            "basis": st.just(LevelBasis.NCP_REGISTERED),
            "registrationId": st.just("NLQF-000123"),
        }
    ),
)
CODES: Final = st.one_of(
    st.fixed_dictionaries(
        {"codeType": st.just("x-rio-opleidingseenheidcode"), "code": st.just("1000O1234")}
    ),
    st.fixed_dictionaries({"codeType": st.just("x-crebo"), "code": st.just("25187")}),
    st.fixed_dictionaries(
        {
            "codeType": st.sampled_from(["identifier", "system_id", "own", "x-own", "x-x-own"]),
            "code": LINES,
        }
    ),
    st.fixed_dictionaries(
        {
            "codeType": st.just("x-eduxchange-alliance"),
            "code": st.sampled_from(["lde", "ewuu", "euroteq"]),
        }
    ),
)
SKILLS: Final = st.fixed_dictionaries(
    {
        "uri": st.uuids().map(lambda one: f"http://data.europa.eu/esco/skill/{one}"),
        "label": LOCAL,
    }
)
CONTENTS: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {"title": LOCAL},
    optional={
        "description": LOCAL,
        "learningOutcomes": _some(LOCAL, 5),
        "studyLoad": st.fixed_dictionaries(
            {
                "unit": st.sampled_from([*StudyLoadUnit]),
                "value": st.integers(1, 2400).map(lambda tenths: tenths / 10),
            }
        ),
        "level": LEVELS,
        "assessment": st.fixed_dictionaries(
            {
                "types": st.lists(
                    st.sampled_from([*AssessmentType]), min_size=1, max_size=7, unique=True
                ),
                "description": LOCAL,
            }
        ),
        "modesOfDelivery": _some(st.sampled_from([*ModeOfDelivery]), 9),
        "qualityAssurance": st.fixed_dictionaries({"statement": LOCAL}, optional={"url": WEB}),
        "inLanguage": st.sampled_from(["nl", "nl-NL", "nl-BE", "en", "en-GB", "fy", "de", "dse"]),
        "supervision": st.sampled_from([*Supervision]),
        "admissionRequirements": LOCAL,
        "stackability": LOCAL,
        "fieldOfStudy": st.sampled_from(sorted(fields_of_study())),
        "furtherInformation": WEB,
        "primaryCode": LINES,
        "otherCodes": _some(CODES, 4),
        "abbreviation": LINES,
        "targetGroup": LOCAL,
        "admission": st.sampled_from([*Admission]),
        "skills": _some(SKILLS, 3),
        "keywords": _some(LINES, 3),
        "privateCategories": _some(st.sampled_from([*PrivateCategory]), 3),
    },
)


def _is_description(content: dict[str, Any]) -> bool:
    try:
        Description.model_validate(content, context=REQUEST)
    except ValueError:
        return False
    return True


DESCRIPTIONS: Final = CONTENTS.filter(_is_description).map(
    lambda content: Description.model_validate(content, context=REQUEST)
)
ORGANISATIONS: Final = st.builds(
    lambda sector, city, code, brin: an_organisation(
        sector=sector, city=city, educationOffererCode=code, brin=brin, website="https://example.nl"
    ),
    st.sampled_from(["hbo", "wo", "mbo", "private"]),
    st.none() | st.just("Enschede"),
    st.none() | st.just("100A123"),
    st.none() | st.just("21PH"),
)


def a_microcredential(content: Description, provider: Organisation, **told: Any) -> Microcredential:
    """Return a published version with this content."""
    microcredential_id: UUID = told.pop("microcredential_id", None) or uuid4()
    page = f"https://catalog.example.nl/microcredentials/{microcredential_id}/versions/1"
    whole: dict[str, Any] = {
        "microcredential_id": microcredential_id,
        "version": 1,
        "provider": provider.oin,
        "page": page,
        "content": content,
        "policy": {"policyId": "wo", "version": 1, "framework": a_policy().framework},
        "published_at": PUBLISHED_AT,
    }
    return Microcredential.model_validate(whole | told)


ENTRIES: Final = st.builds(
    lambda content, provider: Entry(a_microcredential(content, provider), provider),
    DESCRIPTIONS,
    ORGANISATIONS,
)

DAYS: Final = st.dates(date(2026, 1, 1), date(2029, 12, 31))
PERIODS: Final = st.tuples(DAYS, st.none() | st.integers(0, 400)).map(
    lambda told: {
        "firstDay": told[0].isoformat(),
        **({} if told[1] is None else {"lastDay": _later(told[0], told[1])}),
    }
)
_AMOUNTS: Final = st.integers(0, 500_000).map(lambda cents: f"{cents / 100:.2f}")
TERMS: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {
        "primaryCode": LINES,
        "state": st.sampled_from(["active", "inactive", "cancelled"]),
    },
    optional={
        "name": LOCAL,
        "otherCodes": _some(CODES, 2),
        "enrolmentPeriods": _some(PERIODS, 3),
        "places": st.integers(10, 50),
        "placesLeft": st.integers(0, 10),
        "price": st.fixed_dictionaries(
            {"amount": _AMOUNTS}, optional={"explanation": LOCAL, "vatAmount": st.just("0.00")}
        ),
        "inLanguage": st.sampled_from(["nl", "en-GB"]),
        "modesOfDelivery": _some(st.sampled_from([*ModeOfDelivery]), 3),
        "location": st.fixed_dictionaries(
            {"city": st.just("Enschede")},
            optional={
                "name": LOCAL,
                "region": st.just("NL-OV"),
                "educationLocationCode": st.just("100X123"),
            },
        ),
        "permissionNeeded": st.booleans(),
        "permissionExplanation": LOCAL,
        "enrolAt": WEB,
    },
)


def _later(day: date, days: int) -> str:
    return date.fromordinal(day.toordinal() + days).isoformat()


def an_offering(terms: dict[str, Any], entry: Entry, **told: Any) -> Offering:
    """Return an offering of a microcredential with these terms."""
    whole = {
        "offeringId": uuid4(),
        "recordVersion": 1,
        "microcredentialId": entry.specification,
        "provider": entry.provider.oin,
        "recordedAt": PUBLISHED_AT,
    }
    return Offering.model_validate({**terms, **whole, **told})


RUNS: Final = st.builds(
    lambda terms, entry, runs, flexible: Run(
        an_offering(
            {
                **terms,
                **({"runs": runs} if runs else {"flexibleEntry": flexible} if flexible else {}),
            },
            entry,
        ),
        entry,
    ),
    TERMS,
    ENTRIES,
    st.none() | PERIODS,
    st.none() | PERIODS,
)
__all__ = ["DESCRIPTIONS", "ENTRIES", "RUNS", "OfferingState", "OfferingTerms"]
