"""The verifier as two processes: one answers people and programs, the other listens to the bus."""

from fastapi import FastAPI

from services.verifier import consumers, pages, routes
from services.verifier.operations import Desk, open_desk
from services.verifier.settings import Settings
from shared.runtime.database import Database
from shared.runtime.service import create_service_app
from shared.runtime.worker import Worker

NAME = Settings.service


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """Return the verifier's HTTP application."""
    opened = database or _open_database(settings)
    desk: Desk = open_desk(
        opened, patience=settings.patience, refresh_seconds=settings.refresh_seconds
    )
    return create_service_app(
        settings=settings,
        database=opened,
        title="Waarmerk verifier",
        summary="Check a microcredential in seconds, without an account.",
        description=(
            "Hand in a credential and get a verdict with the ten checks behind it, in Dutch and in "
            "English. Everything is checked against copies of what catalogue, issuers and register "
            "announced, so the verifier answers while they are down, and says how old its "
            "knowledge is. Nothing about whom was checked is kept."
        ),
        routers=[routes.router],
        pages=[pages.router],
        consumer=NAME,
        state={"desk": desk},
    )


def create_worker(settings: Settings, database: Database | None = None) -> Worker:
    """Return the verifier's worker: its consumer."""
    return Worker(
        NAME,
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
