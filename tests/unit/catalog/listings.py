"""Listings for search, whole and correct, and by chance for hypothesis."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.catalog.search import Listing
from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import Offering, OfferingState
from shared.contracts.vocabulary import (
    Admission,
    LevelBasis,
    ModeOfDelivery,
    Province,
    QualificationLevel,
    Sector,
    StudyLoadUnit,
)
from tests.unit.catalog.builders import UT, a_description, an_organisation

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FRAMEWORK = {
    "name": {"nl": "Kader"},
    "version": "1.0",
    "url": "https://catalog.example.nl/frameworks/wo/1",
    "sha256": "0" * 64,
}


def a_microcredential(number: int = 1, *without: str, **changed: Any) -> Microcredential:
    """Return a published microcredential with this number in its id."""
    microcredential_id = UUID(int=number, version=4)
    return Microcredential.model_validate(
        {
            "microcredentialId": microcredential_id,
            "version": 1,
            "provider": UT,
            "page": f"https://catalog.example.nl/microcredentials/{microcredential_id}/versions/1",
            "content": a_description(*without, **changed),
            "policy": {"policyId": "wo", "version": 1, "framework": FRAMEWORK},
            "publishedAt": NOW,
        }
    )


def an_offering(number: int = 1, **changed: Any) -> Offering:
    """Return an active offering that begins in January."""
    whole: dict[str, Any] = {
        "offeringId": UUID(int=number, version=4),
        "recordVersion": 1,
        "microcredentialId": UUID(int=1, version=4),
        "provider": UT,
        "primaryCode": f"run-{number}",
        "state": "active",
        "runs": {"firstDay": date(2027, 1, 11), "lastDay": date(2027, 3, 1)},
        "recordedAt": NOW,
    }
    return Offering.model_validate({**whole, **changed})


def a_listing(*offerings: Offering, number: int = 1, **changed: Any) -> Listing:
    """Return a listing of a university, with these offerings."""
    return Listing(
        microcredential=a_microcredential(number, **changed),
        provider=an_organisation(),
        offerings=offerings,
    )


days = st.dates(TODAY - timedelta(days=120), TODAY + timedelta(days=240))
periods = st.tuples(days, st.none() | st.integers(0, 90)).map(
    lambda pair: {
        "firstDay": pair[0],
        "lastDay": None if pair[1] is None else pair[0] + timedelta(days=pair[1]),
    }
)


@st.composite
def offerings(draw: st.DrawFn) -> Offering:
    """Draw an offering in any state and on any days."""
    when = draw(st.sampled_from(["runs", "flexibleEntry", None]))
    return an_offering(
        draw(st.integers(1, 10**6)),
        **{"runs": None, **({when: draw(periods)} if when else {})},
        state=draw(st.sampled_from([*OfferingState, OfferingState.ACTIVE, OfferingState.ACTIVE])),
        enrolmentPeriods=draw(st.lists(periods, max_size=2)),
        placesLeft=draw(st.none() | st.integers(0, 2)),
        price=draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "amount": st.sampled_from(["0", "250", "250.01", "500", "999.99", "1000.01"]),
                    "currency": st.sampled_from(["EUR", "EUR", "USD"]),
                }
            )
        ),
        inLanguage=draw(st.sampled_from([None, "nl-NL", "en", "fy"])),
        modesOfDelivery=draw(st.lists(st.sampled_from(ModeOfDelivery), max_size=2, unique=True)),
        location=draw(
            st.none() | st.builds(lambda region: {"city": "X", "region": region}, provinces)
        ),
    )


provinces = st.none() | st.sampled_from([Province.UTRECHT, Province.ZEELAND, Province.DRENTHE])


@st.composite
def listings(draw: st.DrawFn, number: int = 1) -> Listing:
    """Draw a listing of any provider, recognised today or not."""
    content: dict[str, Any] = {
        "studyLoad": draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "unit": st.sampled_from([one.value for one in StudyLoadUnit]),
                    "value": st.sampled_from([1, 2.9, 3, 5.5, 6, 10, 10.5, 11, 30, 30.1, 84, 840]),
                }
            )
        ),
        "level": draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "value": st.sampled_from([one.value for one in QualificationLevel]),
                    "basis": st.sampled_from([one.value for one in list(LevelBasis)[:2]]),
                }
            )
        ),
        "modesOfDelivery": draw(
            st.lists(st.sampled_from([one.value for one in ModeOfDelivery]), max_size=2)
        ),
        "inLanguage": draw(st.sampled_from([None, "nl", "en"])),
        "fieldOfStudy": draw(st.sampled_from([None, "06", "061", "0613", "0912"])),
        "admission": draw(st.none() | st.sampled_from([one.value for one in Admission])),
        "skills": [
            {"uri": f"http://data.europa.eu/esco/skill/{one}", "label": {"nl": f"kunst {one}"}}
            for one in draw(st.lists(st.integers(1, 4), max_size=2, unique=True))
        ],
    }
    return Listing(
        microcredential=a_microcredential(number, **content),
        provider=an_organisation(
            sector=draw(st.sampled_from(Sector)).value,
            region=draw(provinces),
            recognitions=[{"recogniser": "OCW", "validFrom": draw(days)}],
        ),
        offerings=draw(st.lists(offerings(), max_size=3)),
    )
