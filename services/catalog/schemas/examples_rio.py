"""What the dry run for RIO and the list of changes look like in the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas.examples import MICROCREDENTIAL_ID, OIN

_UNIT: Final[dict[str, Any]] = {
    "opleidingseenheidcode": "1000O1234",
    "begindatum": "2026-11-22",
    "ISCED": "061",
    "kenmerken": [
        {
            "kenmerknaam": "eigenOpleidingseenheidSleutel",
            "kenmerkwaardeTekst": MICROCREDENTIAL_ID,
        }
    ],
    "opleidingseenheidPeriode": [
        {
            "begindatum": "2026-11-22",
            "naamLang": "Introductie in quantumcomputing",
            "internationaleNaam": "Introduction to Quantum Computing",
            "waardedocumentsoort": "CERTIFICAAT",
        }
    ],
}
_OFFERED: Final[dict[str, Any]] = {
    "aangebodenOpleidingCode": MICROCREDENTIAL_ID,
    "onderwijsaanbiedercode": "100A123",
    "begindatum": "2026-11-22",
    "opleidingseenheidSleutel": "1000O1234",
    "kenmerken": [
        {
            "kenmerknaam": "eigenAangebodenOpleidingSleutel",
            "kenmerkwaardeTekst": MICROCREDENTIAL_ID,
        },
        {"kenmerknaam": "voertaal", "kenmerkwaardeEnumeratiewaarde": "ENG"},
    ],
    "aangebodenOpleidingPeriode": [
        {
            "begindatum": "2026-11-22",
            "eigenNaamAangebodenOpleiding": "Introductie in quantumcomputing",
        }
    ],
}
REPORT: Final[dict[str, Any]] = {
    "microcredentialId": MICROCREDENTIAL_ID,
    "version": 1,
    "soort": "HoOnderwijseenheid",
    "ready": True,
    "opleidingseenheid": _UNIT,
    "aangebodenOpleiding": _OFFERED,
    "findings": [
        {
            "code": "study-load-not-whole",
            "severity": "warning",
            "pointer": "/content/studyLoad/value",
            "sentence": {
                "nl": "RIO bewaart de studielast als heel getal; dit getal gaat niet mee.",
                "en": "RIO holds the study load as a whole number; this number is left out.",
            },
        }
    ],
}
CHANGES: Final[dict[str, Any]] = {
    "items": [
        {
            "change": 41,
            "recordedAt": "2026-11-22T09:30:00Z",
            "soortWijziging": "toegevoegd",
            "mainObject": "opleidingseenheid",
            "soort": "HoOnderwijseenheid",
            "microcredentialId": MICROCREDENTIAL_ID,
            "provider": OIN,
            "educationOffererCode": "100A123",
            "ready": True,
            "state": _UNIT,
        }
    ],
    "next": "WzQxXQ",
    "head": "WzQyXQ",
    "lag": 1,
}
