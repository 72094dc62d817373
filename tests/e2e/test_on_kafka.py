"""The same life over a real Kafka, in processes of their own, some of which are killed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from services.catalog.settings import SEED_FOLDER
from services.demo.class_list import read_class_list
from services.demo.operating import Service
from services.demo.story import play
from shared.contracts.topics import TOPICS
from shared.runtime.embedded import EmbeddedPostgres
from tests.support.canary import find, needles, read_files, read_tables
from tests.support.institution import (
    EDU_ID,
    EMAIL_HOST,
    GIVEN_NAME,
    PERSONAL,
    Institution,
    wait_until_equal,
)
from tests.support.kafka import RealKafka
from tests.support.life import Listener
from tests.support.postgres import MakeDatabase
from tests.support.services import Installation, RunningService, install

pytestmark = [pytest.mark.anyio, pytest.mark.kafka]

LISTED = read_class_list((SEED_FOLDER / "class-list.csv").read_bytes(), today=date(2026, 11, 22))


@pytest.fixture(scope="module")
def installation(
    running_kafka: RealKafka,
    make_lasting_database: MakeDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installation]:
    running_kafka.empty_topics()
    folder = tmp_path_factory.mktemp("installation")
    for prepared in install(folder, running_kafka.servers, make_lasting_database):
        prepared.run("seed", Service.CATALOG)
        prepared.start_all()
        yield prepared


@pytest.fixture
async def institution(
    installation: Installation, request: pytest.FixtureRequest
) -> AsyncIterator[Institution]:
    async with httpx.AsyncClient(timeout=10) as http:
        prefix = str(abs(hash(request.node.name)) % 10_000)
        yield Institution(installation.places, installation.sandbox, http, prefix)


def one_of(installation: Installation, name: str) -> RunningService:
    return next(one for one in installation.started if one.name == name)


async def restart(one: RunningService) -> None:
    """Kill it, and start it as any supervisor would."""
    await asyncio.to_thread(one.kill)
    await asyncio.to_thread(one.start)
    await asyncio.to_thread(one.wait_until_alive)


async def ask(
    installation: Installation, service: Service, question: str
) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(installation.databases[service])
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('waarmerk.organisation', '*', true)")
            return [tuple(row) for row in await connection.fetch(question)]
    finally:
        await connection.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():
            await asyncio.sleep(0.02)


async def test_the_story_is_the_same_over_a_real_kafka(installation: Installation) -> None:
    told = Listener()

    await play(installation.places, installation.sandbox, LISTED, teller=told)

    assert all(row.verifiable_after is not None for row in told.rows)
    assert len(told.rows) == 23
    assert told.revocation is not None
    assert told.revocation.before.state == "valid"
    assert told.revocation.after.state == "revoked"


async def test_two_workers_share_the_register_while_one_comes_and_one_goes(
    installation: Installation, institution: Institution
) -> None:
    first = one_of(installation, "registry work")
    awarding = asyncio.create_task(institution.award_all(range(300), at_once=4))

    await until(lambda: len(institution.known) > 40)
    second = await asyncio.to_thread(installation.start, Service.REGISTRY, "work")
    await asyncio.to_thread(second.wait_until_alive)
    shares = "SELECT partitions FROM consumer_state WHERE beat_at > now() - interval '5 s'"
    async with asyncio.timeout(60):
        while sorted(await ask(installation, Service.REGISTRY, shares)) != [(12,), (12,)]:
            await asyncio.sleep(0.1)
    assert await asyncio.to_thread(first.stop) == 0
    await awarding
    await institution.settle()
    await institution.revoke(7)

    await wait_until_equal(institution)
    assert len(institution.known) == 300


async def test_nothing_is_lost_or_double_when_processes_are_killed_amid_500_awards(
    installation: Installation, institution: Institution
) -> None:
    worker = one_of(installation, "registry work")
    if not worker.is_running:
        worker.start()
    awarding = asyncio.create_task(institution.award_all(range(500)))

    def tried() -> int:
        return len(institution.known) + len(institution.unknown)

    await until(lambda: tried() > 60)
    await restart(one_of(installation, "issuer serve"))
    await until(lambda: tried() > 250)
    await restart(one_of(installation, "issuer work"))
    await until(lambda: tried() > 350)
    await restart(worker)
    await awarding
    assert institution.unknown, "no request was under way when the issuer was killed"
    await institution.settle()
    for number in range(0, 500, 25):
        await institution.award(number)
        await institution.revoke(number)

    issued = await wait_until_equal(institution)
    assert len(institution.known) == 500
    assert len({one["awardId"] for one in institution.known.values()}) == 500
    assert {one["awardId"] for one in institution.known.values()} <= {
        one["awardId"] for one in issued
    }
    assert len({one["awardId"] for one in issued}) == len(issued)
    assert len({one["credentialId"] for one in issued}) == len(issued)
    [(ours,)] = await ask(
        installation,
        Service.ISSUER,
        f"SELECT count(*) FROM award WHERE enrolment_reference LIKE '{institution.prefix}-%'",
    )
    assert ours == 500
    incomplete = await ask(
        installation,
        Service.REGISTRY,
        "SELECT registration_id FROM registration r WHERE record_version <> (SELECT count(*)"
        " FROM fact v WHERE v.registration_id = r.registration_id)",
    )
    assert incomplete == []
    for service in (Service.ISSUER, Service.REGISTRY, Service.VERIFIER):
        assert await ask(installation, service, "SELECT * FROM parked") == []


async def read_topics(servers: str) -> dict[str, list[tuple[bytes, bytes]]]:
    """Return everything on every topic, dead letters as well, by topic."""
    names = [one.name for topic in TOPICS for one in (topic, topic.dead_letters)]
    consumer = AIOKafkaConsumer(
        *names, bootstrap_servers=servers, auto_offset_reset="earliest", group_id=None
    )
    read: dict[str, list[tuple[bytes, bytes]]] = {name: [] for name in names}
    try:
        await consumer.start()
        end = await consumer.end_offsets(list(consumer.assignment()))
        waiting = {partition for partition, offset in end.items() if offset}
        while waiting:
            batches = await consumer.getmany(timeout_ms=200)
            for partition, records in batches.items():
                read[partition.topic] += [(one.key or b"", one.value or b"") for one in records]
            for partition in list(waiting):
                if await consumer.position(partition) >= end[partition]:
                    waiting.discard(partition)
    finally:
        await consumer.stop()
    return read


async def test_nothing_went_to_the_dead_letters_and_the_public_topic_is_complete(
    installation: Installation, institution: Institution
) -> None:
    registered = {one["registrationId"] for one in await institution.register_export()}

    topics = await read_topics(installation.kafka_servers)

    assert {name: found for name, found in topics.items() if "dead" in name and found} == {}
    for name in ("awards", "registrations", "registrations-state"):
        assert {key.decode() for key, _ in topics[name]} == registered


async def test_no_name_address_or_eduid_of_a_learner_is_found_anywhere(
    installation: Installation, institution: Institution, postgres: EmbeddedPostgres
) -> None:
    issued = await institution.issuer_export()
    assert len(issued) > 500
    wanted, planted = needles(*PERSONAL), needles(issued[-1]["awardId"])
    seen: list[str] = []

    def look(place: str, hay: bytes) -> None:
        assert find(wanted, hay) == [], place
        if find(planted, hay):
            seen.append(place)

    for topic, messages in (await read_topics(installation.kafka_servers)).items():
        look(f"topic {topic}", b"\n".join(key + b"\n" + value for key, value in messages))
    for service, url in installation.databases.items():
        name = urlsplit(url).path.lstrip("/")
        tables = await read_tables(postgres.url(name, user="postgres"))
        assert "outbox" in tables
        for table, rows in tables.items():
            look(f"{service}.{table}", rows)
    for name, content in read_files(installation.folder):
        look(f"log {name}", content)

    assert {"topic awards", "topic registrations", "issuer.award", "registry.registration"} <= {
        *seen
    }


async def test_no_learner_is_found_in_the_files_of_the_database(
    installation: Installation, postgres: EmbeddedPostgres
) -> None:
    name = urlsplit(installation.databases["issuer"]).path.lstrip("/")
    connection = await asyncpg.connect(postgres.url(name, user="postgres"))
    await connection.execute("CHECKPOINT")
    folder = Path(await connection.fetchval("SHOW data_directory"))
    await connection.close()
    wanted, clear = needles(GIVEN_NAME, EMAIL_HOST, EDU_ID), 0

    for name, content in read_files(folder):
        assert find(wanted, content) == [], name
        clear += b"urn:nld:oin:00000099000000000000:systeem:issuer" in content

    assert clear


async def test_every_process_stops_when_it_is_told_to(installation: Installation) -> None:
    codes = await asyncio.to_thread(installation.stop)

    assert set(codes.values()) <= {0, -15}, codes
