"""Waiting for news of the register: at once when there is some, and at nobody's cost."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy.pool import QueuePool

from services.registry.operations.feed import LOOK_SECONDS, HeadWatch
from services.registry.repository import feed as repository
from shared.runtime.database import Database
from tests.support.awards import (
    DELFT,
    TWENTE,
    an_award,
    granted,
)
from tests.support.feed import (
    Query,
    client_of,
    hear,
    page,
)
from tests.support.postgres import MakeDatabase
from tests.support.registering import put_in_log

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http(register: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(register) as client:
        yield client


async def test_who_waits_gets_news_as_soon_as_there_is_some(
    register: Database, http: httpx.AsyncClient
) -> None:
    await put_in_log(register)
    waiting = asyncio.create_task(http.get("/v1/events", params={"timeout": 30_000}))
    await asyncio.sleep(0.3)
    assert not waiting.done()

    await hear(register, granted(an_award()))
    await put_in_log(register)

    answer = await asyncio.wait_for(waiting, 5)
    assert [one["sequence"] for one in answer.json()] == ["0000000000000001"]


async def test_who_waits_for_what_does_not_come_gets_an_empty_page(
    register: Database, http: httpx.AsyncClient
) -> None:
    await put_in_log(register)
    waiting = asyncio.create_task(http.get("/v1/events", params={"timeout": 700, "issuer": DELFT}))
    await asyncio.sleep(0.2)
    await hear(register, granted(an_award(organisation=TWENTE)))
    await put_in_log(register)

    answer = await asyncio.wait_for(waiting, 5)

    assert answer.json() == []
    assert answer.headers["feed-position"] == "0000000000000001"


async def test_three_hundred_who_wait_hold_no_connection_and_ask_as_one(
    make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "urn:nld:oin:00000099000000000000:systeem:registry"
    register = Database(make_database("services.registry"), source=source, pool_size=2)
    asked = 0
    read_head = repository.read_head

    async def count_asking(straight: Any) -> int:
        nonlocal asked
        asked += 1
        return await read_head(straight)

    await put_in_log(register)
    async with client_of(register, quota_of_address=0) as http:
        waiting = [
            asyncio.create_task(http.get("/v1/events", params={"timeout": 20_000}))
            for _ in range(300)
        ]
        held, pool, quiet = [], register.engine.pool, 0
        assert isinstance(pool, QueuePool)
        async with asyncio.timeout(60):  # until everybody has looked once, however busy we are
            while quiet < 10:
                await asyncio.sleep(0.05)
                quiet = 0 if pool.checkedout() > 1 else quiet + 1
        monkeypatch.setattr(repository, "read_head", count_asking)
        began = time.monotonic()
        for _ in range(20):
            await asyncio.sleep(0.05)
            held.append(pool.checkedout())
        looks = (time.monotonic() - began) / LOOK_SECONDS
        assert not any(task.done() for task in waiting)
        assert asked <= looks + 1
        monkeypatch.undo()
        await hear(register, granted(an_award()))
        await put_in_log(register)
        answers = await asyncio.wait_for(asyncio.gather(*waiting), 20)
    await register.dispose()

    assert max(held) <= 1
    assert 0 in held  # the one who asks lets go between two looks
    assert {answer.json()[0]["sequence"] for answer in answers} == {"0000000000000001"}


async def test_a_watch_survives_a_database_that_is_away_for_a_while(
    register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[Exception] = [ConnectionResetError(), OSError()]

    async def look(_straight: Any) -> int:
        if faults:
            raise faults.pop()
        return 7

    monkeypatch.setattr(repository, "read_head", look)
    monkeypatch.setattr("services.registry.operations.feed.AFTER_FAULT_SECONDS", 0.01)

    await asyncio.wait_for(HeadWatch(register).wait_beyond(6, seconds=10), 5)

    assert faults == []


async def test_a_follower_of_a_growing_log_misses_nothing_and_gets_nothing_twice(
    register: Database, http: httpx.AsyncClient
) -> None:
    await put_in_log(register)

    async def grow() -> None:
        for count in (1, 2, 30, 1, 1, 15):
            await hear(register, *(granted(an_award()) for _ in range(count)))
            await put_in_log(register)

    async def follow_all() -> list[str]:
        seen: list[str] = []
        last: Query = []
        while len(seen) < 50:
            for event in await page(http, *last, ("timeout", 5_000), ("limit", 7)):
                seen.append(event["sequence"])
                last = [("lastEventId", event["id"])]
        return seen

    growing = asyncio.create_task(grow())
    followers = await asyncio.gather(*(follow_all() for _ in range(3)))
    await growing

    for seen in followers:
        assert [int(one) for one in seen] == [*range(1, 51)]
