"""A register of ten million facts as it is served: how soon, how dear, and how much it holds.

BENCH_ENTRIES (10000000) is how long its log is; in BENCH_KEPT, a folder, it is kept for the next
time, for filling it takes ten minutes and 25 GB. Questions come one at a time over HTTP to the real
service, from random places; beside how long each took stands what the service and PostgreSQL spent
on it, which no neighbour changes. Then the worker comes: it takes what waits on a real Kafka, makes
a snapshot and counts everything, while all that was ever recorded is new to it. Last, a follower
compares the snapshot with the register, and an auditor makes the whole tree anew.
"""

import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import httpx
import uvloop
from pydantic import SecretStr

from services.demo.sandbox import open_sandbox
from services.registry.settings import Settings
from shared.proofs import base64url
from shared.runtime import migrations
from shared.runtime.embedded import EmbeddedPostgres
from shared.runtime.kafka import ensure_topics
from tests.bench.batch import until
from tests.bench.register import tell_awards
from tests.bench.register_fill import DATABASE, count_entries, fill
from tests.bench.register_questions import Place, ask_about_copies, ask_all
from tests.bench.register_rows import LEARNER_KEY
from tests.bench.search import Waits
from tests.bench.servers import Server, free_port, serving
from tests.bench.usage import usage_of
from tests.support.kafka import RealKafka, fetch_jars

ENTRIES: Final = int(os.environ.get("BENCH_ENTRIES", "10000000"))
KEPT: Final = os.environ.get("BENCH_KEPT")
WAITING: Final = 20_000
READY_SECONDS: Final = 60.0
_COUNTED: Final = f"SELECT EXISTS (SELECT FROM tally_place WHERE sequence >= {ENTRIES})"
_PUBLISHED: Final = "SELECT EXISTS (SELECT FROM statistics_edition)"
# What an earlier worker left of what the next one is to be measured at.
_MADE_BY_WORKER: Final = ("snapshot", "tally", "tally_place", "statistics_edition")
_HEARD: Final = ("consumer_offset", "subject_version", "parked", "consumer_state")


@dataclass(frozen=True, slots=True)
class Once:
    """Something that is done once: how long it took, and what that cost."""

    name: str
    seconds: float
    cpu_seconds: float | None = None
    peak_megabytes: float | None = None


@dataclass(frozen=True, slots=True)
class Large:
    """All a run shows."""

    entries: int
    waits: tuple[Waits, ...]
    once: tuple[Once, ...]


def measure_large(folder: Path) -> Large:
    """Fill a register, unless it is there, and ask it everything."""
    folder = Path(KEPT) if KEPT else folder
    folder.mkdir(parents=True, exist_ok=True)
    fetch_jars()
    once = list(_filled(folder))
    waits: list[Waits] = []
    with EmbeddedPostgres(folder / "postgres") as postgres, ExitStack() as running:
        environment = _environment(postgres, folder)
        uvloop.run(migrations.upgrade(environment["WAARMERK_DATABASE_URL"], "services.registry"))
        began = time.perf_counter()
        server = running.enter_context(_serve(environment, folder))
        place = Place(server, postgres, open_sandbox(folder), ENTRIES)
        once.append(_ready(server, began))
        waits += asyncio.run(ask_all(place))
        once.append(_until_now("serving: all of these questions", server, began))
        once += _work(running, folder, environment, postgres)
        waits += asyncio.run(ask_about_copies(place))
        once += _compare(folder, server)
        once.append(_audit(folder, server))
        once.append(_until_now("serving: all of it", server, began))
    return Large(ENTRIES, tuple(waits), tuple(once))


def _filled(folder: Path) -> Iterator[Once]:
    """Fill what is not there; in a hurry, so the server that keeps it safe comes after."""
    with EmbeddedPostgres(folder / "postgres", durable=False) as postgres:
        postgres.create_database(DATABASE)
        superuser_url = postgres.url(DATABASE, user="postgres")
        if asyncio.run(count_entries(superuser_url)) >= ENTRIES:
            return
        postgres.drop_database(DATABASE)
        url = postgres.create_database(DATABASE)
        settings = Settings(
            database_url=url,
            public_url="http://127.0.0.1:8000/registry",
            log_key=SecretStr(open_sandbox(folder).log_key),
        )
        began = time.perf_counter()
        asyncio.run(fill(postgres, settings, ENTRIES))
        yield Once(f"filling it with {ENTRIES:,} facts", time.perf_counter() - began)


def _environment(postgres: EmbeddedPostgres, folder: Path) -> dict[str, str]:
    sandbox = open_sandbox(folder)
    return {
        "WAARMERK_DATABASE_URL": postgres.url(DATABASE, user=DATABASE),
        "WAARMERK_PUBLIC_URL": "http://127.0.0.1:8000/registry",
        "WAARMERK_TOKEN_ISSUERS": f"[{sandbox.token_issuer.model_dump_json(exclude_none=True)}]",
        "WAARMERK_LOG_KEY": sandbox.log_key,
        "WAARMERK_LEARNER_KEY": base64url.encode(LEARNER_KEY).decode(),
        "WAARMERK_CONSUMER_SEALING_KEY": sandbox.key_encryption_key,
        "WAARMERK_QUOTA_OF_ADDRESS": "0",
    }


