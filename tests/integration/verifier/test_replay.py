"""A verifier that begins with nothing: what the broker still keeps makes it say the same."""

import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from services.verifier import consumers
from services.verifier.app import create_app
from services.verifier.repository import copies
from services.verifier.settings import Settings
from shared.runtime.database import Database
from shared.runtime.letters import Message
from shared.runtime.receipt import take
from tests.integration.verifier.lives import (
    VERDICTS,
    Said,
    a_crowd,
    all_that_was_said,
    as_batches,
    as_kept,
    token_of,
    with_repeats,
)
from tests.support.bus import in_envelope, send, until
from tests.support.kafka import RealKafka, free_ports
from tests.support.postgres import MakeDatabase
from tests.support.services import RunningService
from tests.unit.verifier.forge import NOW

pytestmark = pytest.mark.anyio

OF_THE_LAST_STATE = {
    "organisation": "oin, body",
    "policy": "policy, body",
    "microcredential": "microcredential_id, version, page, body",
    "issuer_key": "kid, issuer, body",
    "status_list": "url, edition, signed",
    # Which of its credentials an emptied row names, is no longer known; all of them lead to it.
    "registration": "registration_id, body, is_erased, CASE WHEN body <> '' THEN credential_id END",
}
LONG_AGO = NOW - timedelta(days=1)
Begin = Callable[[], Awaitable[Database]]


@pytest.fixture
async def begin(make_database: MakeDatabase) -> AsyncIterator[Begin]:
    """Begin with an empty database."""
    opened: list[Database] = []

    async def begin_() -> Database:
        url = make_database("services.verifier")
        opened.append(Database(url, source="urn:nld:oin:00000099000000000000:systeem:verifier"))
        return opened[-1]

    yield begin_
    for one in opened:
        await one.dispose()


async def read_all(database: Database, batches: Iterable[Sequence[Message]]) -> None:
    """Read batches as a consumer does, each in its transaction."""
    subscriptions = consumers.subscribe(lambda: NOW)
    for batch in batches:
        async with database.transaction() as session:
            await take(session, batch, consumer="verifier", subscriptions=subscriptions)
    async with database.transaction() as session:
        await copies.note_complete(session, NOW)


async def tables_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    async with database.transaction() as session:
        return {
            table: [
                tuple(row)
                for row in await session.execute(
                    text(f"SELECT {columns} FROM {table} ORDER BY 1, 2")
                )
            ]
            for table, columns in OF_THE_LAST_STATE.items()
        }


async def verdicts_of(database: Database) -> dict[int, str]:
    app = create_app(
        Settings(database_url=database.url, public_url="https://verifier.example"), database
    )
    app.state.clock = lambda: NOW
    async with AsyncClient(transport=ASGITransport(app), base_url="https://v.example") as client:
        answers = {
            number: await client.post("/v1/verifications", json={"credential": token_of(number)})
            for number in VERDICTS
        }
    return {number: answer.json()["verdict"]["state"] for number, answer in answers.items()}


def kept(*, tombstones: bool, marked: bool = True) -> list[Said]:
    return as_kept(all_that_was_said(marked=marked), tombstones=tombstones)


@pytest.mark.parametrize("tombstones", [True, False], ids=["swept lately", "swept long ago"])
@pytest.mark.parametrize(
    ("marked", "at"),
    [(True, NOW), (True, LONG_AGO), (False, LONG_AGO)],
    ids=["just now", "long ago", "before erasures bore marks"],
)
async def test_who_begins_with_nothing_comes_to_what_who_listened_all_along_knows(
    begin: Begin, *, tombstones: bool, marked: bool, at: datetime
) -> None:
    listener, beginner = await begin(), await begin()
    said, left = all_that_was_said(marked=marked), kept(tombstones=tombstones, marked=marked)
    await read_all(listener, as_batches(said, random.Random(1), at=at))
    await read_all(beginner, as_batches(left, random.Random(2), at=at))

    assert await verdicts_of(listener) == VERDICTS
    assert await verdicts_of(beginner) == VERDICTS
    assert await tables_of(beginner) == await tables_of(listener)


