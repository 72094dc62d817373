"""A consumer's heart-beat in the database, and the watchdog that ends a silent one.

Separate from the bus, because another process reads it: whether a service is ready is judged
where it answers HTTP. Progress is what the database says, not what the bus client believes.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from shared.runtime.database import Database
from shared.runtime.observability import get_logger
from shared.runtime.positions import read_positions
from shared.runtime.schema import consumer_state, parked

ANSWER_SECONDS: Final = 10.0
FORGOTTEN_AFTER: Final = timedelta(hours=1)
GAP_ALARM_AFTER: Final = timedelta(seconds=60)

log = get_logger(__name__)


class ConsumerSilentError(RuntimeError):
    """There is something to read and nothing is read; only a restart helps."""


class Heartbeat:
    """How far one worker is behind, and since when it stands still."""

    def __init__(
        self, database: Database, *, consumer: str, worker: str, watchdog_seconds: float
    ) -> None:
        self._database = database
        self._consumer = consumer
        self._worker = worker
        self._watchdog_seconds = watchdog_seconds
        self._read_to: dict[TopicPartition, int] = {}
        self._still_since: dict[TopicPartition, float] = {}
        self._lag = 0

    async def beat(
        self,
        kafka: AIOKafkaConsumer,
        topics: frozenset[str],
        faults: Mapping[TopicPartition, str],
    ) -> None:
        """Measure and write it down; raise when a partition is silent for no known reason."""
        assigned = kafka.assignment()
        fault = next(iter(faults.values()), None)
        try:
            # Who has no share watches over everything: the whole group may be stuck (#1037).
            watched = assigned or _partitions(kafka, topics)
            async with asyncio.timeout(ANSWER_SECONDS):
                first = await kafka.beginning_offsets(list(watched))
                end = await kafka.end_offsets(list(watched))
            known = await read_positions(self._database, self._consumer)
            # What is past its retention is no longer there to read, and so no lag.
            here = {one: max(known.get(one, 0), offset) for one, offset in first.items()}
            self._measure(end, here)
            fault = fault or await self._find_gap()
        except (KafkaError, OSError, SQLAlchemyError) as error:
            fault = fault or type(error).__name__
            self._still_since.clear()  # no broker, no database: known, and no restart helps
        for partition in faults:
            self._still_since.pop(partition, None)
        await self._keep(len(assigned), fault, stands_still=bool(faults))
        self._bark()

    async def stop(self) -> None:
        """Take back the row: this worker is no more."""
        try:
            async with self._database.transaction() as session:
                await session.execute(
                    delete(consumer_state).where(
                        consumer_state.c.consumer == self._consumer,
                        consumer_state.c.worker == self._worker,
                    )
                )
        except (OSError, SQLAlchemyError) as error:
            log.warning("no last heart-beat", consumer=self._consumer, reason=type(error).__name__)

    def _measure(
        self, end: Mapping[TopicPartition, int], read_to: Mapping[TopicPartition, int]
    ) -> None:
        now = time.monotonic()
        self._still_since = {
            partition: self._still_since.get(partition, now)
            for partition, offset in end.items()
            if offset > read_to[partition] == self._read_to.get(partition)
        }
        self._read_to = dict(read_to)
        self._lag = sum(max(0, offset - read_to[partition]) for partition, offset in end.items())

    async def _find_gap(self) -> str | None:
        """Return a fault when events have waited too long for one that went before them."""
        query = (
            select(parked.c.topic, func.count())
            .where(
                parked.c.consumer == self._consumer,
                parked.c.parked_at < func.clock_timestamp() - GAP_ALARM_AFTER,
            )
            .group_by(parked.c.topic)
        )
        async with self._database.transaction() as session:
            gaps = (await session.execute(query)).all()
        for topic, count in gaps:
            log.error("events wait for one that is missing", topic=topic, count=count)
        return "gap" if gaps else None

    async def _keep(self, partitions: int, fault: str | None, *, stands_still: bool) -> None:
        standstill = time.monotonic() - min(self._still_since.values(), default=time.monotonic())
        state = insert(consumer_state).values(
            consumer=self._consumer,
            worker=self._worker,
            partitions=partitions,
            lag=self._lag,
            progressed_at=func.clock_timestamp() - timedelta(seconds=standstill),
            beat_at=func.clock_timestamp(),
            fault=fault,
        )
        news = {name: state.excluded[name] for name in ("partitions", "lag", "beat_at", "fault")}
        # While the reason of a standstill is known, its beginning is not measured here but kept.
        if not stands_still:
            news["progressed_at"] = state.excluded.progressed_at
        try:
            async with self._database.transaction() as session:
                await session.execute(
                    state.on_conflict_do_update(index_elements=["consumer", "worker"], set_=news)
                )
                await session.execute(
                    delete(consumer_state).where(
                        consumer_state.c.beat_at < func.clock_timestamp() - FORGOTTEN_AFTER
                    )
                )
        except (OSError, SQLAlchemyError) as error:
            log.warning("no heart-beat", consumer=self._consumer, reason=type(error).__name__)

    def _bark(self) -> None:
        now = time.monotonic()
        for partition, since in self._still_since.items():
            if now - since > self._watchdog_seconds:
                log.error(
                    "a consumer is silent",
                    consumer=self._consumer,
                    topic=partition.topic,
                    partition=partition.partition,
                    seconds=round(now - since),
                )
                raise ConsumerSilentError(self._consumer)


def _partitions(kafka: AIOKafkaConsumer, topics: frozenset[str]) -> set[TopicPartition]:
    return {
        TopicPartition(topic, partition)
        for topic in topics
        for partition in kafka.partitions_for_topic(topic) or ()
    }
