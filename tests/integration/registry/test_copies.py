"""The example consumers, beside a register that goes on changing: what they have is it."""

import asyncio
import itertools
import json
import random
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.registry.app import create_app
from services.registry.operations import snapshots
from shared.runtime.database import Database
from tests.support.awards import NOW
from tests.support.copies import hear, known_to, lives_of
from tests.support.material import ROOT
from tests.support.postgres import MakeDatabase
from tests.support.registering import put_in_log, register_settings
from tests.support.serving import serving

pytestmark = pytest.mark.anyio

CONSUMER = ROOT / "deploy" / "examples" / "python-consumer" / "consumer.py"
KILLING = ROOT / "tests" / "support" / "killing.py"
LIVES = 200


@pytest.fixture
def register(make_database: MakeDatabase, open_database: Callable[..., Database]) -> Database:
    return open_database(
        make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
    )


async def test_a_consumer_that_is_killed_200_times_has_the_register(
    register: Database, tmp_path: Path
) -> None:
    events, copy = lives_of(random.Random(20261126)), tmp_path / "copy.sqlite"
    await put_in_log(register)
    ended = asyncio.Event()

    async def go_on() -> None:
        for round_ in itertools.count(1):
            await hear(register, *itertools.islice(events, 5))
            if round_ % 3:
                await put_in_log(register)
            if round_ % 25 == 0:
                await snapshots.take_snapshot(register, now=NOW, rest=0)
            if ended.is_set():
                return
            await asyncio.sleep(0.05)

    app = create_app(register_settings(register.url, log_key=None), register)
    async with serving(app) as address:
        changing = asyncio.create_task(go_on())
        killing = await asyncio.create_subprocess_exec(
            sys.executable, KILLING, CONSUMER, address, copy, str(LIVES), "7",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        said, _ = await killing.communicate()
        ended.set()
        await changing
        await put_in_log(register)
        last = await asyncio.create_subprocess_exec(
            sys.executable, CONSUMER, "follow", address, copy, "--once"
        )
        assert await last.wait() == 0

    assert said == f"{LIVES} 0".encode()
    with sqlite3.connect(copy) as database:
        rows = database.execute("SELECT registration_id, state FROM registration")
        have = {about: json.loads(state) for about, state in rows}
    assert have == await known_to(register)
    assert len(have) > 100
