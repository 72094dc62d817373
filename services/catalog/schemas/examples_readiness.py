"""What the readiness meter looks like in the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas.examples import MICROCREDENTIAL_ID

READINESS: Final[dict[str, Any]] = {
    "microcredentialId": MICROCREDENTIAL_ID,
    "version": 1,
    "parts": [
        {
            "part": "eu-standard",
            "title": {
                "nl": "EU-standaard voor microcredentials",
                "en": "EU standard for micro-credentials",
            },
            "summary": {
                "nl": "12 van de 13 EU-elementen zijn in orde.",
                "en": "12 of the 13 EU elements are in order.",
            },
            "present": 12,
            "total": 13,
            "ready": True,
            "missing": [
                {
                    "pointer": "/content/stackability",
                    "name": {"nl": "Stapelbaarheid", "en": "Stackability"},
                    "called": "Integration/stackability options",
                    "mandatory": False,
                    "why": {
                        "nl": "Een lerende ziet eraan waar dit bewijs in meetelt.",
                        "en": "A learner sees from it what this credential counts towards.",
                    },
                    "usedBy": {"nl": "de lerende", "en": "the learner"},
                    "example": {
                        "nl": "Telt mee in de masteropleiding Quantumtechnologie.",
                        "en": "Counts towards the master's programme Quantum Technology.",
                    },
                    "exampleReads": {
                        "nl": "telt mee in een masteropleiding",
                        "en": "counts towards a master's programme",
                    },
                }
            ],
            "remarks": [],
        }
    ],
}
