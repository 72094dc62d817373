"""From an announcement to the topic: all that was committed, nothing that was not, in order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import func, select, text

from shared.contracts.topics import ISSUER_KEYS, REGISTRATIONS_STATE
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedBroker
from shared.runtime.outbox import (
    EventTooLargeError,
    announce,
    announce_all,
    announce_gone,
    replay,
)
from shared.runtime.relay import Outgoing, Relay, Waiting
from shared.runtime.schema import outbox
from tests.support.bus import MOMENT, SOURCE, a_key_event, at_work, read_topic, until
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(make_database("tests.support.ledger"), source=SOURCE)
    yield opened
    await opened.dispose()


def a_relay(database: Database, broker: EmbeddedBroker, *, send_seconds: float = 30) -> Relay:
    return Relay(
        database.url,
        broker.servers,
        service="ledger",
        stand_by_seconds=0.1,
        send_seconds=send_seconds,
    )


async def announce_versions(database: Database, kid: str, versions: range) -> None:
    for version in versions:
        async with database.transaction() as session:
            await announce(session, a_key_event(kid, version=version))


async def count_unpublished(database: Database) -> int:
    async with database.transaction() as session:
        unpublished = select(func.count()).where(outbox.c.published_at.is_(None))
        return int(await session.scalar(unpublished) or 0)


async def everything_published(database: Database) -> bool:
    return await count_unpublished(database) == 0


async def test_an_announcement_that_is_rolled_back_was_never_made(database: Database) -> None:
    session = database.sessions()
    await announce(session, a_key_event())
    await session.rollback()
    await session.close()

    assert await count_unpublished(database) == 0


async def test_an_event_larger_than_64_kib_is_refused(database: Database) -> None:
    async with database.sessions() as session:
        with pytest.raises(EventTooLargeError):
            await announce(session, a_key_event(x="x" * 70_000))


async def test_many_events_are_announced_in_their_order(database: Database) -> None:
    events = [a_key_event(f"key-{number}") for number in range(1000)]
    async with database.transaction() as session:
        ids = await announce_all(session, events)
    async with database.transaction() as session:
        keys = list(await session.scalars(select(outbox.c.key).order_by(outbox.c.id)))

    assert keys == [event.subject for event in events]
    assert len(set(ids)) == 1000


async def test_the_relay_publishes_the_envelope_under_its_subject(
    database: Database, broker: EmbeddedBroker
) -> None:
    async with database.transaction() as session:
        event_id = await announce(session, a_key_event("key-1"), now=MOMENT)
    async with at_work(a_relay(database, broker).run):
        await until(lambda: everything_published(database))

    [heard] = await read_topic(broker.servers, ISSUER_KEYS)

    assert heard.key == "key-1" == heard.envelope.subject
    assert heard.envelope.id == event_id
    assert heard.envelope.source == SOURCE
    assert heard.headers == {"content-type": "application/cloudevents+json; charset=UTF-8"}


async def test_a_key_about_which_nothing_is_left_becomes_a_tombstone(
    database: Database, broker: EmbeddedBroker
) -> None:
    async with database.transaction() as session:
        await announce_gone(session, REGISTRATIONS_STATE, "gone")
    async with at_work(a_relay(database, broker).run):
        await until(lambda: everything_published(database))

    [heard] = await read_topic(broker.servers, REGISTRATIONS_STATE)

    assert (heard.key, heard.value) == ("gone", None)


async def versions_on_topic(broker: EmbeddedBroker) -> dict[str, list[int]]:
    versions = defaultdict(list)
    for heard in await read_topic(broker.servers, ISSUER_KEYS):
        versions[heard.key].append(int(str(heard.envelope.data["recordVersion"])))
    return versions


def first_times(versions: list[int]) -> list[int]:
    return list(dict.fromkeys(versions))


async def test_events_of_a_key_keep_their_order_through_broker_errors_and_outages(
    database: Database, broker: EmbeddedBroker
) -> None:
    keys = [f"key-{number}" for number in range(8)]
    async with at_work(a_relay(database, broker, send_seconds=2).run):
        writing = asyncio.gather(*(announce_versions(database, kid, range(1, 101)) for kid in keys))
        # request timed out, not enough replicas, not leader, out of order sequence number
        broker.refuse_next(0, [7, 19, 6, 45])
        await asyncio.sleep(0.2)
        broker.go_down()
        await asyncio.sleep(1)
        broker.come_up()
        await writing
        await until(lambda: everything_published(database), seconds=60)

    versions = await versions_on_topic(broker)

    assert {kid: first_times(versions[kid]) for kid in keys} == {
        kid: list(range(1, 101)) for kid in keys
    }


async def test_announcing_goes_on_while_the_broker_is_away(
    database: Database, broker: EmbeddedBroker
) -> None:
    broker.go_down()
    async with at_work(a_relay(database, broker, send_seconds=1).run):
        await announce_versions(database, "key-1", range(1, 11))
        await asyncio.sleep(1.5)
        assert await count_unpublished(database) == 10
        broker.come_up()
        await until(lambda: everything_published(database), seconds=60)

    assert first_times((await versions_on_topic(broker))["key-1"]) == list(range(1, 11))


async def test_of_two_relays_one_leads_and_the_other_takes_over_when_it_dies(
    database: Database, broker: EmbeddedBroker
) -> None:
    first, second = a_relay(database, broker), a_relay(database, broker)
    async with at_work(first.run, second.run) as tasks:
        await until(lambda: is_true(first.leads or second.leads))
        await asyncio.sleep(0.5)
        assert first.leads is not second.leads
        await announce_versions(database, "key-1", range(1, 11))
        await until(lambda: everything_published(database))
        leader, heir = (first, second) if first.leads else (second, first)
        tasks[0 if leader is first else 1].cancel()
        await until(lambda: is_true(heir.leads))
        await announce_versions(database, "key-1", range(11, 21))
        await until(lambda: everything_published(database))

    assert (await versions_on_topic(broker))["key-1"] == list(range(1, 21))


async def is_true(truth: bool) -> bool:  # noqa: FBT001 - it is the whole question
    return truth


async def test_a_relay_whose_connection_is_cut_publishes_again(
    database: Database, broker: EmbeddedBroker
) -> None:
    relay = a_relay(database, broker)
    async with at_work(relay.run):
        await announce_versions(database, "key-1", range(1, 3))
        await until(lambda: everything_published(database))
        async with database.transaction() as session:
            await session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'ledger-relay'"
                )
            )
        await announce_versions(database, "key-1", range(3, 5))
        await until(lambda: everything_published(database))

    assert (await versions_on_topic(broker))["key-1"] == [1, 2, 3, 4]


async def test_who_is_told_to_stop_marks_what_it_sent_and_sends_nothing_twice(
    database: Database, broker: EmbeddedBroker
) -> None:
    sent, marked = asyncio.Event(), asyncio.Event()

    async def mark() -> None:
        sent.set()
        await asyncio.sleep(0.3)
        marked.set()

    async def read(_connection: asyncpg.Connection) -> Waiting:
        one = Outgoing(ISSUER_KEYS.name, "a-key", b"{}")
        return Waiting() if marked.is_set() else Waiting([one], mark)

    for _ in range(2):
        relay = a_relay(database, broker)
        relay.sources = [read]
        async with at_work(relay.run):
            await sent.wait()

    assert marked.is_set()
    assert len(await read_topic(broker.servers, ISSUER_KEYS.name)) == 1


async def test_who_is_told_to_stop_again_and_again_leaves_nothing_running(
    database: Database, broker: EmbeddedBroker
) -> None:
    begun = asyncio.Event()
    ends: list[str] = []

    async def mark() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ends.append("ended")

    async def read(_connection: asyncpg.Connection) -> Waiting:
        return Waiting([Outgoing(ISSUER_KEYS.name, "a-key", b"{}")], mark)

    relay = a_relay(database, broker)
    relay.sources = [read]
    before = asyncio.all_tasks()
    task = asyncio.create_task(relay.run())
    await begun.wait()
    for _ in range(5):
        task.cancel()
        await asyncio.sleep(0.01)
    await asyncio.wait([task], timeout=3)

    assert task.cancelled()
    assert ends == ["ended"]
    assert asyncio.all_tasks() == before


async def test_replay_sends_a_range_again_in_its_old_order(
    database: Database, broker: EmbeddedBroker
) -> None:
    async with at_work(a_relay(database, broker).run):
        await announce_versions(database, "key-1", range(1, 4))
        async with database.transaction() as session:
            await announce_gone(session, REGISTRATIONS_STATE, "gone")
        await until(lambda: everything_published(database))
        async with database.transaction() as session:
            assert await replay(session, topic=ISSUER_KEYS) == 3
            assert await replay(session, until=MOMENT - timedelta(days=1000)) == 0
        await until(lambda: everything_published(database))

    assert (await versions_on_topic(broker))["key-1"] == [1, 2, 3, 1, 2, 3]
    assert len(await read_topic(broker.servers, REGISTRATIONS_STATE)) == 1
