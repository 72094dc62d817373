"""Events leave through the outbox: written with the change itself, published by the relay.

Separate from the relay, because everybody announces and only one publishes. Two rules keep events
in order per key: the aggregate's row is locked and written first, and the outbox row comes last.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from pydantic_core import to_json
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import Event
from shared.contracts.topics import Topic
from shared.runtime import clock
from shared.runtime.database import Database, Straight, ask
from shared.runtime.schema import outbox

LARGEST_EVENT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many events were not published yet, and how long the oldest waits, in seconds."""

    events: int = 0
    seconds: float = 0.0

    def beside(self, other: "Backlog") -> "Backlog":
        """Return both together."""
        return Backlog(self.events + other.events, max(self.seconds, other.seconds))


FindBacklog = Callable[[Database], Awaitable[Backlog]]
"""Says what waits that does not stand in the outbox."""


class EventTooLargeError(ValueError):
    """An event must fit in 64 KiB; point to the rest with `dataref`."""


async def announce(
    session: AsyncSession | Straight,
    event: Event,
    *,
    now: datetime | None = None,
    dataref: str | None = None,
) -> UUID:
    """Announce an event when this transaction commits; write the aggregate's row before."""
    envelope = CloudEvent.around(
        event, source=session.info["source"], now=now or clock.now(), dataref=dataref
    )
    value = _fitting(envelope.to_bytes())
    if isinstance(session, AsyncSession):
        await session.flush()
    await ask(session, _INSERT, event.topic.name, envelope.subject, value)
    return envelope.id


async def announce_all(
    session: AsyncSession | Straight,
    events: Iterable[Event],
    *,
    now: datetime | None = None,
    dataref: str | None = None,
) -> list[UUID]:
    """Announce many events, in this order, with one statement."""
    envelopes = Envelopes(session.info["source"], moment=now or clock.now(), dataref=dataref)
    ids: list[UUID] = []
    rows: list[tuple[str, str, bytes]] = []
    for event in events:
        event_id, value = envelopes.around(event)
        ids.append(event_id)
        rows.append((event.topic.name, event.subject, _fitting(value)))
    if isinstance(session, AsyncSession):
        await session.flush()
    if rows:
        await ask(session, _INSERT_ALL, *map(list, zip(*rows, strict=True)))
    return ids


async def announce_gone(session: AsyncSession, topic: Topic, key: str) -> None:
    """Announce that nothing is left to say about a key (a tombstone on a compacted topic)."""
    await session.flush()
    await session.execute(insert(outbox).values(topic=topic.name, key=key, value=None).inline())


async def find_backlog(session: AsyncSession) -> Backlog:
    """Return what waits in the outbox."""
    age = func.extract("epoch", func.clock_timestamp() - func.min(outbox.c.created_at))
    waiting = select(func.count(), func.coalesce(age, 0)).where(outbox.c.published_at.is_(None))
    events, seconds = (await session.execute(waiting)).one()
    return Backlog(events, max(0.0, float(seconds)))


async def replay(
    session: AsyncSession,
    *,
    topic: Topic | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> int:
    """Have a range of events published again, in their old order; return how many."""
    again = update(outbox).where(outbox.c.published_at.is_not(None)).values(published_at=None)
    if topic is not None:
        again = again.where(outbox.c.topic == topic.name)
    if since is not None:
        again = again.where(outbox.c.created_at >= since)
    if until is not None:
        again = again.where(outbox.c.created_at < until)
    sent_again = again.returning(outbox.c.id).cte("sent_again")
    count = await session.scalar(select(text("count(*)")).select_from(sent_again))
    return int(count or 0)


def _fitting(value: bytes) -> bytes:
    if len(value) > LARGEST_EVENT:
        raise EventTooLargeError("an event is larger than 64 KiB")
    return value


class Envelopes:
    """Envelopes as `CloudEvent.around(…).to_bytes()` writes them, at a third of the time.

    What all events of a kind share is validated and written once; the event is valid already.
    """

    def __init__(self, source: str, *, moment: datetime, dataref: str | None) -> None:
        self._source = source
        self._moment = moment
        self._dataref = dataref
        self._shared: dict[type[Event], tuple[bytes, bytes, bytes]] = {}

    def around(self, event: Event) -> tuple[UUID, bytes]:
        """Put an event in its envelope, with an id of its own."""
        kind = type(event)
        if kind not in self._shared:
            self._shared[kind] = self._share(event)
        before, between, after = self._shared[kind]
        event_id = uuid4()
        data = event.model_dump_json(exclude_none=True).encode()
        subject = to_json(event.subject)
        return event_id, b"".join(
            (before, str(event_id).encode(), between, subject, after, data, b"}")
        )

    def _share(self, event: Event) -> tuple[bytes, bytes, bytes]:
        envelope = CloudEvent.around(
            event, source=self._source, now=self._moment, dataref=self._dataref
        ).model_copy(update={"id": _ID, "subject": _SUBJECT, "data": {}})
        written = envelope.to_bytes().removesuffix(b"{}}")
        before, rest = written.split(str(_ID).encode(), 1)
        between, after = rest.split(to_json(_SUBJECT), 1)
        return before, between, after


_ID = UUID("00000000-0000-4000-8000-000000000000")
_SUBJECT = "\x00"
"""No event can have it: what is not text cannot be a subject."""
_INSERT = "INSERT INTO outbox (topic, key, value) VALUES ($1, $2, $3)"
_INSERT_ALL = """
    INSERT INTO outbox (topic, key, value)
    SELECT * FROM unnest(CAST($1 AS text[]), CAST($2 AS text[]), CAST($3 AS bytea[]))
    """
