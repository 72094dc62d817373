"""A file of awards, from its upload to the verifier: every stage in rows a second.

All processes as in production: issuer serve and work, registry work, verifier work, a real Kafka
and a durable PostgreSQL on the same machine. BENCH_ROWS (20000) is the length of the file.
"""

import asyncio
import csv
import io
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import httpx
import uvloop

from services.demo.operating import Service
from services.demo.sandbox import AUDIENCE, open_sandbox
from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import (
    Event,
    MicrocredentialPublished,
    OrganisationRecorded,
    PolicyPublished,
)
from shared.contracts.microcredential import PolicyPin
from shared.contracts.policy import Policy
from shared.contracts.vocabulary import Sector, StudyLoadUnit
from shared.runtime import clock, migrations
from shared.runtime.embedded import EmbeddedPostgres
from shared.runtime.kafka import ensure_topics, make_producer
from tests.bench.batch_floors import Floor, measure_floors
from tests.bench.servers import Server, free_port, serving
from tests.bench.usage import Usage, usage_of
from tests.support.issuing import QUANTUM, UTWENTE, a_microcredential, a_provider
from tests.support.kafka import RealKafka, fetch_jars

ROWS: Final = int(os.environ.get("BENCH_ROWS", "20000"))
PATIENCE: Final = 1800.0
SOURCE: Final = "urn:nld:oin:00000099000000000000:systeem:catalog"
STARTED: Final = (
    (Service.ISSUER, "serve"),
    (Service.ISSUER, "work"),
    (Service.REGISTRY, "work"),
    (Service.VERIFIER, "work"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: until when all rows had come so far, counted from the start of the upload."""

    name: str
    seconds: float
    rows: int

    @property
    def per_second(self) -> float:
        """Return the rows a second, from the very start."""
        return self.rows / self.seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """All a run shows."""

    stages: tuple[Stage, ...]
    usages: tuple[Usage, ...]
    floors: tuple[Floor, ...]


def measure_batch(folder: Path) -> Measured:
    """Send one file, and follow it to the end; then measure the floors of this machine."""
    fetch_jars()
    (folder / "kafka").mkdir()
    kafka = RealKafka(folder / "kafka")
    kafka.start()
    try:
        with EmbeddedPostgres(folder / "postgres") as postgres, ExitStack() as running:
            databases = {one: prepared_database(postgres, one) for one in Service}
            uvloop.run(ensure_topics(kafka.servers))
            uvloop.run(tell_catalogue(kafka.servers))
            servers = {
                f"{service} {duty}": running.enter_context(
                    serving_service(folder, kafka.servers, databases, service, duty)
                )
                for service, duty in STARTED
            }
            [pid_file] = (folder / "postgres").rglob("postmaster.pid")
            watched_database = int(pid_file.read_text().split()[0])
            watched = {name: server.pid for name, server in servers.items()}
            before = {name: usage_of(name, pid) for name, pid in watched.items()}
            stages = list(_follow(folder, servers["issuer serve"], databases))
            usages = [usage_of(name, pid).since(before[name]) for name, pid in watched.items()]
            usages.append(usage_of("postgresql", watched_database))
            floors = list(measure_floors(postgres.create_database("floors"), kafka.servers))
    finally:
        kafka.stop()
    return Measured(tuple(stages), tuple(usages), tuple(floors))


def a_file(rows: int) -> bytes:
    """Write the file of a cohort, as a Dutch student information system does."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        ["Microcredential", "Kenmerk", "E-mail", "Voornaam", "Achternaam", "Cijfer", "Datum"]
    )
    run = uuid4().hex[:6]
    for number in range(rows):
        writer.writerow(
            [
                QUANTUM,
                f"{run}-{number:07}",
                f"s{number}@student.example.nl",
                "Zoë",
                f"Voorbeeld {number}",
                f"{6 + number % 4},{number % 10}",
                "13-11-2026",
            ]
        )
    return text.getvalue().encode("cp1252")


def _follow(folder: Path, issuer: Server, databases: dict[Service, str]) -> Iterator[Stage]:
    sandbox = open_sandbox(folder)
    token = sandbox.token(UTWENTE, ("awards:write", "awards:read"))
    file = a_file(ROWS)
    with httpx.Client(
        base_url=f"http://127.0.0.1:{issuer.port}/v1",
        headers={"Authorization": f"Bearer {token}"},
        timeout=300,
    ) as client:
        wait_for_issuer(databases[Service.ISSUER])
        began = time.perf_counter()
        sent = client.post(
            "/award-batches",
            params={"mode": "run"},
            content=file,
            headers={"Idempotency-Key": uuid4().hex, "Content-Type": "text/csv"},
        )
        sent.raise_for_status()
        yield Stage("received, sealed and put down", time.perf_counter() - began, ROWS)
        batch_id = sent.json()["batchId"]
        own = f"FROM batch WHERE batch_id = '{batch_id}'"
        held = f"SELECT count(*) >= {ROWS} FROM registration"
        waiting = "SELECT NOT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)"
        asked = (
            ("checked", Service.ISSUER, f"SELECT checked_at IS NOT NULL {own}"),
            ("signed", Service.ISSUER, f"SELECT ended_at IS NOT NULL {own}"),
            ("published", Service.ISSUER, waiting),
            ("registered", Service.REGISTRY, held),
            ("verifiable", Service.VERIFIER, held),
            ("seen by the issuer", Service.ISSUER, f"SELECT count(*) >= {ROWS} FROM registered"),
        )
        for name, service, question in asked:
            uvloop.run(until(databases[service], question))
            yield Stage(name, time.perf_counter() - began, ROWS)
        progress = client.get(f"/award-batches/{batch_id}").raise_for_status().json()["progress"]
        if (progress["signed"], progress["registered"]) != (ROWS, ROWS):
            raise RuntimeError(f"not every row came through: {progress}")


async def until(url: str, question: str) -> None:
    """Wait until a database says yes."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT set_config('waarmerk.organisation', '*', false)")
        deadline = time.monotonic() + PATIENCE
        while not await connection.fetchval(question):
            if time.monotonic() > deadline:
                raise TimeoutError(question)
            await asyncio.sleep(0.1)
    finally:
        await connection.close()


def wait_for_issuer(url: str) -> None:
    """Wait until the issuer knows all it awards by."""
    for table in ("organisation", "microcredential", "status_list"):
        uvloop.run(until(url, f"SELECT EXISTS (SELECT FROM {table})"))


def prepared_database(postgres: EmbeddedPostgres, service: Service) -> str:
    """Make the database of a service."""
    url = postgres.create_database(service.value, owner=service.value)
    uvloop.run(migrations.upgrade(url, f"services.{service}"))
    return url


def a_policy_of(pin: PolicyPin) -> Policy:
    """Return the policy that a microcredential is pinned to."""
    return Policy(
        policy_id=pin.policy_id,
        version=pin.version,
        sector=Sector.WO,
        valid_from=date(2025, 5, 1),
        unit=StudyLoadUnit.ECTS,
        minimum=Decimal(1),
        maximum=Decimal(30),
        step=Decimal("0.5"),
        required_elements=(),
        framework=pin.framework,
    )


async def tell_catalogue(servers: str) -> None:
    """Say what the catalogue would: who provides what."""
    events: list[Event] = [
        OrganisationRecorded(record_version=1, organisation=a_provider()),
        PolicyPublished(record_version=1, policy=a_policy_of(a_microcredential().policy)),
        MicrocredentialPublished(record_version=1, microcredential=a_microcredential()),
    ]
    producer = make_producer(servers, client="bench")
    await producer.start()
    try:
        for event in events:
            envelope = CloudEvent.around(event, source=SOURCE, now=clock.now())
            headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
            await producer.send_and_wait(
                event.topic.name, envelope.to_bytes(), key=event.subject.encode(), headers=headers
            )
    finally:
        await producer.stop()


@contextmanager
def serving_service(
    folder: Path, kafka: str, databases: dict[Service, str], service: Service, duty: str
) -> Iterator[Server]:
    """Run one duty of a service."""
    sandbox, port = open_sandbox(folder), free_port()
    environment = {
        "WAARMERK_DATABASE_URL": databases[service],
        "WAARMERK_KAFKA_SERVERS": kafka,
        "WAARMERK_PUBLIC_URL": f"http://127.0.0.1:8000/{service}",
        "WAARMERK_TOKEN_ISSUERS": f"[{sandbox.token_issuer.model_dump_json(exclude_none=True)}]",
        "WAARMERK_TOKEN_AUDIENCE": AUDIENCE,
        "WAARMERK_PORT" if duty == "serve" else "WAARMERK_WORK_PORT": str(port),
        "WAARMERK_KEY_ENCRYPTION_KEY": sandbox.key_encryption_key,
        "WAARMERK_PSEUDONYM_KEY": sandbox.pseudonym_key,
        "WAARMERK_LOG_KEY": sandbox.log_key,
    }
    command = ["-m", f"services.{service}", duty]
    log = folder / f"{service}-{duty}.log"
    with serving(command, port=port, environment=environment, log=log) as server:
        yield server
