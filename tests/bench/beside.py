"""Single awards while a file is being awarded: how long a teacher at a desk waits for theirs.

All processes as in production, with a real Kafka. BENCH_ROWS (60000) is the length of the file.
"""

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx
import uvloop

from services.demo.operating import Service
from services.demo.sandbox import open_sandbox
from shared.runtime.embedded import EmbeddedPostgres
from shared.runtime.kafka import ensure_topics
from tests.bench.batch import (
    STARTED,
    a_file,
    prepared_database,
    serving_service,
    tell_catalogue,
    wait_for_issuer,
)
from tests.bench.life import awards
from tests.bench.load import Counted, Target, pace
from tests.bench.servers import Server
from tests.support.issuing import QUANTUM, UTWENTE
from tests.support.kafka import RealKafka, fetch_jars

ROWS: Final = int(os.environ.get("BENCH_ROWS", "60000"))
SCOPES: Final = ("awards:write", "awards:read")
RATE: Final = 50.0
WARM_UP_SECONDS: Final = 3.0
SECONDS: Final = 15.0
CHECKED_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Waited:
    """How single awards fared, and whether the file lasted longer than they did."""

    name: str
    counted: Counted
    is_under_way: bool


def measure_beside(folder: Path) -> list[Waited]:
    """Award one by one in peace, and again while a file is checked and awarded."""
    fetch_jars()
    (folder / "kafka").mkdir()
    kafka = RealKafka(folder / "kafka")
    kafka.start()
    try:
        with EmbeddedPostgres(folder / "postgres") as postgres, ExitStack() as running:
            databases = {one: prepared_database(postgres, one) for one in Service}
            uvloop.run(ensure_topics(kafka.servers))
            uvloop.run(tell_catalogue(kafka.servers))
            server, *_ = (
                running.enter_context(
                    serving_service(folder, kafka.servers, databases, service, duty)
                )
                for service, duty in STARTED
            )
            wait_for_issuer(databases[Service.ISSUER])
            return _compare(server, open_sandbox(folder).token(UTWENTE, SCOPES))
    finally:
        kafka.stop()


def _compare(server: Server, token: str) -> list[Waited]:
    target = Target(server.port, awards(token, QUANTUM), status=201)
    uvloop.run(pace(target, rate=RATE, seconds=WARM_UP_SECONDS))
    alone = uvloop.run(pace(target, rate=RATE, seconds=SECONDS, first=1_000_000))
    with httpx.Client(
        base_url=f"http://127.0.0.1:{server.port}/v1",
        headers={"Authorization": f"Bearer {token}"},
        timeout=300,
    ) as client:
        sent = client.post(
            "/award-batches",
            params={"mode": "run"},
            content=a_file(ROWS),
            headers={"Idempotency-Key": uuid4().hex, "Content-Type": "text/csv"},
        ).raise_for_status()
        checked = uvloop.run(pace(target, rate=RATE, seconds=CHECKED_SECONDS, first=2_000_000))
        signed = uvloop.run(pace(target, rate=RATE, seconds=SECONDS, first=3_000_000))
        batch = client.get(f"/award-batches/{sent.json()['batchId']}").raise_for_status().json()
    is_under_way = batch["state"] not in {"finished", "failed"}
    return [
        Waited("alone", alone, is_under_way=False),
        Waited(f"beside the first {CHECKED_SECONDS:.0f} s of a file", checked, is_under_way=True),
        Waited("beside a file that is signed", signed, is_under_way=is_under_way),
    ]
