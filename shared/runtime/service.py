"""A whole HTTP service out of its routers: everything that is the same for all four.

Apart from the services, which only say what they answer; nobody wires safety twice.
"""

import gc
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp

from shared.errors import WaarmerkError
from shared.runtime.access import TokenVerifier
from shared.runtime.bookkeeping import Bookkeeping
from shared.runtime.clock import now
from shared.runtime.database import Database
from shared.runtime.deprecation import ending_of
from shared.runtime.dpop import DpopNonceNeededError
from shared.runtime.exchange import API_VERSION
from shared.runtime.health import Liveness, Readiness, find_readiness
from shared.runtime.http import MAX_BODY, Edge, KnownRoute, public_headers
from shared.runtime.json_body import read_strictly
from shared.runtime.metrics import CONTENT_TYPE, Metrics
from shared.runtime.openapi import PREFIX, operation_id, write_document
from shared.runtime.pages import Pages, answer_asset, show_problem
from shared.runtime.possession import Possession, answer_with_nonce
from shared.runtime.problem_pages import list_problem_types, show_problem_type
from shared.runtime.problems import answer_invalid, answer_protocol, answer_refusal
from shared.runtime.quotas import Quotas
from shared.runtime.route_table import RouteTable
from shared.runtime.settings import ServiceSettings

_COLLECT_AFTER: Final = 20_000
NOTHING: Final[Mapping[str, object]] = {}


class ServiceApp(FastAPI):
    """A FastAPI application inside our edge."""

    metrics: Metrics
    bookkeeping: Bookkeeping
    service: str
    is_alone: bool = False
    """Whether it is all that its process does."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the edge around every layer of the framework, and our table within."""
        table = RouteTable(self)
        self.router.middleware_stack = table
        known = {
            entry.endpoint: KnownRoute(
                entry.path,
                _body_limit(entry.known),
                ending_of(entry.endpoint, public_url=self.state.settings.public_url),
            )
            for entry in table.entries
        }
        return Edge(
            super().build_middleware_stack(),
            service=self.service,
            bookkeeping=self.bookkeeping,
            routes=known,
            allowed=table.allowed,
            find_straight=table.find_straight,
            show_problem=show_problem,
            quotas=self.state.quotas,
        )


def _body_limit(route: object) -> int:
    """Return how large a body a route takes: what it says with `max_body_size=`, or our default."""
    limit: int | None = getattr(route, "max_body_size", None)
    return MAX_BODY if limit is None else limit


def create_service_app(  # noqa: PLR0913 - a service says each of these once
    *,
    settings: ServiceSettings,
    database: Database,
    title: str,
    summary: str,
    description: str,
    routers: Sequence[APIRouter],
    pages: Sequence[APIRouter] = (),
    consumer: str | None,
    state: Mapping[str, object] = NOTHING,
) -> FastAPI:
    """Build the service: `routers` under /v1, `pages` under /, and what every service has."""
    app = ServiceApp(
        title=title,
        summary=summary,
        description=description,
        version=API_VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_closing(database),
        telemetry={"tracing": False, "metrics": False, "logs": False},
        generate_unique_id_function=operation_id,
        exception_handlers={
            WaarmerkError: answer_refusal,
            DpopNonceNeededError: answer_with_nonce,
            RequestValidationError: answer_invalid,
            HTTPException: answer_protocol,
        },
    )
    app.service, app.metrics = settings.service, Metrics(settings.service)
    app.bookkeeping = Bookkeeping(app.metrics)
    app.state.settings = settings
    app.state.database = database
    app.state.clock = now
    app.state.token_verifier = TokenVerifier(
        settings.token_issuers, audience=settings.token_audience
    )
    app.state.quotas = Quotas(address=settings.quota_of_address, client=settings.quota_of_client)
    app.state.possession = Possession(settings)
    app.state.problem_pages = f"{settings.public_url}/problems/"
    app.state.pages = Pages(type(settings).__module__.rpartition(".")[0])
    for name, value in state.items():
        setattr(app.state, name, value)
    for router in routers:
        read_strictly(router)
        app.include_router(router, prefix=PREFIX)
    for router in pages:
        read_strictly(router)
        app.include_router(router, include_in_schema=False)
    app.include_router(_common_routes(settings, consumer=consumer), include_in_schema=False)
    app.router.routes.append(Route("/assets/{name}", answer_asset))
    app.router.routes.append(Route("/problems", list_problem_types))
    app.router.routes.append(Route("/problems/{code}", show_problem_type))
    return app


def _closing(database: Database) -> Any:  # noqa: ANN401 - Starlette's lifespan type is private
    @asynccontextmanager
    async def lifespan(app: ServiceApp) -> AsyncIterator[None]:
        async with app.bookkeeping.together() if app.is_alone else nullcontext():
            with _rare_collections():
                yield
        await database.dispose()

    return lifespan


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Collect garbage seldom, and never look at what was there at the start: a tenth of our time.

    What a request makes is free as soon as it is answered; only cycles wait for the collector. A
    process that sees to this itself, as one with many applications does, is left alone.
    """
    if gc.get_freeze_count():
        yield
        return
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _common_routes(settings: ServiceSettings, *, consumer: str | None) -> APIRouter:
    """Return what every service answers: health, metrics and its own description.

    They ask the request for the application: FastAPI remembers endpoints for as long as the process
    lives, and one that holds its application would keep each that was ever made.
    """
    router = APIRouter()

    @router.get("/health/live")
    async def read_liveness() -> Liveness:
        return Liveness()

    @router.get("/health/ready")
    async def read_readiness(request: Request, response: Response) -> Readiness:
        state = request.app.state
        readiness = await find_readiness(
            state.database, consumer=consumer, find_hold=getattr(state, "find_hold", None)
        )
        if not readiness.ready:
            response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return readiness

    @router.get("/metrics")
    async def read_metrics(request: Request) -> Response:
        app: ServiceApp = request.app
        state = app.state
        find_backlog = getattr(state, "find_backlog", None)
        app.bookkeeping.catch_up()
        text = await app.metrics.exposition(state.database, find_backlog)
        return Response(text, media_type=CONTENT_TYPE)

    @router.get(f"{PREFIX}/openapi.json")
    async def read_openapi(request: Request) -> Response:
        app: ServiceApp = request.app
        if app.openapi_schema is None:
            app.openapi_schema = write_document(
                app, public_url=settings.public_url, token_url=settings.token_endpoint
            )
        return JSONResponse(app.openapi_schema, headers=public_headers(max_age=300))

    return router
