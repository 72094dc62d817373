"""The edge of every service: one pure ASGI layer that each request passes on its way in and out.

Apart from the framework's own layers, around all of them, so that no answer can miss what it sets:
request id, trace, API-Version, security headers, problem documents for whatever went wrong, one log
line and one count. HEAD is answered as GET without a body, OPTIONS says what is allowed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import NotFoundError, WaarmerkError
from shared.runtime.faults import Place, RequestFault
from shared.runtime.metrics import Metrics
from shared.runtime.observability import (
    RequestContext,
    enter_context,
    get_logger,
    leave_context,
    new_context,
    write_request_line,
)
from shared.runtime.problems import (
    MEDIA_TYPE,
    InvalidRequestError,
    MethodNotAllowedError,
    TooLargeError,
    UnknownFaultError,
    language_for,
    problem_response,
    reason_unavailable,
)

log = get_logger(__name__)

API_VERSION: Final = "1.0.0"
MAX_BODY: Final = 256 * 1024
NO_STORE: Final = "no-store"
STRICT_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
_CLIENT_GONE: Final = 499
_MOST_POURED_AWAY: Final = 16 * 1024 * 1024
_QUIET: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
RawHeader = tuple[bytes, bytes]
AllowedMethods = Callable[[Scope], Iterable[str]]
ShowProblem = Callable[[Scope, int], Response]

_EVERY_ANSWER: Final[tuple[RawHeader, ...]] = (
    (b"api-version", API_VERSION.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
)
_UNLESS_SET: Final[tuple[RawHeader, ...]] = (
    (b"cache-control", NO_STORE.encode()),
    (b"content-security-policy", STRICT_POLICY.encode()),
)


def public_headers(*, max_age: int, immutable: bool = False) -> dict[str, str]:
    """Return the headers of what everybody may read and keep: key sets, status lists, contexts."""
    kept = f"public, max-age={max_age}" + (", immutable" if immutable else "")
    return {"Cache-Control": kept, "Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True, slots=True)
class KnownRoute:
    """What the edge knows of a route: its template, and how large a body it takes."""

    template: str
    max_body: int = MAX_BODY


_UNMATCHED: Final = KnownRoute("unmatched")


class Edge:
    """Everything that is true of every answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        metrics: Metrics,
        routes: Mapping[object, KnownRoute],
        allowed: AllowedMethods,
        show_problem: ShowProblem,
    ) -> None:
        self._app = app
        self._service = service
        self._metrics = metrics
        self._routes = routes
        self._allowed = allowed
        self._show_problem = show_problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        arrival = _Arrival(scope["headers"])
        context = new_context(
            self._service, request_id=arrival.request_id, traceparent=arrival.traceparent
        )
        exchange = _Exchange(send, context, head=scope["method"] == "HEAD")
        exchange.for_person = arrival.is_of_person and "/v1/" not in scope["path"]
        if exchange.head:
            scope = {**scope, "method": "GET"}
        if arrival.has_body:
            receive = self._limited(receive, scope, announced=arrival.length)
        token = enter_context(context)
        try:
            await self._answer(scope, receive, exchange)
        finally:
            self._record(scope, exchange, perf_counter() - began)
            leave_context(token)

    def _limited(self, receive: Receive, scope: Scope, *, announced: int) -> Receive:
        """Stop reading a body larger than its route takes; by then the route is known."""
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                limit = self._routes.get(scope.get("endpoint"), _UNMATCHED).max_body
                if max(received, announced) > limit:
                    if announced <= _MOST_POURED_AWAY:
                        await _pour_away(message, receive, until=announced - received)
                    raise _too_large(limit)
            return message

        return receive_some

    async def _answer(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        refused: WaarmerkError | None = None
        try:
            _check_address(scope)
            if scope["method"] == "OPTIONS":
                await self._answer_options(scope, receive, exchange)
            else:
                await self._app(scope, receive, exchange.send)
        except ClientDisconnect:
            return
        except Exception as error:
            if exchange.started:
                raise
            refused = _refusal_for(error)
        refused = refused or exchange.held_back
        if refused is None and exchange.problem is None:
            return
        response = problem_response(refused or UnknownFaultError(), language=language_for(scope))
        if exchange.for_person:
            response = self._show_problem(scope, exchange.problem or response.status_code)
        elif response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = self._allow(scope)
        exchange.held_back, exchange.problem, exchange.ours = None, None, True
        await response(scope, receive, exchange.send)

    async def _answer_options(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        allow = self._allow(scope)
        if not allow:
            raise NotFoundError
        await Response(status_code=204, headers={"Allow": allow})(scope, receive, exchange.send)

    def _allow(self, scope: Scope) -> str:
        methods = set(self._allowed(scope))
        if "GET" in methods:
            methods.add("HEAD")
        return ", ".join(sorted(methods | {"OPTIONS"})) if methods else ""

    def _record(self, scope: Scope, exchange: "_Exchange", seconds: float) -> None:
        """Count the request and write it down by its route's template, never by its address."""
        method = "HEAD" if exchange.head else scope["method"]
        if method not in _METHODS:
            method = "OTHER"
        route = self._routes.get(scope.get("endpoint"), _UNMATCHED).template
        status = exchange.status or _CLIENT_GONE
        self._metrics.count(method=method, route=route, status=status, seconds=seconds)
        if route not in _QUIET or status >= HTTPStatus.BAD_REQUEST:
            write_request_line(
                exchange.context, method=method, route=route, status=status, seconds=seconds
            )


async def _pour_away(message: Message, receive: Receive, *, until: int) -> None:
    """Let a sender finish, and keep nothing: many read an answer only after all is sent."""
    while until > 0 and message.get("more_body", False):
        message = await receive()
        until -= len(message.get("body", b""))


def _check_address(scope: Scope) -> None:
    # PostgreSQL keeps no NUL, so no path or query key of ours can have one.
    if b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"]:
        fault = RequestFault(
            Place.PATH,
            "",
            "nul-character",
            "A URL does not hold the character NUL.",
            "In een adres staat het teken NUL niet.",
        )
        raise InvalidRequestError(found=[fault])


def _too_large(limit: int) -> TooLargeError:
    kibibytes = limit // 1024
    return TooLargeError(
        f"The request body is larger than the {kibibytes} KiB that are read here.",
        f"Het verzoek is groter dan de {kibibytes} KiB die hier worden gelezen.",
    )


_FORMS: Final = (b"multipart/form-data", b"application/x-www-form-urlencoded")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Arrival:
    """What the edge wants to know of the request's headers, found in one pass."""

    __slots__ = ("accept", "has_body", "length", "request_id", "sends_form", "traceparent")

    def __init__(self, headers: Iterable[RawHeader]) -> None:
        self.request_id: str | None = None
        self.traceparent: str | None = None
        self.accept = b""
        self.has_body = self.sends_form = False
        self.length = 0
        for name, value in headers:
            if name == b"content-length":
                self.has_body = True
                self.length = int(value) if value.isdigit() else 0
            elif name == b"transfer-encoding":
                self.has_body = True
            elif name == b"accept":
                self.accept = value
            elif name == b"content-type":
                self.sends_form = value.startswith(_FORMS)
            elif name == b"x-request-id":
                self.request_id = value.decode("latin-1")
            elif name == b"traceparent":
                self.traceparent = value.decode("latin-1")

    @property
    def is_of_person(self) -> bool:
        """Tell whether a person reads the answer: so does who fills in a form, unless for JSON."""
        return b"text/html" in self.accept or (self.sends_form and b"json" not in self.accept)


class _Exchange:
    """One answer on its way out."""

    __slots__ = (
        "_send",
        "context",
        "for_person",
        "head",
        "held_back",
        "ours",
        "problem",
        "started",
        "status",
    )

    def __init__(self, send: Send, context: RequestContext, *, head: bool) -> None:
        self._send = send
        self.context = context
        self.head = head
        self.started = False
        self.status = 0
        self.held_back: WaarmerkError | None = None
        self.ours = False
        self.for_person = False
        self.problem: int | None = None

    async def send(self, message: Message) -> None:
        """Complete the headers; hold back what the framework would say in its own words."""
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            status = message["status"]
            if not self.ours and _is_for_us(status, headers):
                self.held_back = _OUR_WORDS[status]()
                return
            if self.for_person and not self.ours and (_CONTENT_TYPE, _PROBLEM) in headers:
                self.problem = status
                return
            self.started, self.status = True, status
            message["headers"] = self._complete(headers)
        elif self.held_back is not None or self.problem is not None:
            return
        elif self.head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _complete(self, headers: list[RawHeader]) -> list[RawHeader]:
        present = {name for name, _ in headers}
        headers.extend(_EVERY_ANSWER)
        headers.extend(header for header in _UNLESS_SET if header[0] not in present)
        headers.append((b"x-request-id", self.context.request_id.encode()))
        return headers


_CONTENT_TYPE: Final = b"content-type"
_PROBLEM: Final = MEDIA_TYPE.encode()
_OUR_WORDS: Final[dict[int, type[WaarmerkError]]] = {
    405: MethodNotAllowedError,
    413: TooLargeError,
    500: UnknownFaultError,
}


def _is_for_us(status: int, headers: list[RawHeader]) -> bool:
    """Tell whether the framework says this: it knows no problem documents, and half of Allow."""
    if status not in _OUR_WORDS:
        return False
    return status == HTTPStatus.METHOD_NOT_ALLOWED or any(
        name == _CONTENT_TYPE and value.startswith(b"text/plain") for name, value in headers
    )


def _refusal_for(error: Exception) -> WaarmerkError:
    """Say what an error that nobody expected comes down to, and write down where it happened."""
    if isinstance(error, WaarmerkError):
        return error
    known = reason_unavailable(error)
    if known is not None:
        log.warning("a request met the database at a bad moment", code=known.code, exc_info=error)
        return known
    log.error("a request failed", exc_info=error)
    return UnknownFaultError()
