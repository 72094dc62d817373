"""A file of awards twice: in peace, and with kill -9 of the issuer's worker every ten seconds.

All processes as in production, with a real Kafka. BENCH_ROWS (100000) is the length of the file.
Whoever is killed is started again at once, as a supervisor does.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from uuid import uuid4

import asyncpg
import httpx
import uvloop

from services.demo.operating import Service
from services.demo.sandbox import open_sandbox
from shared.runtime.embedded import EmbeddedPostgres
from shared.runtime.kafka import ensure_topics
from tests.bench.batch import (
    a_file,
    prepared_database,
    serving_service,
    tell_catalogue,
    until,
    wait_for_issuer,
)
from tests.bench.servers import Server
from tests.support.issuing import UTWENTE
from tests.support.kafka import RealKafka, fetch_jars

ROWS: Final = int(os.environ.get("BENCH_ROWS", "100000"))
KILL_SECONDS: Final = 10.0
SEEN: Final = "SELECT count(*) >= {} FROM registered"
HELD: Final = "SELECT count(*) >= {} FROM registration"
DOUBLES: Final = """
    SELECT count(*) - count(DISTINCT (list_id, status_index)) + count(*) - count(DISTINCT award_id)
    FROM credential WHERE kid IS NOT NULL
    """


@dataclass(frozen=True, slots=True)
class Run:
    """One file: how often the worker was killed, when all was so far, and what there is now."""

    name: str
    kills: int
    signed: float
    registered: float
    seen: float
    awards: int
    doubles: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the services run."""

    folder: Path
    kafka: str
    databases: dict[Service, str]

    def running(self, service: Service, duty: str) -> "_Duty":
        return _Duty(self, service, duty)


@dataclass(frozen=True, slots=True)
class _Duty:
    place: _Place
    service: Service
    duty: str

    @contextmanager
    def __call__(self) -> Iterator[Server]:
        place = self.place
        with serving_service(
            place.folder, place.kafka, place.databases, self.service, self.duty
        ) as server:
            yield server


class Killer:
    """Kills a process whenever it has run so long, and starts another."""

    def __init__(self, duty: _Duty) -> None:
        self.kills = 0
        self._duty = duty
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Let the last one end in peace."""
        self._is_over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._is_over.is_set():
            began = time.monotonic()
            with self._duty() as server:
                left = KILL_SECONDS - (time.monotonic() - began)
                if self._is_over.wait(max(0.0, left)):
                    return
                os.kill(server.pid, signal.SIGKILL)
                self.kills += 1


def measure_kill(folder: Path) -> list[Run]:
    """Send a file in peace and one in war, and compare."""
    fetch_jars()
    (folder / "kafka").mkdir()
    kafka = RealKafka(folder / "kafka")
    kafka.start()
    try:
        with EmbeddedPostgres(folder / "postgres") as postgres, ExitStack() as stack:
            databases = {one: prepared_database(postgres, one) for one in Service}
            uvloop.run(ensure_topics(kafka.servers))
            uvloop.run(tell_catalogue(kafka.servers))
            place = _Place(folder, kafka.servers, databases)
            server = stack.enter_context(place.running(Service.ISSUER, "serve")())
            for service in (Service.REGISTRY, Service.VERIFIER):
                stack.enter_context(place.running(service, "work")())
            worker = place.running(Service.ISSUER, "work")
            with worker():
                wait_for_issuer(databases[Service.ISSUER])
                peace = _follow(place, server, None, total=ROWS)
            with Killer(worker) as killer:
                war = _follow(place, server, killer, total=2 * ROWS)
    finally:
        kafka.stop()
    return [peace, war]


def _follow(place: _Place, server: Server, killer: Killer | None, *, total: int) -> Run:
    token = open_sandbox(place.folder).token(UTWENTE, ("awards:write", "awards:read"))
    issuer = place.databases[Service.ISSUER]
    began = time.perf_counter()
    sent = httpx.post(
        f"http://127.0.0.1:{server.port}/v1/award-batches",
        params={"mode": "run"},
        content=a_file(ROWS),
        headers={
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": uuid4().hex,
            "Content-Type": "text/csv",
        },
        timeout=300,
    ).raise_for_status()
    batch_id = sent.json()["batchId"]
    times: list[float] = []
    for service, question in (
        (Service.ISSUER, f"SELECT ended_at IS NOT NULL FROM batch WHERE batch_id = '{batch_id}'"),
        (Service.REGISTRY, HELD.format(total)),
        (Service.ISSUER, SEEN.format(total)),
    ):
        uvloop.run(until(place.databases[service], question))
        times.append(time.perf_counter() - began)
    awards, doubles = uvloop.run(_count(issuer, place.databases[Service.REGISTRY]))
    signed, registered, seen = times
    return Run(
        name="in peace" if killer is None else "in war",
        kills=0 if killer is None else killer.kills,
        signed=signed,
        registered=registered,
        seen=seen,
        awards=awards - total + ROWS,
        doubles=doubles,
    )


async def _count(issuer: str, registry: str) -> tuple[int, int]:
    """Return how many awards there are, which the register must say too, and how many doubles."""
    connection, other = await asyncpg.connect(issuer), await asyncpg.connect(registry)
    try:
        for one in (connection, other):
            await one.execute("SELECT set_config('waarmerk.organisation', '*', false)")
        awards = await connection.fetchval("SELECT count(*) FROM award WHERE state = 'granted'")
        held = await other.fetchval("SELECT count(*) FROM registration")
        if awards != held:
            raise RuntimeError(f"{awards} awards, and {held} of them registered")
        return int(awards), int(await connection.fetchval(DOUBLES))
    finally:
        await connection.close()
        await other.close()
