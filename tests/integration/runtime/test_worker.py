"""A worker keeps its duties going side by side, and gives up only when a new process helps."""

import asyncio
from collections.abc import AsyncIterator
from typing import ClassVar
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from shared.runtime import heartbeat
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedBroker
from shared.runtime.heartbeat import ConsumerSilentError
from shared.runtime.outbox import announce
from shared.runtime.schema import consumer_state, outbox, parked
from shared.runtime.settings import ServiceSettings
from shared.runtime.worker import Chore, Worker, every
from tests.support.bus import (
    SOURCE,
    a_key_event,
    an_award_event,
    at_work,
    in_envelope,
    send_events,
    until,
)
from tests.support.ledger.hearing import subscribe
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio


class LedgerSettings(ServiceSettings):
    service: ClassVar[str] = "ledger"


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(make_database("tests.support.ledger"), source=SOURCE)
    yield opened
    await opened.dispose()


def a_worker(database: Database, broker: EmbeddedBroker, **chores: Chore) -> Worker:
    settings = LedgerSettings(
        database_url=database.url,
        kafka_servers=broker.servers,
        public_url="http://127.0.0.1:1",
        watchdog_seconds=1,
    )
    return Worker(
        "ledger", settings=settings, database=database, subscriptions=subscribe(), chores=chores
    )


async def test_a_worker_relays_and_hears_and_a_failing_chore_disturbs_neither(
    database: Database, broker: EmbeddedBroker
) -> None:
    tries = 0

    async def fail() -> None:
        nonlocal tries
        tries += 1
        raise RuntimeError

    async with database.transaction() as session:
        await announce(session, a_key_event())
    async with at_work(a_worker(database, broker, broken=fail).run):
        await until(lambda: is_heard_and_published(database))
        await until(lambda: is_at_least(tries, 2))


async def is_at_least(number: int, least: int) -> bool:
    return number >= least


async def is_heard_and_published(database: Database) -> bool:
    async with database.transaction() as session:
        waiting = select(func.count()).where(outbox.c.published_at.is_(None))
        beating = select(func.count()).where(consumer_state.c.lag == 0)
        return not await session.scalar(waiting) and bool(await session.scalar(beating))


async def test_chores_go_on_while_there_is_no_broker(
    database: Database, broker: EmbeddedBroker
) -> None:
    broker.go_down()
    done = asyncio.Event()

    async def sweep() -> None:
        done.set()

    async with at_work(a_worker(database, broker, sweep=every(0.1, sweep)).run):
        await asyncio.wait_for(done.wait(), 5)


async def test_a_silent_consumer_ends_the_worker(
    database: Database, broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = a_worker(database, broker)

    async def sleep_through_it() -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(worker.consumer, "_listen", sleep_through_it)
    event = a_key_event()
    await send_events(broker.servers, (event, in_envelope(event)))

    with pytest.raises(ConsumerSilentError):
        await asyncio.wait_for(worker.run(), 60)


async def test_a_gap_that_stays_is_told(
    database: Database, broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = an_award_event(uuid4(), version=2)
    await send_events(broker.servers, (event, in_envelope(event)))
    async with at_work(a_worker(database, broker).run):
        await until(lambda: is_parked(database))
        async with database.transaction() as session:
            await session.execute(
                update(parked).values(parked_at=parked.c.parked_at - 2 * heartbeat.GAP_ALARM_AFTER)
            )
        await until(lambda: tells_a_gap(database))


async def is_parked(database: Database) -> bool:
    async with database.transaction() as session:
        return bool(await session.scalar(select(func.count()).select_from(parked)))


async def tells_a_gap(database: Database) -> bool:
    async with database.transaction() as session:
        return await session.scalar(select(consumer_state.c.fault)) == "gap"
