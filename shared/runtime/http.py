"""The edge of every service: one pure ASGI layer that each request passes on its way in and out.

Apart from the framework's own layers, around all of them, so that no answer can miss what it sets:
request id, trace, API-Version, security headers, problem documents for whatever went wrong, one log
line and one count. HEAD is answered as GET without a body, OPTIONS says what is allowed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter, time
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import NotFoundError, WaarmerkError
from shared.runtime.bookkeeping import Answered, Bookkeeping
from shared.runtime.exchange import Arrival, Exchange
from shared.runtime.faults import Place, RequestFault
from shared.runtime.observability import (
    enter_context,
    get_logger,
    leave_context,
    new_context,
)
from shared.runtime.problems import (
    InvalidRequestError,
    TooLargeError,
    UnknownFaultError,
    problem_response,
    reason_unavailable,
)
from shared.runtime.quotas import Quotas, RawHeader

log = get_logger(__name__)

MAX_BODY: Final = 256 * 1024
_CLIENT_GONE: Final = 499
_MOST_POURED_AWAY: Final = 16 * 1024 * 1024
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
AllowedMethods = Callable[[Scope], Iterable[str]]
FindStraight = Callable[[Scope], ASGIApp | None]
ShowProblem = Callable[[Scope, int], Response]


def public_headers(*, max_age: int, immutable: bool = False) -> dict[str, str]:
    """Return the headers of what everybody may read and keep: key sets, status lists, contexts."""
    kept = f"public, max-age={max_age}" + (", immutable" if immutable else "")
    return {"Cache-Control": kept, "Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True, slots=True)
class KnownRoute:
    """What the edge knows of a route: its template, how large a body it takes, and its end."""

    template: str
    max_body: int = MAX_BODY
    headers: tuple[RawHeader, ...] = ()


_UNMATCHED: Final = KnownRoute("unmatched")


class Edge:
    """Everything that is true of every answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        service: str,
        bookkeeping: Bookkeeping,
        routes: Mapping[object, KnownRoute],
        allowed: AllowedMethods,
        find_straight: FindStraight,
        show_problem: ShowProblem,
        quotas: Quotas,
    ) -> None:
        self._app = app
        self._service = service
        self._bookkeeping = bookkeeping
        self._routes = routes
        self._allowed = allowed
        self._find_straight = find_straight
        self._show_problem = show_problem
        self._quotas = quotas

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        arrival = Arrival(scope["headers"])
        context = new_context(
            self._service, request_id=arrival.request_id, traceparent=arrival.traceparent
        )
        exchange = Exchange(send, context, head=scope["method"] == "HEAD")
        exchange.for_person = arrival.is_of_person and "/v1/" not in scope["path"]
        if exchange.head:
            scope = {**scope, "method": "GET"}
        exchange.quota = self._quotas.open(scope)
        exchange.route_headers = lambda: self._known(scope).headers
        if arrival.has_body:
            receive = self._limited(receive, scope, announced=arrival.length)
        token = enter_context(context)
        try:
            await self._answer(scope, receive, exchange)
        finally:
            if exchange.status == HTTPStatus.UNAUTHORIZED:
                self._quotas.charge_stranger(scope)
            self._record(scope, exchange, perf_counter() - began)
            leave_context(token)

    def _known(self, scope: Scope) -> KnownRoute:
        return self._routes.get(scope.get("endpoint"), _UNMATCHED)

    def _limited(self, receive: Receive, scope: Scope, *, announced: int) -> Receive:
        """Stop reading a body larger than its route takes; by then the route is known."""
        received = 0

        async def receive_some() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                limit = self._known(scope).max_body
                if max(received, announced) > limit:
                    if announced <= _MOST_POURED_AWAY:
                        await _pour_away(message, receive, until=announced - received)
                    raise _too_large(limit)
            return message

        return receive_some

    async def _answer(self, scope: Scope, receive: Receive, exchange: Exchange) -> None:
        refused: WaarmerkError | None = None
        try:
            exchange.quota.require()
            _check_address(scope)
            if scope["method"] == "OPTIONS":
                await self._answer_options(scope, receive, exchange)
            else:
                app = self._find_straight(scope) or self._app
                await app(scope, receive, exchange.send)
        except ClientDisconnect:
            return
        except Exception as error:
            if exchange.started:
                raise
            refused = _refusal_for(error)
        refused = refused or exchange.held_back
        if refused is None and exchange.problem is None:
            return
        response = problem_response(refused or UnknownFaultError(), scope=scope)
        if exchange.for_person:
            response = self._show_problem(scope, exchange.problem or response.status_code)
        elif response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = self._allow(scope)
        exchange.held_back, exchange.problem, exchange.ours = None, None, True
        await response(scope, receive, exchange.send)

    async def _answer_options(self, scope: Scope, receive: Receive, exchange: Exchange) -> None:
        allow = self._allow(scope)
        if not allow:
            raise NotFoundError
        await Response(status_code=204, headers={"Allow": allow})(scope, receive, exchange.send)

    def _allow(self, scope: Scope) -> str:
        methods = set(self._allowed(scope))
        if "GET" in methods:
            methods.add("HEAD")
        return ", ".join(sorted(methods | {"OPTIONS"})) if methods else ""

    def _record(self, scope: Scope, exchange: Exchange, seconds: float) -> None:
        """Have the answer counted and written down."""
        method = "HEAD" if exchange.head else scope["method"]
        if method not in _METHODS:
            method = "OTHER"
        route = self._known(scope).template
        status = exchange.status or _CLIENT_GONE
        self._bookkeeping.note(
            Answered(exchange.context, method, route, status, seconds, at=time())
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
