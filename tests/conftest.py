"""One event loop for all tests, every module of tests.support, and patience for hypothesis."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before the first of them is imported, for they import each other.
pytest.register_assert_rewrite("tests.support", "tests.unit.verifier.cases.entry")
pytest_plugins = [
    f"tests.support.{module.stem}"
    for module in sorted((Path(__file__).parent / "support").glob("[!_]*.py"))
]

# Nothing here speaks TLS with PostgreSQL. Who is cancelled while asyncpg asks for it leaves an
# error that nobody takes, and the next test, which has nothing to do with it, is blamed.
os.environ["PGSSLMODE"] = "disable"

# A shared machine is slow at moments, and a slow example is no false sentence.
settings.register_profile(
    "waarmerk", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
)
settings.load_profile("waarmerk")


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over thousands of tests: each collection took ten seconds."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Run every asynchronous test on asyncio's own loop, as the workers do.

    uvloop's `close` waits for ever on a connection that a Kafka client let go of half-way, as it
    does when a broker is killed.
    """
    return "asyncio", {"use_uvloop": False}
