"""Subscriptions as their subscribers manage them: made, changed, paused, replayed, ended.

Nothing is sent here; a courier (`deliveries`) does that, once the receiver said that it wants it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.deliveries import Course, State
from services.registry.domain.feed import EventFilter
from services.registry.domain.subscriptions import (
    MOST,
    Attempt,
    Delivery,
    DeliveryState,
    NotValidatedError,
    RotatingError,
    Subscription,
    SubscriptionKey,
    TooManySubscriptionsError,
    WebhooksOffError,
    decide_change,
    decide_replay,
)
from services.registry.operations.feed import Start, find_position
from services.registry.operations.webhook_keys import (
    WebhookKey,
    key_set,
    new_data_key,
    open_data_key,
)
from services.registry.repository import subscriptions as repository
from services.registry.repository.feed import read_head
from services.registry.settings import Settings
from shared.proofs.sealing import DataKey, KeyEncryptionKey
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight, act_for, straight_within
from shared.runtime.fetching import Reach, check_address
from shared.strict_json import JsonObject


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What subscriptions are kept with: the key that seals theirs, and how far we go for them."""

    reach: Reach
    _wrapping: KeyEncryptionKey | None = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Set it up as the settings say."""
        secret = settings.webhook_sealing_key
        wrapping = secret and KeyEncryptionKey.from_setting(secret.get_secret_value())
        return cls(Reach(anywhere=settings.fetch_anywhere), wrapping or None)

    @property
    def wrapping(self) -> KeyEncryptionKey:
        """The key that wraps those of subscriptions; without it there are none."""
        if self._wrapping is None:
            raise WebhooksOffError
        return self._wrapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A subscription as its subscriber sees it; the secret of its key only when that is new."""

    subscription: Subscription
    head: int
    keys: tuple[SubscriptionKey, ...]
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """What became of one event, and each attempt at it, the last one first."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]


async def subscribe(
    session: AsyncSession,
    webhooks: Webhooks,
    *,
    organisation: str,
    target: str,
    wanted: EventFilter,
    start: Start | None,
    now: datetime,
) -> UUID:
    """Make a subscription with a key of its own; without a start it begins with what is new."""
    wrapping = webhooks.wrapping
    check_address(target, webhooks.reach)
    straight = await _within(session, organisation)
    if await repository.count_subscriptions(straight, organisation) >= MOST:
        raise TooManySubscriptionsError
    position = await (read_head(straight) if start is None else find_position(straight, start))
    made = Subscription(
        subscription_id=uuid4(),
        organisation=organisation,
        target=target,
        wanted=wanted,
        position=position,
        course=Course(state=State.VALIDATING, due_at=now),
        revision=1,
        created_at=now,
        changed_at=now,
    )
    data_key, wrapped = new_data_key(wrapping, made.subscription_id)
    await repository.add_subscription(straight, made, wrapped)
    await _add_key(straight, made, data_key, number=1, now=now)
    return made.subscription_id


async def read_subscription(
    session: AsyncSession,
    *,
    organisation: str,
    subscription_id: UUID,
    now: datetime,
    reveal: Webhooks | None = None,
) -> Shown:
    """Return a subscription; who just made its key is shown the secret, and nobody after that."""
    straight = await _within(session, organisation)
    known = await repository.get_subscription(straight, organisation, subscription_id)
    keys = tuple(await repository.list_keys(straight, subscription_id, now=now))
    head = await read_head(straight)
    if reveal is None:
        return Shown(subscription=known, head=head, keys=keys)
    wrapped = await repository.get_sealing_key(straight, organisation, subscription_id)
    data_key = open_data_key(reveal.wrapping, wrapped, subscription_id)
    secret = WebhookKey.open(keys[0], data_key, subscription_id).secret
    return Shown(subscription=known, head=head, keys=keys, secret=secret)


async def list_subscriptions(
    session: AsyncSession, *, organisation: str, after: UUID | None, limit: int, now: datetime
) -> list[Shown]:
    """Return an organisation's subscriptions in the order of their ids."""
    straight = await _within(session, organisation)
    found = await repository.list_subscriptions(straight, organisation, after=after, limit=limit)
    head = await read_head(straight)
    return [
        Shown(
            subscription=one,
            head=head,
            keys=tuple(await repository.list_keys(straight, one.subscription_id, now=now)),
        )
        for one in found
    ]


async def find_revision(session: AsyncSession, *, organisation: str, subscription_id: UUID) -> int:
    """Return the number of the state a subscription is in, which is ours until the commit."""
    straight = await _within(session, organisation)
    known, _ = await repository.lock_subscription(straight, organisation, subscription_id)
    return known.revision


