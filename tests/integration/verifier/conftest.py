"""A verifier on real PostgreSQL that has heard what the others announced."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from services.verifier import consumers
from services.verifier.app import create_app
from services.verifier.settings import Settings
from shared.contracts.events import (
    Event,
)
from shared.runtime.database import Database
from tests.integration.verifier.news import everything_about
from tests.support.postgres import MakeDatabase
from tests.unit.verifier.forge import NOW, a_token

Hear = Callable[..., Awaitable[None]]


@pytest.fixture
def settings(make_database: MakeDatabase) -> Settings:
    return Settings(
        database_url=make_database("services.verifier"),
        public_url="https://verifier.waarmerk.example",
        refresh_seconds=0,
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url, source=settings.source)
    yield database
    await database.dispose()


@pytest.fixture
def app(settings: Settings, database: Database) -> FastAPI:
    app = create_app(settings, database)
    app.state.clock = lambda: NOW
    return app


@pytest.fixture
async def verifier(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(
        transport=ASGITransport(app), base_url="https://verifier.waarmerk.example"
    ) as client:
        yield client


@pytest.fixture
def hear(database: Database) -> Hear:
    """Let the verifier hear events, as its consumer would."""
    subscriptions = consumers.subscribe(lambda: NOW)

    async def hear_all(*events: Event) -> None:
        for event in events:
            async with database.transaction() as session:
                await subscriptions.hear([event], session)

    return hear_all


@pytest.fixture
async def token(hear: Hear) -> str:
    """Give an honest credential, of which everything is known."""
    made = a_token()
    await hear(*everything_about(made))
    return made
