"""Badge classes in the shapes of edubadges and educredentials, of a fictional institution."""

from typing import Any

_CONTEXT = "https://api.example.nl/static/extensions"


def extension(name: str, value: Any) -> dict[str, Any]:
    """Return an extension as edubadges keeps it."""
    return {
        "@context": f"{_CONTEXT}/{name}Extension/context.json",
        "type": ["Extension", f"extensions:{name}Extension"],
        name: value,
    }


def extensions(**values: Any) -> dict[str, Any]:
    """Return extensions by their whole names."""
    return {f"extensions:{name}Extension": extension(name, value) for name, value in values.items()}


OUTCOMES = "Na afloop kunt u:\n* een schakeling ontwerpen\n* een schakeling programmeren"


ALIGNMENTS: list[dict[str, Any]] = [
    {
        "target_name": "quantum computing",
        "target_url": "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d",
        "target_framework": "ESCO",
        "target_code": "",
    },
    {"target_name": "software", "target_framework": "ISCED-F 2013", "target_code": "0613"},
    {"target_name": "Iets anders", "target_url": "https://www.example.nl/iets"},
]


def api_badge_class(**changed: Any) -> dict[str, Any]:
    """Return a microcredential as the API of edubadges gives it."""
    whole: dict[str, Any] = {
        "created_at": "2025-03-01T10:00:00Z",
        "created_by": "abc",
        "name": "Introductie in quantumcomputing",
        "image": "https://api.example.nl/media/badge.png",
        "formal": True,
        "is_private": False,
        "narrative_required": False,
        "entity_id": "S8ylL3NpTFK7aQ",
        "issuer": "https://api.example.nl/public/issuers/xyz",
        "criteria_text": "**Slaag** voor het [tentamen](https://www.example.nl/tentamen).",
        "description": "<p>Rekenen met <b>qubits</b> &amp; meer.</p>",
        "badge_class_type": "micro_credential",
        "participation": "blended",
        "assessment_type": "written_exam,portfolio_assessment",
        "assessment_id_verified": True,
        "assessment_supervised": True,
        "quality_assurance_name": "Kwaliteitskader",
        "quality_assurance_url": "https://www.example.nl/kader",
        "quality_assurance_description": "Beoordeeld door de *NVAO*.",
        "grade_achieved_required": False,
        "eqf_nlqf_level_verified": True,
        "stackable": True,
        "alignments": ALIGNMENTS,
        "extensions": extensions(
            Language="nl_NL",
            ECTS=2.5,
            EQF=7,
            LearningOutcome=OUTCOMES,
            EducationProgramIdentifier=[56551, 60073],
        ),
        "expiration_period": 365,
        "award_allowed_institutions": [],
        "tags": ["quantum", "Quantum", 12],
        "json": {"name": "Introductie in quantumcomputing"},
    }
    return {**whole, **changed}


def public_badge_class(**changed: Any) -> dict[str, Any]:
    """Return the same in public Open Badges 2.0, with `expand=micro`."""
    whole: dict[str, Any] = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": "https://api.example.nl/public/badges/S8ylL3NpTFK7aQ",
        "issuer": "https://api.example.nl/public/issuers/xyz",
        "name": "Introduction to Quantum Computing",
        "description": "Computing with qubits.",
        "image": "https://api.example.nl/media/badge.png",
        "criteria": {"narrative": "Pass the exam."},
        "alignment": [],
        "tags": [],
        "participation": "online",
        "assessmentType": "oram_exam",
        "assessmentIdVerified": False,
        "assessmentSupervised": True,
        "qualityAssuranceName": "Framework",
        "qualityAssuranceUrl": "https://www.example.nl/framework",
        "qualityAssuranceDescription": None,
        "stackable": False,
        "gradeAchievedRequired": False,
        "eqfNlqfLevelVerified": False,
        "typeBadgeClass": "micro_credential",
        **extensions(
            Language="en_EN", StudyLoad=240, EQF=4, LearningOutcome="You design circuits."
        ),
    }
    return {**whole, **changed}


def achievement(**changed: Any) -> dict[str, Any]:
    """Return an achievement as educredentials has it in its credentials."""
    whole: dict[str, Any] = {
        "id": "https://example.com/achievements/quantum",
        "type": ["Achievement", "EducredentialAchievement"],
        "name": "Quantum computing",
        "image": {"id": "https://example.com/quantum.png", "type": "Image"},
        "description": "# Quantum\nComputing with **qubits**.",
        "criteria": {"narrative": "Pass the exam."},
        "inLanguage": "en-EN",
        "alignment": [
            {
                "type": ["Alignment"],
                "targetType": "ext:QualityAssurance",
                "targetName": "Quality framework",
                "targetUrl": "https://www.example.nl/framework",
            },
            {"type": ["Alignment"], "targetType": "ext:EQF", "targetName": "6", "targetCode": "6"},
        ],
        "participationType": "onsite or blended",
        "assessmentType": "testing",
        "identityChecked": True,
        "supervisionType": "onsite with identity verification",
        "ECTS": 3.0,
    }
    return {**whole, **changed}


def credential(**changed: Any) -> dict[str, Any]:
    """Return a credential of educredentials, of a fictional learner."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://example.com/issuers/1"},
        "validFrom": "2026-01-15T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["AchievementSubject"],
            "achievement": achievement(**changed),
        },
    }
