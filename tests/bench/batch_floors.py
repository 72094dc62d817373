"""The least each stage of a batch can cost on this machine, measured alone, in one process."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer

from shared.proofs.keys import SigningKey
from shared.runtime.kafka import make_producer

ROWS: Final = 20_000
PAYLOAD: Final = 4_000
EVENT: Final = 1_200
AT_ONCE: Final = 500
TOPIC: Final = "awards"


@dataclass(frozen=True, slots=True)
class Floor:
    """One stage alone."""

    name: str
    per_second: float


def measure_floors(database_url: str, kafka: str) -> Iterator[Floor]:
    """Sign, copy, produce, and consume and append."""
    yield Floor("sign both forms, one core", _signing())
    yield Floor("COPY rows of 4 kB", uvloop.run(measure_copying(database_url)))
    yield Floor("relay: outbox to Kafka", uvloop.run(_relaying(database_url, kafka)))
    yield Floor("consume and append", uvloop.run(measure_appending(database_url, kafka)))


def _signing() -> float:
    key = SigningKey.generate()
    text = os.urandom(PAYLOAD)
    began = time.perf_counter()
    for _ in range(AT_ONCE * 4):
        key.sign(text)
        key.sign(text)
    return AT_ONCE * 4 / (time.perf_counter() - began)


async def measure_copying(url: str) -> float:
    """Return how many rows a second COPY takes in."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "CREATE TABLE copied (id uuid PRIMARY KEY, payload bytea STORAGE EXTERNAL)"
        )
        rows = [(uuid4(), os.urandom(PAYLOAD)) for _ in range(ROWS)]
        began = time.perf_counter()
        for start in range(0, ROWS, AT_ONCE):
            await connection.copy_records_to_table("copied", records=rows[start : start + AT_ONCE])
        return ROWS / (time.perf_counter() - began)
    finally:
        await connection.close()


async def _relaying(url: str, kafka: str) -> float:
    connection = await asyncpg.connect(url)
    producer = make_producer(kafka, client="floor")
    await producer.start()
    try:
        await connection.execute("CREATE TABLE sent (id bigserial PRIMARY KEY, at timestamptz)")
        await connection.execute(
            f"INSERT INTO sent (at) SELECT NULL FROM generate_series(1, {ROWS})"
        )
        event = os.urandom(EVENT)
        began = time.perf_counter()
        for start in range(1, ROWS + 1, AT_ONCE):
            ids = list(range(start, start + AT_ONCE))
            sent = [await producer.send(TOPIC, event, key=b"%d" % one) for one in ids]
            await asyncio.gather(*sent)
            await connection.execute("UPDATE sent SET at = now() WHERE id = ANY($1)", ids)
        return ROWS / (time.perf_counter() - began)
    finally:
        await producer.stop()
        await connection.close()


async def measure_appending(url: str, kafka: str) -> float:
    """Return how many events a second come in and are written down, and nothing else."""
    connection = await asyncpg.connect(url)
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        await connection.execute("CREATE TABLE heard (value bytea)")
        heard, began = 0, time.perf_counter()
        while heard < ROWS:
            found = await consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
            rows = [(one.value,) for messages in found.values() for one in messages]
            await connection.copy_records_to_table("heard", records=rows)
            heard += len(rows)
        return heard / (time.perf_counter() - began)
    finally:
        await consumer.stop()
        await connection.close()
