"""Examples of organisations, their history and the trust list, for the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas.examples import ORGANISATION, RECORD_ORGANISATION

_PERIOD: Final[dict[str, Any]] = {"recogniser": "OCW", "code": "21PH", "validFrom": "2021-10-01"}

CORRECT_ORGANISATION: Final[dict[str, Any]] = {
    **RECORD_ORGANISATION,
    "city": "Enschede",
    "region": "NL-OV",
    "recognitions": [{**_PERIOD, "validFrom": "2021-11-01"}],
    "reason": "The decision of OCW was entered with the wrong month.",
}
STANDING: Final[dict[str, Any]] = {
    **ORGANISATION,
    "standing": {
        "on": "2026-04-01",
        "asOf": "2026-11-22T12:00:00Z",
        "version": 1,
        "recognised": True,
        "recognisedBy": [_PERIOD],
    },
}
VERSION: Final[dict[str, Any]] = {
    "version": 1,
    "recordedAt": ORGANISATION["recordedAt"],
    "replacedAt": "2026-11-24T08:00:00Z",
    "organisation": ORGANISATION,
}
