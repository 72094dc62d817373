"""Couriers at work: one at a time for each subscription, and nobody waits for another."""

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from starlette.responses import Response

from services.registry.domain.deliveries import Failing, State
from services.registry.operations import deliveries
from services.registry.operations.couriers import keep_delivering
from services.registry.repository import deliveries as repository
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database
from tests.support import courier
from tests.support.awards import DELFT
from tests.support.bus import at_work, until
from tests.support.receiver import Receiver, receiving
from tests.support.webhooks import (
    a_courier,
    at_work_for,
    change,
    choose,
    fails,
    grow,
    has,
    is_at,
    log_of,
    read,
    state_of,
    subscribe,
    was_sent,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("status", [429, 503])
async def test_who_is_busy_is_left_alone_as_long_as_it_asks(
    register: Database, receiver: Receiver, status: int
) -> None:
    answers = itertools.chain(
        [Response(status_code=status, headers={"Retry-After": "2"})],
        itertools.repeat(Response(status_code=204)),
    )
    receiver.answer = lambda _sent: next(answers)
    known = await subscribe(register, receiver.url)
    await grow(register, 1)

    async with at_work_for(register):
        await until(lambda: has(receiver, 1))
        await asyncio.sleep(1.2)
        assert len(receiver.sent) == 1
        waiting = (await read(register, known)).subscription.course
        assert (waiting.failures, waiting.state) == (0, State.ACTIVE)
        await until(lambda: is_at(register, known, 1))

    assert receiver.sequences == [1, 1]


async def test_a_receiver_gets_no_more_a_minute_than_it_allows(
    register: Database, receiver: Receiver
) -> None:
    receiver.allows = {"WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "120"}
    known = await subscribe(register, receiver.url)
    await grow(register, 5)

    async with at_work_for(register):
        began = asyncio.get_running_loop().time()
        await until(lambda: is_at(register, known, 5))
        took = asyncio.get_running_loop().time() - began

    assert (await read(register, known)).subscription.allowed_rate == 120
    assert took >= 2


async def test_the_slow_and_the_dead_keep_only_themselves_waiting(
    register: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "ANSWER_SECONDS", 3.0)
    slow = Receiver(delay=60)
    async with receiving(slow):
        late = [await subscribe(register, slow.url) for _ in range(20)]
        dead = [await subscribe(register, "http://127.0.0.1:9/hook") for _ in range(20)]
        quick = await subscribe(register, receiver.url, organisation=DELFT)
        await grow(register, 30)

        async with at_work_for(register):
            await until(lambda: is_at(register, quick, 30))
            assert slow.sent == []
            assert await state_of(register, dead[0]) == (State.VALIDATING, None)
            await until(lambda: was_sent(register, late[0]))
            failed = (await log_of(register, late[0]))[0]
    assert (failed.last_status, failed.last_failing) == (None, Failing.TOO_SLOW)


@pytest.mark.parametrize("seed", range(3))
async def test_couriers_side_by_side_serve_a_subscription_one_at_a_time(
    register: Database, receiver: Receiver, seed: int
) -> None:
    receiver.delay = 0.01
    others = [Receiver() for _ in range(3)]
    await subscribe(register, receiver.url)
    async with receiving(others[0]), receiving(others[1]), receiving(others[2]):
        for other in others:
            await subscribe(register, other.url)
        async with at_work_for(register, 4):
            for _ in range(4):
                await grow(register, 10)
            for one in (receiver, *others):
                await until(partial(has, one, 40))

    for one in (receiver, *others):
        assert one.sequences == [*range(1, 41)]
    assert receiver.most_at_once == 1


async def test_a_courier_that_is_killed_is_followed_by_another_and_nothing_is_left_out(
    register: Database, receiver: Receiver
) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 40)
    receiver.delay = 0.02
    for count in (1, 6, 13, 25):
        killed = courier.start(register.url)
        await until(partial(has, receiver, count), every=0.001)
        killed.kill()
        killed.wait()
    last = courier.start(register.url)
    await until(lambda: is_at(register, known, 40))
    last.terminate()
    last.wait()

    assert sorted(set(receiver.sequences)) == [*range(1, 41)]
    ids = {one.sequence: one.headers["webhook-id"] for one in receiver.sent}
    assert all(one.headers["webhook-id"] == ids[one.sequence] for one in receiver.sent)
    for before, after in itertools.pairwise(receiver.sequences):
        assert after <= before + 1
    assert len(receiver.sent) <= 40 + 4 * 8


async def test_who_lost_its_lease_moves_nothing_on(register: Database, receiver: Receiver) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 3)
    ours, now = a_courier(register), clock.now()
    await change(register, "UPDATE subscription SET state = 'active', validated_at = now()")
    async with register.acting_for(EVERY_ORGANISATION) as straight:
        [held] = await repository.claim(
            straight,
            ours.lease,
            until=now + timedelta(seconds=9),
            now=now + timedelta(seconds=1),
            failing=False,
            besides=[],
            limit=9,
        )
    await choose(register, known, state=State.PAUSED)
    receiver.delay = 2 * deliveries.WRITE_SECONDS

    await deliveries.serve(ours, held)

    assert receiver.sequences == [1]
    after = (await read(register, known)).subscription
    assert (after.position, after.course.state) == (0, State.PAUSED)
    assert [one.index for one in await log_of(register, known)] == [0]


async def test_what_leads_to_this_machine_is_not_sent_to_outside_a_sandbox(
    register: Database, receiver: Receiver
) -> None:
    known = await subscribe(register, receiver.url.replace("127.0.0.1", "localhost"))
    await grow(register, 1)
    await change(
        register, "UPDATE subscription SET target = 'https://localhost/', validated_at = now()"
    )
    guarded = replace(a_courier(register), reach=replace(a_courier(register).reach, anywhere=False))
    await change(register, "UPDATE subscription SET state = 'active'")

    async with at_work(lambda: keep_delivering(guarded)):
        await until(lambda: fails(register, known))

    [failed] = await log_of(register, known)
    assert failed.last_failing is Failing.ADDRESS_REFUSED
    assert not receiver.sent
    assert not receiver.asked
