"""Where slices are worked on: at once in a thread, then in processes, also after one was killed."""

import asyncio
import os
import signal

import pytest

from services.issuer.operations.batches.workshop import ManyHands
from services.issuer.operations.desk import Desk
from tests.integration.issuer.conftest import Issuer

pytestmark = pytest.mark.anyio
PATIENCE = 60.0


def whose(_desk: Desk) -> int:
    """Say in which process this is done."""
    return os.getpid()


async def elsewhere(hands: ManyHands) -> int:
    """Return a process that works for us, once there is one."""
    async with asyncio.timeout(PATIENCE):
        while (pid := await hands.do(whose)) == os.getpid():
            await asyncio.sleep(0.05)
    return pid


async def test_the_first_work_waits_for_no_process(issuer: Issuer) -> None:
    hands = ManyHands(issuer.desk, issuer.settings, hands=1)
    try:
        assert await hands.do(whose) == os.getpid()
        assert await elsewhere(hands) != os.getpid()
    finally:
        hands.close()


async def test_a_process_that_is_killed_is_replaced(issuer: Issuer) -> None:
    hands = ManyHands(issuer.desk, issuer.settings, hands=1)
    try:
        killed = await elsewhere(hands)
        os.kill(killed, signal.SIGKILL)

        assert await hands.do(whose) in {killed, os.getpid()}
        assert await elsewhere(hands) not in {killed, os.getpid()}
    finally:
        hands.close()
