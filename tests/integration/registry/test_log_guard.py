"""A worker that starts asks those who watch the log, before it signs a thing."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from sqlalchemy import text
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.demo.witness.app import create_witness
from services.registry import consumers
from services.registry.app import create_worker
from services.registry.domain.witnessing import Hold
from services.registry.operations.witnesses import find_hold
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.health import find_readiness
from tests.support.awards import NOW, an_award, granted
from tests.support.postgres import MakeDatabase
from tests.support.registering import put_in_log, register_settings
from tests.support.serving import serving
from tests.support.watching import Watch

pytestmark = pytest.mark.anyio
SOURCE = "urn:nld:oin:00000099000000000000:systeem:registry"
OpenDatabase = Callable[..., Database]


@pytest.fixture
def register(make_database: MakeDatabase, open_database: OpenDatabase) -> Database:
    return open_database(make_database("services.registry"), SOURCE)


@pytest.fixture
def watch(register: Database, tmp_path: Path) -> Watch:
    return Watch(register, tmp_path)


async def record(register: Database, count: int) -> None:
    subscriptions = consumers.subscribe(lambda: NOW)
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await subscriptions.hear([granted(an_award()) for _ in range(count)], session)


async def change(register: Database, *statements: str) -> None:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        for statement in statements:
            await session.execute(text(statement))


async def size_of(register: Database) -> int:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        size = await session.scalar(text("SELECT size FROM log_state"))
    assert isinstance(size, int)
    return size


async def test_nothing_is_signed_before_more_than_half_of_the_witnesses_were_heard(
    register: Database, watch: Watch
) -> None:
    await record(register, 1)
    assert await watch.sequence() == 0
    await watch.ask("w1")
    assert await watch.sequence() == 0
    await watch.ask("w2")
    assert await watch.sequence() == 1


async def test_after_some_patience_one_witness_is_enough_and_none_is_not(
    register: Database, watch: Watch
) -> None:
    watch.restart(patience=0)
    await record(register, 1)
    assert await watch.sequence() == 0
    await watch.ask("w1")
    assert await watch.sequence() == 1


async def test_a_worker_signs_as_soon_as_its_witness_is_back_and_hears_nothing_before(
    register: Database, watch: Watch
) -> None:
    is_up = asyncio.Event()
    witness = create_witness(watch.witnesses["w1"])

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        down = Response("", 503)
        await (witness if is_up.is_set() else down)(scope, receive, send)

    await record(register, 3)
    async with serving(answer) as address:
        place = {"vkey": watch.signers["w1"].key.vkey, "url": address}
        settings = register_settings(
            register.url,
            kafka_servers="127.0.0.1:1",
            witnesses=[place],
            witness_seconds=0.05,
            sequencer_seconds=0.05,
        )
        worker = create_worker(settings, register)
        working = asyncio.create_task(worker.run())
        try:
            async with asyncio.timeout(10):
                while await find_hold(register) != Hold.WAITING.value:
                    await asyncio.sleep(0.05)
            assert await size_of(register) == 0
            is_up.set()
            async with asyncio.timeout(10):
                while await size_of(register) < 3:
                    await asyncio.sleep(0.05)
            assert await find_hold(register) is None
            figures = generate_latest().decode()
            assert "waarmerk_log_held 0.0" in figures
            assert 'waarmerk_witness_well{witness="w1.example.nl"} 1.0' in figures
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def test_a_database_restored_to_an_older_point_is_not_signed_until_it_caught_up(
    make_database: MakeDatabase, open_database: OpenDatabase, register: Database, tmp_path: Path
) -> None:
    # The backup, and the life that went on after it was made.
    backup = open_database(make_database("services.registry"), SOURCE)
    watch = Watch(register, tmp_path)
    await watch.ask()
    await record(register, 5)
    await watch.sequence()
    await watch.ask()

    # Other facts were logged there: what is made again has other salts, hence other leaves.
    restored = Watch(backup, tmp_path)
    restored.witnesses, restored.places = watch.witnesses, watch.places
    restored.restart()
    await record(backup, 2)
    await restored.ask()
    assert await restored.sequence() == 0
    assert await size_of(backup) == 0
    await change(backup, "UPDATE log_hold SET since = since - interval '2 seconds'")
    readiness = await find_readiness(backup, consumer=None, find_hold=find_hold)
    assert (readiness.ready, readiness.hold) == (False, Hold.BEHIND.value)

    # As large as before, but of other entries: that is a fork, and still nothing is signed.
    await put_in_log(backup)
    await record(backup, 3)
    await put_in_log(backup)
    restored.restart()
    await restored.ask()
    await record(backup, 1)
    assert await restored.sequence() == 0
    assert restored.guard.find_hold(5, at=time.monotonic()) is Hold.DISPUTED


async def test_a_log_that_shrinks_under_a_running_worker_asks_its_witnesses_anew(
    register: Database, watch: Watch
) -> None:
    await watch.ask()
    await record(register, 5)
    await watch.sequence()
    await watch.ask()
    assert watch.guard.find_hold(5, at=time.monotonic()) is None
    assert watch.guard.find_hold(3, at=time.monotonic()) is Hold.WAITING
