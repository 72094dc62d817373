"""Ready means: the database answers, and the worker hears the bus or has nothing to hear."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, text

from shared.runtime.database import Database
from shared.runtime.health import Health, Readiness, find_readiness
from shared.runtime.schema import consumer_state, outbox
from tests.support.postgres import MakeDatabase
from tests.support.toy import NOWHERE, a_client, create_toy

pytestmark = pytest.mark.anyio


@pytest.fixture
def database(make_database: MakeDatabase, open_database: Callable[[str], Database]) -> Database:
    return open_database(make_database("tests.support.ledger"))


async def beat(
    database: Database,
    *,
    worker: str = "one",
    silence: int = 0,
    standstill: int = 0,
    lag: int = 0,
    fault: str | None = None,
) -> None:
    async with database.transaction() as session:
        await session.execute(
            insert(consumer_state).values(
                consumer="toy",
                worker=worker,
                partitions=4,
                lag=lag,
                beat_at=func.now() - timedelta(seconds=silence),
                progressed_at=func.now() - timedelta(seconds=standstill),
                fault=fault,
            )
        )


async def judge(database: Database) -> Readiness:
    return await find_readiness(database, consumer="toy")


async def test_a_service_that_hears_nothing_needs_only_its_database(database: Database) -> None:
    assert (await find_readiness(database, consumer=None)).ready


async def test_a_database_that_is_down_is_not_ready() -> None:
    readiness = await find_readiness(Database(NOWHERE, source="toy"), consumer=None)

    assert (readiness.ready, readiness.database) == (False, Health.DOWN)


async def test_a_consumer_nobody_saw_is_not_ready(database: Database) -> None:
    assert await judge(database) == Readiness(
        ready=False, database=Health.OK, consumer=Health.NEVER_SEEN
    )


@pytest.mark.parametrize(
    ("state", "consumer", "ready"),
    [
        ({}, Health.OK, True),
        ({"silence": 29}, Health.OK, True),
        ({"silence": 31}, Health.SILENT, False),
        ({"standstill": 3600}, Health.OK, True),
        ({"lag": 5, "standstill": 59}, Health.OK, True),
        ({"lag": 5, "standstill": 61}, Health.STUCK, False),
        ({"fault": "broker-down"}, Health.FAULTY, True),
    ],
)
async def test_a_consumer_is_judged_by_its_heart_beat(
    database: Database, state: dict[str, int], consumer: Health, *, ready: bool
) -> None:
    await beat(database, **state)  # type: ignore[arg-type] # states as a table

    readiness = await judge(database)

    assert (readiness.consumer, readiness.ready) == (consumer, ready)


async def test_a_worker_that_left_does_not_count(database: Database) -> None:
    await beat(database, worker="gone", silence=600, lag=100, standstill=600)
    await beat(database, worker="here", lag=2)

    assert await judge(database) == Readiness(
        ready=True, database=Health.OK, consumer=Health.OK, lag=2
    )


async def test_the_answer_is_a_503_when_not_ready(database: Database) -> None:
    async with a_client(create_toy(database, consumer="toy")) as toy:
        before = await toy.get("/health/ready")
        await beat(database)
        after = await toy.get("/health/ready")
        alive = await toy.get("/health/live")

    assert (before.status_code, after.status_code, alive.status_code) == (503, 200, 200)
    assert before.json()["consumer"] == "never-seen"


async def test_figures_tell_of_the_bus(database: Database) -> None:
    await beat(database, lag=7, fault="x")
    async with database.transaction() as session:
        await session.execute(
            insert(outbox).values(
                topic="t", key="k", value=b"v", created_at=func.now() - timedelta(seconds=90)
            )
        )
    async with a_client(create_toy(database)) as toy:
        figures = (await toy.get("/metrics")).text

    assert 'waarmerk_outbox_waiting{service="toy"} 1.0' in figures
    assert 'waarmerk_outbox_age_seconds{service="toy"} 90.' in figures
    assert 'waarmerk_consumer_lag{consumer="toy",service="toy"} 7.0' in figures
    assert 'waarmerk_consumer_faulty{consumer="toy",service="toy"} 1.0' in figures
    assert 'waarmerk_database_up{service="toy"} 1.0' in figures


async def test_a_statement_that_takes_too_long_is_a_503(make_database: MakeDatabase) -> None:
    slow = Database(
        make_database("tests.support.ledger"), source="toy", pool_size=1, statement_seconds=0.2
    )
    async with a_client(create_toy(slow)) as toy:
        answer = await toy.get("/v1/slow")
        again = await toy.get("/health/ready")
    await slow.dispose()

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert again.status_code == 200


async def test_a_value_the_database_cannot_keep_is_a_400(database: Database) -> None:
    app = create_toy(database)

    @app.get("/v1/out-of-range")
    async def overflow() -> None:
        async with database.transaction() as session:
            await session.execute(text("SELECT 2147483647 + 1"))

    async with a_client(app) as toy:
        answer = await toy.get("/v1/out-of-range")

    assert (answer.status_code, answer.json()["code"]) == (400, "not-storable")
