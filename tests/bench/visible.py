"""From an award to everybody who asks: registered, in a signed log, valid at the verifier, revoked.

All processes as in production, with a real Kafka. BENCH_AWARDS (120) is how many are followed, RATE
a second; each is asked after every 50 ms, so that is how exact a time is.
"""

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import uvloop

from services.demo.operating import Service
from services.demo.sandbox import open_sandbox
from shared.runtime.embedded import EmbeddedPostgres
from shared.runtime.kafka import ensure_topics
from tests.bench.batch import (
    STARTED,
    prepared_database,
    serving_service,
    tell_catalogue,
    wait_for_issuer,
)
from tests.support.issuing import UTWENTE, an_award_request
from tests.support.kafka import RealKafka, fetch_jars

AWARDS: Final = int(os.environ.get("BENCH_AWARDS", "120"))
RATE: Final = 4.0
LOOK_SECONDS: Final = 0.05
PATIENCE: Final = 60.0
SCOPES: Final = ("awards:write", "awards:read")
WARM_UP: Final = 8

Question = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Followed:
    """How long each took, in seconds, by what was waited for."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def shares(self) -> Mapping[str, tuple[float, float, float]]:
        """Return the median, the 99th hundredth and the longest of each, in milliseconds."""
        told = {}
        for name, waits in self.waits.items():
            ordered = sorted(waits)
            places = (0.5, 0.99, 1.0)
            p50, p99, longest = (ordered[int(share * (len(ordered) - 1))] for share in places)
            told[name] = (p50 * 1000, p99 * 1000, longest * 1000)
        return told


@dataclass(frozen=True, slots=True)
class Places:
    """Whom to ask, each with its client."""

    issuer: httpx.AsyncClient
    registry: httpx.AsyncClient
    verifier: httpx.AsyncClient


def measure_visible(folder: Path) -> Followed:
    """Follow awards through everything that runs."""
    fetch_jars()
    (folder / "kafka").mkdir()
    kafka = RealKafka(folder / "kafka")
    kafka.start()
    try:
        with EmbeddedPostgres(folder / "postgres") as postgres, ExitStack() as running:
            databases = {one: prepared_database(postgres, one) for one in Service}
            uvloop.run(ensure_topics(kafka.servers))
            uvloop.run(tell_catalogue(kafka.servers))
            wanted = dict.fromkeys((*STARTED, *((one, "serve") for one in Service)))
            ports = {
                about: running.enter_context(
                    serving_service(folder, kafka.servers, databases, *about)
                ).port
                for about in wanted
                if about[0] is not Service.CATALOG
            }
            wait_for_issuer(databases[Service.ISSUER])
            token = open_sandbox(folder).token(UTWENTE, SCOPES)
            return uvloop.run(_follow_all(ports, token))
    finally:
        kafka.stop()


async def _follow_all(ports: Mapping[tuple[Service, str], int], token: str) -> Followed:
    followed = Followed()
    clients = [
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports[one, 'serve']}", timeout=PATIENCE)
        for one in (Service.ISSUER, Service.REGISTRY, Service.VERIFIER)
    ]
    places = Places(*clients)
    places.issuer.headers["Authorization"] = f"Bearer {token}"
    try:
        await asyncio.gather(*(_follow(places, Followed()) for _ in range(WARM_UP)))
        async with asyncio.TaskGroup() as under_way:
            for _ in range(AWARDS):
                under_way.create_task(_follow(places, followed))
                await asyncio.sleep(1 / RATE)
    finally:
        for client in clients:
            await client.aclose()
    return followed


async def _follow(places: Places, followed: Followed) -> None:
    """Award, wait until everybody knows; revoke, and wait until the verifier does."""
    wish = an_award_request(enrolmentReference=uuid4().hex)
    told = await places.issuer.post("/v1/awards", json=wish, headers=_once())
    began = time.perf_counter()
    award_id = told.raise_for_status().json()["awardId"]
    shown = await places.issuer.get(
        f"/v1/awards/{award_id}/credential", headers={"Accept": "application/vc+jwt"}
    )
    credential = shown.raise_for_status().text
    there = f"/v1/registrations/{award_id}"
    waits = followed.waits
    await asyncio.gather(
        _wait(waits["registered"], began, _answers(places.registry, there)),
        _wait(waits["proven by the log"], began, _answers(places.registry, f"{there}/proof")),
        _wait(waits["valid at the verifier"], began, _says(places.verifier, credential, "valid")),
    )
    taken_back = await places.issuer.post(
        f"/v1/awards/{award_id}/revocations", json={"reason": "fraud"}, headers=_once()
    )
    taken_back.raise_for_status()
    began = time.perf_counter()
    await _wait(
        waits["revoked at the verifier"], began, _says(places.verifier, credential, "revoked")
    )


async def _wait(waits: list[float], began: float, ask: Question) -> None:
    while not await ask():
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError("an award was not seen in a minute")
        await asyncio.sleep(LOOK_SECONDS)
    waits.append(time.perf_counter() - began)


def _answers(client: httpx.AsyncClient, path: str) -> Question:
    async def ask() -> bool:
        return (await client.get(path)).status_code == httpx.codes.OK

    return ask


def _says(client: httpx.AsyncClient, credential: str, state: str) -> Question:
    async def ask() -> bool:
        answer = await client.post("/v1/verifications", json={"credential": credential})
        said: dict[str, Any] = answer.raise_for_status().json()
        return bool(said["verdict"]["state"] == state)

    return ask


def _once() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}
