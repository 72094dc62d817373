"""A process that takes places in status lists, beside others that take them too.

Apart from the test, because another process must be able to import it.
"""

import asyncio
import random
from multiprocessing.synchronize import Barrier
from typing import Protocol

from services.issuer.operations.desk import Desk
from services.issuer.operations.status_lists import reserve_places
from services.issuer.settings import Settings
from shared.runtime.database import Database
from tests.support.issuing import ISSUING_NOW, UTWENTE

TASKS = 4
MOST_AT_ONCE = 150


class Tray(Protocol):
    """Where the places are handed in."""

    def put(self, places: list[int]) -> None:
        """Hand in some places."""


def take_many(settings: Settings, count: int, start: Barrier, taken: Tray) -> None:
    """Take so many places, in blocks of all sizes and four at once; hand them in as numbers."""
    taken.put(asyncio.run(_take_many(settings, count, start)))


async def _take_many(settings: Settings, count: int, start: Barrier) -> list[int]:
    database = Database(settings.database_url, source=settings.source, pool_size=2 * TASKS)
    desk = Desk.of(settings, database)
    left = count

    async def take() -> list[int]:
        nonlocal left
        found: list[int] = []
        while left > 0:
            block = min(left, random.randint(1, MOST_AT_ONCE))
            left -= block
            places = await reserve_places(desk, organisation=UTWENTE, count=block, now=ISSUING_NOW)
            found += [place.list_id << 32 | place.index for place in places]
        return found

    await asyncio.to_thread(start.wait, 60)
    shares = await asyncio.gather(*(take() for _ in range(TASKS)))
    await database.dispose()
    return [place for share in shares for place in share]
