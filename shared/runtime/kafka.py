"""Kafka clients with every setting written out, because aiokafka's defaults lose messages.

Separate, so that nobody makes a client with `acks=1`, automatic commits or a reset to the end.
"""

import asyncio
import struct
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code

from shared.contracts.topics import TOPICS, Topic

REQUEST_MILLISECONDS = 10_000
LARGEST_REQUEST = 1024 * 1024


class TopicsNotMadeError(RuntimeError):
    """The broker did not make the topics."""


def make_producer(servers: str, *, client: str) -> AIOKafkaProducer:
    """Return a producer, not yet started, that waits for every replica and never repeats."""
    return AIOKafkaProducer(
        bootstrap_servers=servers,
        client_id=client,
        acks="all",
        enable_idempotence=True,
        transactional_id=None,
        compression_type=None,
        linger_ms=0,
        max_batch_size=256 * 1024,
        max_request_size=LARGEST_REQUEST,
        request_timeout_ms=REQUEST_MILLISECONDS,
        retry_backoff_ms=100,
        metadata_max_age_ms=60_000,
        connections_max_idle_ms=540_000,
        security_protocol="PLAINTEXT",
    )


def make_consumer(
    servers: str,
    *,
    group: str,
    client: str,
    topics: frozenset[str],
    watch: ConsumerRebalanceListener,
) -> AIOKafkaConsumer:
    """Return a group member, not yet started; where to read is not the broker's to remember."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers,
        client_id=client,
        group_id=group,
        group_instance_id=None,
        enable_auto_commit=False,
        auto_commit_interval_ms=5000,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        partition_assignment_strategy=(RoundRobinPartitionAssignor,),
        session_timeout_ms=6000,
        heartbeat_interval_ms=1500,
        rebalance_timeout_ms=30_000,
        max_poll_interval_ms=300_000,
        max_poll_records=500,
        consumer_timeout_ms=200,
        fetch_min_bytes=1,
        fetch_max_wait_ms=250,
        fetch_max_bytes=8 * 1024 * 1024,
        max_partition_fetch_bytes=1024 * 1024,
        request_timeout_ms=REQUEST_MILLISECONDS,
        retry_backoff_ms=100,
        check_crcs=True,
        metadata_max_age_ms=60_000,
        connections_max_idle_ms=540_000,
        exclude_internal_topics=True,
        security_protocol="PLAINTEXT",
    )
    consumer.subscribe(topics=sorted(topics), listener=watch)
    return consumer


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key: murmur2, as every Kafka client chooses it.

    aiokafka's own takes 15 us a key; the same arithmetic by words of four bytes takes 4.
    """
    words, rest = divmod(len(key), 4)
    mixed = _SEED ^ len(key)
    for word in struct.unpack_from(f"<{words}I", key):
        word = word * _FACTOR & _WORD  # noqa: PLW2901 - mixed before it is mixed in
        word = (word ^ word >> 24) * _FACTOR & _WORD  # noqa: PLW2901 - the same
        mixed = mixed * _FACTOR & _WORD ^ word
    if rest:
        mixed = (mixed ^ int.from_bytes(key[-rest:], "little")) * _FACTOR & _WORD
    mixed = (mixed ^ mixed >> 13) * _FACTOR & _WORD
    return ((mixed ^ mixed >> 15) & 0x7FFFFFFF) % partitions


_SEED, _FACTOR, _WORD = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF


async def end_producer(producer: AIOKafkaProducer, *, seconds: float) -> None:
    """Stop a producer for good; one that cannot flush in time loses its sender and connections.

    A producer whose broker is away never finishes stopping (aiokafka #1101), and left alone it
    would go on trying, and deliver long after another took its place.
    """
    stopping = asyncio.ensure_future(producer.stop())
    try:
        await asyncio.wait({stopping}, timeout=seconds)
    finally:  # also for who is told to stop while stopping
        stopping.cancel()
        sender = producer._sender.sender_task  # noqa: SLF001 - aiokafka offers no way to give up
        if sender is not None:
            sender.cancel()
        await _cut(producer.client)


async def end_consumer(consumer: AIOKafkaConsumer, *, seconds: float) -> None:
    """Leave the group and stop; one that cannot in time loses its connections."""
    stopping = asyncio.ensure_future(consumer.stop())
    try:
        await asyncio.wait({stopping}, timeout=seconds)
    finally:  # also for who is told to stop while stopping
        stopping.cancel()
        await _cut(consumer._client)  # noqa: SLF001 - aiokafka offers no way to give up


async def _cut(client: AIOKafkaClient) -> None:
    with suppress(KafkaError, OSError, TimeoutError):
        await asyncio.wait_for(client.close(), 1)


async def ensure_topics(
    servers: str, *, replication: int = 1, topics: tuple[Topic, ...] = TOPICS
) -> None:
    """Make the topics that are missing, each with its dead letters; leave the others alone."""
    admin = AIOKafkaAdminClient(
        bootstrap_servers=servers,
        client_id="waarmerk-topics",
        request_timeout_ms=REQUEST_MILLISECONDS,
        retry_backoff_ms=100,
        metadata_max_age_ms=60_000,
        connections_max_idle_ms=540_000,
        security_protocol="PLAINTEXT",
    )
    try:
        await admin.start()
        known = set(await admin.list_topics())
        wanted = [one for topic in topics for one in (topic, topic.dead_letters)]
        missing = [topic for topic in wanted if topic.name not in known]
        if missing:
            answer = await admin.create_topics([_as_asked(topic, replication) for topic in missing])
            _refuse_errors(answer.topic_errors)
    except KafkaConnectionError:
        raise
    except (KafkaError, AttributeError, TypeError, ValueError) as error:
        raise TopicsNotMadeError(type(error).__name__) from error
    finally:
        await admin.close()


def _as_asked(topic: Topic, replication: int) -> NewTopic:
    retention = int(topic.retention.total_seconds() * 1000) if topic.retention else -1
    return NewTopic(
        name=topic.name,
        num_partitions=topic.partitions,
        replication_factor=replication,
        topic_configs={
            "cleanup.policy": "compact" if topic.compacted else "delete",
            "retention.ms": str(retention),
            "min.insync.replicas": str(max(1, replication - 1)),
        },
    )


def _refuse_errors(errors: list[tuple[str, int, str | None]]) -> None:
    for name, code, _text in errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise TopicsNotMadeError(f"{name}: {error.__name__}")
