"""The servers out of wheels keep their promises: PostgreSQL its data, the broker its topics."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from shared.contracts.topics import AWARDS
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedBroker, EmbeddedPostgres
from tests.support.bus import read_topic, send

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="waarmerk-embedded-") as name:
        yield Path(name)


async def run(url: str, *statements: str) -> list[object]:
    """Execute all and return what the last one says."""
    database = Database(url, source="urn:nld:oin:00000099000000000000:systeem:test")
    async with database.transaction() as session:
        for statement in statements[:-1]:
            await session.execute(text(statement))
        answers = list(await session.scalars(text(statements[-1])))
    await database.dispose()
    return answers


async def test_what_was_committed_is_there_after_a_kill_and_a_restart(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    server.start()
    url = server.create_database("ledger")
    await run(
        url, "CREATE TABLE kept (said text)", "INSERT INTO kept VALUES ('here') RETURNING said"
    )
    server.kill()
    with EmbeddedPostgres(folder) as again:
        said = await run(again.create_database("ledger"), "SELECT said FROM kept")

    assert said == ["here"]


async def test_a_server_that_outlived_its_starter_is_taken_over(folder: Path) -> None:
    first = EmbeddedPostgres(folder)
    first.start()
    with EmbeddedPostgres(folder) as second:
        assert (second.pid, second.port) == (first.pid, first.port)
        assert await run(second.create_database("ledger"), "SELECT 1") == [1]
    first.stop()


async def test_a_mark_left_by_a_dead_server_is_cleared_away(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        server.create_database("ledger")
        mark = (folder / "files" / "postmaster.pid").read_text()
    lines = mark.splitlines()
    (folder / "files" / "postmaster.pid").write_text("\n".join(["1", *lines[1:]]) + "\n")
    with EmbeddedPostgres(folder) as again:
        assert await run(again.create_database("ledger"), "SELECT 1") == [1]


async def test_a_service_owns_its_database_and_nothing_else(postgres: EmbeddedPostgres) -> None:
    url = postgres.create_database("owned")

    assert await run(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [False]
    assert await run(url, "SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user") == [
        False
    ]


async def test_the_broker_keeps_its_topics_while_it_is_down(broker: EmbeddedBroker) -> None:
    await send(broker.servers, ("awards", b"key", b"value"))
    broker.go_down()
    broker.come_up()

    assert [heard.value for heard in await read_topic(broker.servers, AWARDS)] == [b"value"]


async def test_two_brokers_stand_side_by_side(broker: EmbeddedBroker) -> None:
    with EmbeddedBroker() as other:
        await send(other.servers, ("awards", b"key", b"value"))

        assert other.servers != broker.servers
        assert await read_topic(broker.servers, AWARDS) == []
