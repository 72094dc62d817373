"""Telling Kafka of the log: the log itself is what waits, and a place in it how far we are.

Apart from the sequencer, because the broker may be down while the log goes on; and not by the
outbox, because the log has every fact already, in the order to tell them. An event would be written
twice more there, and what was erased would have to be erased there too.

Each fact is told twice: as the next in the history, and as all there is to know now. To an empty
broker everything is told again; of what the history no longer keeps, only the state. What was said
of a registration that is erased since is told as its erasure, so that no number is missing from the
sequence and nobody comes back.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import asyncpg

from services.registry.repository import feed
from services.registry.repository import telling as repository
from services.registry.repository.log import LoggedFact
from shared.contracts.topics import REGISTRATIONS, REGISTRATIONS_STATE
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight
from shared.runtime.outbox import Backlog
from shared.runtime.relay import Outgoing, Source, Waiting

AT_ONCE = 1024


def untold_of(source: str) -> Source:
    """Return what asks the log for what Kafka was not told yet; `source` is who says it."""

    async def read(connection: asyncpg.Connection) -> Waiting:
        straight = Straight(connection, {"source": source})
        untold = await repository.read_untold(straight, limit=AT_ONCE)
        if untold is None:
            return Waiting()
        following = untold.first + len(untold.facts)

        async def mark() -> None:
            await repository.keep_told(straight, first=untold.first, following=following)

        now = clock.now()
        messages = [
            message
            for logged in untold.facts
            for message in tellings_of(logged, source=source, now=now)
        ]
        return Waiting(messages, mark, is_all=len(untold.facts) < AT_ONCE)

    return read


def tellings_of(logged: LoggedFact, *, source: str, now: datetime) -> Iterator[Outgoing]:
    """Tell of a fact: to the history while that keeps it, and to the states while it is one."""
    fact, about = logged.fact, str(logged.fact.registration_id)
    if now - fact.recorded_at < (REGISTRATIONS.retention or timedelta.max):
        yield Outgoing(REGISTRATIONS.name, about, fact.as_event(logged.index, source=source))
    if not fact.was_wiped:
        state = fact.as_state(logged.index, source=source)
        if state is None:
            yield Outgoing(REGISTRATIONS_STATE.name, about, None, ())
        else:
            yield Outgoing(REGISTRATIONS_STATE.name, about, state)


async def tell_again(database: Database, *, since: datetime | None = None) -> int:
    """Have everything told again that was logged since a moment; return how many facts."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        first = 0 if since is None else await feed.find_since(straight, since)
        await repository.tell_again(straight, first=first)
        return await feed.read_head(straight) - first


async def find_backlog(database: Database) -> Backlog:
    """Return how far Kafka is behind the log."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        return await repository.find_backlog(straight)
