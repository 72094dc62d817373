"""Working with the bus in tests: events to announce, duties in the background, topics to read.

Apart from the fixtures of servers, because it works on whichever broker it is given.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contracts.award import Revocation
from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import AwardRevoked, Event, IssuerKey, IssuerKeyPublished
from shared.contracts.topics import Topic
from shared.contracts.vocabulary import RevocationReason
from shared.runtime.letters import Message

SOURCE = "urn:nld:oin:00000099000000000000:systeem:ledger"
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it stands on a topic."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes | None
    headers: dict[str, str]

    @property
    def envelope(self) -> CloudEvent:
        """Return the CloudEvent it holds."""
        return CloudEvent.model_validate_json(self.value or b"")


def a_key_event(
    kid: str = "did:web:example#1", *, version: int = 1, x: str = "x"
) -> IssuerKeyPublished:
    """Return a whole-state event: the newest version says it all."""
    return IssuerKeyPublished(
        record_version=version,
        key=IssuerKey(
            kid=kid,
            issuer="did:web:example",
            organisation="00000099000000010000",
            public_jwk={"kty": "EC", "x": x},
            published_at=MOMENT,
        ),
    )


def an_award_event(award_id: UUID, *, version: int = 1) -> AwardRevoked:
    """Return an event of which every version counts."""
    return AwardRevoked(
        record_version=version,
        award_id=award_id,
        revocation=Revocation(reason=next(iter(RevocationReason)), revoked_at=MOMENT),
    )


def in_envelope(
    event: Event, *, event_id: UUID | None = None, at: datetime | None = None
) -> CloudEvent:
    """Put an event in an envelope as the outbox does."""
    return CloudEvent.around(event, source=SOURCE, now=at or MOMENT).model_copy(
        update={"id": event_id or uuid4()}
    )


def messages_of(*envelopes: CloudEvent, first: int = 0, topic: str = "awards") -> list[Message]:
    """Lay envelopes in one partition of a topic, from an offset on."""
    return [
        Message(topic, 0, offset, envelope.subject.encode(), envelope.to_bytes())
        for offset, envelope in enumerate(envelopes, start=first)
    ]


@asynccontextmanager
async def at_work(
    *duties: Callable[[], Awaitable[None]],
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Run duties in the background; one that fails fails the test."""

    async def do(duty: Callable[[], Awaitable[None]]) -> None:
        await duty()

    here = asyncio.current_task()
    tasks = [asyncio.create_task(do(duty)) for duty in duties]
    for task in tasks:
        task.add_done_callback(lambda done: _failed(done) and here and here.cancel())
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end


def _failed(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is not None


async def until(
    holds: Callable[[], Awaitable[bool]], *, seconds: float = 30, every: float = 0.05
) -> None:
    """Wait until something holds; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(every)


async def send(servers: str, *messages: tuple[str, bytes | None, bytes | None]) -> None:
    """Send (topic, key, value) triples, in this order."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)
    await producer.start()
    sent = [await producer.send(topic, value, key=key) for topic, key, value in messages]
    await asyncio.gather(*sent)
    await producer.stop()


async def send_events(servers: str, *envelopes: tuple[Event, CloudEvent]) -> None:
    """Send events in the envelopes given."""
    await send(
        servers,
        *(
            (event.topic.name, envelope.subject.encode(), envelope.to_bytes())
            for event, envelope in envelopes
        ),
    )


async def read_topic(servers: str, topic: Topic | str) -> list[Heard]:
    """Return all that is on a topic now, in order per partition."""
    name = topic if isinstance(topic, str) else topic.name
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    heard: list[Heard] = []
    try:
        await consumer.start()
        await consumer._client.force_metadata_update()  # noqa: SLF001 - no public way to ask
        await until(lambda: _knows(consumer, name))
        partitions = [TopicPartition(name, one) for one in consumer.partitions_for_topic(name)]
        consumer.assign(partitions)
        end = await consumer.end_offsets(partitions)
        left = {partition for partition, offset in end.items() if offset > 0}
        while left:
            for partition, records in (await consumer.getmany(timeout_ms=100)).items():
                heard += [_as_heard(record) for record in records]
                if records and records[-1].offset + 1 >= end[partition]:
                    left.discard(partition)
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(consumer.stop(), 5)
    return sorted(heard, key=lambda one: (one.partition, one.offset))


async def _knows(consumer: AIOKafkaConsumer, topic: str) -> bool:
    if consumer.partitions_for_topic(topic):
        return True
    await consumer.topics()
    return bool(consumer.partitions_for_topic(topic))


def _as_heard(record: object) -> Heard:
    headers = {name: value.decode() for name, value in record.headers}  # type: ignore[attr-defined] # no types there
    return Heard(
        topic=record.topic,  # type: ignore[attr-defined] # no types there
        partition=record.partition,  # type: ignore[attr-defined] # no types there
        offset=record.offset,  # type: ignore[attr-defined] # no types there
        key=(record.key or b"").decode(),  # type: ignore[attr-defined] # no types there
        value=record.value,  # type: ignore[attr-defined] # no types there
        headers=headers,
    )
