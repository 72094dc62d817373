"""Webhooks in tests: couriers at work, subscriptions, and how it goes with them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from services.demo.sandbox import AUDIENCE, Sandbox
from services.registry.app import create_app
from services.registry.domain.deliveries import Reason, State
from services.registry.domain.feed import EVERYTHING, EventFilter
from services.registry.operations import subscriptions
from services.registry.operations.couriers import keep_delivering
from services.registry.operations.deliveries import Courier
from services.registry.operations.feed import Start
from services.registry.operations.subscriptions import Shown, Webhooks
from services.registry.operations.webhook_keys import public_text
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from tests.support.awards import TWENTE, an_award, granted
from tests.support.bus import at_work
from tests.support.feed import hear
from tests.support.receiver import Receiver
from tests.support.registering import REGISTER, put_in_log, register_settings

SEALING_KEY = "c2VhbGluZy1rZXktZm9yLXRlc3RzLW9ubHktYWFhYWE"
BEGINNING = Start(after_sequence=0)


def client_of(register: Database, sandbox: Sandbox, **changes: object) -> httpx.AsyncClient:
    """Return a client of this register over HTTP, without a token."""
    settings = register_settings(
        register.url,
        log_key=None,
        token_issuers=(sandbox.token_issuer,),
        token_audience=AUDIENCE,
        **{"webhook_sealing_key": SEALING_KEY, **changes},
    )
    transport = httpx.ASGITransport(app=create_app(settings, register))
    return httpx.AsyncClient(transport=transport, base_url=REGISTER)


def bearer(sandbox: Sandbox, organisation: str, *scopes: str) -> dict[str, str]:
    """Return the header of who acts for an organisation."""
    return {"Authorization": f"Bearer {sandbox.token(organisation, scopes)}"}


def once(key: str | None = None) -> dict[str, str]:
    """Return the header of a request that is acted on once."""
    return {"Idempotency-Key": key or str(uuid4())}


def settings_of(register: Database) -> Any:
    """Return the settings of a register that sends webhooks to this machine."""
    return register_settings(register.url, webhook_sealing_key=SEALING_KEY, fetch_anywhere=True)


def a_courier(register: Database) -> Courier:
    """Return a courier of this register, that leaves nothing to chance."""
    return replace(Courier.of(settings_of(register), register), draw=lambda: 0.5)


def at_work_for(register: Database, couriers_at_work: int = 1) -> Any:
    """Let couriers serve the subscriptions of this register."""
    made = [a_courier(register) for _ in range(couriers_at_work)]
    return at_work(*(lambda courier=one: keep_delivering(courier) for one in made))


async def subscribe(
    register: Database,
    target: str,
    *,
    organisation: str = TWENTE,
    wanted: EventFilter = EVERYTHING,
) -> Shown:
    """Subscribe from the beginning, and return what the subscriber is shown."""
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
    """Return a subscription as it is now."""
    async with register.transaction() as session:
        return await subscriptions.read_subscription(
            session,
            organisation=known.subscription.organisation,
            subscription_id=known.subscription.subscription_id,
            now=clock.now(),
        )


async def state_of(register: Database, known: Shown) -> tuple[State, Reason | None]:
    """Return how a subscription is, and why."""
    course = (await read(register, known)).subscription.course
    return course.state, course.reason


async def choose(register: Database, known: Shown, **wanted: Any) -> None:
    """Change a subscription as its subscriber does."""
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
    """Return what became of what was sent, the last event first."""
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
    """Change something in the database, past every rule."""
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await session.execute(text(statement))


async def grow(register: Database, count: int, organisation: str = TWENTE) -> None:
    """Have awards granted and put in the log."""
    await hear(register, *(granted(an_award(organisation=organisation)) for _ in range(count)))
    await put_in_log(register)


def keys_of(known: Shown) -> list[str]:
    """Return what the deliveries of a subscription are checked with."""
    assert known.secret is not None
    return [known.secret, public_text(known.keys[0].public_key)]


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let three days be over in a second."""
    shorter = tuple(timedelta(milliseconds=50) for _ in range(9))
    monkeypatch.setattr("services.registry.domain.deliveries.DELAYS", shorter)


async def has(receiver: Receiver, count: int) -> bool:
    """Say whether a receiver got so many."""
    return len(receiver.sent) >= count


async def is_so(register: Database, known: Shown, state: State) -> bool:
    """Say whether a subscription is so."""
    return (await state_of(register, known))[0] is state


async def is_at(register: Database, known: Shown, position: int) -> bool:
    """Say whether a subscription is at this place."""
    return (await read(register, known)).subscription.position == position


async def fails(register: Database, known: Shown) -> bool:
    """Say whether a subscription fails."""
    return (await read(register, known)).subscription.course.failing_since is not None


async def was_sent(register: Database, known: Shown) -> bool:
    """Say whether anything was sent to a subscriber, however that went."""
    return bool(await log_of(register, known))


async def all_sent(register: Database, known: Shown) -> bool:
    """Say whether all that was asked again was sent."""
    return not any(one.again_at for one in await log_of(register, known))


async def stored(register: Database) -> str:
    """Return everything that is kept of subscriptions."""
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        rows = [
            str([*await session.execute(text(f"SELECT CAST(t AS text) FROM {table} t"))])
            for table in ("subscription", "delivery", "delivery_attempt")
        ]
    return "".join(rows)
