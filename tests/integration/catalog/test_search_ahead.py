"""A process reads all listings by itself, so that nobody who searches waits for that."""

import asyncio
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import app as catalogue_app
from services.catalog.operations.search import SearchMemory
from services.catalog.search.index import Index
from tests.integration.catalog.conftest import Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio
SECONDS = 60


class WatchedMemory(SearchMemory):
    """A memory that tells what was read, and fails when asked to."""

    def __init__(self, *, failures: int) -> None:
        super().__init__()
        self.failures = failures
        self.read: asyncio.Queue[Index] = asyncio.Queue()

    async def refresh(self, session: AsyncSession, *, today: date) -> Index:
        if self.failures:
            self.failures -= 1
            raise ConnectionResetError
        index = await super().refresh(session, today=today)
        self.read.put_nowait(index)
        return index


async def test_listings_are_read_at_the_start_and_again_when_a_day_begins(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue_app, "MINUTE", 0.01)
    await catalogue.published(content())
    memory = catalogue.app.state.search = WatchedMemory(failures=2)

    async with asyncio.timeout(SECONDS), catalogue.app.router.lifespan_context(catalogue.app):
        first = await memory.read.get()
        catalogue.clock.pass_(days=1)
        later = await memory.read.get()
        while later.day == first.day:
            later = await memory.read.get()

    assert first.listed.bit_count() == later.listed.bit_count() == 1
    assert not [one for one in asyncio.all_tasks() if one.get_name() == "read-listings"]