async def test_who_listened_all_along_needs_no_marks_of_erasures(begin: Begin) -> None:
    # As when the register is older than the verifier; the topics of a broker keep pace.
    listener = await begin()
    in_order = sorted(all_that_was_said(marked=False), key=lambda one: one[0].name, reverse=True)
    await read_all(listener, as_batches(in_order, random.Random(1), longest=1))

    assert await verdicts_of(listener) == VERDICTS


@pytest.mark.parametrize("seed", range(6))
async def test_in_whatever_order_and_however_often_it_is_told_the_end_is_the_same(
    begin: Begin, seed: int
) -> None:
    chance = random.Random(seed)
    marked, at = ((True, NOW), (False, LONG_AGO))[seed % 2]
    once, again = await begin(), await begin()
    whole = list(all_that_was_said(marked=marked))
    await read_all(once, as_batches(whole, random.Random(99), at=at))
    left = (kept(tombstones=True, marked=marked), kept(tombstones=False, marked=marked))
    said = chance.choice((whole, *left))
    await read_all(again, as_batches(with_repeats(said, chance), chance, at=at))

    assert await verdicts_of(again) == VERDICTS
    assert await tables_of(again) == await tables_of(once)


async def test_reading_everything_again_changes_nothing(begin: Begin) -> None:
    database = await begin()
    await read_all(database, as_batches(all_that_was_said(), random.Random(5)))
    before = await tables_of(database)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM consumer_offset"))
        # As after a loss of the versions too: what is erased must not come back even for a moment.
        await session.execute(text("DELETE FROM subject_version"))

    for batch in as_batches(all_that_was_said(), random.Random(6)):
        await read_all(database, [batch])
        assert (await verdicts_of(database))[4] == "erased"

    assert await tables_of(database) == before


async def test_nothing_is_green_before_everything_was_heard_once(begin: Begin) -> None:
    database = await begin()
    subscriptions = consumers.subscribe(lambda: NOW)
    for batch in as_batches(all_that_was_said(), random.Random(7)):
        async with database.transaction() as session:
            await take(session, batch, consumer="verifier", subscriptions=subscriptions)

    assert (await verdicts_of(database))[0] == "cannot-check"


@pytest.mark.kafka
async def test_two_workers_of_which_one_is_killed_amid_it_come_to_the_same(
    begin: Begin, kafka: RealKafka, tmp_path: Path
) -> None:
    said = [*a_crowd(4000), *kept(tombstones=True)]
    await send(
        kafka.servers,
        *(
            (topic.name, key.encode(), in_envelope(event).to_bytes() if event else None)
            for topic, key, event in said
        ),
    )
    listener, database = await begin(), await begin()
    await read_all(listener, as_batches(said, random.Random(8), longest=500))

    async def heard(number: int) -> bool:
        async with database.transaction() as session:
            found = await session.scalar(text("SELECT count(body) FROM registration"))
            return int(found or 0) >= number

    async def is_complete() -> bool:
        async with database.engine.connect() as connection:
            return (await copies.read_freshness(connection)).knowledge.as_of is not None

    workers = [a_worker(number, database, kafka, tmp_path) for number in range(3)]
    try:
        for worker in workers[:2]:
            worker.start()
        await until(lambda: heard(200), every=0.01)
        workers[0].kill()
        assert not await heard(4000), "it was over before it was killed"
        assert (await verdicts_of(database))[0] != "valid"
        workers[2].start()
        await until(is_complete, seconds=90)
    finally:
        for worker in workers:
            worker.kill()

    assert await verdicts_of(database) == VERDICTS
    assert await tables_of(database) == await tables_of(listener)


def a_worker(number: int, database: Database, kafka: RealKafka, folder: Path) -> RunningService:
    """Return a worker as a process of its own."""
    port, _ = free_ports()
    return RunningService(
        name=f"verifier work {number}",
        command=[sys.executable, "-m", "services.verifier", "work"],
        environment={
            "WAARMERK_DATABASE_URL": database.url,
            "WAARMERK_KAFKA_SERVERS": kafka.servers,
            "WAARMERK_PUBLIC_URL": "https://verifier.example",
            "WAARMERK_WORK_PORT": str(port),
        },
        health=f"http://127.0.0.1:{port}/health/live",
        log=folder / f"worker-{number}.log",
    )
