"""Things of the catalogue, whole and correct, so that a test writes down only what matters."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from shared.contracts.microcredential import Description
from shared.contracts.policy import Organisation, Policy

SEED = Path(__file__).resolve().parents[3] / "deploy" / "seed"
UT = "00000099000000210000"
HVA = "00000099000000010000"

CONTENT: Mapping[str, Any] = {
    "title": {"nl": "Introductie in quantumcomputing", "en": "Introduction to Quantum Computing"},
    "description": {"nl": "Rekenen met qubits."},
    "learningOutcomes": [{"nl": "U programmeert een schakeling."}],
    "studyLoad": {"unit": "ects", "value": 5},
    "level": {"value": "eqf_7", "basis": "accredited-programme"},
    "assessment": {"types": ["written_exam"], "description": {"nl": "Een tentamen."}},
    "modesOfDelivery": ["blended"],
    "qualityAssurance": {"statement": {"nl": "Onder de kwaliteitszorg van de universiteit."}},
    "inLanguage": "en",
    "supervision": "supervised_with_identity_check",
    "admissionRequirements": {"nl": "Een bachelor in de techniek."},
}
REQUIRED = tuple(CONTENT)


def content(*without: str, **changed: Any) -> dict[str, Any]:
    """Return a complete description as JSON, with members changed or left out."""
    whole = {**CONTENT, **changed}
    return {name: value for name, value in whole.items() if name not in without}


def a_description(*without: str, **changed: Any) -> Description:
    """Return a complete description, with members changed or left out."""
    return Description.model_validate(content(*without, **changed))


def a_policy(**changed: Any) -> Policy:
    """Return a policy of 3 to 30 EC by half credits that asks for everything."""
    whole: dict[str, Any] = {
        "policyId": "wo",
        "version": 1,
        "sector": "wo",
        "validFrom": date(2021, 10, 1),
        "unit": "ects",
        "minimum": Decimal(3),
        "maximum": Decimal(30),
        "step": Decimal("0.5"),
        "requiredElements": REQUIRED,
        "framework": {
            "name": {"nl": "Kader"},
            "version": "1.0",
            "url": "https://catalog.example.nl/frameworks/wo/1",
            "sha256": "0" * 64,
        },
    }
    return Policy.model_validate({**whole, **changed})


def an_organisation(**changed: Any) -> Organisation:
    """Return a university that is recognised from 2021-10-01 on."""
    whole: dict[str, Any] = {
        "oin": UT,
        "name": {"nl": "Universiteit Twente"},
        "sector": "wo",
        "recognitions": [{"recogniser": "OCW", "validFrom": "2021-10-01"}],
    }
    return Organisation.model_validate({**whole, **changed})
