"""Examples of mandates and statements for the OpenAPI document; a test sends and compares them."""

from typing import Any, Final

from services.catalog.schemas.examples import MICROCREDENTIAL_ID, OIN

AGENT: Final = "00000099000000010000"
STATEMENT_ID: Final = "5b0e7c1a-93d4-4a8e-8f67-1c2d3e4f5a6b"

GIVE_MANDATE: Final[dict[str, Any]] = {"validFrom": "2026-09-01", "validUntil": "2027-09-01"}
MANDATE: Final[dict[str, Any]] = {
    "organisation": OIN,
    "agent": AGENT,
    **GIVE_MANDATE,
    "givenAt": "2026-08-25T09:30:00Z",
}
ENDED_MANDATE: Final[dict[str, Any]] = {**MANDATE, "endedAt": "2026-11-22T09:30:00Z"}

_SAID: Final[dict[str, Any]] = {
    "kind": "endorsement",
    "version": 1,
    "text": {"nl": "Wij geven hiervoor vrijstelling.", "en": "We grant an exemption for this."},
    "statedOn": "2026-11-20",
    "url": "https://www.example.nl/endorsements/quantum",
}
ENDORSE: Final[dict[str, Any]] = _SAID
PEER_REVIEW: Final[dict[str, Any]] = {
    "kind": "peer-review",
    "version": 1,
    "text": {"nl": "De leeruitkomsten passen bij EQF 7."},
    "statedOn": "2026-11-18",
    "panel": {"nl": "Landelijk peerpanel techniek (voorbeeld)"},
}
OFFERED: Final[dict[str, Any]] = {
    "statementId": STATEMENT_ID,
    "microcredentialId": MICROCREDENTIAL_ID,
    **_SAID,
    "author": {"oin": AGENT, "name": {"nl": "Hogeschool van Amsterdam"}},
    "state": "offered",
    "filedAt": "2026-11-20T09:30:00Z",
}
ACCEPTED: Final[dict[str, Any]] = {
    **OFFERED,
    "state": "accepted",
    "settledAt": "2026-11-21T09:30:00Z",
}
DECLINED: Final[dict[str, Any]] = {**ACCEPTED, "state": "declined"}
WITHDRAWN: Final[dict[str, Any]] = {**ACCEPTED, "state": "withdrawn"}
