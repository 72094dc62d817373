"""Microcredentials and offerings for RIO and the readiness meter, by hand and by chance."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import strategies as st

from services.catalog.oeapi.identity import delivery_id
from services.catalog.rio import Stand
from shared.contracts.microcredential import Description
from shared.contracts.offering import Offering, OfferingState
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
from tests.unit.catalog.builders import UT, a_description, an_organisation

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = UUID("1f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e")
OFFERING_ID = UUID("6a55f0c8-7e1f-4f0d-9a43-0b7d5c9f3b1e")
DAY = date(2026, 11, 22)


def a_stand(content: Description | None = None, **changed: Any) -> Stand:
    """Return a university's microcredential of one version, ready for RIO."""
    provider = an_organisation(educationOffererCode="100A123", **changed.pop("provider", {}))
    versions = changed.pop("versions", ((DAY, content or a_description()),))
    return Stand(
        microcredential_id=ID,
        delivery_id=delivery_id(ID),
        provider=provider,
        versions=versions,
        **changed,
    )


def an_offering(**changed: Any) -> Offering:
    """Return an active run with all that RIO asks."""
    whole: Mapping[str, Any] = {
        "offeringId": OFFERING_ID,
        "recordVersion": 1,
        "microcredentialId": ID,
        "provider": UT,
        "primaryCode": "QC-101-2027-1",
        "state": "active",
        "runs": {"firstDay": date(2027, 2, 1), "lastDay": date(2027, 4, 30)},
        "enrolmentPeriods": [{"firstDay": date(2026, 12, 1), "lastDay": date(2027, 1, 15)}],
        "places": 25,
        "price": {"amount": "450.00"},
        "inLanguage": "en",
        "modesOfDelivery": ["blended"],
        "recordedAt": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    }
    return Offering.model_validate({**whole, **changed})


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60)
_LONG = st.builds(lambda part, times: (part * times)[:4000], _TEXT, st.integers(1, 80))
TEXTS = st.one_of(_TEXT, _LONG, st.sampled_from(["< ", "a <b>c</b>", "R&D; x", "1 <", "&amp;"]))
LOCAL = st.one_of(
    st.fixed_dictionaries({"nl": TEXTS}, optional={"en": TEXTS}),
    st.fixed_dictionaries({"en": TEXTS}),
)


def _some(values: Any, most: int) -> Any:
    return st.lists(st.sampled_from(list(values)), max_size=most, unique=True)


def _day(least: date = date(2026, 1, 1)) -> Any:
    return st.dates(least, date(2028, 12, 31))


DESCRIPTIONS = st.fixed_dictionaries(
    {"title": LOCAL},
    optional={
        "description": LOCAL,
        "learningOutcomes": st.lists(LOCAL, max_size=3),
        "studyLoad": st.fixed_dictionaries(
            {
                "unit": st.sampled_from(list(StudyLoadUnit)),
                "value": st.integers(1, 100_000).map(lambda tenths: tenths / 10),
            }
        ),
        "level": st.fixed_dictionaries(
            {
                "value": st.sampled_from(list(QualificationLevel)),
                "basis": st.just(LevelBasis.SELF_DECLARED),
            }
        ),
        "assessment": st.fixed_dictionaries(
            {"types": st.just([AssessmentType.PORTFOLIO]), "description": LOCAL}
        ),
        "modesOfDelivery": _some(ModeOfDelivery, 9),
        "inLanguage": st.sampled_from(["nl", "nl-NL", "en", "fy", "pap", "sv-SE"]),
        "supervision": st.sampled_from(list(Supervision)),
        "admission": st.sampled_from(list(Admission)),
        "stackability": LOCAL,
        "targetGroup": LOCAL,
        "fieldOfStudy": st.sampled_from(["06", "061", "0613"]),
        "furtherInformation": st.sampled_from(
            ["https://example.nl/a", "https://example.nl/?" + "a" * 400, "https://example.nl/?a&b;"]
        ),
        "primaryCode": st.just("QC-101"),
        "abbreviation": st.text("abc <&;", min_size=1, max_size=40),
        "privateCategories": _some(PrivateCategory, 3),
        "keywords": st.lists(st.just("qubit"), max_size=1),
        "otherCodes": st.lists(
            st.sampled_from(
                [
                    {"codeType": "x-rio-opleidingseenheidcode", "code": "1000O1234"},
                    {"codeType": "x-rio-opleidingseenheidcode", "code": "1000X1234"},
                    {"codeType": "x-crebo", "code": "25604"},
                ]
            ),
            max_size=2,
        ),
    },
).map(Description.model_validate)


def _period(of: tuple[date, date | None]) -> dict[str, Any]:
    return {"firstDay": of[0], "lastDay": of[1]}


_PERIODS = st.tuples(_day(), st.none() | _day(date(2028, 1, 1))).map(_period)
OFFERINGS = st.fixed_dictionaries(
    {
        "offeringId": st.uuids(),
        "state": st.sampled_from(list(OfferingState)),
        "primaryCode": st.sampled_from(["QC-1", "x" * 61, "line\nbreak", "ok <b>"]),
        "modesOfDelivery": _some(ModeOfDelivery, 3),
        "enrolmentPeriods": st.lists(_PERIODS, max_size=3),
        "places": st.sampled_from([None, 0, 1, 32_000, 32_001]),
        "runs": st.none() | _PERIODS,
        "flexibleEntry": st.none() | _PERIODS,
        "inLanguage": st.sampled_from([None, "nl", "en", "de", "fr", "fy"]),
        "permissionNeeded": st.booleans(),
        "permissionExplanation": st.none() | LOCAL,
        "price": st.sampled_from(
            [None, {"amount": "0.00"}, {"amount": "1.50", "currency": "USD", "vatAmount": "0.30"}]
        ),
        "location": st.sampled_from(
            [
                None,
                {"city": "Enschede"},
                {"city": "Enschede", "educationLocationCode": "100X123"},
                {"city": "Zwolle", "educationLocationCode": "100X124"},
            ]
        ),
    }
).map(lambda changed: an_offering(**changed))
