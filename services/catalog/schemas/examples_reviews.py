"""Examples of reviews for the OpenAPI document; a test sends and compares them."""

from typing import Any, Final

from services.catalog.schemas.examples import DRAFTED, MICROCREDENTIAL_ID

_BODY: Final[dict[str, str]] = {"nl": "Toetscommissie", "en": "Assessment committee"}
_DRAFT: Final[dict[str, Any]] = DRAFTED["draft"]

APPROVE: Final[dict[str, Any]] = {"body": _BODY}
REJECT: Final[dict[str, Any]] = {
    "reason": {"nl": "De toets meet leeruitkomst 2 niet.", "en": "Outcome 2 is not assessed."},
    "body": _BODY,
}
SUBMITTED: Final[dict[str, Any]] = {
    **DRAFTED,
    "state": "submitted",
    "draft": {**_DRAFT, "state": "submitted", "submittedAt": "2026-11-22T09:40:00Z"},
}
APPROVED: Final[dict[str, Any]] = {
    **DRAFTED,
    "state": "approved",
    "draft": {
        **SUBMITTED["draft"],
        "state": "approved",
        "approval": {"body": _BODY, "approvedOn": "2026-11-22"},
    },
}
REJECTED: Final[dict[str, Any]] = {
    **DRAFTED,
    "draft": {**_DRAFT, "rejection": {**REJECT, "rejectedAt": "2026-11-22T09:50:00Z"}},
}
HISTORY: Final[dict[str, Any]] = {
    "deed": "submitted",
    "happenedAt": "2026-11-22T09:40:00Z",
    "client": "sis",
    "subject": "medewerker-17",
}
DESK: Final[dict[str, Any]] = {
    "microcredentialId": MICROCREDENTIAL_ID,
    "state": "published",
    "title": {"en": "Introduction to Quantum Computing"},
    "version": 1,
    "draft": {"state": "submitted", "title": {"en": "Quantum Computing for Engineers"}},
    "changedAt": "2026-11-22T09:40:00Z",
    "etag": '"7"',
}
