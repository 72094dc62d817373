"""What policies and judgements by them look like in the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas import examples

_FULL_TEXT: Final = {"fullText": "https://www.example.nl/quality-agreements"}

PUBLISH_POLICY: Final[dict[str, Any]] = {
    **examples.PUBLISH_POLICY,
    "framework": {**examples.PUBLISH_POLICY["framework"], **_FULL_TEXT},
}
POLICY: Final[dict[str, Any]] = {
    **examples.POLICY,
    "framework": {**examples.POLICY["framework"], **_FULL_TEXT},
}

_SMALL: Final[dict[str, Any]] = {
    "title": {"nl": "Rekenen met kubieke meters", "en": "Calculating in Cubic Metres"},
    "studyLoad": {"unit": "ects", "value": 2},
}
EVALUATE: Final[dict[str, Any]] = {"content": _SMALL, "sector": "hbo", "on": "2027-09-01"}
EVALUATE_BY_NAME: Final[dict[str, Any]] = {
    "content": examples.CONTENT,
    "policyId": "wo-experiment@1",
}
EVALUATION: Final[dict[str, Any]] = {
    "on": "2027-09-01",
    "policy": POLICY,
    "meetsPolicy": False,
    "rules": [
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
        },
        {
            "code": "study-load-minimum",
            "pointer": "/content/studyLoad/value",
            "passed": False,
            "advice": False,
            "pending": False,
            "sentence": {
                "nl": "Dit is een edubadge, geen microcredential: een microcredential is minstens"
                " 3 EC, zodat een werkgever weet dat er meer is gedaan dan een korte cursus. Geef"
                " het als edubadge uit, of voeg onderdelen samen.",
                "en": "This is an edubadge, not a microcredential: a microcredential is at least"
                " 3 ECTS credits, so that an employer knows that it was more than a short course."
                " Issue it as an edubadge, or join parts together.",
            },
        },
    ],
}
