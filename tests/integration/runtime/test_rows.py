"""Many rows in one statement: all of every type, none twice, nothing invented."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    Uuid,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from shared.runtime.database import Database
from shared.runtime.rows import add_new_rows, add_rows, keep_rows
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio
SOURCE = "urn:nld:oin:00000099000000000000:systeem:ledger"
kind = Table(
    "kind",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("order", Integer, nullable=False),
    Column("said", Text),
    Column("amount", Numeric(6, 1)),
    Column("day", Date),
    Column("moment", DateTime(timezone=True)),
    Column("is_so", Boolean),
    Column("raw", LargeBinary),
    Column("state", JSONB),
)


def a_row(order: int, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": uuid4(),
        "order": order,
        "said": 'é "quoted", {braced}\\',
        "amount": Decimal("2.5"),
        "day": date(2026, 11, 25),
        "moment": datetime(2026, 11, 25, 12, 0, 0, 5, tzinfo=UTC),
        "is_so": True,
        "raw": b"\x00\xff",
        "state": {"a": ["é", None, 1.5]},
    }
    return row | changes


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    """Give a database with a table of every kind of column."""
    opened = Database(make_database("tests.support.ledger"), source=SOURCE)
    async with opened.engine.begin() as connection:
        await connection.run_sync(kind.metadata.create_all)
    yield opened
    await opened.dispose()


async def kept(database: Database) -> list[dict[str, object]]:
    async with database.transaction() as session:
        found = await session.execute(select(kind).order_by(kind.c.order))
        return [dict(row) for row in found.mappings()]


async def test_every_value_of_every_row_is_kept(database: Database) -> None:
    absent = dict.fromkeys(("said", "amount", "day", "moment", "is_so", "raw", "state"))
    rows = [a_row(1), a_row(2, **absent), a_row(3, said="", is_so=False, state={})]

    async with database.transaction() as session:
        await add_rows(session, kind, rows)

    assert await kept(database) == rows


async def test_only_what_is_new_is_added_and_told(database: Database) -> None:
    first, second = a_row(1), a_row(2)
    async with database.transaction() as session:
        await add_rows(session, kind, [first])

    async with database.transaction() as session:
        told: list[UUID] = await add_new_rows(
            session, kind, [first | {"said": "other"}, second], returning="id"
        )

    assert told == [second["id"]]
    assert await kept(database) == [first, second]


async def test_what_all_say_goes_over_once_and_is_kept_of_each(database: Database) -> None:
    alike = ("said", "moment", "state", "raw")
    same = [a_row(1, raw=None), a_row(2, raw=None)]
    other = [a_row(3), a_row(4, said="other", state=None)]

    async with database.transaction() as session:
        for rows in (same, other):
            await add_new_rows(session, kind, rows, returning="id", alike=alike)

    assert await kept(database) == same + other


async def test_what_is_there_already_is_an_error(database: Database) -> None:
    row = a_row(1)
    async with database.transaction() as session:
        await add_rows(session, kind, [row])

    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await add_rows(session, kind, [a_row(2), row])

    assert await kept(database) == [row]


async def test_nothing_is_nothing(database: Database) -> None:
    async with database.transaction() as session:
        await add_rows(session, kind, [])
        assert await add_new_rows(session, kind, [], returning="id") == []


async def test_rows_that_are_there_are_replaced_by_their_key(database: Database) -> None:
    first, second = a_row(1), a_row(2)
    async with database.transaction() as session:
        await keep_rows(session, kind, [first], key="id")
    mended = first | {"said": "mended", "state": None}
    async with database.transaction() as session:
        await keep_rows(session, kind, [mended, second], key="id")
        await keep_rows(session, kind, [], key="id")

    assert await kept(database) == [mended, second]
