"""The courier's questions: whose turn it is, and what became of what was sent.

Apart from the subscribers' own, because a courier acts for all of them. Whoever delivers holds a
lease: nobody else takes a subscription until it ends, and who lost it moves nothing on.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.registry.domain.deliveries import Answer, Course
from services.registry.domain.subscriptions import (
    Delivery,
    DeliveryState,
    Subscription,
)
from services.registry.repository.subscriptions import delivery_in, subscription_in
from shared.runtime.database import Straight

# Who has waited longest comes first, and who fails comes apart.
_CLAIM: Final = """
    UPDATE subscription SET lease = $1, lease_until = $2 WHERE subscription_id IN (
        SELECT subscription_id FROM subscription
        WHERE state IN ('validating', 'active') AND due_at <= $3
        AND (lease_until IS NULL OR lease_until < $3)
        AND (state = 'validating' OR position < (SELECT size FROM log_state))
        AND (failing_since IS NOT NULL) = $4
        AND subscription_id <> ALL ($5::uuid[])
        ORDER BY due_at LIMIT $6 FOR UPDATE SKIP LOCKED
    ) RETURNING *
    """
_RELEASE: Final = "UPDATE subscription SET lease = NULL, lease_until = NULL WHERE lease = $1"
_MOVE: Final = """
    UPDATE subscription SET position = $3, state = $4, reason = $5, failures = $6,
        failing_since = $7, due_at = $8, allowed_rate = $9, validated_at = $10,
        lease = CASE WHEN $11::timestamptz IS NULL THEN NULL ELSE lease END, lease_until = $11
    WHERE subscription_id = $1 AND lease = $2
    RETURNING subscription_id
    """
_LOG: Final = """
    WITH told AS (
        INSERT INTO delivery (
            subscription_id, organisation, index, event_id, state, attempts, last_attempt_at,
            last_status, last_failing
        )
        SELECT subscription_id, organisation, $2, $3, $4, 1, $5, $6, $7
        FROM subscription WHERE subscription_id = $1
        ON CONFLICT (subscription_id, index) DO UPDATE SET
            state = excluded.state, attempts = delivery.attempts + 1,
            last_attempt_at = excluded.last_attempt_at, last_status = excluded.last_status,
            last_failing = excluded.last_failing
        RETURNING delivery_id, organisation, attempts
    )
    INSERT INTO delivery_attempt
        (delivery_id, number, organisation, attempted_at, status, failing, milliseconds)
    SELECT delivery_id, attempts, organisation, $5, $6, $7, $8 FROM told
    """
_CLAIM_AGAIN: Final = """
    WITH claimed AS (
        UPDATE delivery SET lease_until = $1 WHERE delivery_id IN (
            SELECT delivery_id FROM delivery
            WHERE again_at <= $2 AND (lease_until IS NULL OR lease_until < $2)
            ORDER BY again_at LIMIT $3 FOR UPDATE SKIP LOCKED
        ) RETURNING *
    )
    SELECT claimed.*, s.target, s.sealing_key
    FROM claimed JOIN subscription s USING (subscription_id)
    """
_SENT_AGAIN: Final = """
    UPDATE delivery SET again_at = NULL, lease_until = NULL WHERE delivery_id = $1
    """
_FORGET: Final = """
    DELETE FROM delivery WHERE delivery_id IN (
        SELECT delivery_id FROM delivery
        WHERE last_attempt_at < $1 AND again_at IS NULL ORDER BY last_attempt_at LIMIT $2
    ) RETURNING delivery_id
    """


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription that is ours to deliver, and the wrapped key that seals its keys."""

    subscription: Subscription
    sealing_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An event that was sent: when, what was answered, and how long that took."""

    index: int
    event_id: UUID
    answer: Answer
    attempted_at: datetime
    milliseconds: int


@dataclass(frozen=True, slots=True)
class HeldAgain:
    """A delivery that its subscriber wants once more, and where it goes."""

    subscription_id: UUID
    target: str
    sealing_key: bytes
    delivery: Delivery


async def claim(
    straight: Straight,
    lease: UUID,
    *,
    until: datetime,
    now: datetime,
    failing: bool,
    besides: Collection[UUID],
    limit: int,
) -> list[Held]:
    """Take subscriptions whose turn it is: those that fail, or those that do not."""
    rows = await straight.connection.fetch(_CLAIM, lease, until, now, failing, list(besides), limit)
    return [Held(subscription_in(row), row["sealing_key"]) for row in rows]


async def release(straight: Straight, lease: UUID) -> None:
    """Give back whatever this lease holds."""
    await straight.connection.execute(_RELEASE, lease)


async def move_on(
    straight: Straight, moved: Subscription, lease: UUID, *, until: datetime | None
) -> bool:
    """Write how it goes with a subscription, and hold it on or give it back; say if it was ours."""
    course: Course = moved.course
    row = await straight.connection.fetchrow(
        _MOVE,
        moved.subscription_id,
        lease,
        moved.position,
        course.state.value,
        course.reason,
        course.failures,
        course.failing_since,
        course.due_at,
        moved.allowed_rate,
        moved.validated_at,
        until,
    )
    return row is not None


async def log_attempts(straight: Straight, subscription_id: UUID, sent: Iterable[Sent]) -> None:
    """Remember that events were sent, and how that went."""
    rows = [
        (
            subscription_id,
            one.index,
            one.event_id,
            (DeliveryState.DELIVERED if one.answer.is_delivery else DeliveryState.FAILED).value,
            one.attempted_at,
            one.answer.status,
            one.answer.failing,
            one.milliseconds,
        )
        for one in sent
    ]
    await straight.connection.executemany(_LOG, rows)


async def claim_again(
    straight: Straight, *, until: datetime, now: datetime, limit: int
) -> list[HeldAgain]:
    """Take deliveries that their subscribers want once more."""
    rows = await straight.connection.fetch(_CLAIM_AGAIN, until, now, limit)
    return [_held_again(row) for row in rows]


async def finish_again(straight: Straight, delivery_id: UUID) -> None:
    """Write that an event was sent once more."""
    await straight.connection.execute(_SENT_AGAIN, delivery_id)


async def forget_deliveries(straight: Straight, *, before: datetime, limit: int) -> int:
    """Delete deliveries of long ago; return how many."""
    return len(await straight.connection.fetch(_FORGET, before, limit))


def _held_again(row: Mapping[str, Any]) -> HeldAgain:
    return HeldAgain(row["subscription_id"], row["target"], row["sealing_key"], delivery_in(row))
