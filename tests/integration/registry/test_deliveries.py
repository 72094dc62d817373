"""Deliveries to receivers on real sockets: signed, in order, to each in its own time."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from starlette.responses import Response

from services.registry.domain.deliveries import Failing, Reason, State
from services.registry.domain.feed import EVERYTHING, EventFilter, FeedType
from services.registry.domain.subscriptions import DeliveryState
from services.registry.operations import couriers, deliveries, subscriptions
from services.registry.operations.couriers import forget_deliveries, keep_delivering
from services.registry.operations.deliveries import Courier
from services.registry.operations.feed import Start
from services.registry.operations.subscriptions import Shown, Webhooks
from services.registry.operations.webhook_keys import public_text
from services.registry.repository import deliveries as repository
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from tests.support.awards import DELFT, TWENTE, an_award, granted
from tests.support.bus import at_work, until
from tests.support.feed import erase_one, hear, some_history, told
from tests.support.postgres import MakeDatabase
from tests.support.receiver import Receiver, receiving
from tests.support.registering import put_in_log, register_settings

pytestmark = pytest.mark.anyio

SEALING_KEY = "c2VhbGluZy1rZXktZm9yLXRlc3RzLW9ubHktYWFhYWE"
BEGINNING = Start(after_sequence=0)


@pytest.fixture
def register(make_database: MakeDatabase, open_database: Callable[..., Database]) -> Database:
    return open_database(
        make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
    )


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as opened:
        yield opened


def settings_of(register: Database) -> Any:
    return register_settings(register.url, webhook_sealing_key=SEALING_KEY, fetch_anywhere=True)


def a_courier(register: Database) -> Courier:
    return replace(Courier.of(settings_of(register), register), draw=lambda: 0.5)


def at_work_for(register: Database, couriers_at_work: int = 1) -> Any:
    made = [a_courier(register) for _ in range(couriers_at_work)]
    return at_work(*(lambda courier=one: keep_delivering(courier) for one in made))


async def subscribe(
    register: Database,
    target: str,
    *,
    organisation: str = TWENTE,
    wanted: EventFilter = EVERYTHING,
) -> Shown:
    webhooks = Webhooks.of(settings_of(register))
    async with register.transaction() as session:
        made = await subscriptions.subscribe(
            session,
            webhooks,
            organisation=organisation,
            target=target,
            wanted=wanted,
            start=BEGINNING,
            now=clock.now(),
        )
        return await subscriptions.read_subscription(
            session,
            organisation=organisation,
            subscription_id=made,
            now=clock.now(),
            reveal=webhooks,
        )


async def read(register: Database, known: Shown) -> Shown:
    async with register.transaction() as session:
        return await subscriptions.read_subscription(
            session,
            organisation=known.subscription.organisation,
            subscription_id=known.subscription.subscription_id,
            now=clock.now(),
        )


async def state_of(register: Database, known: Shown) -> tuple[State, Reason | None]:
    course = (await read(register, known)).subscription.course
    return course.state, course.reason


async def choose(register: Database, known: Shown, **wanted: Any) -> None:
    asked = {"target": None, "wanted": None, "state": None} | wanted
    async with register.transaction() as session:
        await subscriptions.change_subscription(
            session,
            Webhooks.of(settings_of(register)),
            organisation=known.subscription.organisation,
            subscription_id=known.subscription.subscription_id,
            now=clock.now(),
            **asked,
        )


async def log_of(register: Database, known: Shown) -> list[Any]:
    async with register.transaction() as session:
        return await subscriptions.list_deliveries(
            session,
            organisation=known.subscription.organisation,
            subscription_id=known.subscription.subscription_id,
            before=None,
            state=None,
            limit=1000,
        )


async def change(register: Database, statement: str) -> None:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await session.execute(text(statement))


async def grow(register: Database, count: int, organisation: str = TWENTE) -> None:
    await hear(register, *(granted(an_award(organisation=organisation)) for _ in range(count)))
    await put_in_log(register)


async def test_a_receiver_is_asked_first_and_then_gets_the_bytes_of_kafka_in_order(
    register: Database, receiver: Receiver
) -> None:
    await some_history(register)
    on_kafka = await told(register)
    known = await subscribe(register, receiver.url)

    async with at_work_for(register):
        await until(lambda: _has(receiver, len(on_kafka)))

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
        await until(lambda: _has(receiver, 1))
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
        await until(lambda: _has(receiver, 2))
        await change(register, "UPDATE subscription_key SET expires_at = now() WHERE number = 1")
        await grow(register, 1)
        await until(lambda: _has(receiver, 3))

    keys = [
        _keys(known),
        _keys(known) + _keys(renewed),
        _keys(renewed),
    ]
    assert [len(one.signatures) for one in receiver.sent] == [2, 4, 2]
    for one, signing in zip(receiver.sent, keys, strict=True):
        assert all(one.holds(key) for key in signing)
    assert not any(receiver.sent[2].holds(key) for key in _keys(known))
    tampered = replace(receiver.sent[0], body=receiver.sent[0].body.replace(b"1", b"2"))
    assert not any(tampered.holds(key) for key in _keys(known))


async def test_who_does_not_allow_it_is_sent_nothing(
    register: Database, receiver: Receiver
) -> None:
    receiver.allows = {"WebHook-Allowed-Origin": "somebody.else.nl"}
    known = await subscribe(register, receiver.url)
    await grow(register, 2)

    async with at_work_for(register):
        await until(lambda: _is(register, known, State.PAUSED))
        assert await state_of(register, known) == (State.PAUSED, Reason.NOT_ALLOWED)
        receiver.allows = {"WebHook-Allowed-Origin": "register.example.nl"}
        await choose(register, known, state=State.ACTIVE)
        await until(lambda: _has(receiver, 2))

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
        await until(lambda: _is_at(register, known, 9))

    assert receiver.sequences == [4, 5]


async def test_what_was_erased_is_sent_as_that_erasure(
    register: Database, receiver: Receiver
) -> None:
    await erase_one(register)
    await subscribe(register, receiver.url, wanted=EventFilter.of(types=[FeedType.CORRECTED]))

    async with at_work_for(register):
        await until(lambda: _has(receiver, 1))

    assert [one.event["type"] for one in receiver.sent] == [FeedType.ERASED]


async def test_one_that_fails_is_tried_again_before_any_later_one(
    register: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hurry(monkeypatch)
    statuses = itertools.chain([204, 500, 302, 404], itertools.repeat(204))
    receiver.answer = lambda _sent: Response(status_code=next(statuses))
    known = await subscribe(register, receiver.url)
    await grow(register, 4)

    async with at_work_for(register):
        await until(lambda: _is_at(register, known, 4))

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
    _hurry(monkeypatch)
    receiver.answer = lambda _sent: Response("Noted: " + "secret " * 50, status_code=500)
    known = await subscribe(register, receiver.url)
    await grow(register, 2)

    async with at_work_for(register):
        await until(lambda: _is(register, known, State.PAUSED))
        assert await state_of(register, known) == (State.PAUSED, Reason.RETRIES_EXHAUSTED)
        assert receiver.sequences == [1] * 10
        receiver.answer = lambda _sent: Response(status_code=200)
        await choose(register, known, state=State.ACTIVE)
        await until(lambda: _is_at(register, known, 2))

    assert receiver.sequences[10:] == [1, 2]
    stored = await _stored(register)
    assert "secret " not in stored


async def test_gone_ends_it_and_going_on_asks_first(register: Database, receiver: Receiver) -> None:
    receiver.answer = lambda _sent: Response(status_code=410)
    known = await subscribe(register, receiver.url)
    await grow(register, 3)

    async with at_work_for(register):
        await until(lambda: _is(register, known, State.DISABLED))
        await asyncio.sleep(0.5)
        assert receiver.sequences == [1]
        receiver.answer = lambda _sent: Response(status_code=204)
        await choose(register, known, state=State.ACTIVE)
        await until(lambda: _has(receiver, 4))

    assert len(receiver.asked) == 2


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
        await until(lambda: _has(receiver, 1))
        await asyncio.sleep(1.2)
        assert len(receiver.sent) == 1
        waiting = (await read(register, known)).subscription.course
        assert (waiting.failures, waiting.state) == (0, State.ACTIVE)
        await until(lambda: _is_at(register, known, 1))

    assert receiver.sequences == [1, 1]


async def test_a_receiver_gets_no_more_a_minute_than_it_allows(
    register: Database, receiver: Receiver
) -> None:
    receiver.allows = {"WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "120"}
    known = await subscribe(register, receiver.url)
    await grow(register, 5)

    async with at_work_for(register):
        began = asyncio.get_running_loop().time()
        await until(lambda: _is_at(register, known, 5))
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
            await until(lambda: _is_at(register, quick, 30))
            assert slow.sent == []
            assert await state_of(register, dead[0]) == (State.VALIDATING, None)
            await until(lambda: _fails(register, late[0]))
            [failed] = await log_of(register, late[0])
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
                await until(partial(_has, one, 40))

    for one in (receiver, *others):
        assert one.sequences == [*range(1, 41)]
    assert receiver.most_at_once == 1


async def test_a_courier_that_dies_is_followed_by_another_and_nothing_is_left_out(
    register: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(deliveries, "LEASE", timedelta(seconds=1))

    async def die_silently(_straight: object, _lease: UUID) -> None:
        """Give nothing back, as who was killed."""

    monkeypatch.setattr(repository, "release", die_silently)
    known = await subscribe(register, receiver.url)
    await grow(register, 40)
    receiver.delay = 0.02
    for _ in range(5):
        enough = len(receiver.sent) + 3
        async with at_work_for(register):
            await until(partial(_has, receiver, enough))
    async with at_work_for(register):
        await until(lambda: _is_at(register, known, 40))

    assert sorted(set(receiver.sequences)) == [*range(1, 41)]
    ids = {one.sequence: one.headers["webhook-id"] for one in receiver.sent}
    assert all(one.headers["webhook-id"] == ids[one.sequence] for one in receiver.sent)
    for before, after in itertools.pairwise(receiver.sequences):
        assert after in {before, before + 1}


async def test_who_lost_its_lease_moves_nothing_on(register: Database, receiver: Receiver) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 3)
    courier, now = a_courier(register), clock.now()
    await change(register, "UPDATE subscription SET state = 'active', validated_at = now()")
    async with register.acting_for(EVERY_ORGANISATION) as straight:
        [held] = await repository.claim(
            straight,
            courier.lease,
            until=now + timedelta(seconds=9),
            now=now + timedelta(seconds=1),
            failing=False,
            besides=[],
            limit=9,
        )
    await choose(register, known, state=State.PAUSED)

    await deliveries.serve(courier, held)

    assert receiver.sequences == [1]
    after = (await read(register, known)).subscription
    assert (after.position, after.course.state) == (0, State.PAUSED)
    assert [one.index for one in await log_of(register, known)] == [0]


async def test_a_replay_goes_back_to_a_sequence_under_the_same_ids(
    register: Database, receiver: Receiver
) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 5)
    async with at_work_for(register):
        await until(lambda: _is_at(register, known, 5))
        async with register.transaction() as session:
            await subscriptions.replay(
                session,
                organisation=TWENTE,
                subscription_id=known.subscription.subscription_id,
                start=Start(after_sequence=2),
                now=clock.now(),
            )
        await until(lambda: _has(receiver, 8))

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
        await until(lambda: _is_at(register, known, 3))
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
        await until(lambda: _has(receiver, 4))
        await until(lambda: _all_sent(register, known))

    assert receiver.sequences == [1, 2, 3, 2]
    assert receiver.sent[3].headers["webhook-id"] == str(second.event_id)
    assert (await log_of(register, known))[1].attempts == 2


async def test_while_it_is_paused_nothing_is_sent_and_nothing_is_lost(
    register: Database, receiver: Receiver
) -> None:
    known = await subscribe(register, receiver.url)
    async with at_work_for(register):
        await until(lambda: _is(register, known, State.ACTIVE))
        await choose(register, known, state=State.PAUSED)
        await grow(register, 3)
        await asyncio.sleep(0.6)
        assert receiver.sent == []
        await choose(register, known, state=State.ACTIVE)
        await until(lambda: _has(receiver, 3))

    assert receiver.sequences == [1, 2, 3]
    assert len(receiver.asked) == 1


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
        await until(lambda: _fails(register, known))

    [failed] = await log_of(register, known)
    assert failed.last_failing is Failing.ADDRESS_REFUSED
    assert not receiver.sent
    assert not receiver.asked


async def test_deliveries_of_long_ago_are_forgotten(
    register: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await subscribe(register, receiver.url)
    await grow(register, 3)
    async with at_work_for(register):
        await until(lambda: _is_at(register, known, 3))
    await change(
        register,
        "UPDATE delivery SET last_attempt_at = now() - interval '31 days' WHERE index < 2",
    )

    await forget_deliveries(a_courier(register))

    assert [one.index for one in await log_of(register, known)] == [2]


def _keys(known: Shown) -> list[str]:
    assert known.secret is not None
    return [known.secret, public_text(known.keys[0].public_key)]


def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three days be over in a second."""
    shorter = tuple(timedelta(milliseconds=50) for _ in range(9))
    monkeypatch.setattr("services.registry.domain.deliveries.DELAYS", shorter)


async def _has(receiver: Receiver, count: int) -> bool:
    return len(receiver.sent) >= count


async def _is(register: Database, known: Shown, state: State) -> bool:
    return (await state_of(register, known))[0] is state


async def _is_at(register: Database, known: Shown, position: int) -> bool:
    return (await read(register, known)).subscription.position == position


async def _fails(register: Database, known: Shown) -> bool:
    return (await read(register, known)).subscription.course.failing_since is not None


async def _all_sent(register: Database, known: Shown) -> bool:
    return not any(one.again_at for one in await log_of(register, known))


async def _stored(register: Database) -> str:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        rows = [
            str([*await session.execute(text(f"SELECT CAST(t AS text) FROM {table} t"))])
            for table in ("subscription", "delivery", "delivery_attempt")
        ]
    return "".join(rows)
