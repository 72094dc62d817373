"""Events leave through the outbox: written with the change itself, published by the relay.

Separate from the relay, because everybody announces and only one publishes. Two rules keep events
in order per key: the aggregate's row is locked and written first, and the outbox row comes last.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.events import CloudEvent, Event
from shared.contracts.topics import Topic
from shared.runtime import clock
from shared.runtime.database import Straight, ask
from shared.runtime.schema import outbox

LARGEST_EVENT = 64 * 1024


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
    [event_id] = await announce_all(session, [event], now=now, dataref=dataref)
    return event_id


async def announce_all(
    session: AsyncSession | Straight,
    events: Iterable[Event],
    *,
    now: datetime | None = None,
    dataref: str | None = None,
) -> list[UUID]:
    """Announce many events, in this order, with one statement."""
    source: str = session.info["source"]
    moment = now or clock.now()
    envelopes = [
        (event.topic, CloudEvent.around(event, source=source, now=moment, dataref=dataref))
        for event in events
    ]
    rows = [(topic.name, envelope.subject, envelope.to_bytes()) for topic, envelope in envelopes]
    if any(len(value) > LARGEST_EVENT for _topic, _key, value in rows):
        raise EventTooLargeError("an event is larger than 64 KiB")
    if isinstance(session, AsyncSession):
        await session.flush()
    if len(rows) == 1:
        await ask(session, _INSERT, *rows[0])
    elif rows:
        await ask(session, _INSERT_ALL, *map(list, zip(*rows, strict=True)))
    return [envelope.id for _topic, envelope in envelopes]


async def announce_gone(session: AsyncSession, topic: Topic, key: str) -> None:
    """Announce that nothing is left to say about a key (a tombstone on a compacted topic)."""
    await session.flush()
    await session.execute(insert(outbox).values(topic=topic.name, key=key, value=None).inline())


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


_INSERT = "INSERT INTO outbox (topic, key, value) VALUES ($1, $2, $3)"
_INSERT_ALL = """
    INSERT INTO outbox (topic, key, value)
    SELECT * FROM unnest(CAST($1 AS text[]), CAST($2 AS text[]), CAST($3 AS bytea[]))
    """
