"""What the feed looks like to who reads its description: an example, and the headers beside it."""

from typing import Any, Final

BATCH: Final = "application/cloudevents-batch+json"
_SUBJECT: Final = "01890a5d-ac96-774b-bcce-b302099a8057"

EVENT: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "7d1f0b1e-4f0f-4d27-9a52-5b8f0c7f4a10",
    "source": "urn:nld:oin:00000099000000000000:systeem:registry",
    "type": "nl.microcredentials.registration-erased.v1",
    "subject": _SUBJECT,
    "time": "2026-11-20T09:30:01Z",
    "datacontenttype": "application/json",
    "dataschema": ("https://waarmerk.example/contracts/v1/registration-erased.schema.json"),
    "sequence": "0000000000004711",
    "data": {
        "recordVersion": 2,
        "registrationId": _SUBJECT,
        "organisation": "00000099000000210000",
        "erasedAt": "2026-11-20T09:30:00Z",
    },
}
_SCHEMA: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["specversion", "id", "source", "type", "subject", "time", "sequence", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "format": "uuid"},
            "source": {"type": "string"},
            "type": {"type": "string"},
            "subject": {"type": "string", "format": "uuid"},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "dataschema": {"type": "string", "format": "uri"},
            "sequence": {"type": "string", "minLength": 16, "maxLength": 16},
            "data": {"type": "object"},
        },
    },
}


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


HEADERS: Final[dict[str, Any]] = {
    "Feed-Head": _header("The sequence of the last event there is.", "0000000000004711"),
    "Feed-Position": _header(
        "Up to which sequence was looked; with a filter that may be past the last event given.",
        "0000000000004711",
    ),
    "Feed-Lag": _header("How many events there are after that.", "0"),
    "Link": _header(
        "Where the next events are (rel=next).",
        '<https://register.waarmerk.example/v1/events?afterSequence=4711>; rel="next"',
    ),
    "ETag": _header("Give this as If-None-Match; the same events are answered with 304.", '"7c2"'),
}
PAGE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Events in ascending order, none left out; empty at the end of the feed.",
        "content": {BATCH: {"schema": _SCHEMA, "example": [EVENT]}},
        "headers": HEADERS,
    },
    304: {"description": "The events you have are the same."},
}
