"""The relay publishes the outbox: one leader per database, in order per key, at least once.

Separate from announcing, because it alone produces to Kafka. What it promises rests on four rules:
(1) the leader holds an advisory lock on the very connection it reads and marks with, so that who
loses the lock cannot mark; (2) it reads unpublished rows by id, never past a cursor, because ids
become visible out of order; (3) a batch is marked only after every send in it is acknowledged;
(4) any error ends the producer, since an idempotent one may be broken for good (aiokafka #1017).

It polls. LISTEN/NOTIFY would be a little faster to react but takes a lock over the whole database
in every announcing commit: measured 10,200 commits a second without, 4,500 with, 16 writers.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder
from prometheus_client import Counter as Count

from shared.runtime.database import CONNECT_SECONDS, server_settings
from shared.runtime.kafka import end_producer, make_producer, partition_of
from shared.runtime.observability import get_logger

RELAY_LOCK: Final = 0x5741_4152_5245_4C41
BATCH: Final = 500
CONTENT_TYPE: Final = ("content-type", b"application/cloudevents+json; charset=UTF-8")

log = get_logger(__name__)
published_events = Count(
    "waarmerk_outbox_published_total", "Events published from the outbox.", ["service", "topic"]
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
            server_settings=server_settings(name=f"{self._service}-relay", statement_seconds=8),
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
                published = await self._publish_batch(connection, producer)
                if published < BATCH:
                    await asyncio.sleep(self._poll_seconds)
        finally:
            await end_producer(producer, seconds=2)

    async def _publish_batch(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer
    ) -> int:
        rows = await connection.fetch(_UNPUBLISHED, BATCH)
        if not rows:
            return 0
        await asyncio.wait_for(_send_all(producer, rows), self._send_seconds)
        await connection.execute(_MARK, [row["id"] for row in rows])
        self._pause = 0.0
        for topic, count in Counter(row["topic"] for row in rows).items():
            published_events.labels(self._service, topic).inc(count)
        return len(rows)


async def _send_all(producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> None:
    """Send rows in their order, those of a partition in batches; raise unless all of it arrived.

    One by one they would cost our client three times as much of the processor.
    """
    sent: list[asyncio.Future[object]] = []
    partitions = {
        topic: len(await producer.partitions_for(topic)) for topic in {row["topic"] for row in rows}
    }
    places: dict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        topic: str = row["topic"]
        places[topic, partition_of(row["key"].encode(), partitions[topic])].append(row)
    try:
        for (topic, partition), ours in places.items():
            for batch in _batches(producer, ours):
                sent.append(await producer.send_batch(batch, topic, partition=partition))  # noqa: PERF401 - what was sent counts, also when the next is not
        await asyncio.gather(*sent)
    finally:
        for future in sent:
            future.cancel()


def _batches(producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> Iterator[BatchBuilder]:
    batch = producer.create_batch()
    for row in rows:
        headers = [(name, text.encode()) for name, text in json.loads(row["headers"]).items()]
        if row["value"] is not None and not headers:
            headers = [CONTENT_TYPE]
        message = {"key": row["key"].encode(), "value": row["value"], "headers": headers}
        if batch.append(timestamp=None, **message) is None:
            yield batch
            batch = producer.create_batch()
            batch.append(timestamp=None, **message)
    yield batch


_UNPUBLISHED = """
    SELECT id, topic, key, value, headers FROM outbox
    WHERE published_at IS NULL ORDER BY id LIMIT $1
"""
_MARK = "UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY($1::bigint[])"
