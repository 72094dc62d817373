"""The ledger's worker as a process of its own, to be stopped, continued and killed by tests."""

import asyncio
import os
from typing import ClassVar

from shared.runtime.database import Database
from shared.runtime.settings import ServiceSettings
from shared.runtime.worker import Worker
from tests.support.ledger.hearing import subscribe


class Settings(ServiceSettings):
    """What the ledger needs to know."""

    service: ClassVar[str] = "ledger"


def create_worker() -> Worker:
    """Return the worker as the environment describes it."""
    settings = Settings(public_url="http://127.0.0.1:1")
    database = Database(settings.database_url, source=settings.source)
    return Worker("ledger", settings=settings, database=database, subscriptions=subscribe())


if __name__ == "__main__":
    print(os.getpid(), flush=True)  # noqa: T201 - the test waits for this line
    asyncio.run(create_worker().serve())
