"""A register with a database of its own, and somebody who is sent webhooks."""

from collections.abc import AsyncIterator, Callable

import pytest

from shared.runtime.database import Database
from tests.support.postgres import MakeDatabase
from tests.support.receiver import Receiver, receiving


@pytest.fixture
def register(make_database: MakeDatabase, open_database: Callable[..., Database]) -> Database:
    """Give a register of which nobody knows anything yet."""
    return open_database(
        make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
    )


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Give somebody who takes webhooks."""
    async with receiving() as opened:
        yield opened