@contextmanager
def _serve(environment: dict[str, str], folder: Path) -> Iterator[Server]:
    port = free_port()
    told = environment | {"WAARMERK_PORT": str(port)}
    command = ["-m", "services.registry", "serve"]
    with serving(command, port=port, environment=told, log=folder / "serve.log") as server:
        yield server


def _ready(server: Server, began: float) -> Once:
    """Wait for the first answer that takes the database."""
    deadline = began + READY_SECONDS
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=READY_SECONDS) as client:
        while client.get("/v1/events", params={"limit": 1}).status_code != httpx.codes.OK:
            if time.perf_counter() > deadline:
                raise TimeoutError
            time.sleep(0.02)
    return _until_now("serving: from nothing to the first page of the feed", server, began)


def _until_now(name: str, server: Server, began: float) -> Once:
    seconds = time.perf_counter() - began
    return _told(Once(name, seconds, server.cpu_seconds(), server.peak_megabytes()))


def _told(once: Once) -> Once:
    print(f"measured: {once.name}: {once.seconds:.1f} s", file=sys.stderr)
    return once


def _work(
    running: ExitStack, folder: Path, environment: dict[str, str], postgres: EmbeddedPostgres
) -> Iterator[Once]:
    """Let the worker come to a register that is there, and to awards that wait for it."""
    asyncio.run(_forget(postgres.url(DATABASE, user="postgres")))
    kafka_folder = folder / f"kafka-{os.getpid()}"
    kafka_folder.mkdir()
    kafka = RealKafka(kafka_folder)
    kafka.start()
    running.callback(shutil.rmtree, kafka_folder)
    running.callback(kafka.stop)
    uvloop.run(ensure_topics(kafka.servers))
    uvloop.run(tell_awards(kafka.servers, WAITING))
    url = environment["WAARMERK_DATABASE_URL"]
    size = asyncio.run(count_entries(postgres.url(DATABASE, user="postgres")))
    port = free_port()
    told = environment | {
        "WAARMERK_KAFKA_SERVERS": kafka.servers,
        "WAARMERK_WORK_PORT": str(port),
        "WAARMERK_TALLY_SECONDS": "1",
    }
    before = usage_of("postgresql", postgres.pid)
    began = time.perf_counter()
    command = ["-m", "services.registry", "work"]
    log = folder / "work.log"
    with serving(command, port=port, environment=told, log=log) as worker:
        yield _until_now("working: from nothing to listening", worker, began)
        asked = (
            (
                f"working: {WAITING:,} awards registered and in the log",
                f"SELECT size >= {size + WAITING} FROM log_state",
            ),
            ("working: the first snapshot", "SELECT EXISTS (SELECT FROM snapshot)"),
            ("working: everything counted for the first time", _COUNTED),
            ("working: an edition of the statistics", _PUBLISHED),
        )
        for name, question in asked:
            uvloop.run(until(url, question))
            yield _until_now(name, worker, began)
    spent = usage_of("postgresql", postgres.pid).since(before)
    yield Once("and PostgreSQL, beside the worker", time.perf_counter() - began, spent.cpu_seconds)


async def _forget(url: str) -> None:
    """Let the worker find nothing that a worker made, and a Kafka that is as new as ours."""
    connection = await asyncpg.connect(url)
    try:
        for table in (*_MADE_BY_WORKER, *_HEARD):
            await connection.execute(f"DELETE FROM {table}")
    finally:
        await connection.close()


def _compare(folder: Path, server: Server) -> Iterator[Once]:
    """Fetch the snapshot in every form, and have the command compare it with the register."""
    address = f"http://127.0.0.1:{server.port}"
    copy = folder / "snapshot"
    with httpx.Client(base_url=address, timeout=READY_SECONDS) as client:
        said = client.get("/v1/snapshots/latest").raise_for_status().json()
        for form in said["files"]:
            path = httpx.URL(form["file"]).raw_path.decode().removeprefix("/registry")
            before, began = server.cpu_seconds(), time.perf_counter()
            with client.stream("GET", path) as answer, copy.open("wb") as written:
                for piece in answer.iter_raw():
                    written.write(piece)
            seconds, spent = time.perf_counter() - began, server.cpu_seconds() - before
            with copy.open("rb") as read:
                digest = hashlib.file_digest(read, "sha256").hexdigest()
            if digest != form["digest"]:
                raise RuntimeError("the snapshot is not the one that was announced")
            size = form["size"] / 1e6
            yield Once(f"fetching it, {form['mediaType']}, {size:,.0f} MB", seconds, spent)
    yield _command(
        "waarmerk register reconcile, of that snapshot",
        *("register", "reconcile", address, str(copy), "--sequence", said["sequence"]),
    )
    copy.unlink()


def _audit(folder: Path, server: Server) -> Once:
    address = f"http://127.0.0.1:{server.port}"
    keys = httpx.get(f"{address}/v1/log/witnesses").raise_for_status().json()["vkeys"]
    state = folder / "audit.json"
    state.unlink(missing_ok=True)
    told = ("register", "audit", address, "--state", str(state), "--log", keys[0])
    return _command("waarmerk register audit, every entry", *told)


def _command(name: str, *arguments: str) -> Once:
    """Run a command of ours; it must say that all is well."""
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "services", *arguments], stdout=sys.stderr)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{name} came to {child.returncode}")
    seconds, spent = time.perf_counter() - began, used.ru_utime + used.ru_stime
    return _told(Once(name, seconds, spent, used.ru_maxrss / 1024))
