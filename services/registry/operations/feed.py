"""The feed: every event of the register in its one order, from any place on, for who asks.

Who waits for news holds no connection and no transaction: one question, asked again and again while
anybody waits, tells all of them how far the log is.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from services.registry.domain.feed import (
    EventFilter,
    LastEventUnknownError,
    OnePositionError,
    PositionAheadError,
)
from services.registry.repository import feed as repository
from services.registry.repository.feed import Slice
from services.registry.settings import Settings
from shared.errors import GoneError
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight
from shared.runtime.observability import get_logger

LOOK_SECONDS: Final = 0.1
AFTER_FAULT_SECONDS: Final = 1.0

log = get_logger(__name__)


class BeforeRetentionError(GoneError):
    """The feed is no longer kept so far back; begin with the snapshot (/v1/snapshots/latest)."""

    code = "before-retention"
    dutch = (
        "Zo ver terug wordt de feed niet meer bewaard; begin met de momentopname "
        "(/v1/snapshots/latest)."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where to begin, said in one way or not at all: then it is the beginning."""

    last_event: UUID | None = None
    after_sequence: int | None = None
    since: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse two ways at once."""
        named = (self.last_event, self.after_sequence, self.since)
        if sum(one is not None for one in named) > 1:
            raise OnePositionError


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Events as they were told, up to which place was looked, and how many there are in all."""

    events: tuple[bytes, ...]
    position: int
    head: int

    @property
    def lag(self) -> int:
        """Return how many events there are after this page."""
        return self.head - self.position


@dataclass(slots=True)
class HeadWatch:
    """Knows how far the log is for all who wait; asks only while somebody does."""

    database: Database
    _head: int = 0
    _waiting: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _looking: asyncio.Task[None] | None = None

    async def wait_beyond(self, head: int, *, seconds: float) -> None:
        """Wait until there are more events than these, or time has passed."""
        self._head = max(self._head, head)
        self._waiting += 1
        try:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            async with asyncio.timeout(seconds):
                while self._head <= head:
                    await self._news.wait()
        except TimeoutError:
            return
        finally:
            self._waiting -= 1

    async def _look(self) -> None:
        while self._waiting:
            pause = LOOK_SECONDS
            try:
                async with self.database.acting_for(EVERY_ORGANISATION) as straight:
                    found = await repository.read_head(straight)
            except Exception as error:  # noqa: BLE001 - whoever waits is told when they ask again
                log.warning("the feed cannot be watched", reason=type(error).__name__)
                found, pause = self._head, AFTER_FAULT_SECONDS
            if found > self._head:
                self._head = found
                news, self._news = self._news, asyncio.Event()
                news.set()
            await asyncio.sleep(pause)


@dataclass(frozen=True, slots=True)
class Feed:
    """What the feed is read with; one in each process."""

    database: Database
    retention: timedelta | None
    watch: HeadWatch

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self:
        """Set it up as the settings say."""
        days = settings.feed_retention_days
        return cls(database, None if days is None else timedelta(days=days), HeadWatch(database))


async def read_events(
    feed: Feed, start: Start, wanted: EventFilter, *, limit: int, now: datetime
) -> FeedPage:
    """Return the next events from where a follower is."""
    async with feed.database.acting_for(EVERY_ORGANISATION) as straight:
        position = await find_position(straight, start)
        await _check_retention(straight, feed, position, now=now)
        found = await _read(straight, wanted, position, limit)
    return _told(found, source=feed.database.source)


async def await_events(
    feed: Feed, start: Start, wanted: EventFilter, *, limit: int, wait: timedelta, now: datetime
) -> FeedPage:
    """Return the next events, after waiting for them when there are none yet."""
    clock = asyncio.get_running_loop()
    ends = clock.time() + wait.total_seconds()
    page = await read_events(feed, start, wanted, limit=limit, now=now)
    while not page.events and (left := ends - clock.time()) > 0:
        await feed.watch.wait_beyond(page.head, seconds=left)
        async with feed.database.acting_for(EVERY_ORGANISATION) as straight:
            found = await _read(straight, wanted, page.position, limit)
        page = _told(found, source=feed.database.source)
    return page


async def find_position(straight: Straight, start: Start) -> int:
    """Return the index of the log at which a start begins, or refuse one that is none."""
    if start.last_event is not None:
        index = await repository.find_place(straight, start.last_event)
        if index is None:
            raise LastEventUnknownError
        return index + 1
    if start.since is not None:
        return await repository.find_since(straight, start.since)
    if start.after_sequence is None:
        return 0
    if start.after_sequence > await repository.read_head(straight):
        raise PositionAheadError
    return start.after_sequence


async def _check_retention(straight: Straight, feed: Feed, position: int, *, now: datetime) -> None:
    if feed.retention is None:
        return
    if position < await repository.find_since(straight, now - feed.retention):
        raise BeforeRetentionError


async def _read(straight: Straight, wanted: EventFilter, position: int, limit: int) -> Slice:
    sieve = await repository.make_sieve(straight, wanted)
    return await repository.read_slice(straight, sieve, position=position, limit=limit)


def _told(found: Slice, *, source: str) -> FeedPage:
    events = tuple(one.fact.as_event(one.index, source=source) for one in found.found)
    return FeedPage(events, found.position, found.head)
