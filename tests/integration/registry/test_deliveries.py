"""Deliveries to receivers on real sockets: asked for, signed, in order, and tried again."""

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import Response

from services.registry.domain.deliveries import Reason, State
from services.registry.domain.feed import EventFilter, FeedType
from services.registry.domain.subscriptions import DeliveryState
from services.registry.operations import subscriptions
from services.registry.operations.subscriptions import Webhooks
from shared.runtime import clock
from shared.runtime.database import Database
from tests.support.awards import DELFT, TWENTE
from tests.support.bus import until
from tests.support.feed import erase_one, some_history, told
from tests.support.receiver import Receiver
from tests.support.webhooks import (
    at_work_for,
    change,
    choose,
    grow,
    has,
    hurry,
    is_at,
    is_so,
    keys_of,
    log_of,
    read,
    settings_of,
    state_of,
    stored,
    subscribe,
)

pytestmark = pytest.mark.anyio


async def test_a_receiver_is_asked_first_and_then_gets_the_bytes_of_kafka_in_order(
    register: Database, receiver: Receiver
) -> None:
    await some_history(register)
    on_kafka = await told(register)
    known = await subscribe(register, receiver.url)

    async with at_work_for(register):
        await until(lambda: has(receiver, len(on_kafka)))

    [asked] = receiver.asked
    assert asked["webhook-request-origin"] == "register.example.nl"
    assert int(asked["webhook-request-rate"]) > 0
    assert [one.body for one in receiver.sent] == on_kafka
    for one in receiver.sent:
        assert one.headers["content-type"] == "application/cloudevents+json; charset=UTF-8"
        assert one.headers["webhook-request-origin"] == "register.example.nl"
        assert one.headers["webhook-id"] == one.event["id"]
        assert abs(int(one.headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    assert (await read(register, known)).subscription.position == len(on_kafka)


async def test_a_delivery_is_signed_with_a_secret_and_a_pair_and_two_of_each_in_a_rotation(
    register: Database, receiver: Receiver
) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 1)
    async with at_work_for(register):
        await until(lambda: has(receiver, 1))
        webhooks = Webhooks.of(settings_of(register))
        async with register.transaction() as session:
            about: dict[str, Any] = {
                "organisation": TWENTE,
                "subscription_id": known.subscription.subscription_id,
                "now": clock.now(),
            }
            await subscriptions.rotate_key(session, webhooks, overlap=timedelta(hours=1), **about)
            renewed = await subscriptions.read_subscription(session, reveal=webhooks, **about)
        await grow(register, 1)
        await until(lambda: has(receiver, 2))
        await change(register, "UPDATE subscription_key SET expires_at = now() WHERE number = 1")
        await grow(register, 1)
        await until(lambda: has(receiver, 3))

    keys = [
        keys_of(known),
        keys_of(known) + keys_of(renewed),
        keys_of(renewed),
    ]
    assert [len(one.signatures) for one in receiver.sent] == [2, 4, 2]
    for one, signing in zip(receiver.sent, keys, strict=True):
        assert all(one.holds(key) for key in signing)
    assert not any(receiver.sent[2].holds(key) for key in keys_of(known))
    tampered = replace(receiver.sent[0], body=receiver.sent[0].body.replace(b"1", b"2"))
    assert not any(tampered.holds(key) for key in keys_of(known))


async def test_who_does_not_allow_it_is_sent_nothing(
    register: Database, receiver: Receiver
) -> None:
    receiver.allows = {"WebHook-Allowed-Origin": "somebody.else.nl"}
    known = await subscribe(register, receiver.url)
    await grow(register, 2)

    async with at_work_for(register):
        await until(lambda: is_so(register, known, State.PAUSED))
        assert await state_of(register, known) == (State.PAUSED, Reason.NOT_ALLOWED)
        receiver.allows = {"WebHook-Allowed-Origin": "register.example.nl"}
        await choose(register, known, state=State.ACTIVE)
        await until(lambda: has(receiver, 2))

    assert len(receiver.asked) == 2


async def test_a_filter_leaves_out_what_was_not_asked_and_moves_on(
    register: Database, receiver: Receiver
) -> None:
    wanted = EventFilter.of(issuers=[DELFT], types=[FeedType.RECORDED])
    known = await subscribe(register, receiver.url, wanted=wanted)
    await grow(register, 3)
    await grow(register, 2, DELFT)
    await grow(register, 4)

    async with at_work_for(register):
        await until(lambda: is_at(register, known, 9))

    assert receiver.sequences == [4, 5]


async def test_what_was_erased_is_sent_as_that_erasure(
    register: Database, receiver: Receiver
) -> None:
    await erase_one(register)
    await subscribe(register, receiver.url, wanted=EventFilter.of(types=[FeedType.CORRECTED]))

    async with at_work_for(register):
        await until(lambda: has(receiver, 1))

    assert [one.event["type"] for one in receiver.sent] == [FeedType.ERASED]


async def test_one_that_fails_is_tried_again_before_any_later_one(
    register: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    statuses = itertools.chain([204, 500, 302, 404], itertools.repeat(204))
    receiver.answer = lambda _sent: Response(status_code=next(statuses))
    known = await subscribe(register, receiver.url)
    await grow(register, 4)

    async with at_work_for(register):
        await until(lambda: is_at(register, known, 4))

    assert receiver.sequences == [1, 2, 2, 2, 2, 3, 4]
    assert len({one.headers["webhook-id"] for one in receiver.sent[1:5]}) == 1
    second = (await log_of(register, known))[2]
    assert (second.index, second.attempts, second.state) == (1, 4, DeliveryState.DELIVERED)
    async with register.transaction() as session:
        shown = await subscriptions.read_delivery(
            session,
            organisation=TWENTE,
            subscription_id=known.subscription.subscription_id,
            delivery_id=second.delivery_id,
        )
    assert [(one.number, one.status) for one in shown.attempts] == [
        (4, 204),
        (3, 404),
        (2, 302),
        (1, 500),
    ]


async def test_who_never_takes_it_is_paused_where_it_is_and_goes_on_from_there(
    register: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    receiver.answer = lambda _sent: Response("Noted: " + "secret " * 50, status_code=500)
    known = await subscribe(register, receiver.url)
    await grow(register, 2)

    async with at_work_for(register):
        await until(lambda: is_so(register, known, State.PAUSED))
        assert await state_of(register, known) == (State.PAUSED, Reason.RETRIES_EXHAUSTED)
        assert receiver.sequences == [1] * 10
        receiver.answer = lambda _sent: Response(status_code=200)
        await choose(register, known, state=State.ACTIVE)
        await until(lambda: is_at(register, known, 2))

    assert receiver.sequences[10:] == [1, 2]
    assert "secret " not in await stored(register)


async def test_gone_ends_it_and_going_on_asks_first(register: Database, receiver: Receiver) -> None:
    receiver.answer = lambda _sent: Response(status_code=410)
    known = await subscribe(register, receiver.url)
    await grow(register, 3)

    async with at_work_for(register):
        await until(lambda: is_so(register, known, State.DISABLED))
        await asyncio.sleep(0.5)
        assert receiver.sequences == [1]
        receiver.answer = lambda _sent: Response(status_code=204)
        await choose(register, known, state=State.ACTIVE)
        await until(lambda: has(receiver, 4))

    assert len(receiver.asked) == 2
