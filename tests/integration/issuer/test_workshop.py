"""Where slices are worked on: at once in a thread, then in processes, also after one was killed."""

import asyncio
import gc
import os
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.issuer.operations.batches.processes import HandLostError
from services.issuer.operations.batches.workshop import ManyHands, Workshop
from services.issuer.operations.desk import Desk
from services.issuer.repository import batches_intents
from shared.runtime.database import EVERY_ORGANISATION
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_row

pytestmark = pytest.mark.anyio
PATIENCE = 60.0


@dataclass
class Pad:
    """A piece of work of these tests: what was written down, and in which process."""

    lines: list[str] = field(default_factory=list)


class SpilledError(Exception):
    """Something went wrong at work."""


def whose(_desk: Desk) -> int:
    """Say in which process this is done."""
    return os.getpid()


def take_a_pad(_desk: Desk) -> Pad:
    """Begin to write."""
    return Pad()


def write(pad: Pad, line: str) -> tuple[int, list[str]]:
    """Go on writing; say in which process, and all that stands there by now."""
    pad.lines.append(line)
    return os.getpid(), pad.lines


def write_slowly(pad: Pad, line: str) -> tuple[int, list[str]]:
    """Go on writing, so that there is time to be told not to."""
    time.sleep(0.2)
    return write(pad, line)


def spill(_pad: Pad) -> None:
    """Go wrong."""
    raise SpilledError


def count_pads(_desk: Desk) -> int:
    """Say how many pads there are in this process."""
    gc.collect()
    return sum(isinstance(one, Pad) for one in gc.get_objects())


async def elsewhere(hands: ManyHands) -> int:
    """Return a process that works for us, once there is one."""
    async with asyncio.timeout(PATIENCE):
        while (pid := await hands.do(whose)) == os.getpid():
            await asyncio.sleep(0.05)
    return pid


@pytest.fixture
async def one_hand(issuer: Issuer) -> AsyncIterator[ManyHands]:
    """Give a workshop of one process, which is there."""
    hands = ManyHands(issuer.desk, issuer.settings, hands=1)
    await elsewhere(hands)
    yield hands
    hands.close()


async def test_the_first_work_waits_for_no_process(issuer: Issuer) -> None:
    hands = ManyHands(issuer.desk, issuer.settings, hands=1)
    try:
        assert await hands.do(whose) == os.getpid()
        async with hands.begin(take_a_pad) as hand:
            assert await hand.do(write, "here") == (os.getpid(), ["here"])
        assert await elsewhere(hands) != os.getpid()
    finally:
        hands.close()


async def test_a_process_that_is_killed_is_replaced(one_hand: ManyHands) -> None:
    killed = await one_hand.do(whose)
    os.kill(killed, signal.SIGKILL)

    assert await one_hand.do(whose) in {killed, os.getpid()}
    assert await elsewhere(one_hand) not in {killed, os.getpid()}


async def test_what_a_thread_began_stays_at_hand(issuer: Issuer) -> None:
    async with Workshop(issuer.desk).begin(take_a_pad) as hand:
        await hand.do(write, "one")
        assert await hand.do(write, "two") == (os.getpid(), ["one", "two"])


async def test_what_a_hand_began_stays_with_it_until_it_is_done(one_hand: ManyHands) -> None:
    pid = await one_hand.do(whose)
    async with one_hand.begin(take_a_pad) as first, one_hand.begin(take_a_pad) as second:
        await first.do(write, "one")
        assert await second.do(write, "other") == (pid, ["other"])
        assert await first.do(write, "two") == (pid, ["one", "two"])
        assert await one_hand.do(count_pads) == 2

    assert await one_hand.do(count_pads) == 0


async def test_what_goes_wrong_is_put_away_and_the_hand_goes_on(one_hand: ManyHands) -> None:
    with pytest.raises(SpilledError):
        async with one_hand.begin(take_a_pad) as hand:
            await hand.do(spill)

    assert await one_hand.do(count_pads) == 0


async def test_who_is_told_to_stop_leaves_nothing_and_disturbs_nobody(one_hand: ManyHands) -> None:
    async def work() -> None:
        async with one_hand.begin(take_a_pad) as hand:
            await hand.do(write_slowly, "too late")

    working = asyncio.create_task(work())
    await asyncio.sleep(0.1)
    working.cancel()
    await asyncio.wait({working})

    assert await one_hand.do(whose) != os.getpid()
    assert await one_hand.do(count_pads) == 0


async def test_what_is_begun_side_by_side_goes_to_different_hands(issuer: Issuer) -> None:
    hands = ManyHands(issuer.desk, issuer.settings, hands=2)
    try:
        async with asyncio.timeout(PATIENCE):
            pids: set[int] = set()
            while len(pids - {os.getpid()}) < 2:
                async with hands.begin(take_a_pad) as first, hands.begin(take_a_pad) as second:
                    pids = {(await one.do(write, ""))[0] for one in (first, second)}
    finally:
        hands.close()


async def test_what_a_killed_hand_had_begun_is_lost(one_hand: ManyHands) -> None:
    async with one_hand.begin(take_a_pad) as hand:
        pid, _ = await hand.do(write, "one")
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(HandLostError):
            await hand.do(write, "two")

    assert await one_hand.do(whose) == os.getpid()
    assert await elsewhere(one_hand) != pid


async def test_a_slice_whose_hand_is_killed_is_awarded_all_the_same(
    issuer: Issuer, one_hand: ManyHands, monkeypatch: pytest.MonkeyPatch
) -> None:
    institution = Institution(issuer, one_hand)
    await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    pid, keep = await one_hand.do(whose), batches_intents.keep_intent

    async def keep_and_kill(*args: Any, **named: Any) -> None:
        await keep(*args, **named)
        os.kill(pid, signal.SIGKILL)

    with monkeypatch.context() as killing:
        killing.setattr(batches_intents, "keep_intent", keep_and_kill)
        assert await institution.run() == 1
    before = await issuer.ask("SELECT count(*) FROM award")
    async with issuer.database.acting_for(EVERY_ORGANISATION) as straight:
        await straight.connection.execute("UPDATE batch_slice SET taken_until = '2026-01-01Z'")
    assert await institution.run() == 1

    assert before == [(0,)]
    assert await issuer.ask("SELECT state FROM award") == [("granted",)] * 2
    assert len(await issuer.announced("awards")) == 2
