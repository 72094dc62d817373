"""Offerings, whole and correct, so that a test writes down only what matters."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from services.catalog.domain.offerings import decide_offering
from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import Offering, OfferingTerms
from tests.unit.catalog.builders import UT, content

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

RUN: dict[str, Any] = {
    "primaryCode": "QC-101-2027-1",
    "state": "active",
    "runs": {"firstDay": "2027-02-01", "lastDay": "2027-04-16"},
    "enrolmentPeriods": [{"firstDay": "2026-12-01", "lastDay": "2027-01-15"}],
    "places": 24,
    "placesLeft": 7,
    "price": {"amount": "450.00", "vatAmount": "78.10"},
    "inLanguage": "en",
    "modesOfDelivery": ["blended"],
    "location": {"city": "Enschede", "region": "NL-OV"},
}


def terms(*without: str, **changed: Any) -> OfferingTerms:
    """Return the terms of a run on site, with members changed or left out."""
    whole = {name: value for name, value in {**RUN, **changed}.items() if name not in without}
    return OfferingTerms.model_validate(whole)


def a_microcredential(**changed: Any) -> Microcredential:
    """Return a published microcredential of 5 EC."""
    whole: dict[str, Any] = {
        "microcredentialId": UUID(int=1),
        "version": 1,
        "provider": UT,
        "page": "https://catalog.example.nl/microcredentials/1",
        "content": content(),
        "policy": {
            "policyId": "wo",
            "version": 1,
            "framework": {
                "name": {"nl": "Kader"},
                "version": "1",
                "url": "https://catalog.example.nl/frameworks/wo/1",
                "sha256": "0" * 64,
            },
        },
        "publishedAt": NOW,
    }
    return Microcredential.model_validate({**whole, **changed})


def an_offering(*without: str, **changed: Any) -> Offering:
    """Return a run of that microcredential from February to April 2027."""
    said = terms(*without, **changed)
    return decide_offering(said, a_microcredential(), offering_id=uuid4(), now=NOW)
