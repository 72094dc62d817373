"""The register as two processes: one answers HTTP, the other listens to the bus."""

from fastapi import FastAPI

from services.registry import consumers, pages, routes
from services.registry.settings import Settings
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
        routers=[routes.router],
        pages=[pages.router],
        consumer=CONSUMER,
    )


def create_worker(settings: Settings, database: Database | None = None) -> Worker:
    """Return the register's worker: its relay and its consumer."""
    return Worker(
        CONSUMER,
        settings=settings,
        database=database or _open_database(settings),
        subscriptions=consumers.subscribe(),
    )


def _open_database(settings: Settings) -> Database:
    return Database(
        settings.database_url,
        source=settings.source,
        pool_size=settings.database_pool_size,
        statement_seconds=settings.statement_timeout_seconds,
    )
