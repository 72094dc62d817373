"""The bus on a real Apache Kafka: groups, rebalances, kills; nothing is lost or doubled."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from sqlalchemy import func, select

from shared.contracts.topics import PARTITIONS, TOPICS
from shared.runtime.bus import Consumer, ensure_topics
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.outbox import announce_all
from shared.runtime.relay import Relay
from shared.runtime.schema import consumer_state, outbox
from tests.support.bus import SOURCE, an_award_event, at_work, until
from tests.support.kafka import RealKafka, free_ports
from tests.support.ledger.hearing import subscribe
from tests.support.ledger.tables import entry
from tests.support.material import ROOT
from tests.support.postgres import MakeDatabase

pytestmark = [pytest.mark.anyio, pytest.mark.kafka]


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(make_database("tests.support.ledger"), source=SOURCE)
    yield opened
    await opened.dispose()


def a_consumer(database: Database, kafka: RealKafka) -> Consumer:
    return Consumer(
        name="ledger",
        database=database,
        subscriptions=subscribe(),
        kafka_servers=kafka.servers,
        beat_seconds=0.2,
    )


def a_relay(database: Database, kafka: RealKafka) -> Relay:
    return Relay(
        database.url, kafka.servers, service="ledger", stand_by_seconds=0.2, send_seconds=5
    )


async def announce_histories(
    database: Database, awards: list[UUID], versions: int, *, pause: float = 0.02
) -> None:
    """Announce every version of every award, a slice of awards per transaction."""
    for version in range(1, versions + 1):
        for start in range(0, len(awards), 20):
            async with database.transaction() as session:
                await announce_all(
                    session,
                    [an_award_event(one, version=version) for one in awards[start : start + 20]],
                )
            await asyncio.sleep(pause)


async def histories_written(database: Database) -> dict[str, list[int]]:
    histories = defaultdict(list)
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        query = select(entry.c.subject, entry.c.version).order_by(entry.c.id)
        for subject, version in await session.execute(query):
            histories[subject].append(version)
    return histories


async def has_written(database: Database, number: int) -> bool:
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        return int(await session.scalar(select(func.count()).select_from(entry)) or 0) >= number


async def workers_at_work(database: Database) -> int:
    async with database.transaction() as session:
        at_work_now = select(func.count()).where(consumer_state.c.partitions > 0)
        return int(await session.scalar(at_work_now) or 0)


async def are_at_work(database: Database, number: int) -> bool:
    return await workers_at_work(database) == number


def whole_histories(awards: list[UUID], versions: int) -> dict[str, list[int]]:
    return {str(one): list(range(1, versions + 1)) for one in awards}


async def test_topics_are_made_as_the_contracts_say_and_making_them_again_is_fine(
    kafka: RealKafka,
) -> None:
    await ensure_topics(kafka.servers)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.servers)
    await admin.start()
    names = [topic.name for topic in TOPICS]
    described = await admin.describe_topics(names)
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    [answer] = await admin.describe_configs(resources)
    await admin.close()

    assert {len(topic["partitions"]) for topic in described} == {PARTITIONS}
    policies = {
        resource[3]: {config[0]: config[1] for config in resource[4]}["cleanup.policy"]
        for resource in answer.resources
    }
    assert policies == {topic.name: "compact" if topic.compacted else "delete" for topic in TOPICS}


async def test_workers_come_and_go_while_events_flow_and_nothing_is_lost_or_double(
    database: Database, kafka: RealKafka
) -> None:
    awards = [uuid4() for _ in range(100)]
    writing = asyncio.create_task(announce_histories(database, awards, 20))
    async with at_work(a_relay(database, kafka).run):
        async with at_work(a_consumer(database, kafka).run):
            await until(lambda: has_written(database, 100))
            async with at_work(a_consumer(database, kafka).run):
                await until(lambda: are_at_work(database, 2))
                await until(lambda: has_written(database, 800))
            await until(lambda: has_written(database, 1200))
        async with at_work(a_consumer(database, kafka).run, a_consumer(database, kafka).run):
            await writing
            await until(lambda: has_written(database, 2000))

    assert await histories_written(database) == whole_histories(awards, 20)


async def test_a_broker_killed_in_full_flow_costs_nothing_but_time(
    database: Database, kafka: RealKafka
) -> None:
    awards = [uuid4() for _ in range(60)]
    writing = asyncio.create_task(announce_histories(database, awards, 20))
    async with at_work(a_relay(database, kafka).run, a_consumer(database, kafka).run):
        await until(lambda: has_written(database, 200))
        kafka.kill()
        await asyncio.sleep(2)
        await asyncio.to_thread(kafka.start)
        await writing
        await until(lambda: has_written(database, 1200), seconds=90)

    assert await histories_written(database) == whole_histories(awards, 20)


class Process:
    """A worker in a process of its own."""

    def __init__(self, database: Database, kafka: RealKafka, *, port: int) -> None:
        settings = {
            "WAARMERK_DATABASE_URL": database.url,
            "WAARMERK_KAFKA_SERVERS": kafka.servers,
            "WAARMERK_WORK_PORT": str(port),
        }
        self.child = subprocess.Popen(
            [sys.executable, "-m", "tests.support.ledger"],
            env=os.environ | settings,
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )

    def kill(self) -> None:
        self.child.kill()
        self.child.wait(10)
        if self.child.stdout:
            self.child.stdout.close()


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for process in started:
        if process.child.poll() is None:
            process.child.send_signal(signal.SIGCONT)
        process.kill()


async def test_workers_that_are_killed_or_freeze_lose_nothing_and_do_nothing_twice(
    database: Database, kafka: RealKafka, processes: list[Process], free_port: int
) -> None:
    awards = [uuid4() for _ in range(60)]
    processes.append(Process(database, kafka, port=0))
    writing = asyncio.create_task(announce_histories(database, awards, 30))
    await until(lambda: has_written(database, 100))
    processes[0].kill()
    processes += [Process(database, kafka, port=0), Process(database, kafka, port=free_port)]
    await until(lambda: has_written(database, 400), seconds=60)
    frozen = processes[1].child
    frozen.send_signal(signal.SIGSTOP)  # longer than the session lasts: a zombie
    await asyncio.sleep(8)
    frozen.send_signal(signal.SIGCONT)
    await writing
    await until(lambda: has_written(database, 1800), seconds=60)

    assert await histories_written(database) == whole_histories(awards, 30)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port}") as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health/ready")).json()["ready"] is True
        assert "waarmerk_consumer_lag" in (await client.get("/metrics")).text
    processes[2].child.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(processes[2].child.wait, 15) == 0
    async with database.transaction() as session:
        assert (
            await session.scalar(select(func.count()).where(outbox.c.published_at.is_(None))) == 0
        )


@pytest.fixture
def free_port() -> int:
    return free_ports()[0]
