"""Delivering: a receiver is asked whether it wants this, and then sent its events in their order.

1. Nothing is sent before the receiver said that it wants it.
2. No transaction and no connection is held while a receiver thinks.
3. An event is sent, then the place moves on, a tenth of a second later at most when answers come
   quickly: who dies between sends again, under the same ids.
4. Who lost its lease meanwhile moves nothing on, and stops.
"""

import secrets
import ssl
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from services.registry.domain.deliveries import (
    Answer,
    Failing,
    Permission,
    State,
    after_answer,
    after_permission,
    pause_between,
    read_permission,
    signing_input,
)
from services.registry.domain.subscriptions import Subscription
from services.registry.operations.subscriptions import Webhooks
from services.registry.operations.webhook_keys import WebhookKey, open_data_key
from services.registry.repository import deliveries as repository
from services.registry.repository import feed, subscriptions
from services.registry.repository.deliveries import Held, HeldAgain, Sent
from services.registry.repository.feed import Sieve
from services.registry.repository.log import LoggedFact
from services.registry.settings import Settings
from shared.proofs.sealing import KeyEncryptionKey
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database
from shared.runtime.fetching import (
    AddressRefusedError,
    Fetched,
    FetchFailedError,
    Reach,
    Site,
    TooSlowError,
    open_site,
    read_trust,
)

LEASE: Final = timedelta(seconds=45)
ANSWER_SECONDS: Final = 15.0
TURN_SECONDS: Final = 2.0
TURN_EVENTS: Final = 100
WRITE_SECONDS: Final = 0.1
ASKED_RATE: Final = 6_000
_EVENT: Final = "application/cloudevents+json; charset=UTF-8"
_AGENT: Final = "Waarmerk-Webhooks/1.0"


def draw_chance() -> float:
    """Draw a number from 0 to 1."""
    return secrets.randbelow(1_000_001) / 1_000_000


@dataclass(frozen=True, slots=True)
class Courier:
    """What deliveries are made with; `lease` is the name under which it holds subscriptions."""

    database: Database
    reach: Reach
    origin: str
    wrapping: KeyEncryptionKey = field(repr=False)
    lease: UUID = field(default_factory=uuid4)
    draw: Callable[[], float] = draw_chance
    trust: ssl.SSLContext = field(default_factory=read_trust, repr=False)

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self:
        """Set it up as the settings say."""
        webhooks = Webhooks.of(settings)
        reach = replace(
            webhooks.reach, silence_seconds=ANSWER_SECONDS, total_seconds=ANSWER_SECONDS
        )
        origin = urlsplit(settings.public_url).hostname or ""
        return cls(database, reach, origin, webhooks.wrapping)


@dataclass(slots=True)
class Line:
    """The line to one receiver, opened when something is first sent over it."""

    courier: Courier
    target: str
    _open: AsyncExitStack
    _site: Site | None = None

    async def send(
        self, method: str, headers: dict[str, str], content: bytes = b""
    ) -> tuple[Answer, Fetched | None]:
        """Send something, and return what was answered as far as it counts."""
        headers = {"User-Agent": _AGENT, "WebHook-Request-Origin": self.courier.origin, **headers}
        try:
            if self._site is None:
                site = open_site(self.target, self.courier.reach, trust=self.courier.trust)
                self._site = await self._open.enter_async_context(site)
            found = await self._site.tell(
                self.target, method=method, headers=headers, content=content
            )
        except AddressRefusedError:
            return Answer(failing=Failing.ADDRESS_REFUSED), None
        except TooSlowError:
            return Answer(failing=Failing.TOO_SLOW), None
        except FetchFailedError:
            return Answer(failing=Failing.UNREACHABLE), None
        return Answer(status=found.status, retry_after=found.headers.get("retry-after")), found


async def serve(courier: Courier, held: Held) -> None:
    """Give a subscription its turn: ask the receiver, or send what is next."""
    async with AsyncExitStack() as opened:
        line = Line(courier, held.subscription.target, opened)
        if held.subscription.course.state is State.VALIDATING:
            await _validate(courier, line, held.subscription)
        else:
            await _deliver(courier, line, held)


