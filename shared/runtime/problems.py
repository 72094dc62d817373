"""Refusals as RFC 9457 problem documents: the one table from our errors to HTTP.

Apart from the services, so that a rule never knows of HTTP and every refusal looks the same:
type, title, status, detail, requestId, and for input every fault with its pointer. Its words are
English, as this API is, or Dutch for who prefers that (Accept-Language); its codes never change.
The type is the address of a page on that kind of refusal, at the service that refuses.
"""

import re
import socket
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails, to_json
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.types import Scope

from shared.errors import (
    ConflictError,
    Fault,
    GoneError,
    NotFoundError,
    NotPermittedError,
    RuleError,
    StaleError,
    UnauthenticatedError,
    UnavailableError,
    UnconditionalError,
    WaarmerkError,
)
from shared.runtime.faults import Place, RequestFault, in_order, read_faults
from shared.runtime.json_body import sent_body
from shared.runtime.language import Language, language_of
from shared.runtime.observability import current_context

PROBLEM_PAGES: Final = "https://waarmerk.example/problems/"
"""Where the pages are in a document that no service answers with."""
MEDIA_TYPE: Final = "application/problem+json"
_WHOLE_BODY: Final = ("body",)
_CLAUSE_END: Final = re.compile(r"[;:.](?:\s|$)")
Faults = Sequence[Fault | RequestFault]


class InvalidRequestError(RuleError):
    """The request does not have the form that is asked; every fault is listed."""

    code: ClassVar[str] = "invalid-request"
    dutch: ClassVar[str] = (
        "Het verzoek heeft niet de vorm die wordt gevraagd; elke fout staat erbij."
    )

    def __init__(
        self,
        detail: str | None = None,
        dutch: str | None = None,
        *,
        found: Sequence[RequestFault] = (),
    ) -> None:
        """Keep the faults with the part of the request each is in."""
        super().__init__(detail, dutch)
        self.found = tuple(found)


class NotStorableError(RuleError):
    """A value in the request cannot be kept, such as a character or number out of range."""

    code: ClassVar[str] = "not-storable"
    dutch: ClassVar[str] = (
        "Een waarde in het verzoek kan niet worden bewaard, zoals een teken of getal buiten het "
        "bereik."
    )


class MethodNotAllowedError(WaarmerkError):
    """This method does not apply here."""

    code: ClassVar[str] = "method-not-allowed"
    dutch: ClassVar[str] = "Deze methode kan hier niet."


class NotAcceptableError(WaarmerkError):
    """None of the media types you accept is available here."""

    code: ClassVar[str] = "not-acceptable"
    dutch: ClassVar[str] = "Geen van de mediatypen die u aanneemt, is hier te krijgen."


class TooLargeError(WaarmerkError):
    """The request body is larger than is read here."""

    code: ClassVar[str] = "too-large"
    dutch: ClassVar[str] = "Het verzoek is groter dan hier wordt gelezen."


class UnsupportedMediaTypeError(WaarmerkError):
    """The body is not in a media type that is read here."""

    code: ClassVar[str] = "unsupported-media-type"
    dutch: ClassVar[str] = "De inhoud heeft geen mediatype dat hier wordt gelezen."


class TooManyRequestsError(WaarmerkError):
    """You ask more often than is allowed; wait as long as Retry-After says."""

    code: ClassVar[str] = "too-many-requests"
    dutch: ClassVar[str] = "U vraagt vaker dan mag; wacht zo lang als Retry-After zegt."

    def __init__(
        self, detail: str | None = None, dutch: str | None = None, *, retry_after: int = 1
    ) -> None:
        """Keep after how many seconds to try again."""
        super().__init__(detail, dutch)
        self.retry_after = retry_after


class UnknownFaultError(WaarmerkError):
    """Something went wrong on our side; the request id helps us to find it."""

    code: ClassVar[str] = "internal-error"
    dutch: ClassVar[str] = (
        "Er ging bij ons iets mis; met het nummer van het verzoek kunnen wij het vinden."
    )


_STATUS: Final[Mapping[type[WaarmerkError], int]] = {
    RuleError: 400,
    UnauthenticatedError: 401,
    NotPermittedError: 403,
    NotFoundError: 404,
    MethodNotAllowedError: 405,
    NotAcceptableError: 406,
    ConflictError: 409,
    GoneError: 410,
    StaleError: 412,
    TooLargeError: 413,
    UnsupportedMediaTypeError: 415,
    UnconditionalError: 428,
    TooManyRequestsError: 429,
    WaarmerkError: 500,
    UnavailableError: 503,
}
_BY_STATUS: Final[Mapping[int, type[WaarmerkError]]] = {
    status: kind for kind, status in _STATUS.items()
}


def status_of(kind: type[WaarmerkError]) -> int:
    """Return the HTTP status of a kind of error."""
    return next(_STATUS[base] for base in kind.__mro__ if base in _STATUS)


def title_of(code: str) -> str:
    """Return the short title of a problem type in English: its code, read aloud."""
    return code.replace("-", " ").capitalize()


def dutch_title_of(kind: type[WaarmerkError]) -> str:
    """Return the short title of a problem type in Dutch: its sentence, up to what explains it."""
    return _CLAUSE_END.split(kind.dutch, maxsplit=1)[0]


