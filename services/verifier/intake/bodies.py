"""From a request to what is handed in with it.

Separate from the routes and pages, because each way of handing in (JSON, a text, a picture, a file)
ends in the same bytes, and no check may know which it was.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import from_json

from services.verifier.checks.holder import AskedHolder
from services.verifier.schemas.examples import CREDENTIAL
from services.verifier.schemas.wanted import WantedVerification
from shared.runtime.faults import Place, RequestFault
from shared.runtime.openapi import schema_of
from shared.runtime.problems import InvalidRequestError, UnsupportedMediaTypeError
from shared.strict_json import load_object

JSON: Final = "application/json"
RAW: Final = (
    "text/plain",
    "application/jwt",
    "application/vc+jwt",
    "application/vp+jwt",
    "application/vc",
    "application/vp",
    "application/vc+ld+json",
    "application/ld+json",
    "application/dc+sd-jwt",
    "application/vc+sd-jwt",
    "image/png",
    "image/svg+xml",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "application/pdf",
    "application/octet-stream",
)
_TEXTS: Final = ("text/plain", "application/jwt", "application/vc+jwt")
_TEXT: Final[dict[str, Any]] = {"schema": {"type": "string"}, "example": CREDENTIAL}
_FILE: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": (
            "The credential, as it was given to you: a token, a document with its proof, a "
            "presentation, a picture or PDF that holds it, or a photo of its QR code. What it is, "
            "is told by its content and not by its media type."
        ),
        "content": {
            JSON: {
                "schema": schema_of(WantedVerification),
                "example": {"credential": CREDENTIAL},
            },
            **{kind: _TEXT if kind in _TEXTS else _FILE for kind in RAW},
        },
    }
}
"""What can be handed in, as OpenAPI says it."""
MOST_BYTES: Final = 20 * 1024 * 1024
MOST_JSON: Final = 1024 * 1024
_BLANK: Final = b" \t\r\n"
_ONLY_A_TOKEN: Final = frozenset({b'{"credential":"', b'{"credential": "'})
_LONGEST_TOKEN: Final = 300_000


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What somebody hands in, as it came, whose they ask that it is, and the proof beside it."""

    content: bytes = field(repr=False)
    asked: AskedHolder | None = None
    log_proof: bytes | None = field(default=None, repr=False)


class NothingGivenError(InvalidRequestError):
    """There is nothing to verify: the body is empty."""

    dutch: ClassVar[str] = "Er is niets om te controleren: het verzoek is leeg."


def read_body(body: bytes, *, media_type: str) -> HandedIn:
    """Return what a request hands in, or raise what is wrong with the request itself."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind in RAW:
        return HandedIn(_given(body))
    if kind != JSON:
        raise UnsupportedMediaTypeError
    if not body:
        raise _nothing()
    token = _find_lone_token(body)
    if token is not None:
        return HandedIn(token)
    members = load_object(body, max_bytes=MOST_JSON)
    try:
        wanted = WantedVerification.model_validate(members)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults, body=members) from None
    return HandedIn(
        _given(wanted.credential.encode(errors="replace")),
        wanted.asked(),
        wanted.log_proof.encode(errors="replace") if wanted.log_proof else None,
    )


def _find_lone_token(body: bytes) -> bytes | None:
    """Return the token in a body that holds nothing else, in either usual spelling.

    As nearly every program asks. A name that is there once and a text without escapes mean one
    thing only, so the strict reader, 20 us of a verification, would have nothing to add.
    """
    head, beginning, rest = body.partition(b"eyJ")
    if head not in _ONLY_A_TOKEN or len(body) > _LONGEST_TOKEN:
        return None
    token, _, end = rest.partition(b'"')
    if end != b"}" or b"\\" in token:
        return None
    try:
        from_json(body)
    except ValueError:
        return None
    return beginning + token


def _given(body: bytes) -> bytes:
    if not body.strip(_BLANK):
        raise _nothing()
    return body


def _nothing() -> NothingGivenError:
    fault = RequestFault(
        Place.BODY, "", "missing", "A credential is required.", "Een bewijs is verplicht."
    )
    return NothingGivenError(found=[fault])
