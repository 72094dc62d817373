"""What offerings look like in the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas.examples import MICROCREDENTIAL_ID, OIN

OFFERING_ID: Final = "5b0d3f5c-5f2d-4a52-9a5d-4d7a9c6a1e77"

RUN: Final[dict[str, Any]] = {
    "primaryCode": "QC-101-2027-1",
    "state": "active",
    "runs": {"firstDay": "2027-02-01", "lastDay": "2027-04-16"},
    "enrolmentPeriods": [{"firstDay": "2026-11-01", "lastDay": "2027-01-15"}],
    "places": 24,
    "placesLeft": 7,
    "price": {"amount": "450.00", "vatAmount": "0.00", "currency": "EUR"},
    "inLanguage": "en",
    "modesOfDelivery": ["blended"],
    "location": {
        "name": {"nl": "Gebouw Zilverling", "en": "Zilverling building"},
        "city": "Enschede",
        "region": "NL-OV",
    },
    "enrolAt": "https://www.example.nl/enrol/qc-101",
}
FLEXIBLE: Final[dict[str, Any]] = {
    "primaryCode": "QC-101-ONLINE",
    "state": "active",
    "flexibleEntry": {"firstDay": "2027-01-01", "lastDay": "2027-12-31"},
    "price": {"amount": "395.00"},
    "modesOfDelivery": ["online"],
    "permissionNeeded": True,
    "permissionExplanation": {"nl": "Na een gesprek over uw vooropleiding."},
}
OFFERING: Final[dict[str, Any]] = {
    **RUN,
    "location": {**RUN["location"], "country": "NL"},
    "otherCodes": [],
    "permissionNeeded": False,
    "offeringId": OFFERING_ID,
    "recordVersion": 1,
    "microcredentialId": MICROCREDENTIAL_ID,
    "provider": OIN,
    "recordedAt": "2026-11-22T09:30:00Z",
    "phase": "enrolling",
}
CANCEL: Final[dict[str, Any]] = {
    "reason": {"nl": "Te weinig aanmeldingen.", "en": "Too few enrolments."}
}
CANCELLED: Final[dict[str, Any]] = {
    **OFFERING,
    "state": "cancelled",
    "recordVersion": 2,
    "cancellation": {"cancelledOn": "2026-12-01", **CANCEL},
    "phase": "cancelled",
}
