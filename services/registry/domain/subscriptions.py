"""Subscriptions: an organisation asks that events are sent to an address of its own.

Apart from delivering, because these are the decisions of the subscriber: where to, what, from where
on, and whether now.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.registry.domain.deliveries import Course, Failing, Reason, State
from services.registry.domain.feed import EventFilter
from shared.errors import ConflictError, NotFoundError, UnavailableError

MOST: Final = 100
OVERLAP: Final = timedelta(hours=24)
"""How long the key before signs as well, unless the subscriber asks otherwise."""


class SubscriptionUnknownError(NotFoundError):
    """Your organisation has no subscription with this id."""

    code = "subscription-unknown"
    dutch = "Uw organisatie heeft geen abonnement met dit nummer."


class DeliveryUnknownError(NotFoundError):
    """This subscription has no delivery with this id, or it was too long ago."""

    code = "delivery-unknown"
    dutch = "Dit abonnement heeft geen aflevering met dit nummer, of het is te lang geleden."


class TooManySubscriptionsError(ConflictError):
    """Your organisation has as many subscriptions as it can have; delete one first."""

    code = "too-many-subscriptions"
    dutch = "Uw organisatie heeft zoveel abonnementen als mogelijk is; verwijder er eerst een."


class NotValidatedError(ConflictError):
    """The receiver has not said yet that it wants this; nothing is sent before it does."""

    code = "receiver-not-validated"
    dutch = "De ontvanger heeft nog niet gezegd dat hij dit wil; tot dan wordt er niets gestuurd."


class RotatingError(ConflictError):
    """Two keys of this subscription sign already; wait until the older one has ended."""

    code = "keys-overlap"
    dutch = "Er tekenen al twee sleutels van dit abonnement; wacht tot de oudste is afgelopen."


class WebhooksOffError(UnavailableError):
    """This register sends no webhooks; follow its feed instead."""

    code = "webhooks-off"
    dutch = "Dit register stuurt geen webhooks; volg in plaats daarvan de feed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What is sent where, and how it goes; `position` is the index of the log to look at next."""

    subscription_id: UUID
    organisation: str
    target: str
    wanted: EventFilter
    position: int
    course: Course
    allowed_rate: int | None = None
    validated_at: datetime | None = None
    revision: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionKey:
    """A key with which deliveries are signed: secret and seed under seal, and the public half."""

    number: int
    sealed: bytes
    public_key: bytes
    created_at: datetime
    expires_at: datetime | None


class DeliveryState(StrEnum):
    """How the delivery of one event is."""

    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one event for one subscriber; its last attempt, of all that were made."""

    delivery_id: UUID
    index: int
    event_id: UUID
    state: DeliveryState
    attempts: int
    last_attempt_at: datetime
    last_status: int | None
    last_failing: Failing | None
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One time that an event was sent: when, the status of the answer, and how long it took."""

    number: int
    attempted_at: datetime
    status: int | None
    failing: Failing | None
    milliseconds: int


def decide_change(
    known: Subscription,
    *,
    target: str | None = None,
    wanted: EventFilter | None = None,
    state: State | None = None,
    now: datetime,
) -> Subscription:
    """Change what a subscriber asks; another receiver must first say that it wants this."""
    changed = replace(
        known,
        target=target or known.target,
        wanted=wanted or known.wanted,
        revision=known.revision + 1,
        changed_at=now,
    )
    if target is not None and target != known.target:
        changed = replace(changed, validated_at=None, allowed_rate=None)
    if state is State.PAUSED:
        course = Course(state=State.PAUSED, reason=Reason.ASKED, due_at=now)
    elif state is State.ACTIVE:
        course = _resumed(changed, now=now)
    elif known.course.state is State.ACTIVE and changed.validated_at is None:
        course = Course(state=State.VALIDATING, due_at=now)
    else:
        course = known.course
    return replace(changed, course=course)


def _resumed(changed: Subscription, *, now: datetime) -> Course:
    """Begin anew: with the receiver's consent when it still stands, else by asking for it."""
    was_ended = changed.course.reason in {Reason.GONE, Reason.NOT_ALLOWED}
    asks = changed.validated_at is None or was_ended
    return Course(state=State.VALIDATING if asks else State.ACTIVE, due_at=now)


def decide_replay(known: Subscription, *, position: int, now: datetime) -> Subscription:
    """Send again from a position on, at once; whether it sends now stays as it was."""
    course = known.course
    if course.state is State.ACTIVE:
        course = Course(state=State.ACTIVE, due_at=now)
    return replace(
        known, position=position, course=course, revision=known.revision + 1, changed_at=now
    )
