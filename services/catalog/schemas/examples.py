"""Examples for the OpenAPI document; a test sends every request and compares every answer."""

from typing import Any, Final

OIN: Final = "00000099000000210000"
MICROCREDENTIAL_ID: Final = "1f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"
_PAGE: Final = f"https://catalog.waarmerk.example/microcredentials/{MICROCREDENTIAL_ID}/versions/1"
_SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_ETAG: Final[dict[str, Any]] = {
    "description": "Give this as If-Match to act on exactly this state.",
    "schema": {"type": "string", "examples": ['"7"']},
}

RECORD_ORGANISATION: Final[dict[str, Any]] = {
    "name": {"nl": "Universiteit Twente", "en": "University of Twente"},
    "sector": "wo",
    "website": "https://www.utwente.nl/",
    "brin": "21PH",
    "recognitions": [{"recogniser": "OCW", "code": "21PH", "validFrom": "2021-10-01"}],
}
ORGANISATION: Final[dict[str, Any]] = {
    "oin": OIN,
    **RECORD_ORGANISATION,
    "country": "NL",
    "recordedAt": "2026-11-22T09:30:00Z",
}

_RULES: Final[dict[str, Any]] = {
    "sector": "hbo",
    "validFrom": "2027-09-01",
    "unit": "ects",
    "minimum": 3,
    "maximum": 30,
    "step": 0.5,
    "requiredElements": ["title", "learningOutcomes", "studyLoad", "level", "assessment"],
}
_FRAMEWORK: Final[dict[str, Any]] = {
    "name": {"nl": "Kwaliteitsafspraken microcredentials", "en": "Quality agreements"},
    "version": "2.0",
}
PUBLISH_POLICY: Final[dict[str, Any]] = {
    **_RULES,
    "framework": {**_FRAMEWORK, "document": "# Kwaliteitsafspraken\n\n1. …\n"},
}
POLICY: Final[dict[str, Any]] = {
    "policyId": "hbo",
    "version": 2,
    **_RULES,
    "framework": {
        **_FRAMEWORK,
        "url": "https://catalog.waarmerk.example/frameworks/hbo/2",
        "sha256": _SHA256,
    },
}

CONTENT: Final[dict[str, Any]] = {
    "title": {
        "nl": "Introductie in quantumcomputing",
        "en": "Introduction to Quantum Computing",
    },
    "description": {"en": "How a quantum computer computes, and what it is good for."},
    "learningOutcomes": [{"en": "You design and program small quantum circuits."}],
    "studyLoad": {"unit": "ects", "value": 5},
    "level": {"value": "eqf_7", "basis": "accredited-programme"},
    "assessment": {"types": ["written_exam"], "description": {"en": "A written exam."}},
    "modesOfDelivery": ["blended"],
    "qualityAssurance": {"statement": {"en": "Covered by the university's quality assurance."}},
    "inLanguage": "en",
    "supervision": "supervised_with_identity_check",
    "admissionRequirements": {"en": "A bachelor's degree in engineering or physics."},
}
DRAFT: Final[dict[str, Any]] = {"content": CONTENT}
TITLE_ONLY: Final[dict[str, Any]] = {
    "content": {"title": {"en": "Introduction to Quantum Computing"}}
}
MICROCREDENTIAL: Final[dict[str, Any]] = {
    "microcredentialId": MICROCREDENTIAL_ID,
    "version": 1,
    "provider": OIN,
    "page": _PAGE,
    "content": {**CONTENT},
    "policy": {"policyId": "wo-experiment", "version": 1, "framework": POLICY["framework"]},
    "approval": {
        "body": {"nl": "Toetscommissie", "en": "Assessment committee"},
        "approvedOn": "2026-11-22",
    },
    "publishedAt": "2026-11-22T09:30:00Z",
}
DRAFTED: Final[dict[str, Any]] = {
    "microcredentialId": MICROCREDENTIAL_ID,
    "state": "draft",
    "provider": OIN,
    "draft": {
        "state": "draft",
        "content": CONTENT,
        "changedAt": "2026-11-22T09:30:00Z",
        "publishable": True,
        "findings": [
            {
                "code": "title",
                "pointer": "/content/title",
                "passed": True,
                "advice": False,
                "pending": False,
                "sentence": {
                    "nl": "Een titel is nodig: de lerende en de werkgever noemen het bewijs zo.",
                    "en": "A title is needed: learners and employers call the credential by it.",
                },
            }
        ],
    },
}
COPIED: Final[dict[str, Any]] = {
    **DRAFTED,
    "copiedFrom": {
        "microcredentialId": "0d9c2b46-8f1e-4a7b-9c55-2f60c3ad4e17",
        "version": 1,
    },
}
SHOWN: Final[dict[str, Any]] = {**MICROCREDENTIAL, "state": "published"}
ARCHIVED: Final[dict[str, Any]] = {
    "archived": [{**MICROCREDENTIAL, "archivedAt": "2026-11-22T10:30:00Z"}]
}


def page_of(item: dict[str, Any]) -> dict[str, Any]:
    """Return a page with this one item."""
    return {"items": [item]}


NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "What you have is still so.", "headers": {"ETag": _ETAG}}
}


def tagged(example: dict[str, Any], *, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Declare what an answer looks like that names the state it shows."""
    declared = answer(example, status=status)
    declared[status]["headers"] = {"ETag": _ETAG}
    return declared


def answer(example: dict[str, Any], *, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Declare what an answer looks like."""
    return {status: {"content": {"application/json": {"example": example}}}}
