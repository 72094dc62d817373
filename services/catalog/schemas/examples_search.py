"""What an answer to a search looks like in the OpenAPI document."""

from typing import Any, Final

from services.catalog.schemas.examples import MICROCREDENTIAL

FOUND: Final[dict[str, Any]] = {
    "items": [MICROCREDENTIAL],
    "next": "WyJ3b3JkcyIsLTEwNTk2LCJ4Il0",
    "total": 42,
    "searchedFor": "quantum",
    "facets": [
        {
            "facet": "level",
            "choices": [
                {
                    "value": "eqf_7",
                    "label": {"nl": "Niveau 7", "en": "Level 7"},
                    "count": 42,
                    "isChosen": True,
                }
            ],
        }
    ],
}
