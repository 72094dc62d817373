"""The catalogue as two processes: one answers HTTP, the other is at the bus."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from fastapi import FastAPI

from services.catalog import consumers, pages
from services.catalog.operations.listing import renew_listings
from services.catalog.operations.oeapi_imports import run_next_import
from services.catalog.operations.search import SearchMemory, read_ahead
from services.catalog.operations.tokens import TokenDesk, forget_used_assertions
from services.catalog.operations.trust import TrustMemory
from services.catalog.operations.upkeep import forget_old_answers
from services.catalog.routes import FACADES, ROUTERS
from services.catalog.routes.oeapi import VersionNotAcceptableError, answer_version
from services.catalog.settings import Settings
from services.catalog.signing import TrustAnchor
from shared.runtime.clock import now
from shared.runtime.database import Database
from shared.runtime.fetching import Reach
from shared.runtime.observability import get_logger
from shared.runtime.service import create_service_app
from shared.runtime.worker import Worker, every

HOUR = 3600.0
MINUTE = 60.0
IMPORT_SECONDS = 2.0

log = get_logger(__name__)


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """Return the catalogue's HTTP application."""
    known = database or open_database(settings)
    app = create_service_app(
        settings=settings,
        database=known,
        title="Waarmerk catalogue",
        summary="What can be earned, from whom, and by which rules.",
        description=(
            "Organisations with their periods of recognition, policies with their quality "
            "frameworks, and microcredentials from draft to published version. Reading needs no "
            "account; a draft is seen by its own provider only."
        ),
        routers=ROUTERS,
        pages=[pages.router, *FACADES],
        consumer=settings.service,
        state={
            "anchor": TrustAnchor.of(settings),
            "search": SearchMemory(),
            "trust": TrustMemory(),
        },
    )
    _give_tokens(app, settings, known)
    app.add_exception_handler(VersionNotAcceptableError, answer_version)
    app.router.lifespan_context = _reading_ahead(app.router.lifespan_context)
    return app


def _reading_ahead(
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[object]],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def reading_ahead(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            reading = asyncio.create_task(_read_listings(app), name="read-listings")
            try:
                yield
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    return reading_ahead


async def _read_listings(app: FastAPI) -> None:
    """Read the listings at the start and when a day begins, so that a reader need not wait."""
    state = app.state
    while True:
        try:
            await read_ahead(state.database, memory=state.search, now=state.clock())
        except Exception as error:  # noqa: BLE001 - whatever it is, who searches will hear of it
            log.warning("no listings read ahead", reason=type(error).__name__)
        await asyncio.sleep(MINUTE)


def _give_tokens(app: FastAPI, settings: Settings, database: Database) -> None:
    """Let the catalogue give access tokens, and take its own without fetching its own keys."""

    def clock() -> datetime:
        moment: datetime = app.state.clock()
        return moment

    desk = TokenDesk.of(settings, database, clock)
    app.state.tokens = desk
    if desk is not None:
        app.state.token_verifier.trust(desk.issuer, desk.keys)


def create_worker(settings: Settings, database: Database | None = None) -> Worker:
    """Return the catalogue's worker: its relay, its consumer and its chores."""
    known = database or open_database(settings)

    async def forget() -> None:
        async with known.transaction() as session:
            await forget_old_answers(session, now=now())

    async def import_oeapi() -> None:
        reach = Reach(anywhere=settings.fetch_anywhere)
        while await run_next_import(known, public_url=settings.public_url, reach=reach, clock=now):
            pass

    async def forget_assertions() -> None:
        await forget_used_assertions(known, now=now())

    async def renew() -> None:
        await renew_listings(known, now=now())

    return Worker(
        settings.service,
        settings=settings,
        database=known,
        subscriptions=consumers.subscribe(),
        chores={
            "forget-old-answers": every(HOUR, forget),
            "forget-used-assertions": every(MINUTE, forget_assertions),
            "import-oeapi": every(IMPORT_SECONDS, import_oeapi),
            "renew-listings": every(MINUTE, renew),
        },
    )


def open_database(settings: Settings) -> Database:
    """Open the catalogue's database."""
    return Database(
        settings.database_url,
        source=settings.source,
        pool_size=settings.database_pool_size,
        statement_seconds=settings.statement_timeout_seconds,
    )
