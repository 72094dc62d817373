"""A service's ear on the bus: one member of its consumer group, with its offsets in our database.

Separate from receiving (`receipt`), because all of Kafka's moods are met here:
(1) where to read is the database's to say; on every doubt a partition is paused and positioned
again; (2) a rebalance waits for the batch under way, and the fence catches whoever could not wait;
(3) a transient fault stops the partition and is tried again for as long as it takes; (4) what the
service cannot take after three tries is poison: to the dead letters, and the partition goes on;
(5) a partition that has a lag and moves nothing for a minute ends the process (aiokafka #1154);
(6) what several partitions brought is taken in one transaction, and one by one when that fails.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Final
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord
from prometheus_client import Counter as Count
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.errors import UnavailableError
from shared.runtime.database import Database
from shared.runtime.heartbeat import Heartbeat
from shared.runtime.inbox import Subscriptions
from shared.runtime.kafka import end_consumer, ensure_topics, make_consumer
from shared.runtime.letters import Message, Place
from shared.runtime.observability import get_logger
from shared.runtime.positions import forget_offsets, read_positions, reset_position
from shared.runtime.receipt import FencedError, NotHeardError, Taken, take

__all__ = ["Consumer", "ensure_topics", "forget_offsets", "is_transient"]

BATCH: Final = 1000
TRIES: Final = 3
LONGEST_PAUSE: Final = 10.0
# SQLSTATE classes in which the row itself is at fault: data exception, integrity violation.
FAULT_OF_ROW: Final = ("22", "23")

log = get_logger(__name__)
events_taken = Count(
    "waarmerk_events", "Events taken from the bus.", ["consumer", "topic", "outcome"]
)


def is_transient(error: BaseException) -> bool:
    """Return whether trying again later may help without anybody changing the event."""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return not state.startswith(FAULT_OF_ROW)
    return isinstance(error, OSError | TimeoutError | PoolTimeoutError | UnavailableError)


class Consumer:
    """What a service hears; run as many as there is work for, each takes a share of it."""

    def __init__(
        self,
        *,
        name: str,
        database: Database,
        subscriptions: Subscriptions,
        kafka_servers: str,
        watchdog_seconds: float = 60,
        beat_seconds: float = 2,
    ) -> None:
        self.name = name
        self._database = database
        self._subscriptions = subscriptions
        self._kafka_servers = kafka_servers
        self._worker = uuid4().hex[:12]
        self._heartbeat = Heartbeat(
            database, consumer=name, worker=self._worker, watchdog_seconds=watchdog_seconds
        )
        self._beat_seconds = beat_seconds
        self._busy = asyncio.Lock()
        self._unpositioned: dict[TopicPartition, float] = {}
        self._pauses: dict[TopicPartition, float] = defaultdict(float)
        self._faults: dict[TopicPartition, str] = {}

    async def run(self) -> None:
        """Listen until cancelled; raise when the bus client breaks or falls silent."""
        kafka = make_consumer(
            self._kafka_servers,
            group=self.name,
            client=f"{self.name}-{self._worker}",
            topics=self._subscriptions.topics,
            watch=_Rebalance(self),
        )
        self._kafka = kafka
        self._unpositioned.clear()
        self._faults.clear()
        tasks: list[asyncio.Task[None]] = []
        try:
            await asyncio.wait_for(kafka.start(), 90)  # others may be finishing their batch
            tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._beat())]
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            try:
                await asyncio.gather(*tasks, return_exceptions=True)
            finally:
                await end_consumer(kafka, seconds=5)
            await self._heartbeat.stop()

    async def find_ends(self) -> dict[TopicPartition, int] | None:
        """Return where all we listen to ends now, whoever has it; None as long as that is unknown.

        What has nothing left to read, because it is past its retention, ends at its beginning.
        """
        kafka: AIOKafkaConsumer | None = getattr(self, "_kafka", None)
        if kafka is None:
            return None
        parts = {one: kafka.partitions_for_topic(one) or () for one in self._subscriptions.topics}
        if not all(parts.values()):
            return None
        every = [TopicPartition(topic, one) for topic, known in parts.items() for one in known]
        first = await kafka.beginning_offsets(every)
        ends = await kafka.end_offsets(every)
        return {one: end if end > first[one] else 0 for one, end in ends.items()}

    async def _listen(self) -> None:
        while True:
            await self._position_due()
            batches = await self._kafka.getmany(timeout_ms=100, max_records=BATCH)
            for topic, ours in groupby(sorted(batches), key=lambda one: one.topic):
                async with self._busy:
                    await self._take_topic(topic, {one: batches[one] for one in ours})

    async def _take_topic(
        self, topic: str, batches: Mapping[TopicPartition, list[ConsumerRecord]]
    ) -> None:
        """Take what several partitions brought in one transaction; if that fails, one by one."""
        due = {one: batches[one] for one in batches if one not in self._unpositioned}
        if len(due) > 1:
            messages = [message for records in due.values() for message in _messages(records)]
            with suppress(Exception):  # whatever it was, its own partition meets it below
                async with self._database.transaction() as session:
                    taken = await take(
                        session, messages, consumer=self.name, subscriptions=self._subscriptions
                    )
                for partition in due:
                    self._forget_fault(partition)
                self._count(topic, taken)
                return
        for partition, records in due.items():
            if partition not in self._unpositioned:
                await self._take(partition, records)

    async def _take(self, partition: TopicPartition, records: list[ConsumerRecord]) -> None:
        try:
            taken = await self._take_or_refuse(_messages(records))
        except FencedError:
            self._doubt(partition)
        except Exception as error:  # noqa: BLE001 - it is kept, shown and tried again
            cause = error.__cause__ if isinstance(error, NotHeardError) else error
            self._hold(partition, cause or error)
        else:
            self._forget_fault(partition)
            self._count(partition.topic, taken)

    def _forget_fault(self, partition: TopicPartition) -> None:
        self._pauses.pop(partition, None)
        self._faults.pop(partition, None)

    async def _take_or_refuse(self, messages: list[Message]) -> Taken:
        tries: Counter[Place] = Counter()
        refused: dict[Place, str] = {}
        one_by_one = False
        while True:
            try:
                async with self._database.transaction() as session:
                    return await take(
                        session,
                        messages,
                        consumer=self.name,
                        subscriptions=self._subscriptions,
                        refused=refused,
                        one_by_one=one_by_one,
                    )
            except NotHeardError as error:
                cause = error.__cause__ or error
                if is_transient(cause):
                    raise
                one_by_one = True
                if len(error.letters) > 1:
                    continue
                message = error.letters[0].message
                tries[message.place] += 1
                if tries[message.place] >= TRIES:
                    refused[message.place] = getattr(cause, "code", type(cause).__name__)
                    self._report_poison(message, refused[message.place])
                await asyncio.sleep(0.1 * tries[message.place])

    def _report_poison(self, message: Message, reason: str) -> None:
        log.error(
            "an event goes to the dead letters",
            consumer=self.name,
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            reason=reason,
        )

    def _hold(self, partition: TopicPartition, error: BaseException) -> None:
        pause = min(max(self._pauses[partition] * 2, 0.25), LONGEST_PAUSE)
        self._pauses[partition] = pause
        self._faults[partition] = type(error).__name__
        log.warning(
            "a partition waits",
            consumer=self.name,
            topic=partition.topic,
            partition=partition.partition,
            reason=type(error).__name__,
            seconds=pause,
        )
        self._doubt(partition, pause)

    def _doubt(self, partition: TopicPartition, pause: float = 0.0) -> None:
        with suppress(IllegalStateError):  # it may have been taken from us meanwhile
            self._kafka.pause(partition)
            self._unpositioned[partition] = time.monotonic() + pause

    async def _position_due(self) -> None:
        now = time.monotonic()
        due = [partition for partition, at in self._unpositioned.items() if at <= now]
        if not due:
            return
        try:
            known = await read_positions(self._database, self.name)
            first = await self._kafka.beginning_offsets(due)
            end = await self._kafka.end_offsets(due)
            for partition in due:
                here = known.get(partition, first[partition])
                if here > end[partition]:
                    await self._start_over(partition, here, first[partition])
                    here = first[partition]
                self._seek(partition, max(here, first[partition]))
        except (KafkaError, DBAPIError, OSError, PoolTimeoutError) as error:
            for partition in due:
                if partition in self._unpositioned:
                    self._hold(partition, error)

    def _seek(self, partition: TopicPartition, offset: int) -> None:
        if self._unpositioned.pop(partition, None) is None:
            return
        with suppress(IllegalStateError):
            self._kafka.seek(partition, offset)
            self._kafka.resume(partition)

    async def _start_over(self, partition: TopicPartition, here: int, first: int) -> None:
        """Read a topic again that the broker lost; nothing is heard twice."""
        log.error(
            "the broker has less than we read; reading it again",
            consumer=self.name,
            topic=partition.topic,
            partition=partition.partition,
            offset=here,
        )
        await reset_position(self._database, self.name, partition, was=here, to=first)

    def _count(self, topic: str, taken: Taken) -> None:
        for outcome in ("heard", "ignored", "parked", "dead"):
            if number := getattr(taken, outcome):
                events_taken.labels(self.name, topic, outcome).inc(number)

    async def _beat(self) -> None:
        while True:
            await self._heartbeat.beat(self._kafka, self._subscriptions.topics, self._faults)
            await asyncio.sleep(self._beat_seconds)

    async def let_go(self) -> None:
        """Finish the batch under way before others get our partitions."""
        async with self._busy:
            self._unpositioned.clear()
            self._faults.clear()

    def take_on(self, partitions: Iterable[TopicPartition]) -> None:
        """Read nothing of these partitions before the database said from where."""
        for partition in partitions:
            self._doubt(partition)


def _messages(records: Sequence[ConsumerRecord]) -> list[Message]:
    return [Message(one.topic, one.partition, one.offset, one.key, one.value) for one in records]


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka has no types
    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:  # noqa: ARG002 - aiokafka's
        # aiokafka rebalances in the background (#929, #933): without this, in mid-transaction.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._consumer.let_go(), 20)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._consumer.take_on(assigned)
