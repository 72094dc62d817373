"""The example consumers, beside a register that goes on changing: what they have is it."""

import asyncio
import itertools
import json
import random
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp
from typer.testing import CliRunner

from services.demo.register_commands import command
from services.registry.app import create_app
from services.registry.operations import snapshots
from services.registry.operations.reconciling import tally_up
from shared.contracts.events import Event
from shared.runtime.database import Database
from tests.support.awards import NOW, an_award, erased, granted
from tests.support.copies import hear, known_to, lives_of
from tests.support.example_consumers import PYTHON, ExampleConsumer, consumer
from tests.support.faulty_register import Events, FaultyRegister
from tests.support.material import ROOT
from tests.support.registering import put_in_log, register_settings
from tests.support.serving import serving

__all__ = ["consumer"]
pytestmark = pytest.mark.anyio

KILLING = ROOT / "tests" / "support" / "killing.py"
LIVES = 200


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
            sys.executable, KILLING, PYTHON, address, copy, str(LIVES), "7",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        said, _ = await killing.communicate()
        ended.set()
        await changing
        await put_in_log(register)
        last = await asyncio.create_subprocess_exec(
            sys.executable, PYTHON, "follow", address, copy, "--once"
        )
        assert await last.wait() == 0

    assert said == f"{LIVES} 0".encode()
    with sqlite3.connect(copy) as database:
        rows = database.execute("SELECT registration_id, state FROM registration")
        have = {about: json.loads(state) for about, state in rows}
    assert have == await known_to(register)
    assert len(have) > 50


async def begin(register: Database) -> tuple[ASGIApp, Iterator[Event]]:
    """Let a register know some awards, and have a snapshot of them."""
    events = lives_of(random.Random(3))
    await hear(register, *itertools.islice(events, 60))
    await put_in_log(register)
    await snapshots.take_snapshot(register, now=NOW, rest=0)
    return create_app(register_settings(register.url, log_key=None), register), events


async def go_on(register: Database, events: Iterator[Event], number: int = 60) -> None:
    await hear(register, *itertools.islice(events, number))
    await put_in_log(register)


def files_with(octets: bytes, folder: Path, pattern: str = "*") -> list[Path]:
    return [file for file in folder.glob(pattern) if octets in file.read_bytes()]


async def copy_of(consumer: ExampleConsumer, copy: Path) -> dict[str, Any]:
    _, *states = map(json.loads, (await consumer.export(copy)).splitlines())
    return {state["registrationId"]: state for state in states}


async def test_a_consumer_begins_with_a_snapshot_and_goes_on_with_the_events(
    register: Database, consumer: ExampleConsumer, tmp_path: Path
) -> None:
    app, events = await begin(register)
    copy, lines = tmp_path / "copy.sqlite", tmp_path / "copy.ndjson"
    watched = FaultyRegister(app)
    async with serving(watched) as address:
        for _ in range(3):
            await go_on(register, events)
            assert await consumer.follow(address, copy) == 0
            assert await copy_of(consumer, copy) == await known_to(register)
        await tally_up(register)
        lines.write_bytes(await consumer.export(copy))
        reconciled = await asyncio.to_thread(
            CliRunner().invoke, command, ["reconcile", address, str(lines)]
        )

    assert watched.asked.count("/v1/snapshots/60/file") == 1
    assert watched.files == ["application/zstd"]
    assert reconciled.exit_code == 0
    assert reconciled.output.startswith("Complete: ")
    assert "up to event 240." in reconciled.output
    assert not files_with(b"", tmp_path, "*.snapshot-*")


def tell_twice(register: FaultyRegister, events: Events) -> Events:
    """Tell what was told before once more, the last events first, and each of a page twice."""
    return [*register.told[::-1], *(one for event in events for one in (event, event))]


def leave_out_once(register: FaultyRegister, events: Events) -> Events:
    """Leave an event out, the first time only."""
    return events[:2] + events[3:] if not register.told else events


