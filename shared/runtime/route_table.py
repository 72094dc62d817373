"""Finds the route of a request: at once for a fixed path, else one pattern after another.

Apart from FastAPI's own search, which asks every included router twice for each request. A fixed
path wins over a pattern, in whatever order a service wrote them. An endpoint that takes the request
as it came and makes the whole answer itself is called at once: FastAPI has nothing to add to it,
and its seven layers around it cost 40 us.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class _Entry:
    """One route with all it was included with."""

    path: str
    methods: frozenset[str]
    endpoint: object
    app: ASGIApp
    straight: ASGIApp | None
    known: Any

    def match(self, path: str) -> dict[str, Any] | None:
        """Return the parameters in a path of ours, or None when it is another's."""
        found = self.known.path_regex.match(path)
        if found is None:
            return None
        convertors = self.known.param_convertors
        return {name: convertors[name].convert(text) for name, text in found.groupdict().items()}


class RouteTable:
    """All routes of an application, as they are when its first request comes."""

    def __init__(self, app: FastAPI) -> None:
        self._router = app.router
        self._search = app.router.app
        self._handlers = app.exception_handlers
        self._fixed: dict[str, list[_Entry]] = {}
        self._patterns: list[_Entry] = []
        self._others: list[BaseRoute] = []
        for known in iter_route_contexts(app.routes):
            self._add(known)

    def _add(self, known: RouteContext) -> None:
        if not isinstance(known.original_route, APIRoute | Route):
            self._others.append(known.original_route)
            return
        straight = _straight_of(known, self._handlers)
        entry = _Entry(
            path=str(known.path),
            methods=frozenset(known.methods or ()),
            endpoint=known.endpoint,
            app=straight or known.app,
            straight=straight,
            known=known,
        )
        if "{" in entry.path:
            self._patterns.append(entry)
        else:
            self._fixed.setdefault(entry.path, []).append(entry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to its route."""
        if scope["type"] != "http":
            await self._search(scope, receive, send)
            return
        scope.setdefault("router", self._router)
        method, misfit = scope["method"], False
        for entry, parameters in self._find(_path_of(scope)):
            if method in entry.methods:
                _enter(scope, entry, parameters)
                await entry.app(scope, receive, send)
                return
            scope["endpoint"] = entry.endpoint
            misfit = True
        if misfit:
            raise HTTPException(405)
        await self._try_others(scope, receive, send)

    def find_straight(self, scope: Scope) -> ASGIApp | None:
        """Return what answers this request on its own, around which no layer has anything to do."""
        for entry in self._fixed.get(_path_of(scope), ()):
            if entry.straight is not None and scope["method"] in entry.methods:
                scope.setdefault("router", self._router)
                _enter(scope, entry, {})
                return entry.straight
        return None

    def _find(self, path: str) -> Iterator[tuple[_Entry, dict[str, Any]]]:
        for entry in self._fixed.get(path, ()):
            yield entry, {}
        for entry in self._patterns:
            parameters = entry.match(path)
            if parameters is not None:
                yield entry, parameters

    async def _try_others(self, scope: Scope, receive: Receive, send: Send) -> None:
        for route in self._others:
            match, found = route.matches(scope)
            if match is not Match.NONE:
                scope.update(found)
                await route.handle(scope, receive, send)
                return
        raise HTTPException(404)

    def allowed(self, scope: Scope) -> Iterable[str]:
        """Return the methods that some route has for this path."""
        return {method for entry, _ in self._find(_path_of(scope)) for method in entry.methods}

    @property
    def entries(self) -> Sequence[_Entry]:
        """Return every route that has a path of its own."""
        return [*(entry for same in self._fixed.values() for entry in same), *self._patterns]


def _enter(scope: Scope, entry: _Entry, parameters: Mapping[str, Any]) -> None:
    scope["endpoint"] = entry.endpoint
    scope["route"] = entry.known.original_route
    scope["path_params"] = {**scope.get("path_params", {}), **parameters}


def _straight_of(known: RouteContext, handlers: Mapping[Any, Any]) -> ASGIApp | None:
    """Return what answers at once, if an endpoint asks for nothing but the request itself."""
    endpoint = known.endpoint
    if not isinstance(known.original_route, APIRoute) or not iscoroutinefunction(endpoint):
        return None
    wants = known.dependant
    takes_all = wants.request_param_name is not None and set(endpoint.__annotations__) == {
        wants.request_param_name,
        "return",
    }
    makes_all = endpoint.__annotations__.get("return") is Response
    if not takes_all or not makes_all or wants.dependencies:
        return None
    return _straight(endpoint, handlers)


class _WholeRequest(Request):
    """A request whose body is read at once, without the generators of a streamed one."""

    async def body(self) -> bytes:
        """Return the whole body."""
        if not hasattr(self, "_body"):
            parts, is_whole = [], False
            while not is_whole:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                parts.append(message.get("body", b""))
                is_whole = not message.get("more_body", False)
            self._body = b"".join(parts)
        return self._body


def _straight(
    endpoint: Callable[[Request], Awaitable[Response]], handlers: Mapping[Any, Any]
) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = _WholeRequest(scope, receive, send)
        try:
            response = await endpoint(request)
        except Exception as error:
            kind = next((one for one in type(error).__mro__ if one in handlers), None)
            if kind is None:
                raise
            response = await handlers[kind](request, error)
        await response(scope, receive, send)

    return answer


def _path_of(scope: Scope) -> str:
    """Return the path below where this application is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in {"", "/"}:
        return path[len(root) :]
    return path
