"""From what somebody hands in to the one text that is checked.

Separate from the routes and pages, because each way of handing in (JSON, raw text, a pasted text, a
file) ends in the same token; more ways will come, and no check may know which it was.
"""

from typing import ClassVar, Final

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.verifier.schemas.verification import WantedVerification
from shared.runtime.faults import Place, RequestFault
from shared.runtime.problems import InvalidRequestError, UnsupportedMediaTypeError
from shared.strict_json import load_object

JSON: Final = "application/json"
RAW: Final = ("text/plain", "application/jwt", "application/vc+jwt")
_DATA: Final = "data:application/vc+jwt,"
_BLANK: Final = " \t\r\n"
_SEPARATORS: Final = 2


class NothingGivenError(InvalidRequestError):
    """There is nothing to verify: the body is empty."""

    dutch: ClassVar[str] = "Er is niets om te controleren: het verzoek is leeg."


def read_body(body: bytes, *, media_type: str) -> str:
    """Return the token in a request's body, or raise what is wrong with the request itself."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind in RAW:
        return _tidy(body)
    if kind != JSON:
        raise UnsupportedMediaTypeError
    if not body:
        raise _nothing()
    members = load_object(body, max_bytes=len(body))
    try:
        return WantedVerification.model_validate(members).credential
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults, body=members) from None


def read_pasted(pasted: str, uploaded: bytes) -> str:
    """Return the token somebody pasted, or else the one in the file they chose."""
    given = pasted.encode(errors="replace")
    text = _tidy(uploaded if uploaded and not given.strip() else given)
    # What people copy from mails and chats comes in lines; a token has no blanks of its own.
    return "".join(text.split()) if text.count(".") == _SEPARATORS else text


def _tidy(body: bytes) -> str:
    text = body.decode(errors="replace").strip(_BLANK)
    if not text:
        raise _nothing()
    return text.removeprefix(_DATA)


def _nothing() -> NothingGivenError:
    fault = RequestFault(
        Place.BODY, "", "missing", "A credential is required.", "Een bewijs is verplicht."
    )
    return NothingGivenError(found=[fault])