def leave_out_always(_register: FaultyRegister, events: Events) -> Events:
    """Leave an event out, however often is asked for it."""
    return [event for event in events if int(event["sequence"]) != 70]


@pytest.mark.parametrize(
    ("spoil", "gone", "snapshots_fetched"),
    [
        (tell_twice, 0, 1),
        (leave_out_once, 0, 1),
        (leave_out_always, 0, 2),
        (lambda _, events: events, 1, 2),
    ],
    ids=["duplicates", "a hole", "a hole that stays", "too old"],
)
async def test_a_consumer_has_the_register_whatever_goes_wrong_on_the_way(
    register: Database,
    consumer: ExampleConsumer,
    tmp_path: Path,
    spoil: Callable[[FaultyRegister, Events], Events],
    gone: int,
    snapshots_fetched: int,
) -> None:
    app, events = await begin(register)
    copy, faulty = tmp_path / "copy.sqlite", FaultyRegister(app, spoil=spoil, gone=gone)
    async with serving(faulty) as address:
        await go_on(register, events)
        first = asyncio.create_task(consumer.follow(address, copy))
        if snapshots_fetched > 1:
            # By the time it is needed there is a newer one, past what nobody tells any more.
            while "/v1/events" not in faulty.asked:
                await asyncio.sleep(0.01)
            await snapshots.take_snapshot(register, now=NOW, rest=0)
        assert await first == 0
        await go_on(register, events)
        assert await consumer.follow(address, copy) == 0

    assert await copy_of(consumer, copy) == await known_to(register)
    assert sum(path.endswith("/file") for path in faulty.asked) >= snapshots_fetched


async def test_a_consumer_that_was_cut_off_goes_on_with_the_file_it_has(
    register: Database, consumer: ExampleConsumer, tmp_path: Path
) -> None:
    app, _events = await begin(register)
    copy, faulty = tmp_path / "copy.sqlite", FaultyRegister(app, cut_off=1)
    async with serving(faulty) as address:
        assert await consumer.follow(address, copy) == 0

    assert faulty.asked.count("/v1/snapshots/60/file") == 2
    assert await copy_of(consumer, copy) == await known_to(register)


async def test_a_consumer_of_a_register_of_before_takes_the_form_it_knows(
    register: Database, consumer: ExampleConsumer, tmp_path: Path
) -> None:
    app, _events = await begin(register)
    copy, before = tmp_path / "copy.sqlite", FaultyRegister(app, is_of_before=True)
    async with serving(before) as address:
        assert await consumer.follow(address, copy) == 0

    assert before.files == ["application/gzip"]
    assert await copy_of(consumer, copy) == await known_to(register)


async def test_a_consumer_of_a_register_without_a_snapshot_begins_at_the_beginning(
    register: Database, consumer: ExampleConsumer, tmp_path: Path
) -> None:
    await put_in_log(register)
    await go_on(register, lives_of(random.Random(4)))
    app = create_app(register_settings(register.url, log_key=None), register)
    async with serving(app) as address:
        assert await consumer.follow(address, tmp_path / "copy.sqlite") == 0

    assert await copy_of(consumer, tmp_path / "copy.sqlite") == await known_to(register)


async def test_nothing_of_what_was_erased_is_left_in_the_files_of_a_consumer(
    register: Database, consumer: ExampleConsumer, tmp_path: Path
) -> None:
    award = an_award(credential_digest="feedc0de" * 8)
    await hear(register, granted(award), granted(an_award()))
    await put_in_log(register)
    await snapshots.take_snapshot(register, now=NOW, rest=0)
    app = create_app(register_settings(register.url, log_key=None), register)
    async with serving(app) as address:
        await consumer.follow(address, tmp_path / "copy.sqlite")
        assert files_with(b"feedc0de", tmp_path)
        await hear(register, erased(award.award_id))
        await put_in_log(register)
        await consumer.follow(address, tmp_path / "copy.sqlite")

    assert not files_with(b"feedc0de", tmp_path)
