"""The front door of the demo: the four services mounted in one application, and a page of links."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

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
            *(Mount(f"/{name}", service) for name, service in services.items()),
        ],
        lifespan=lifespan,
        exception_handlers={WaarmerkError: answer_refusal, HTTPException: answer_protocol},
    )
    front.state.pages = Pages("services.demo")
    return front


async def _show_links(request: Request) -> Response:
    return page(request, "front.html")
