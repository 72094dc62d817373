"""One real PostgreSQL for a whole test run, and databases on it that are ready in milliseconds.

`make_database("services.issuer")` gives the URL of a fresh database, migrated to head: the first
is migrated, the next are copies of it. It is dropped after the test, or a run would leave
gigabytes; what several tests share asks for `make_lasting_database`.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.runtime import migrations
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedPostgres

MakeDatabase = Callable[[str], str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """Give the server; it keeps what was committed through a kill -9, not through a power cut."""
    prefix = f"waarmerk-postgres-{os.getpid()}-"
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=_memory_folder()))
    with EmbeddedPostgres(folder, durable=False) as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def make_empty_database(postgres: EmbeddedPostgres) -> Callable[[], str]:
    """Make an empty database, owned by a role without privileges, and give its URL."""
    numbers = itertools.count(1)
    return lambda: postgres.create_database(f"empty_{next(numbers)}", owner="tester")


@pytest.fixture(scope="session")
def make_lasting_database(postgres: EmbeddedPostgres) -> MakeDatabase:
    """Make a database of a package, migrated to head, that stays until the end of the run."""
    templates: dict[str, str] = {}
    numbers = itertools.count(1)

    def make(package: str) -> str:
        role = package.rpartition(".")[2]
        if package not in templates:
            template = f"template_{role}"
            url = postgres.create_database(template, owner=role)
            in_own_loop(lambda: migrations.upgrade(url, package))
            templates[package] = template
        return postgres.create_database(
            f"{role}_{next(numbers)}", owner=role, template=templates[package]
        )

    return make


@pytest.fixture(scope="session")
def sweeper() -> Iterator[ThreadPoolExecutor]:
    """Give the thread in which databases are dropped, so that no test waits for another's."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield thread


@pytest.fixture
def make_database(
    postgres: EmbeddedPostgres, make_lasting_database: MakeDatabase, sweeper: ThreadPoolExecutor
) -> Iterator[MakeDatabase]:
    """Make a database of a package, migrated to head, that is dropped after the test."""
    made: list[str] = []

    def make(package: str) -> str:
        made.append(make_lasting_database(package))
        return made[-1]

    yield make
    for url in made:
        sweeper.submit(postgres.drop_database, urlsplit(url).path.lstrip("/"))


def _memory_folder() -> Path | None:
    """Return a folder in memory if it has room: a busy disk can stop a test for seconds."""
    folder = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a new one in it, readable by us alone
    has_room = folder.is_dir() and shutil.disk_usage(folder).free > 4 << 30
    return folder if has_room else None


def in_own_loop(act: Callable[[], object]) -> None:
    """Run a coroutine function to its end, also from within a running event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(act())).result()  # type: ignore[arg-type] # any awaitable will do


@pytest.fixture
async def open_database() -> AsyncIterator[Callable[[str], Database]]:
    """Open databases by URL; they are closed after the test."""
    opened: list[Database] = []

    def open_(url: str, source: str = "urn:nld:oin:00000099000000000000:systeem:test") -> Database:
        opened.append(Database(url, source=source))
        return opened[-1]

    yield open_
    for database in opened:
        await database.dispose()
