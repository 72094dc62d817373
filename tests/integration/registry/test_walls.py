"""Walls between organisations in what the register keeps beside registrations."""

from collections.abc import AsyncIterator, Callable
from typing import Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.runtime.database import Database, act_for
from tests.support.awards import DELFT, TWENTE, erased
from tests.support.consulting import ROBIN, Register, open_register
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio
WALLED: Final = ("consultation", "consumer_key", "erasure_term", "restricted_registration")


@pytest.fixture
async def register(
    make_database: MakeDatabase, open_database: Callable[..., Database]
) -> AsyncIterator[Register]:
    source = "urn:nld:oin:00000099000000000000:systeem:registry"
    database = open_database(make_database("services.registry"), source)
    opened = open_register(database, legal_profile="statutory")
    async with opened.client:
        award = await opened.award(ROBIN)
        await opened.search(ROBIN)
        await opened.hear(erased(award.award_id))
        yield opened


@pytest.mark.parametrize("table", WALLED)
async def test_a_question_that_forgets_for_whom_it_asks_fails(
    register: Register, table: str
) -> None:
    with pytest.raises(DBAPIError, match="organisation"):
        async with register.database.transaction() as session:
            await session.execute(text(f"SELECT * FROM {table}"))


@pytest.mark.parametrize("table", WALLED)
async def test_the_database_itself_shows_nobody_anothers_rows(
    register: Register, table: str
) -> None:
    for organisation, rows in ((TWENTE, 1), (DELFT, 0)):
        async with register.database.transaction() as session:
            await act_for(session, organisation)
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == rows


async def test_the_database_itself_refuses_a_line_in_anothers_name(register: Register) -> None:
    foreign = text(f"INSERT INTO consumer_key VALUES ('{TWENTE}', 9, '', now())")

    async with register.database.sessions() as session:
        await act_for(session, DELFT)
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(foreign)
