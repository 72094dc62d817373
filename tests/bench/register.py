"""The register alone: awards that wait on a real Kafka, until each is registered, logged and told.

BENCH_EVENTS (60000) is how many awards wait, of 34 institutions; BENCH_WORKERS (1) how many workers
share them. With BENCH_TELLING=after Kafka is told once all is in the log, so that the first figures
are of consuming, registering and appending alone.
"""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import httpx
import uvloop

from services.demo.operating import Service
from shared.contracts import topics
from shared.contracts.envelopes import CloudEvent
from shared.proofs.checkpoints import read_checkpoint
from shared.proofs.notes import read_note
from shared.runtime import clock
from shared.runtime.embedded import EmbeddedPostgres
from shared.runtime.kafka import ensure_topics, make_producer
from shared.runtime.relay import RELAY_LOCK
from tests.bench.batch import Measured, Stage, prepared_database, serving_service, until
from tests.bench.batch_floors import Floor, measure_appending, measure_copying
from tests.bench.servers import Server
from tests.bench.usage import usage_of
from tests.support.awards import an_award, granted
from tests.support.kafka import RealKafka, fetch_jars

EVENTS: Final = int(os.environ.get("BENCH_EVENTS", "60000"))
WORKERS: Final = int(os.environ.get("BENCH_WORKERS", "1"))
TELLS_AFTER: Final = os.environ.get("BENCH_TELLING") == "after"
INSTITUTIONS: Final = [f"00000099{number:09}000" for number in range(1, 35)]
SOURCE: Final = "urn:nld:oin:00000099000000000000:systeem:issuer"
AT_ONCE: Final = 1000


def measure_register(folder: Path) -> Measured:
    """Let the register's worker take everything that waits; then measure the floors."""
    fetch_jars()
    (folder / "kafka").mkdir()
    kafka = RealKafka(folder / "kafka")
    kafka.start()
    try:
        with EmbeddedPostgres(folder / "postgres") as postgres, ExitStack() as running:
            url = prepared_database(postgres, Service.REGISTRY)
            uvloop.run(ensure_topics(kafka.servers))
            uvloop.run(tell_awards(kafka.servers, EVENTS))
            databases = {Service.REGISTRY: url}
            [pid_file] = (folder / "postgres").rglob("postmaster.pid")
            database = int(pid_file.read_text().split()[0])
            serve = running.enter_context(
                serving_service(folder, kafka.servers, databases, Service.REGISTRY, "serve")
            )
            let_tell = _hold_telling(url) if TELLS_AFTER else None
            before = usage_of("kafka", kafka.pid)
            began = time.perf_counter()
            at_work = [
                running.enter_context(
                    serving_service(folder, kafka.servers, databases, Service.REGISTRY, "work")
                )
                for _ in range(WORKERS)
            ]
            stages = list(_follow(url, serve, began, let_tell))
            usages = [
                *(usage_of("registry work", one.pid) for one in at_work),
                usage_of("postgresql", database),
                usage_of("kafka", kafka.pid).since(before),
            ]
            floors = [
                Floor(
                    "COPY rows of 4 kB", uvloop.run(measure_copying(postgres.create_database("f")))
                ),
                Floor(
                    "consume and append",
                    uvloop.run(measure_appending(postgres.create_database("g"), kafka.servers)),
                ),
            ]
    finally:
        kafka.stop()
    return Measured(tuple(stages), tuple(usages), tuple(floors))


def _hold_telling(url: str) -> Callable[[], None]:
    """Lead in the relays' place and publish nothing, until what is returned is called."""
    leads, released = threading.Event(), threading.Event()

    async def lead() -> None:
        connection = await asyncpg.connect(url)
        await connection.fetchval("SELECT pg_advisory_lock($1)", RELAY_LOCK)
        leads.set()
        while not released.is_set():
            await asyncio.sleep(0.05)
        await connection.close()

    threading.Thread(target=asyncio.run, args=(lead(),), daemon=True).start()
    leads.wait()
    return released.set


def _follow(
    url: str, serve: Server, began: float, let_tell: Callable[[], None] | None
) -> Iterator[Stage]:
    """Follow the log to its end; what comes before the first is the worker's start.

    The second half is registered by workers that have all begun.
    """
    uvloop.run(until(url, "SELECT EXISTS (SELECT FROM fact)"))
    yield Stage("the first is registered", time.perf_counter() - began, 1)
    began = time.perf_counter()
    uvloop.run(until(url, f"SELECT max(number) >= {EVENTS // 2} FROM fact"))
    halfway = time.perf_counter()
    asked = (
        ("registered", f"SELECT max(number) >= {EVENTS} FROM fact"),
        ("in the log", f"SELECT size >= {EVENTS} FROM log_state"),
        ("told on Kafka", f"SELECT next >= {EVENTS} FROM log_telling"),
    )
    for name, question in asked:
        uvloop.run(until(url, question))
        yield Stage(name, time.perf_counter() - began, EVENTS)
        if name == "registered":
            yield Stage("the second half of it", time.perf_counter() - halfway, EVENTS // 2)
        if name == "in the log" and let_tell is not None:
            let_tell()
    note = httpx.get(f"http://127.0.0.1:{serve.port}/log/checkpoint").raise_for_status().content
    if read_checkpoint(read_note(note).text).size != EVENTS:
        raise RuntimeError("the log is not as long as it should be")
    uvloop.run(_check(url))


async def _check(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT set_config('waarmerk.organisation', '*', false)")
        if await connection.fetchval("SELECT count(*) FROM registration") != EVENTS:
            raise RuntimeError("not every award is registered")
    finally:
        await connection.close()


async def tell_awards(servers: str, count: int) -> None:
    """Put so many awards on the bus, as the issuer's relay does."""
    producer = make_producer(servers, client="bench")
    await producer.start()
    try:
        headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
        for start in range(0, count, AT_ONCE):
            sent = []
            for number in range(start, min(start + AT_ONCE, count)):
                institution = INSTITUTIONS[number % len(INSTITUTIONS)]
                event = granted(an_award(award_id=uuid4(), organisation=institution))
                envelope = CloudEvent.around(event, source=SOURCE, now=clock.now())
                sent.append(
                    await producer.send(
                        topics.AWARDS.name,
                        envelope.to_bytes(),
                        key=event.subject.encode(),
                        headers=headers,
                    )
                )
            for one in sent:
                await one
    finally:
        await producer.stop()
