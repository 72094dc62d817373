"""A consumer on the embedded broker: what a service hears, whatever goes wrong around it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from shared.contracts.topics import AWARDS, ISSUER_KEYS
from shared.runtime.bus import Consumer, forget_offsets
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.embedded import EmbeddedBroker
from shared.runtime.heartbeat import ConsumerSilentError
from shared.runtime.outbox import announce_all, replay
from shared.runtime.relay import Relay
from shared.runtime.schema import consumer_offset, consumer_state, outbox
from tests.support.bus import (
    SOURCE,
    a_key_event,
    an_award_event,
    at_work,
    in_envelope,
    read_topic,
    send,
    send_events,
    until,
)
from tests.support.ledger.hearing import Moods, subscribe
from tests.support.ledger.tables import entry
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio
Working = AbstractAsyncContextManager[list[asyncio.Task[None]]]


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(make_database("tests.support.ledger"), source=SOURCE)
    yield opened
    await opened.dispose()


def a_consumer(
    database: Database, broker: EmbeddedBroker, *, moods: Moods | None = None, watchdog: float = 60
) -> Consumer:
    return Consumer(
        name="ledger",
        database=database,
        subscriptions=subscribe(moods),
        kafka_servers=broker.servers,
        watchdog_seconds=watchdog,
        beat_seconds=0.2,
    )


def a_relay(database: Database, broker: EmbeddedBroker) -> Relay:
    return Relay(database.url, broker.servers, service="ledger", stand_by_seconds=0.1)


async def send_awards(broker: EmbeddedBroker, award_id: UUID, *versions: int) -> None:
    events = [an_award_event(award_id, version=version) for version in versions]
    await send_events(broker.servers, *((event, in_envelope(event)) for event in events))


async def versions_written(database: Database, subject: object) -> list[int]:
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        query = select(entry.c.version).where(entry.c.subject == str(subject)).order_by(entry.c.id)
        return list(await session.scalars(query))


async def count_entries(database: Database) -> int:
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        return int(await session.scalar(select(func.count()).select_from(entry)) or 0)


async def count_read(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(select(func.sum(consumer_offset.c.next_offset))) or 0)


async def lag(database: Database) -> int | None:
    async with database.transaction() as session:
        lags = list(await session.scalars(select(consumer_state.c.lag)))
        return sum(lags) if lags else None


async def fault(database: Database) -> str | None:
    async with database.transaction() as session:
        return await session.scalar(select(consumer_state.c.fault))


async def has(database: Database, subject: object, *versions: int) -> bool:
    return await versions_written(database, subject) == list(versions)


async def test_events_of_a_subject_are_heard_in_order_whatever_their_number(
    database: Database, broker: EmbeddedBroker
) -> None:
    awards = [uuid4() for _ in range(300)]
    for version in (1, 2, 3):
        await send_events(
            broker.servers,
            *(
                (event, in_envelope(event))
                for event in (an_award_event(one, version=version) for one in awards)
            ),
        )
    async with at_work(a_consumer(database, broker).run):
        await until(lambda: read_all(database, 900))

    assert [await versions_written(database, one) for one in awards] == [[1, 2, 3]] * 300


async def read_all(database: Database, number: int) -> bool:
    return await count_read(database) == number


async def test_a_consumer_that_starts_again_goes_on_where_it_was(
    database: Database, broker: EmbeddedBroker
) -> None:
    award = uuid4()
    await send_awards(broker, award, 1)
    async with at_work(a_consumer(database, broker).run):
        await until(lambda: has(database, award, 1))
    await send_awards(broker, award, 2)
    async with at_work(a_consumer(database, broker).run):
        await until(lambda: has(database, award, 1, 2))


async def test_history_that_comes_in_the_wrong_order_is_heard_in_the_right_one(
    database: Database, broker: EmbeddedBroker
) -> None:
    award = uuid4()
    await send_awards(broker, award, 3, 2)
    async with at_work(a_consumer(database, broker).run):
        await until(lambda: read_all(database, 2))
        assert await versions_written(database, award) == []
        await send_awards(broker, award, 1)
        await until(lambda: has(database, award, 1, 2, 3))


async def test_poison_lands_among_the_dead_letters_under_its_key_and_the_partition_goes_on(
    database: Database, broker: EmbeddedBroker
) -> None:
    award, cursed = uuid4(), uuid4()
    moods = Moods()
    moods.poisonous.add(str(cursed))
    await send(broker.servers, ("awards", str(award).encode(), b"no json"))
    await send_awards(broker, cursed, 1)
    await send_awards(broker, award, 1)
    async with at_work(
        a_consumer(database, broker, moods=moods).run, a_relay(database, broker).run
    ):
        await until(lambda: has(database, award, 1))
        await until(lambda: are_published(database, 2))

    dead = await read_topic(broker.servers, AWARDS.dead_letters)
    assert {(one.key, one.headers["reason"]) for one in dead} == {
        (str(award), "not-a-cloudevent"),
        (str(cursed), "not-found"),
    }
    assert {one.headers["origin"].split("/")[0] for one in dead} == {"awards"}
    assert b"no json" in {one.value for one in dead}


async def test_one_poisonous_event_in_bulk_does_not_take_its_neighbours_along(
    database: Database, broker: EmbeddedBroker
) -> None:
    moods = Moods()
    moods.poisonous.add("key-13")
    events = [a_key_event(f"key-{number}") for number in range(50)]
    await send_events(broker.servers, *((event, in_envelope(event)) for event in events))
    async with at_work(a_consumer(database, broker, moods=moods).run):
        await until(lambda: read_all(database, 50))

    assert await count_entries(database) == 49
    assert await versions_written(database, "key-13") == []


async def are_published(database: Database, number: int) -> bool:
    async with database.transaction() as session:
        published = select(func.count()).where(outbox.c.published_at.is_not(None))
        return int(await session.scalar(published) or 0) == number


async def test_a_database_that_fails_for_a_while_makes_no_dead_letters(
    database: Database, broker: EmbeddedBroker
) -> None:
    award = uuid4()
    moods = Moods()
    moods.database_is_down = True
    await send_awards(broker, award, 1, 2)
    async with at_work(a_consumer(database, broker, moods=moods).run):
        await until(lambda: waits_for_the_database(database))
        await asyncio.sleep(1)  # longer than three tries
        assert await count_entries(database) == 0
        moods.database_is_down = False
        await until(lambda: has(database, award, 1, 2))
        await until(lambda: is_well(database))

    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(outbox)) == 0


async def waits_for_the_database(database: Database) -> bool:
    return await fault(database) is not None and await lag(database) == 2


async def is_well(database: Database) -> bool:
    return await fault(database) is None and await lag(database) == 0


async def test_consumers_do_not_notice_a_replay(database: Database, broker: EmbeddedBroker) -> None:
    events = [a_key_event(f"key-{number}") for number in range(100)]
    async with at_work(a_consumer(database, broker).run, a_relay(database, broker).run):
        async with database.transaction() as session:
            await announce_all(session, events)
        await until(lambda: read_all(database, 100))
        async with database.transaction() as session:
            assert await replay(session, topic=ISSUER_KEYS) == 100
        await until(lambda: read_all(database, 200))

    assert await count_entries(database) == 100


async def test_a_broker_that_lost_everything_is_filled_and_read_again_without_double_effect(
    database: Database, broker: EmbeddedBroker
) -> None:
    events = [a_key_event(f"key-{number}") for number in range(50)]
    async with database.transaction() as session:
        await announce_all(session, events)
    async with at_work(a_consumer(database, broker).run, a_relay(database, broker).run):
        await until(lambda: read_all(database, 50))
    with EmbeddedBroker() as empty:
        async with database.transaction() as session:
            await replay(session)
            await forget_offsets(session)
            await announce_all(session, [a_key_event("new")])
        async with at_work(a_consumer(database, empty).run, a_relay(database, empty).run):
            await until(lambda: read_all(database, 51))

    assert await count_entries(database) == 51


async def test_a_broker_that_has_less_than_we_read_is_read_again_by_itself(
    database: Database, broker: EmbeddedBroker
) -> None:
    await send_events(
        broker.servers,
        *((event, in_envelope(event)) for event in [a_key_event("key", version=v) for v in (1, 2)]),
    )
    async with at_work(a_consumer(database, broker).run):
        await until(lambda: has(database, "key", 1, 2))
    with EmbeddedBroker() as empty:
        third = a_key_event("key", version=3)
        await send_events(empty.servers, (third, in_envelope(third)))
        async with at_work(a_consumer(database, empty).run):
            await until(lambda: has(database, "key", 1, 2, 3))


async def test_a_consumer_gets_over_a_broker_that_was_away(
    database: Database, broker: EmbeddedBroker
) -> None:
    award = uuid4()
    await send_awards(broker, award, 1)
    async with at_work(a_consumer(database, broker).run):
        await until(lambda: has(database, award, 1))
        broker.go_down()
        await asyncio.sleep(2)
        broker.come_up()
        await send_awards(broker, award, 2)
        await until(lambda: has(database, award, 1, 2), seconds=60)


async def test_the_watchdog_ends_a_consumer_that_stands_still_for_no_reason(
    database: Database, broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = a_consumer(database, broker, watchdog=1)

    async def sleep_through_it() -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(consumer, "_listen", sleep_through_it)
    await send_awards(broker, uuid4(), 1)

    with pytest.raises(ConsumerSilentError):
        await asyncio.wait_for(consumer.run(), 30)


async def test_the_heart_beat_tells_the_lag_and_goes_away_with_the_worker(
    database: Database, broker: EmbeddedBroker
) -> None:
    moods = Moods()
    moods.slow_seconds = 1
    events = [a_key_event(f"key-{number}") for number in range(5)]
    async with at_work(a_consumer(database, broker, moods=moods).run):
        await until(lambda: is_well(database))
        await send_events(broker.servers, *((event, in_envelope(event)) for event in events))
        await until(lambda: is_behind(database))
        await until(lambda: is_well(database))

    assert await lag(database) is None


async def is_behind(database: Database) -> bool:
    return bool(await lag(database))
