"""Finds the route of a request: at once for a fixed path, else one pattern after another.

Apart from FastAPI's own search, which asks every included router twice for each request. A fixed
path wins over a pattern, in whatever order a service wrote them. An endpoint that takes the request
as it came and makes the whole answer itself is called at once: FastAPI has nothing to add to it.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class _Entry:
    """One route with all it was included with."""

    path: str
    methods: frozenset[str]
    endpoint: object
    app: ASGIApp
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
        self._fixed: dict[str, list[_Entry]] = {}
        self._patterns: list[_Entry] = []
        self._others: list[BaseRoute] = []
        for known in iter_route_contexts(app.routes):
            self._add(known)

    def _add(self, known: RouteContext) -> None:
        if not isinstance(known.original_route, APIRoute | Route):
            self._others.append(known.original_route)
            return
        entry = _Entry(
            path=str(known.path),
            methods=frozenset(known.methods or ()),
            endpoint=known.endpoint,
            app=_app_of(known),
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
                scope["endpoint"] = entry.endpoint
                scope["route"] = entry.known.original_route
                scope["path_params"] = {**scope.get("path_params", {}), **parameters}
                await entry.app(scope, receive, send)
                return
            scope["endpoint"] = entry.endpoint
            misfit = True
        if misfit:
            raise HTTPException(405)
        await self._try_others(scope, receive, send)

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


def _app_of(known: RouteContext) -> ASGIApp:
    """Return what answers on a route: its endpoint alone, when it asks nothing but the request."""
    app: ASGIApp = known.app
    endpoint = known.endpoint
    if not isinstance(known.original_route, APIRoute) or not iscoroutinefunction(endpoint):
        return app
    wants = known.dependant
    takes_all = wants.request_param_name is not None and set(endpoint.__annotations__) == {
        wants.request_param_name,
        "return",
    }
    makes_all = endpoint.__annotations__.get("return") is Response
    return _straight(endpoint) if takes_all and makes_all and not wants.dependencies else app


def _straight(endpoint: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)

    return answer


def _path_of(scope: Scope) -> str:
    """Return the path below where this application is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in {"", "/"}:
        return path[len(root) :]
    return path
