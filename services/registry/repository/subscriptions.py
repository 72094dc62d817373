"""The questions of subscribers: their subscriptions, keys and deliveries, and nobody else's.

Each names whose rows it asks for, beside the row-level security that hides the others.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.registry.domain.deliveries import Course, Failing, Reason, State
from services.registry.domain.feed import EventFilter
from services.registry.domain.subscriptions import (
    Attempt,
    Delivery,
    DeliveryState,
    DeliveryUnknownError,
    Subscription,
    SubscriptionKey,
    SubscriptionUnknownError,
)
from shared.runtime.database import Straight

_ADD: Final = """
    INSERT INTO subscription (
        subscription_id, organisation, target, types, issuers, sectors, position, state, failures,
        due_at, sealing_key, revision, created_at, changed_at
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, 1, $9, $9)
    """
_COUNT: Final = "SELECT count(*) AS count FROM subscription WHERE organisation = $1"
_GET: Final = "SELECT * FROM subscription WHERE organisation = $1 AND subscription_id = $2"
_LIST: Final = """
    SELECT * FROM subscription
    WHERE organisation = $1 AND ($2::uuid IS NULL OR subscription_id > $2)
    ORDER BY subscription_id LIMIT $3
    """
# Whoever is delivering meanwhile finds that it holds the subscription no more.
_KEEP: Final = """
    UPDATE subscription SET target = $3, types = $4, issuers = $5, sectors = $6, position = $7,
        state = $8, reason = $9, failures = $10, failing_since = $11, due_at = $12,
        allowed_rate = $13, validated_at = $14, revision = $15, changed_at = $16,
        lease = NULL, lease_until = NULL
    WHERE organisation = $1 AND subscription_id = $2
    """
_REMOVE: Final = """
    DELETE FROM subscription WHERE organisation = $1 AND subscription_id = $2
    RETURNING subscription_id
    """
_ADD_KEY: Final = """
    INSERT INTO subscription_key
        (subscription_id, number, organisation, sealed, public_key, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    """
_KEYS: Final = """
    SELECT * FROM subscription_key
    WHERE subscription_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY number DESC
    """
_LAST_KEY: Final = """
    SELECT max(number) AS number FROM subscription_key WHERE subscription_id = $1
    """
_END_KEYS: Final = """
    UPDATE subscription_key SET expires_at = least(expires_at, $3)
    WHERE subscription_id = $1 AND number < $2
    """
_FORGET_KEYS: Final = """
    DELETE FROM subscription_key WHERE subscription_id = $1 AND expires_at <= $2
    """
_PUBLIC_KEYS: Final = """
    SELECT public_key FROM subscription_key
    WHERE expires_at IS NULL OR expires_at > $1 ORDER BY created_at, public_key
    """
_DELIVERIES: Final = """
    SELECT * FROM delivery
    WHERE organisation = $1 AND subscription_id = $2
        AND ($3::bigint IS NULL OR index < $3) AND ($4::text IS NULL OR state = $4)
    ORDER BY index DESC LIMIT $5
    """
_DELIVERY: Final = """
    SELECT * FROM delivery
    WHERE organisation = $1 AND subscription_id = $2 AND delivery_id = $3
    """
_ATTEMPTS: Final = """
    SELECT * FROM delivery_attempt WHERE organisation = $1 AND delivery_id = $2
    ORDER BY number DESC LIMIT 100
    """
_AGAIN: Final = """
    UPDATE delivery SET again_at = $3 WHERE organisation = $1 AND delivery_id = $2
    RETURNING *
    """


async def add_subscription(straight: Straight, new: Subscription, sealing_key: bytes) -> None:
    """Add a subscription, with the wrapped key that seals its keys."""
    await straight.connection.execute(
        _ADD,
        new.subscription_id,
        new.organisation,
        new.target,
        *_filter(new.wanted),
        new.position,
        new.course.state.value,
        new.created_at,
        sealing_key,
    )


async def count_subscriptions(straight: Straight, organisation: str) -> int:
    """Return how many an organisation has."""
    row = await straight.ask(_COUNT, organisation)
    return int(row["count"])


async def get_subscription(
    straight: Straight, organisation: str, subscription_id: UUID
) -> Subscription:
    """Return an organisation's subscription."""
    return subscription_in(await _row(straight, _GET, organisation, subscription_id))


async def lock_subscription(
    straight: Straight, organisation: str, subscription_id: UUID
) -> tuple[Subscription, bytes]:
    """Return a subscription that nobody else changes before our commit, and its wrapped key."""
    row = await _row(straight, f"{_GET} FOR UPDATE", organisation, subscription_id)
    return subscription_in(row), row["sealing_key"]


async def get_sealing_key(straight: Straight, organisation: str, subscription_id: UUID) -> bytes:
    """Return the wrapped key that seals the keys of a subscription."""
    sealing_key: bytes = (await _row(straight, _GET, organisation, subscription_id))["sealing_key"]
    return sealing_key


async def list_subscriptions(
    straight: Straight, organisation: str, *, after: UUID | None, limit: int
) -> list[Subscription]:
    """Return an organisation's subscriptions in the order of their ids."""
    rows = await straight.connection.fetch(_LIST, organisation, after, limit)
    return [subscription_in(row) for row in rows]


async def keep_subscription(straight: Straight, known: Subscription) -> None:
    """Write what became of a subscription that is locked; a delivery under way no longer counts."""
    course = known.course
    await straight.connection.execute(
        _KEEP,
        known.organisation,
        known.subscription_id,
        known.target,
        *_filter(known.wanted),
        known.position,
        course.state.value,
        course.reason,
        course.failures,
        course.failing_since,
        course.due_at,
        known.allowed_rate,
        known.validated_at,
        known.revision,
        known.changed_at,
    )


async def remove_subscription(straight: Straight, organisation: str, subscription_id: UUID) -> None:
    """Delete a subscription, its keys and its deliveries."""
    await _row(straight, _REMOVE, organisation, subscription_id)


async def add_key(straight: Straight, known: Subscription, key: SubscriptionKey) -> None:
    """Add a key to a subscription."""
    await straight.connection.execute(
        _ADD_KEY,
        known.subscription_id,
        key.number,
        known.organisation,
        key.sealed,
        key.public_key,
        key.created_at,
    )


async def list_keys(
    straight: Straight, subscription_id: UUID, *, now: datetime
) -> list[SubscriptionKey]:
    """Return the keys that sign now, the newest first."""
    rows = await straight.connection.fetch(_KEYS, subscription_id, now)
    return [
        SubscriptionKey(
            number=row["number"],
            sealed=row["sealed"],
            public_key=row["public_key"],
            created_at=row["created_at"],
            expires_at=row["expires_at"],
        )
        for row in rows
    ]


async def last_key_number(straight: Straight, subscription_id: UUID) -> int:
    """Return the number of the newest key."""
    row = await straight.ask(_LAST_KEY, subscription_id)
    return row["number"] or 0


async def end_keys(
    straight: Straight, subscription_id: UUID, *, before: int, at: datetime, now: datetime
) -> None:
    """Let the keys before this number sign until a moment, and forget those that ended."""
    await straight.connection.execute(_END_KEYS, subscription_id, before, at)
    await straight.connection.execute(_FORGET_KEYS, subscription_id, now)


async def list_public_keys(straight: Straight, *, now: datetime) -> list[bytes]:
    """Return the public half of every key that signs now, whosever it is."""
    rows = await straight.connection.fetch(_PUBLIC_KEYS, now)
    return [row["public_key"] for row in rows]


async def list_deliveries(
    straight: Straight,
    organisation: str,
    subscription_id: UUID,
    *,
    before: int | None,
    state: DeliveryState | None,
    limit: int,
) -> list[Delivery]:
    """Return what became of a subscription's events, the last one first."""
    rows = await straight.connection.fetch(
        _DELIVERIES, organisation, subscription_id, before, state, limit
    )
    return [delivery_in(row) for row in rows]


async def get_delivery(
    straight: Straight, organisation: str, subscription_id: UUID, delivery_id: UUID
) -> Delivery:
    """Return what became of one event."""
    row = await straight.ask(_DELIVERY, organisation, subscription_id, delivery_id)
    if row is None:
        raise DeliveryUnknownError
    return delivery_in(row)


async def list_attempts(straight: Straight, organisation: str, delivery_id: UUID) -> list[Attempt]:
    """Return the attempts to deliver an event, the last one first."""
    rows = await straight.connection.fetch(_ATTEMPTS, organisation, delivery_id)
    return [
        Attempt(
            number=row["number"],
            attempted_at=row["attempted_at"],
            status=row["status"],
            failing=Failing(row["failing"]) if row["failing"] else None,
            milliseconds=row["milliseconds"],
        )
        for row in rows
    ]


async def ask_again(
    straight: Straight, organisation: str, delivery_id: UUID, *, now: datetime
) -> Delivery:
    """Write that an event is to be sent again."""
    return delivery_in(await straight.ask(_AGAIN, organisation, delivery_id, now))


def subscription_in(row: Mapping[str, Any]) -> Subscription:
    """Return the subscription in a row."""
    return Subscription(
        subscription_id=row["subscription_id"],
        organisation=row["organisation"],
        target=row["target"],
        wanted=EventFilter.of(types=row["types"], issuers=row["issuers"], sectors=row["sectors"]),
        position=row["position"],
        course=Course(
            state=State(row["state"]),
            due_at=row["due_at"],
            failures=row["failures"],
            failing_since=row["failing_since"],
            reason=Reason(row["reason"]) if row["reason"] else None,
        ),
        allowed_rate=row["allowed_rate"],
        validated_at=row["validated_at"],
        revision=row["revision"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
    )


def delivery_in(row: Mapping[str, Any]) -> Delivery:
    """Return the delivery in a row."""
    return Delivery(
        delivery_id=row["delivery_id"],
        index=row["index"],
        event_id=row["event_id"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        last_attempt_at=row["last_attempt_at"],
        last_status=row["last_status"],
        last_failing=Failing(row["last_failing"]) if row["last_failing"] else None,
        again_at=row["again_at"],
    )


async def _row(
    straight: Straight, question: str, organisation: str, subscription_id: UUID
) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = await straight.ask(question, organisation, subscription_id)
    if row is None:
        raise SubscriptionUnknownError
    return row


def _filter(wanted: EventFilter) -> tuple[list[str], list[str], list[str]]:
    return sorted(wanted.types), sorted(wanted.issuers), sorted(wanted.sectors)
