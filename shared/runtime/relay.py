"""The relay publishes what waits: one leader per database, in order per key, at least once.

Separate from announcing, because it alone produces to Kafka. What it promises rests on five rules:
(1) the leader holds an advisory lock on the very connection it reads and marks with, so that who
loses the lock cannot mark; (2) it reads unpublished rows of the outbox by id, never past a cursor,
because ids become visible out of order; (3) a batch is marked only after every send in it is
acknowledged; (4) any error ends the producer, since an idempotent one may be broken for good
(aiokafka #1017); (5) who is told to stop first marks what it sent, so that only a relay that died
sends a batch again.

A service may have a second source beside its outbox, with an order of its own. It is read once the
outbox is empty.

It polls. LISTEN/NOTIFY would be a little faster to react but takes a lock over the whole database
in every announcing commit: measured 10,200 commits a second without, 4,500 with, 16 writers.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple, TypeAlias

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder
from prometheus_client import Counter as Count

from shared.runtime.database import CONNECT_SECONDS, EVERY_ORGANISATION, server_settings
from shared.runtime.kafka import end_producer, make_producer, partition_of
from shared.runtime.observability import get_logger

RELAY_LOCK: Final = 0x5741_4152_5245_4C41
BATCH: Final = 500
FINISH_SECONDS: Final = 3.0
CONTENT_TYPE: Final = ("content-type", b"application/cloudevents+json; charset=UTF-8")

log = get_logger(__name__)
published_events = Count(
    "waarmerk_outbox_published_total", "Events published from the outbox.", ["service", "topic"]
)


class Outgoing(NamedTuple):
    """One message for the bus; without a value it is a tombstone."""

    topic: str
    key: str
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = (CONTENT_TYPE,)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be published, in its order, and what to do once it was."""

    messages: Sequence[Outgoing] = ()
    mark: Callable[[], Awaitable[object]] | None = None
    is_all: bool = True


Source: TypeAlias = Callable[[asyncpg.Connection], Awaitable[Waiting]]
"""Asks what waits; the connection sees every organisation's rows."""


async def read_outbox(connection: asyncpg.Connection) -> Waiting:
    """Return the oldest of what waits in the outbox."""
    rows = await connection.fetch(_UNPUBLISHED, BATCH)
    if not rows:
        return Waiting()
    return Waiting(
        [Outgoing(row["topic"], row["key"], row["value"], _headers(row)) for row in rows],
        partial(connection.execute, _MARK, [row["id"] for row in rows]),
        is_all=len(rows) < BATCH,
    )


class Relay:
    """The publisher of one service's outbox; start as many as you like, one of them leads."""

    def __init__(
        self,
        database_url: str,
        kafka_servers: str,
        *,
        service: str,
        poll_seconds: float = 0.05,
        stand_by_seconds: float = 1.0,
        send_seconds: float = 30.0,
    ) -> None:
        self._database_url = database_url
        self._kafka_servers = kafka_servers
        self._service = service
        self.sources: list[Source] = [read_outbox]
        self._poll_seconds = poll_seconds
        self._stand_by_seconds = stand_by_seconds
        self._send_seconds = send_seconds
        self._pause = 0.0
        self.leads = False

    async def run(self) -> None:
        """Publish until cancelled, whatever becomes of the database and the broker meanwhile."""
        while True:
            try:
                await self._lead()
            except Exception as fault:  # noqa: BLE001 - no fault ends the publishing
                self._pause = min(max(self._pause * 2, 0.1), 5.0)
                log.warning(
                    "the relay starts over", service=self._service, reason=type(fault).__name__
                )
                await asyncio.sleep(self._pause)

    async def _lead(self) -> None:
        connection = await asyncpg.connect(
            self._database_url,
            timeout=CONNECT_SECONDS,
            command_timeout=10,
            server_settings=server_settings(name=f"{self._service}-relay", statement_seconds=8)
            | {"waarmerk.organisation": EVERY_ORGANISATION},
        )
        try:
            # Trying again, and not waiting for the lock, shows us at once when the connection died.
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK):  # noqa: ASYNC110 - a lock elsewhere
                await asyncio.sleep(self._stand_by_seconds)
            self.leads = True
            log.info("the relay leads", service=self._service)
            await self._publish_with_one_producer(connection)
        finally:
            self.leads = False
            connection.terminate()

    async def _publish_with_one_producer(self, connection: asyncpg.Connection) -> None:
        producer = make_producer(self._kafka_servers, client=f"{self._service}-relay")
        try:
            await asyncio.wait_for(producer.start(), self._send_seconds)
            while True:
                if not await _finish(self._publish_some(connection, producer)):
                    await asyncio.sleep(self._poll_seconds)
        finally:
            await end_producer(producer, seconds=2)

    async def _publish_some(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer
    ) -> bool:
        """Publish a batch of the first source that has any; return whether there is more."""
        for read in self.sources:
            waiting = await read(connection)
            if waiting.messages:
                await asyncio.wait_for(_send_all(producer, waiting.messages), self._send_seconds)
                self._pause = 0.0
            if waiting.mark is not None:
                await waiting.mark()
            for topic, count in Counter(one.topic for one in waiting.messages).items():
                published_events.labels(self._service, topic).inc(count)
            if not waiting.is_all:
                return True
        return False


async def _finish(begun: Coroutine[object, object, bool]) -> bool:
    """Return what this does, also for who is told to stop: sent and not marked is sent again.

    Told so a second time it breaks off, and leaves nothing running.
    """
    work = asyncio.ensure_future(begun)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        try:
            await asyncio.wait([work], timeout=FINISH_SECONDS)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        raise


async def _send_all(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> None:
    """Send messages in their order, those of a partition in batches; raise unless all arrived.

    One by one they would cost our client three times as much of the processor.
    """
    sent: list[asyncio.Future[object]] = []
    topics = {one.topic for one in messages}
    partitions = {topic: len(await producer.partitions_for(topic)) for topic in topics}
    places: dict[tuple[str, int], list[Outgoing]] = defaultdict(list)
    found: dict[tuple[str, int], int] = {}  # many come in pairs, and a key costs 4 us
    for one in messages:
        about = one.key, partitions[one.topic]
        if about not in found:
            found[about] = partition_of(one.key.encode(), partitions[one.topic])
        places[one.topic, found[about]].append(one)
    try:
        for (topic, partition), ours in places.items():
            for batch in _batches(producer, ours):
                sent.append(await producer.send_batch(batch, topic, partition=partition))  # noqa: PERF401 - what was sent counts, also when the next is not
        await asyncio.gather(*sent)
    finally:
        for future in sent:
            future.cancel()


def _batches(producer: AIOKafkaProducer, messages: Sequence[Outgoing]) -> Iterator[BatchBuilder]:
    batch = producer.create_batch()
    for one in messages:
        message = {"key": one.key.encode(), "value": one.value, "headers": [*one.headers]}
        if batch.append(timestamp=None, **message) is None:
            yield batch
            batch = producer.create_batch()
            batch.append(timestamp=None, **message)
    yield batch


def _headers(row: asyncpg.Record) -> Sequence[tuple[str, bytes]]:
    named = [(name, text.encode()) for name, text in json.loads(row["headers"]).items()]
    return named if named or row["value"] is None else (CONTENT_TYPE,)


_UNPUBLISHED = """
    SELECT id, topic, key, value, headers FROM outbox
    WHERE published_at IS NULL ORDER BY id LIMIT $1
"""
_MARK = "UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY($1::bigint[])"
