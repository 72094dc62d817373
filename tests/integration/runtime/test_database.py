"""The database as every service uses it: migrations, transactions, and who sees which row."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from shared.runtime import migrations
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.embedded import EmbeddedPostgres
from tests.support.ledger.tables import entry
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio
LEDGER = "tests.support.ledger"
SOURCE = "urn:nld:oin:00000099000000000000:systeem:ledger"
TWENTE = "00000099000000010000"
DELFT = "00000099000000020000"


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(make_database(LEDGER), source=SOURCE, pool_size=1)
    yield opened
    await opened.dispose()


async def write_entry(
    database: Database, organisation: str, *, acting: str = "", and_then: str = "SELECT 1"
) -> None:
    async with database.transaction() as session:
        await act_for(session, acting or organisation)
        await session.execute(
            insert(entry).values(organisation=organisation, subject="s", version=1, said="x")
        )
        await session.execute(text(and_then))


async def organisations_seen_by(database: Database, organisation: str) -> set[str]:
    async with database.transaction() as session:
        await act_for(session, organisation)
        return set(await session.scalars(select(entry.c.organisation)))


async def test_migrations_go_up_down_and_up_again_and_match_the_tables(
    postgres: EmbeddedPostgres,
) -> None:
    url = postgres.create_database("up_and_down")
    await migrations.upgrade(url, LEDGER)
    await migrations.downgrade(url, LEDGER)
    await migrations.upgrade(url, LEDGER)
    await migrations.upgrade(url, LEDGER)

    await migrations.check(url, LEDGER)


async def test_a_table_changed_by_hand_is_drift(make_database: MakeDatabase) -> None:
    url = make_database(LEDGER)
    database = Database(url, source=SOURCE)
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE parked ADD COLUMN mood text"))
    await database.dispose()

    with pytest.raises(Exception, match="mood"):
        await migrations.check(url, LEDGER)


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(DBAPIError, match="division by zero"):
        await write_entry(database, TWENTE, and_then="SELECT 1 / 0")

    assert await organisations_seen_by(database, EVERY_ORGANISATION) == set()


async def test_an_organisation_sees_its_own_rows_and_workers_see_all(database: Database) -> None:
    await write_entry(database, TWENTE)
    await write_entry(database, DELFT)

    assert await organisations_seen_by(database, TWENTE) == {TWENTE}
    assert await organisations_seen_by(database, EVERY_ORGANISATION) == {TWENTE, DELFT}


async def test_an_organisation_cannot_write_anothers_row(database: Database) -> None:
    with pytest.raises(DBAPIError, match="row-level security"):
        await write_entry(database, DELFT, acting=TWENTE)


async def test_forgetting_for_whom_is_an_error_at_first(database: Database) -> None:
    await write_entry(database, TWENTE)
    await database.dispose()

    with pytest.raises(DBAPIError, match=r"waarmerk\.organisation"):
        async with database.transaction() as session:
            await session.scalar(select(func.count()).select_from(entry))


async def test_for_whom_does_not_leak_to_the_next_transaction(database: Database) -> None:
    await write_entry(database, TWENTE)

    with pytest.raises(DBAPIError, match=r"waarmerk\.organisation"):
        async with database.transaction() as session:
            await session.scalar(select(func.count()).select_from(entry))


SEEN = "SELECT count(DISTINCT organisation) AS seen, min(organisation) AS first FROM entry"


async def test_a_straight_transaction_sees_the_rows_of_its_organisation(database: Database) -> None:
    await write_entry(database, TWENTE)
    await write_entry(database, DELFT)

    async with database.acting_for(DELFT) as straight:
        assert dict(await straight.ask(SEEN)) == {"seen": 1, "first": DELFT}
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        assert (await straight.ask(SEEN))["seen"] == 2


async def write_straight(
    database: Database, organisation: str, *, acting: str = TWENTE, and_then: str = "SELECT 1"
) -> None:
    adding = "INSERT INTO entry (organisation, subject, version, said) VALUES ($1, 's', 1, 'x')"
    async with database.acting_for(acting) as straight:
        await straight.ask(adding, organisation)
        await straight.ask(and_then)


async def test_a_straight_transaction_is_committed_or_leaves_nothing(database: Database) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        await write_straight(database, TWENTE, and_then="SELECT 1 / 0")
    assert await organisations_seen_by(database, EVERY_ORGANISATION) == set()

    await write_straight(database, TWENTE)
    assert await organisations_seen_by(database, EVERY_ORGANISATION) == {TWENTE}


async def test_a_straight_transaction_cannot_write_anothers_row(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await write_straight(database, DELFT, acting=TWENTE)


async def ask_too_long(database: Database) -> None:
    async with database.acting_for(TWENTE) as straight:
        await straight.ask("SELECT pg_sleep(4)")


@pytest.mark.parametrize("ends_by", ["commit", "error", "cancellation"])
async def test_a_straight_transaction_leaves_its_connection_to_nobody_as_it_was(
    database: Database, ends_by: str
) -> None:
    await write_entry(database, TWENTE)
    if ends_by == "cancellation":
        asking = asyncio.create_task(ask_too_long(database))
        await asyncio.sleep(0.2)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    elif ends_by == "error":
        with pytest.raises(ZeroDivisionError):
            async with database.acting_for(TWENTE):
                raise ZeroDivisionError
    else:
        async with database.acting_for(TWENTE) as straight:
            await straight.ask("SELECT 1")

    with pytest.raises(DBAPIError, match=r"waarmerk\.organisation"):
        async with database.transaction() as session:
            await session.scalar(select(func.count()).select_from(entry))
    assert await organisations_seen_by(database, DELFT) == set()


async def test_an_organisation_is_no_place_for_sql(database: Database) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        async with database.acting_for("x'; DROP TABLE entry; --"):
            pass


async def ask_when_killed(database: Database) -> None:
    async with database.acting_for(TWENTE) as straight:
        killer = Database(database.url, source=SOURCE)
        async with killer.acting_for(TWENTE) as other:
            pid = straight.connection.get_server_pid()
            await other.ask("SELECT pg_terminate_backend($1, 1000)", pid)
        await killer.dispose()
        await straight.ask("SELECT 1")


async def test_a_straight_transaction_does_not_give_a_dead_connection_back(
    database: Database,
) -> None:
    with pytest.raises((ConnectionError, asyncpg.PostgresConnectionError)):
        await ask_when_killed(database)

    async with database.acting_for(TWENTE) as straight:
        assert (await straight.ask("SELECT 1 AS one"))["one"] == 1


async def test_a_pool_gets_over_a_database_that_was_killed(
    postgres: EmbeddedPostgres, database: Database
) -> None:
    async with database.transaction() as session:
        pid = await session.scalar(text("SELECT pg_backend_pid()"))
    other = Database(database.url, source=SOURCE)
    async with other.transaction() as session:
        await session.execute(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": pid})
    await other.dispose()

    async with database.transaction() as session:
        assert await session.scalar(text("SELECT 1")) == 1


async def test_a_statement_that_takes_too_long_is_ended(make_database: MakeDatabase) -> None:
    hasty = Database(make_database(LEDGER), source=SOURCE, statement_seconds=0.05)

    with pytest.raises(DBAPIError, match="statement timeout"):
        async with hasty.transaction() as session:
            await session.execute(text("SELECT pg_sleep(2)"))
    await hasty.dispose()