def refusals(*errors: type[WaarmerkError]) -> dict[int | str, dict[str, Any]]:
    """Return what a route declares it may refuse, so that OpenAPI lists it with its codes."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in sorted(set(errors), key=lambda kind: (status_of(kind), kind.code)):
        status = status_of(error)
        declared = by_status.setdefault(status, declared_problem())
        declared["description"] += f"{'; ' if declared['description'] else ''}`{error.code}`"
        declared["content"][MEDIA_TYPE]["examples"][error.code] = {
            "summary": error.sentence(),
            "value": _document(error, detail=error.sentence(), language=Language.EN),
        }
    return by_status


def declared_problem() -> dict[str, Any]:
    """Return the OpenAPI shape of a refusal, to be filled with its codes."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "", "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def problem_response(error: WaarmerkError, *, scope: Scope | None = None) -> Response:
    """Return the answer that tells a sender what to do about an error, in their language."""
    language = Language.EN if scope is None else language_for(scope)
    detail = error.detail_in_dutch if language is Language.NL else error.detail
    body = _document(type(error), detail=detail, language=language)
    if scope is not None:
        body["type"] = scope["app"].state.problem_pages + error.code
    context = current_context()
    if context is not None:
        body["requestId"] = context.request_id
    if isinstance(error, RuleError):
        # A request that has no body breaks a rule with its query.
        bodiless = scope is not None and scope["method"] in {"GET", "HEAD"}
        place = Place.QUERY if bodiless else Place.BODY
        body["errors"] = [_listed(fault, place, language) for fault in _faults(error)]
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Language": language.value,
        "Vary": "Accept-Language",
    }
    retry_after: int | None = getattr(error, "retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = getattr(error, "challenge", "Bearer")
    return Response(to_json(body), body["status"], headers)


def language_for(scope: Scope) -> Language:
    """Return the language of a problem document: English, as this API is, unless Dutch is asked."""
    return language_of(scope, otherwise=Language.EN)


def _document(kind: type[WaarmerkError], *, detail: str, language: Language) -> dict[str, Any]:
    return {
        "type": PROBLEM_PAGES + kind.code,
        "title": dutch_title_of(kind) if language is Language.NL else title_of(kind.code),
        "status": status_of(kind),
        "detail": detail,
        "code": kind.code,
    }


def _faults(error: RuleError) -> Faults:
    if isinstance(error, InvalidRequestError) and error.found:
        return error.found
    return error.faults or (Fault(error.pointer, error.code, error.detail, error.detail_in_dutch),)


def _listed(fault: Fault | RequestFault, place: Place, language: Language) -> dict[str, str]:
    place = fault.place if isinstance(fault, RequestFault) else place
    detail = fault.dutch if language is Language.NL and fault.dutch else fault.detail
    return {"in": place, "pointer": fault.pointer, "code": fault.code, "detail": detail}


async def answer_refusal(request: Request, error: Exception) -> Response:
    """Answer an error of our own families."""
    if not isinstance(error, WaarmerkError):
        raise TypeError(type(error).__name__)
    return problem_response(error, scope=request.scope)


async def answer_invalid(request: Request, error: Exception) -> Response:
    """Answer a request that does not fit its schema: every fault at once, never a value."""
    if not isinstance(error, RequestValidationError):
        raise TypeError(type(error).__name__)
    return problem_response(_refusal_of(request, error), scope=request.scope)


def _refusal_of(request: Request, error: RequestValidationError) -> WaarmerkError:
    found = [problem for problem in error.errors() if tuple(problem["loc"]) != _WHOLE_BODY]
    if len(found) < len(error.errors()) and isinstance(error.body, bytes):
        return UnsupportedMediaTypeError(
            "Send JSON, with Content-Type: application/json.",
            "Stuur JSON, met Content-Type: application/json.",
        )
    sent = sent_body(request)
    if sent is None:
        return InvalidRequestError(found=in_order(read_faults(error.errors(), error.body)))
    judged = sent.judge(request)
    inside = [{**problem, "loc": ("body", *problem["loc"])} for problem in judged.errors]
    form = read_faults([*found, *cast("list[ErrorDetails]", inside)], sent.value)
    rules = [
        RequestFault(Place.BODY, one.pointer, one.code, one.detail, one.dutch)
        for one in judged.faults
    ]
    return InvalidRequestError(found=in_order([*form, *rules]))


async def answer_protocol(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: an unknown path, a wrong method, a body too large."""
    if not isinstance(error, HTTPException):
        raise TypeError(type(error).__name__)
    scope = request.scope
    if isinstance(error.__cause__, WaarmerkError):
        return problem_response(error.__cause__, scope=scope)
    if error.__cause__ is not None and (known := reason_unavailable(error.__cause__)):
        return problem_response(known, scope=scope)
    response = problem_response(_BY_STATUS.get(error.status_code, RuleError)(), scope=scope)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


_NOT_NOW: Final = ("08", "28", "3D", "53", "57", "58", "25P03", "40001", "40P01", "55P03")


def reason_unavailable(error: BaseException) -> WaarmerkError | None:
    """Return the refusal that a fault of the database comes down to, if it is one."""
    original = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(original, "sqlstate", None)
    if isinstance(state, str):
        if state.startswith("22"):
            return NotStorableError()
        if state.startswith(_NOT_NOW):
            return UnavailableError(retry_after=2)
    if isinstance(error, PoolTimeoutError | TimeoutError | ConnectionError | socket.gaierror):
        return UnavailableError(retry_after=2)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return UnavailableError(retry_after=2)
    # asyncio raises a bare OSError when every address of a host refused.
    return UnavailableError(retry_after=2) if type(error) is OSError else None
