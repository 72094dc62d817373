"""How an event is delivered to a webhook: what is signed, when it is tried again, when to stop.

Apart from sending, because these rules must hold whoever receives and however they answer. They
are those of Standard Webhooks 1.0 and of CloudEvents webhooks 1.0.2. Of an answer only this counts:

1. 2xx is a delivery.
2. 410 ends the subscription.
3. 429 and 503 with Retry-After are a wait that the receiver chose; it counts as no attempt.
4. Everything else, no answer and a redirect as well, is tried again: after 5 seconds, 5 minutes,
   and so on until three days have passed. Then the subscription pauses where it is, and says so.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final
from uuid import UUID

GIVE_UP: Final = timedelta(days=3)
_FIRST: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
)
DELAYS: Final = (*_FIRST, GIVE_UP - sum(_FIRST, timedelta()))
"""How long to wait after each failure; together they are three days."""
JITTER: Final = 0.1
_SHORTEST_WAIT: Final = timedelta(seconds=1)
_LONGEST_WAIT: Final = timedelta(days=1)
_LONGEST_RETRY_AFTER: Final = 64
_GONE: Final = 410
_WAIT: Final = frozenset({429, 503})
_PER_MINUTE: Final = 60


class State(StrEnum):
    """How a subscription is."""

    VALIDATING = "validating"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Reason(StrEnum):
    """Why a subscription sends nothing."""

    ASKED = "asked"
    NOT_ALLOWED = "not-allowed"
    RETRIES_EXHAUSTED = "retries-exhausted"
    GONE = "gone"


class Failing(StrEnum):
    """Why a receiver gave no answer that can be read."""

    ADDRESS_REFUSED = "address-refused"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too-slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver said, as far as it counts: a status, or why there is none."""

    status: int | None = None
    failing: Failing | None = None
    retry_after: str | None = None

    @property
    def is_delivery(self) -> bool:
        """Say whether the receiver took what was sent."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110 15.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How it goes with a receiver: its state, failures in a row, and when the next try is due."""

    state: State
    due_at: datetime
    failures: int = 0
    failing_since: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Permission:
    """A receiver allows us to send, at most so often a minute when it says so."""

    rate: int | None


def after_answer(course: Course, answer: Answer, *, now: datetime, chance: float) -> Course:
    """Return how it goes on after an answer; chance, from 0 to 1, spreads the tries."""
    if answer.is_delivery:  # 1
        return Course(state=course.state, due_at=now)
    failing = replace(course, failing_since=course.failing_since or now)
    if answer.status == _GONE:  # 2
        return replace(failing, state=State.DISABLED, reason=Reason.GONE)
    wait = asked_wait(answer, now=now)
    if wait is not None:  # 3
        return _later(failing, wait, now=now)
    if course.failures >= len(DELAYS):  # 4
        return _paused(failing)
    delay = spread(DELAYS[course.failures], chance=chance)
    return _later(replace(failing, failures=course.failures + 1), delay, now=now)


def after_permission(
    course: Course, answer: Answer, permission: Permission | None, *, now: datetime, chance: float
) -> Course:
    """Return how it goes on after asking a receiver whether it wants this (CloudEvents, 4.2).

    Who answers without a permission does not want it, whatever the status; who does not answer, or
    is not well, is asked again.
    """
    if permission is not None:
        return Course(state=State.ACTIVE, due_at=now)
    is_ill = (
        answer.status is None
        or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or answer.status in _WAIT
    )
    if is_ill or answer.status == _GONE:
        return after_answer(course, answer, now=now, chance=chance)
    return replace(course, state=State.PAUSED, reason=Reason.NOT_ALLOWED)


def spread(delay: timedelta, *, chance: float) -> timedelta:
    """Return a delay up to a tenth shorter or longer, so that not everybody comes at once."""
    return delay * (1 + JITTER * (2 * chance - 1))


def asked_wait(answer: Answer, *, now: datetime) -> timedelta | None:
    """Return how long a receiver asks us to wait (RFC 9110 10.2.3), a day at most."""
    text = (answer.retry_after or "").strip()
    if answer.status not in _WAIT or not text or len(text) > _LONGEST_RETRY_AFTER:
        return None
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text), _LONGEST_WAIT.total_seconds()))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, IndexError, TypeError):
            return None
        # A date without a zone is in UTC as well: RFC 9110 5.6.7 knows no other.
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait, _SHORTEST_WAIT), _LONGEST_WAIT)


def read_permission(
    *, allowed_origin: str | None, allowed_rate: str | None, origin: str
) -> Permission | None:
    """Read whether a receiver allows an origin to send (CloudEvents webhooks, 4.2)."""
    allowed = (allowed_origin or "").strip().lower()
    if allowed not in {"*", origin.lower()}:
        return None
    rate = (allowed_rate or "").strip()
    is_limit = rate.isascii() and rate.isdigit() and 0 < len(rate) <= 9  # noqa: PLR2004 - a number
    return Permission(int(rate) if is_limit and int(rate) > 0 else None)


def pause_between(rate: int | None) -> timedelta:
    """Return how long to wait between two deliveries at so many a minute."""
    return timedelta(seconds=_PER_MINUTE / rate) if rate else timedelta()


def signing_input(event_id: UUID, timestamp: int, body: bytes) -> bytes:
    """Return what is signed of a delivery (Standard Webhooks: id, timestamp and payload)."""
    return b".".join((str(event_id).encode(), str(timestamp).encode(), body))


def _later(failing: Course, delay: timedelta, *, now: datetime) -> Course:
    """Try again after a delay, unless three days have passed by then."""
    since = failing.failing_since or now
    if now + delay > since + GIVE_UP * (1 + JITTER):
        return _paused(failing)
    return replace(failing, due_at=now + delay)


def _paused(failing: Course) -> Course:
    return replace(failing, state=State.PAUSED, reason=Reason.RETRIES_EXHAUSTED)
