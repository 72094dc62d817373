"""Examples of importing an institution's OEAPI, for the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas.examples import MICROCREDENTIAL_ID, OIN

IMPORT_ID: Final = "5e1d7c6a-0f0a-4f52-8a51-8e4bb6f7a1c3"
_PROGRAMME_ID: Final = "7a0f3b52-2f61-4d5c-9a55-3f0f5f6f9e01"
_URL: Final = "https://oeapi.example.nl/v6"

REGISTER: Final[dict[str, Any]] = {"url": _URL}
SOURCE: Final[dict[str, Any]] = {
    "organisation": OIN,
    "url": _URL,
    "registeredAt": "2026-11-25T09:30:00Z",
}
ASK_ALL: Final[dict[str, Any]] = {}
ASK_SOME: Final[dict[str, Any]] = {"programmeIds": [_PROGRAMME_ID]}
QUEUED: Final[dict[str, Any]] = {
    "importId": IMPORT_ID,
    "state": "queued",
    "url": _URL,
    "createdAt": "2026-11-25T09:30:00Z",
    "counts": {},
    "items": [],
}
SUMMARY: Final[dict[str, Any]] = {
    **{name: value for name, value in QUEUED.items() if name != "items"},
    "state": "done",
    "finishedAt": "2026-11-25T09:30:04Z",
    "counts": {"created": 1},
}
DONE: Final[dict[str, Any]] = {
    **SUMMARY,
    "items": [
        {
            "kind": "programme",
            "sourceId": _PROGRAMME_ID,
            "verdict": "created",
            "primaryCode": "QC-101",
            "name": "Introductie in quantumcomputing",
            "microcredentialId": MICROCREDENTIAL_ID,
            "candidates": [],
            "differences": [],
            "lost": [
                {
                    "pointer": "/assessment",
                    "code": "assessment-without-form",
                    "detail": {
                        "nl": "Er staat hoe er getoetst wordt, maar niet in welke vorm.",
                        "en": "How it is assessed is described, but not in which form.",
                    },
                }
            ],
            "reasons": [],
        }
    ],
}
