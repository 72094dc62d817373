"""The register as two processes: one answers HTTP, the other listens to the bus."""

import asyncio

from fastapi import FastAPI

from services.registry import consumers, pages
from services.registry.operations.log import BATCH, Sequencer, begin_log, sequence
from services.registry.routes import log, registrations
from services.registry.settings import Settings
from services.registry.signing import LogSigner
from shared.runtime.database import Database
from shared.runtime.service import create_service_app
from shared.runtime.worker import Worker

CONSUMER = "registry"


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """Return the register's HTTP application."""
    return create_service_app(
        settings=settings,
        database=database or _open_database(settings),
        title="Waarmerk register",
        summary="The national register of microcredentials.",
        description=(
            "One registration per award, with every version of it. Whoever knows an award's id can "
            "read its registration; the learner is not in it."
        ),
        routers=[registrations.router],
        pages=[pages.router, log.router],
        consumer=CONSUMER,
    )


def create_worker(settings: Settings, database: Database | None = None) -> Worker:
    """Return the register's worker: its relay, its consumer and the sequencer of its log."""
    opened = database or _open_database(settings)
    sequencer = Sequencer(opened, LogSigner.of(settings))

    async def keep_log() -> None:
        await begin_log(sequencer)
        while True:
            if await sequence(sequencer) < BATCH:
                await asyncio.sleep(settings.sequencer_seconds)

    return Worker(
        CONSUMER,
        settings=settings,
        database=opened,
        subscriptions=consumers.subscribe(),
        chores={"log": keep_log},
    )


def _open_database(settings: Settings) -> Database:
    return Database(
        settings.database_url,
        source=settings.source,
        pool_size=settings.database_pool_size,
        statement_seconds=settings.statement_timeout_seconds,
    )
