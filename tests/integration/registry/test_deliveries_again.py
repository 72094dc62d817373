"""Sending again: back to a place, one event, after a pause; and what is remembered of it."""

import asyncio

import pytest

from services.registry.domain.deliveries import State
from services.registry.operations import subscriptions
from services.registry.operations.couriers import forget_deliveries
from services.registry.operations.feed import Start
from shared.runtime import clock
from shared.runtime.database import Database
from tests.support.awards import TWENTE
from tests.support.bus import until
from tests.support.receiver import Receiver
from tests.support.webhooks import (
    a_courier,
    all_sent,
    at_work_for,
    change,
    choose,
    grow,
    has,
    is_at,
    is_so,
    log_of,
    subscribe,
)

pytestmark = pytest.mark.anyio


async def test_a_replay_goes_back_to_a_sequence_under_the_same_ids(
    register: Database, receiver: Receiver
) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 5)
    async with at_work_for(register):
        await until(lambda: is_at(register, known, 5))
        async with register.transaction() as session:
            await subscriptions.replay(
                session,
                organisation=TWENTE,
                subscription_id=known.subscription.subscription_id,
                start=Start(after_sequence=2),
                now=clock.now(),
            )
        await until(lambda: has(receiver, 8))

    assert receiver.sequences == [1, 2, 3, 4, 5, 3, 4, 5]
    assert [one.headers["webhook-id"] for one in receiver.sent[2:5]] == [
        one.headers["webhook-id"] for one in receiver.sent[5:]
    ]
    assert [one.attempts for one in await log_of(register, known)] == [2, 2, 2, 1, 1]


async def test_one_event_is_sent_again_when_it_is_asked(
    register: Database, receiver: Receiver
) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 3)
    async with at_work_for(register):
        await until(lambda: is_at(register, known, 3))
        second = (await log_of(register, known))[1]
        await choose(register, known, state=State.PAUSED)
        async with register.transaction() as session:
            await subscriptions.send_again(
                session,
                organisation=TWENTE,
                subscription_id=known.subscription.subscription_id,
                delivery_id=second.delivery_id,
                now=clock.now(),
            )
        await until(lambda: has(receiver, 4))
        await until(lambda: all_sent(register, known))

    assert receiver.sequences == [1, 2, 3, 2]
    assert receiver.sent[3].headers["webhook-id"] == str(second.event_id)
    assert (await log_of(register, known))[1].attempts == 2


async def test_while_it_is_paused_nothing_is_sent_and_nothing_is_lost(
    register: Database, receiver: Receiver
) -> None:
    known = await subscribe(register, receiver.url)
    async with at_work_for(register):
        await until(lambda: is_so(register, known, State.ACTIVE))
        await choose(register, known, state=State.PAUSED)
        await grow(register, 3)
        await asyncio.sleep(0.6)
        assert receiver.sent == []
        await choose(register, known, state=State.ACTIVE)
        await until(lambda: has(receiver, 3))

    assert receiver.sequences == [1, 2, 3]
    assert len(receiver.asked) == 1


async def test_deliveries_of_long_ago_are_forgotten(
    register: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 3)
    async with at_work_for(register):
        await until(lambda: is_at(register, known, 3))
    await change(
        register,
        "UPDATE delivery SET last_attempt_at = now() - interval '31 days' WHERE index < 2",
    )

    await forget_deliveries(a_courier(register))

    assert [one.index for one in await log_of(register, known)] == [2]
