"""The front door of the demo: the four services mounted in one application, and a page of links."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.catalog.access.metadata import WELL_KNOWN
from shared.errors import WaarmerkError
from shared.runtime.pages import Pages, answer_asset, page
from shared.runtime.problems import answer_protocol, answer_refusal


def create_front(services: Mapping[str, FastAPI]) -> Starlette:
    """Return one application: each service under its own name, and the links at the root."""

    @asynccontextmanager
    async def lifespan(_front: Starlette) -> AsyncIterator[None]:
        # A mounted application is not started by the one it is mounted in.
        async with AsyncExitStack() as started:
            for service in services.values():
                await started.enter_async_context(service.router.lifespan_context(service))
            yield

    front = Starlette(
        routes=[
            Route("/", _show_links),
            Route("/assets/{name}", answer_asset),
            *(_well_known(name, service) for name, service in services.items()),
            *(Mount(f"/{name}", service) for name, service in services.items()),
        ],
        lifespan=lifespan,
        exception_handlers={WaarmerkError: answer_refusal, HTTPException: answer_protocol},
    )
    front.state.pages = Pages("services.demo")
    # What is refused here is refused everywhere, so any service has its page.
    front.state.problem_pages = next(iter(services.values())).state.problem_pages
    return front


def _well_known(name: str, service: FastAPI) -> Route:
    """Answer where RFC 8414 3.1 looks for what an issuer with a path tells of itself."""

    async def pass_on(scope: Scope, receive: Receive, send: Send) -> None:
        inside = {"path": f"/{name}{WELL_KNOWN}", "root_path": f"/{name}"}
        raw = inside["path"].encode()
        await service({**scope, **inside, "raw_path": raw, "path_params": {}}, receive, send)

    return Route(f"{WELL_KNOWN}/{name}", endpoint=_App(pass_on))


class _App:
    """An ASGI application that Starlette does not take for a function of a request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


async def _show_links(request: Request) -> Response:
    return page(request, "front.html")