async def change_subscription(
    session: AsyncSession,
    webhooks: Webhooks,
    *,
    organisation: str,
    subscription_id: UUID,
    target: str | None,
    wanted: EventFilter | None,
    state: State | None,
    now: datetime,
) -> None:
    """Change where to, what, or whether now."""
    if target is not None:
        check_address(target, webhooks.reach)
    straight = await _within(session, organisation)
    known, _ = await repository.lock_subscription(straight, organisation, subscription_id)
    changed = decide_change(known, target=target, wanted=wanted, state=state, now=now)
    await repository.keep_subscription(straight, changed)


async def end_subscription(
    session: AsyncSession, *, organisation: str, subscription_id: UUID
) -> None:
    """Send nothing more, and forget the subscription with its keys and deliveries."""
    straight = await _within(session, organisation)
    await repository.remove_subscription(straight, organisation, subscription_id)


async def replay(
    session: AsyncSession, *, organisation: str, subscription_id: UUID, start: Start, now: datetime
) -> None:
    """Send again from a place on; every event keeps its id, so the receiver can tell."""
    straight = await _within(session, organisation)
    known, _ = await repository.lock_subscription(straight, organisation, subscription_id)
    position = await find_position(straight, start)
    await repository.keep_subscription(straight, decide_replay(known, position=position, now=now))


async def rotate_key(
    session: AsyncSession,
    webhooks: Webhooks,
    *,
    organisation: str,
    subscription_id: UUID,
    overlap: timedelta,
    now: datetime,
) -> None:
    """Make a new key; the one before signs as well until the overlap is over."""
    straight = await _within(session, organisation)
    known, wrapped = await repository.lock_subscription(straight, organisation, subscription_id)
    signing = await repository.list_keys(straight, subscription_id, now=now)
    if overlap and len(signing) > 1:
        raise RotatingError
    number = await repository.last_key_number(straight, subscription_id) + 1
    data_key = open_data_key(webhooks.wrapping, wrapped, subscription_id)
    await _add_key(straight, known, data_key, number=number, now=now)
    await repository.end_keys(straight, subscription_id, before=number, at=now + overlap, now=now)
    await repository.keep_subscription(
        straight, replace(known, revision=known.revision + 1, changed_at=now)
    )


async def list_deliveries(
    session: AsyncSession,
    *,
    organisation: str,
    subscription_id: UUID,
    before: int | None,
    state: DeliveryState | None,
    limit: int,
) -> list[Delivery]:
    """Return what became of what was sent, the last event first."""
    straight = await _within(session, organisation)
    await repository.get_subscription(straight, organisation, subscription_id)
    return await repository.list_deliveries(
        straight, organisation, subscription_id, before=before, state=state, limit=limit
    )


async def read_delivery(
    session: AsyncSession, *, organisation: str, subscription_id: UUID, delivery_id: UUID
) -> ShownDelivery:
    """Return what became of one event, attempt by attempt."""
    straight = await _within(session, organisation)
    found = await repository.get_delivery(straight, organisation, subscription_id, delivery_id)
    attempts = await repository.list_attempts(straight, organisation, delivery_id)
    return ShownDelivery(found, tuple(attempts))


async def send_again(
    session: AsyncSession,
    *,
    organisation: str,
    subscription_id: UUID,
    delivery_id: UUID,
    now: datetime,
) -> None:
    """Have one event sent once more, outside the order of the others."""
    straight = await _within(session, organisation)
    known = await repository.get_subscription(straight, organisation, subscription_id)
    await repository.get_delivery(straight, organisation, subscription_id, delivery_id)
    if known.validated_at is None:
        raise NotValidatedError
    await repository.ask_again(straight, organisation, delivery_id, now=now)


async def read_public_keys(database: Database, *, now: datetime) -> JsonObject:
    """Return the public keys that deliveries are signed with, to anybody."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        return key_set(await repository.list_public_keys(straight, now=now))


async def _within(session: AsyncSession, organisation: str) -> Straight:
    await act_for(session, organisation)
    return await straight_within(session)


async def _add_key(
    straight: Straight, known: Subscription, data_key: DataKey, *, number: int, now: datetime
) -> None:
    made = WebhookKey.generate()
    await repository.add_key(
        straight,
        known,
        SubscriptionKey(
            number=number,
            sealed=made.sealed(data_key, known.subscription_id, number),
            public_key=made.public_key,
            created_at=now,
            expires_at=None,
        ),
    )
