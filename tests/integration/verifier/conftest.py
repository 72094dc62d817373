"""A verifier on real PostgreSQL that has heard what the others announced."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr

from services.verifier import consumers
from services.verifier.app import create_app
from services.verifier.repository import copies
from services.verifier.settings import Settings
from shared.contracts.events import (
    Event,
)
from shared.runtime.database import Database
from tests.integration.verifier.browsing import serving
from tests.integration.verifier.gallery import Gallery, a_gallery
from tests.integration.verifier.news import everything_about
from tests.support.material import need_command
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
    """Let the verifier hear events, as its consumer would, and know that these are all."""
    subscriptions = consumers.subscribe(lambda: NOW)

    async def hear_all(*events: Event) -> None:
        for event in events:
            async with database.transaction() as session:
                await subscriptions.hear([event], session)
        async with database.transaction() as session:
            await copies.note_complete(session, NOW)

    return hear_all


@pytest.fixture
async def token(hear: Hear) -> str:
    """Give an honest credential, of which everything is known."""
    made = a_token()
    await hear(*everything_about(made))
    return made


@pytest.fixture
async def gallery(hear: Hear, token: str) -> Gallery:
    """Give every verdict a page can show, all of it known to the verifier."""
    made = a_gallery(token)
    await hear(*made.events)
    return made


@pytest.fixture
def signing(settings: Settings, receipt_key: str) -> Settings:
    """Give the settings of a verifier that signs receipts."""
    return settings.model_copy(update={"receipt_key": SecretStr(receipt_key)})


@pytest.fixture
async def signing_verifier(signing: Settings, database: Database) -> AsyncIterator[AsyncClient]:
    """Give a verifier that signs receipts."""
    app = create_app(signing, database)
    app.state.clock = lambda: NOW
    async with AsyncClient(
        transport=ASGITransport(app), base_url="https://verifier.waarmerk.example"
    ) as client:
        yield client


@pytest.fixture
def chromium() -> str:
    return need_command("chromium")


@pytest.fixture
def address(signing: Settings, chromium: str) -> Iterator[str]:
    """Give the address of a verifier that a browser can reach."""
    app = create_app(signing)
    app.state.clock = lambda: NOW
    with serving(app) as address:
        yield address
