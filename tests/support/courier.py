"""A courier as a process of its own, to be killed in the middle of whatever it does."""

import asyncio
import subprocess
import sys
from datetime import timedelta

from services.registry.operations import couriers, deliveries
from services.registry.operations.couriers import keep_delivering
from services.registry.operations.deliveries import Courier
from shared.runtime.database import Database
from tests.support.material import ROOT
from tests.support.registering import register_settings

SEALING_KEY = "c2VhbGluZy1rZXktZm9yLXRlc3RzLW9ubHktYWFhYWE"
LEASE = timedelta(seconds=1)


def start(database_url: str) -> subprocess.Popen[bytes]:
    """Start a courier whose leases are short."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.courier", database_url],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


async def _work(database_url: str) -> None:
    for module in (couriers, deliveries):
        module.__dict__["LEASE"] = LEASE
    settings = register_settings(database_url, webhook_sealing_key=SEALING_KEY, fetch_anywhere=True)
    await keep_delivering(Courier.of(settings, Database(database_url, source=settings.source)))


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1]))
