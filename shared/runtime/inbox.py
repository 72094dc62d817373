"""What a service listens to: one function per event, each of which may be called twice.

Separate from the bus, so that services declare what they hear without knowing Kafka.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar, cast, overload

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.events import Event
from shared.contracts.topics import Topic
from shared.runtime import clock

A = TypeVar("A", bound=Event)
B = TypeVar("B", bound=Event)
C = TypeVar("C", bound=Event)

Hearing = Callable[[A, AsyncSession], Awaitable[None]]
HearingMany = Callable[[Sequence[A], AsyncSession], Awaitable[None]]
HearingGone = Callable[[str, AsyncSession], Awaitable[None]]
FindKnown = Callable[[AsyncSession, Collection[str]], Awaitable[Collection[str]]]
"""Asks the service's own rows which of these subjects it heard of."""


class SubscribedTwiceError(TypeError):
    """One event goes to one function of a service; call two operations there."""


class Subscriptions:
    """The events a service hears, and what it does about each.

    The functions need no guard: duplicates, old versions and events out of turn never reach them.
    But for those of `on_many(…, in_any_order=True)`, which take care of that themselves.
    """

    def __init__(self, read_clock: Callable[[], datetime] = clock.now) -> None:
        self._read_clock = read_clock
        self._one_by_one: dict[type[Event], Hearing[Event]] = {}
        self._many_at_once: dict[type[Event], HearingMany[Event]] = {}
        self._gone: dict[str, HearingGone] = {}
        self._in_any_order: set[type[Event]] = set()
        self._only_old: dict[type[Event], timedelta] = {}
        self._remembered: dict[str, tuple[type[Event], FindKnown]] = {}

    @property
    def topics(self) -> frozenset[str]:
        """Return the names of the topics to listen to."""
        events = self._one_by_one.keys() | self._many_at_once.keys()
        return frozenset(event.topic.name for event in events) | self._gone.keys()

    @overload
    def on(self, first: type[A], /) -> Callable[[Hearing[A]], Hearing[A]]: ...
    @overload
    def on(
        self, first: type[A], second: type[B], /
    ) -> Callable[[Hearing[A | B]], Hearing[A | B]]: ...
    @overload
    def on(
        self, first: type[A], second: type[B], third: type[C], /
    ) -> Callable[[Hearing[A | B | C]], Hearing[A | B | C]]: ...
    def on(self, *events: type[Event]) -> Callable[[Hearing[A]], Hearing[A]]:
        """Call the function for each such event, in the transaction that records its receipt."""

        def subscribe(hear: Hearing[A]) -> Hearing[A]:
            for event in events:
                self._refuse_second(event)
                self._one_by_one[event] = cast("Hearing[Event]", hear)
            return hear

        return subscribe

    def on_many(
        self,
        event: type[A],
        *,
        in_any_order: bool = False,
        when_older_than: timedelta | None = None,
        remembered_by: FindKnown | None = None,
    ) -> Callable[[HearingMany[A]], HearingMany[A]]:
        """Call the function with a run of such events at once, in order; for bulk work.

        A function for which neither order nor repetition matters may say so. Where all that is
        heard of a topic is like that, no versions are kept: a row for each event is saved. There
        an event may also be heard only when it is read so long after it happened.

        Where the service remembers by its own rows of whom it heard this event as the first, no
        version of a subject is kept before its second: that saves such a row too.
        """

        def subscribe(hear: HearingMany[A]) -> HearingMany[A]:
            self._refuse_second(event)
            if in_any_order:
                self._in_any_order.add(event)
            if when_older_than is not None:
                self._only_old[event] = when_older_than
            if remembered_by is not None:
                self._remembered[event.topic.name] = event, remembered_by
            self._many_at_once[event] = cast("HearingMany[Event]", hear)
            return hear

        return subscribe

    def on_gone(self, topic: Topic) -> Callable[[HearingGone], HearingGone]:
        """Call the function with the key of each tombstone on this topic."""

        def subscribe(hear: HearingGone) -> HearingGone:
            self._gone[topic.name] = hear
            return hear

        return subscribe

    def hears(self, event: type[Event]) -> bool:
        """Return whether anything is done about such events."""
        return event in self._one_by_one or event in self._many_at_once

    def passes_over(self, event: type[Event], *, happened_at: datetime) -> bool:
        """Return whether nothing is done about such an event, or not about one so young."""
        if not self.hears(event):
            return True
        age = self._only_old.get(event)
        return age is not None and self._read_clock() - happened_at < age

    def takes_many(self, event: type[Event]) -> bool:
        """Return whether such events are wanted many at once."""
        return event in self._many_at_once

    def is_in_any_order(self, topic: str) -> bool:
        """Return whether all that is heard of a topic may come in any order, and again."""
        events = self._one_by_one.keys() | self._many_at_once.keys()
        heard = {event for event in events if event.topic.name == topic}
        return bool(heard) and heard <= self._in_any_order and topic not in self._gone

    def remembered_first(self, topic: str) -> type[Event] | None:
        """Return the event on a topic that is remembered without its version, as a first."""
        return self._remembered[topic][0] if topic in self._remembered else None

    async def find_known(
        self, session: AsyncSession, topic: str, subjects: Collection[str]
    ) -> Collection[str]:
        """Return of which subjects a first event is remembered without its version."""
        if topic not in self._remembered:
            return ()
        return await self._remembered[topic][1](session, subjects)

    async def hear(self, events: Sequence[Event], session: AsyncSession) -> None:
        """Do what this service does about a run of events of one class."""
        many = self._many_at_once.get(type(events[0]))
        if many is not None:
            await many(events, session)
        one = self._one_by_one.get(type(events[0]))
        if one is not None:
            for event in events:
                await one(event, session)

    async def hear_gone(self, topic: str, key: str, session: AsyncSession) -> None:
        """Do what this service does about a tombstone."""
        gone = self._gone.get(topic)
        if gone is not None:
            await gone(key, session)

    def _refuse_second(self, event: type[Event]) -> None:
        if self.hears(event):
            raise SubscribedTwiceError(f"{event.__name__} is subscribed to already")