async def _validate(courier: Courier, line: Line, known: Subscription) -> None:
    """Ask the receiver whether it wants this (1; CloudEvents webhooks, 4.1)."""
    answer, found = await line.send("OPTIONS", {"WebHook-Request-Rate": str(ASKED_RATE)})
    permission = _permission_in(found, origin=courier.origin)
    now = clock.now()
    course = after_permission(known.course, answer, permission, now=now, chance=courier.draw())
    moved = replace(known, course=course)
    if permission:
        moved = replace(moved, allowed_rate=permission.rate, validated_at=now)
    await _move_on(courier, moved, until=None)


def _permission_in(found: Fetched | None, *, origin: str) -> Permission | None:
    if found is None:
        return None
    return read_permission(
        allowed_origin=found.headers.get("webhook-allowed-origin"),
        allowed_rate=found.headers.get("webhook-allowed-rate"),
        origin=origin,
    )


async def _deliver(courier: Courier, line: Line, held: Held) -> None:
    """Send the next events, one after the other, until one fails or the turn is over."""
    known, ends = held.subscription, monotonic() + TURN_SECONDS
    pause = pause_between(known.allowed_rate)
    async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
        sieve = await feed.make_sieve(straight, known.wanted)
        found = await feed.read_slice(
            straight, sieve, position=known.position, limit=1 if pause else TURN_EVENTS
        )
    if not found.found:
        await _move_on(courier, replace(known, position=found.position), until=None)
        return
    keys = await _open_keys(courier, known.subscription_id, held.sealing_key)
    last, sent, written = found.found[-1], list[Sent](), monotonic()
    for one in found.found:
        sent.append(await _send(courier, line, keys, one))
        answer, now = sent[-1].answer, clock.now()
        course = after_answer(known.course, answer, now=now, chance=courier.draw())
        goes_on = answer.is_delivery and one is not last and monotonic() < ends
        if answer.is_delivery:
            after = found.position if one is last else one.index + 1
            known = replace(known, position=after)
            course = replace(course, due_at=now + pause)
        known = replace(known, course=course)
        if goes_on and monotonic() - written < WRITE_SECONDS:
            continue
        until = now + LEASE if goes_on else None
        if not await _move_on(courier, known, until=until, sent=sent):
            return
        sent, written = [], monotonic()
        if not goes_on:
            return


async def _send(courier: Courier, line: Line, keys: list[WebhookKey], one: LoggedFact) -> Sent:
    """Send one event, signed with every key that signs now (2)."""
    body = one.fact.as_event(one.index, source=courier.database.source)
    event_id, now, began = one.fact.event_id, clock.now(), monotonic()
    timestamp = int(now.timestamp())
    message = signing_input(event_id, timestamp, body)
    headers = {
        "Content-Type": _EVENT,
        "webhook-id": str(event_id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(made for key in keys for made in key.sign(message)),
    }
    answer, _ = await line.send("POST", headers, body)
    return Sent(
        index=one.index,
        event_id=event_id,
        answer=answer,
        attempted_at=now,
        milliseconds=int((monotonic() - began) * 1000),
    )


async def _move_on(
    courier: Courier, known: Subscription, *, until: datetime | None, sent: Sequence[Sent] = ()
) -> bool:
    """Write what was sent, and how it goes on with the subscription if it is still ours (3, 4)."""
    async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
        is_ours = await repository.move_on(straight, known, courier.lease, until=until)
        await repository.log_attempts(straight, known.subscription_id, sent)
    return is_ours


async def send_again(courier: Courier, held: HeldAgain) -> None:
    """Send what a subscriber wants once more, outside the order of the others."""
    async with AsyncExitStack() as opened:
        line = Line(courier, held.target, opened)
        keys = await _open_keys(courier, held.subscription_id, held.sealing_key)
        async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
            found = await feed.read_slice(straight, Sieve(), position=held.delivery.index, limit=1)
        sent = await _send(courier, line, keys, found.found[0])
    async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
        await repository.finish_again(straight, held.delivery.delivery_id)
        await repository.log_attempts(straight, held.subscription_id, [sent])


async def _open_keys(
    courier: Courier, subscription_id: UUID, sealing_key: bytes
) -> list[WebhookKey]:
    async with courier.database.acting_for(EVERY_ORGANISATION) as straight:
        known = await subscriptions.list_keys(straight, subscription_id, now=clock.now())
    data_key = open_data_key(courier.wrapping, sealing_key, subscription_id)
    return [WebhookKey.open(key, data_key, subscription_id) for key in known]
