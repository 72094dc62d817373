"""What an import from edubadges looks like in the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas.examples import MICROCREDENTIAL_ID


def _extension(name: str, value: object) -> dict[str, Any]:
    return {"type": ["Extension", f"extensions:{name}Extension"], name: value}


PUBLIC: Final[dict[str, Any]] = {
    "@context": "https://w3id.org/openbadges/v2",
    "type": "BadgeClass",
    "id": "https://api.example.nl/public/badges/S8ylL3NpTFK7aQ",
    "issuer": "https://api.example.nl/public/issuers/xyz",
    "name": "Introduction to Quantum Computing",
    "description": "Computing with <b>qubits</b>.",
    "criteria": {"narrative": "Pass the exam."},
    "assessmentType": "written_exam",
    "participation": "blended",
    "extensions:LanguageExtension": _extension("Language", "en_EN"),
    "extensions:ECTSExtension": _extension("ECTS", 5),
}
API: Final[list[dict[str, Any]]] = [
    {
        "entity_id": "S8ylL3NpTFK7aQ",
        "badge_class_type": "micro_credential",
        "name": "Introductie in quantumcomputing",
        "criteria_text": "Slaag voor het **tentamen**.",
        "assessment_type": "written_exam,portfolio_assessment",
        "extensions": {"extensions:LanguageExtension": _extension("Language", "nl_NL")},
    }
]
IMPORTED: Final[dict[str, Any]] = {
    "mode": "draft",
    "imported": [
        {
            "microcredentialId": MICROCREDENTIAL_ID,
            "isNew": True,
            "content": {
                "title": {"en": "Introduction to Quantum Computing"},
                "description": {"en": "Computing with qubits."},
                "inLanguage": "en",
            },
            "counts": {"taken": 1, "changed": 2},
            "members": [
                {
                    "pointer": "/name",
                    "outcome": "taken",
                    "code": "taken",
                    "became": "/title/en",
                    "sentence": {"nl": "Overgenomen.", "en": "Taken over."},
                },
                {
                    "pointer": "/description",
                    "outcome": "changed",
                    "code": "plain-text",
                    "became": "/description/en",
                    "sentence": {
                        "nl": "De opmaak (HTML of Markdown) is weggehaald; de woorden zijn"
                        " gebleven.",
                        "en": "The markup (HTML or Markdown) was taken away; the words stayed.",
                    },
                },
            ],
        }
    ],
}
CHECKED: Final[dict[str, Any]] = {
    "mode": "check",
    "imported": [
        {
            name: value
            for name, value in IMPORTED["imported"][0].items()
            if name != "microcredentialId"
        }
    ],
}
