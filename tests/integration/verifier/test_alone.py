"""The verifier by itself: everything else down, many at once, or its own database gone."""

import asyncio
import resource
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from services.verifier.app import create_app, create_worker
from services.verifier.settings import Settings
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedBroker
from tests.integration.verifier.news import everything_about
from tests.support.bus import at_work, in_envelope, send_events, until
from tests.support.kafka import free_ports
from tests.support.services import RunningService
from tests.unit.verifier.forge import NOW, a_token

pytestmark = pytest.mark.anyio


async def test_it_answers_many_at_once(verifier: AsyncClient, token: str) -> None:
    answers = await asyncio.gather(
        *(verifier.post("/v1/verifications", json={"credential": token}) for _ in range(60))
    )

    assert {answer.json()["verdict"]["state"] for answer in answers} == {"valid"}
    assert len({answer.json()["verificationId"] for answer in answers}) == 60


async def test_a_process_that_just_started_answers_nobody_before_it_knows_anything(
    settings: Settings, database: Database, token: str
) -> None:
    fresh = create_app(settings.model_copy(update={"refresh_seconds": 60}), database)
    fresh.state.clock = lambda: NOW
    async with AsyncClient(
        transport=ASGITransport(fresh), base_url="https://verifier.example"
    ) as client:
        answers = await asyncio.gather(
            *(client.post("/v1/verifications", json={"credential": token}) for _ in range(20))
        )

    assert {answer.json()["verdict"]["state"] for answer in answers} == {"valid"}


async def test_without_its_database_it_says_to_come_back(settings: Settings) -> None:
    nowhere = settings.model_copy(
        update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"}
    )
    async with AsyncClient(
        transport=ASGITransport(create_app(nowhere)), base_url="https://verifier.example"
    ) as client:
        answer = await client.post("/v1/verifications", json={"credential": a_token()})

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"


def test_a_process_answers_within_three_seconds_of_its_start_and_reads_no_pictures_for_it(
    settings: Settings, tmp_path: Path
) -> None:
    port, _ = free_ports()
    process = RunningService(
        name="verifier serve",
        command=[sys.executable, "-X", "importtime", "-m", "services.verifier", "serve"],
        environment={
            "WAARMERK_DATABASE_URL": settings.database_url,
            "WAARMERK_PUBLIC_URL": settings.public_url,
            "WAARMERK_PORT": str(port),
        },
        health=f"http://127.0.0.1:{port}/health/live",
        log=tmp_path / "log",
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process.start()
    try:
        process.wait_until_alive()
        answer = httpx.post(
            f"http://127.0.0.1:{port}/v1/verifications", json={"credential": a_token()}
        )
        assert answer.status_code == 200
    finally:
        process.stop()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    # The processor's time, for a machine that does other things as well.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
    imported = {line.rpartition("|")[2].strip() for line in process.log.read_text().splitlines()}
    assert "fastapi" in imported
    assert imported.isdisjoint({"pypdfium2", "zxingcpp", "pyhanko", "python_calamine", "cv2"})


class Wire:
    """The wire to PostgreSQL, which can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def mend(self) -> None:
        """Let connections through."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End every connection, and let no new one through."""
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()
        await asyncio.sleep(0)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends |= {writer, forth}
        await asyncio.gather(_pass(reader, forth), _pass(back, writer), return_exceptions=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while content := await reader.read(65536):
        writer.write(content)
        await writer.drain()
    writer.close()


@pytest.fixture
async def wire(settings: Settings) -> AsyncIterator[Wire]:
    wire = Wire(urlsplit(settings.database_url).port or 5432)
    await wire.mend()
    yield wire
    await wire.cut()


@pytest.fixture
async def wired(settings: Settings, wire: Wire) -> AsyncIterator[AsyncClient]:
    """Give a verifier whose database is at the end of a wire."""
    port = urlsplit(settings.database_url).port
    url = settings.database_url.replace(f":{port}/", f":{wire.port}/")
    database = Database(url, source=settings.source)
    app = create_app(settings, database)
    app.state.clock = lambda: NOW
    async with AsyncClient(transport=ASGITransport(app), base_url="https://v.example") as client:
        yield client
    await database.dispose()


async def test_a_database_that_is_away_for_a_moment_is_no_fault_and_no_restart_is_needed(
    wired: AsyncClient, wire: Wire, token: str
) -> None:
    async def verify() -> str:
        answer = await wired.post("/v1/verifications", json={"credential": token})
        return str(answer.json()["verdict"]["state"])

    assert await verify() == "valid"
    for _ in range(3):
        await wire.cut()
        program = await wired.post("/v1/verifications", json={"credential": token})
        person = await wired.post(
            "/",
            data={"credential": token},
            headers={"Accept": "text/html", "Accept-Language": "nl"},
        )
        at_once = await asyncio.gather(
            *(wired.post("/v1/verifications", json={"credential": token}) for _ in range(20))
        )
        ready = await wired.get("/health/ready")
        box = await wired.get("/")
        await wire.mend()

        assert (program.status_code, program.json()["code"]) == (503, "unavailable")
        assert program.headers["retry-after"]
        assert person.status_code == 503
        assert person.headers["content-type"].startswith("text/html")
        assert '<html lang="nl">' in person.text
        assert token not in person.text
        assert {answer.status_code for answer in at_once} == {503}
        assert (ready.status_code, box.status_code) == (503, 200)
        assert await verify() == "valid"


async def test_it_goes_on_without_kafka_and_without_its_worker_and_says_since_when(
    settings: Settings,
    database: Database,
    app: FastAPI,
    verifier: AsyncClient,
    broker: EmbeddedBroker,
) -> None:
    token = a_token()
    ahead = timedelta()

    def read_clock() -> datetime:
        return NOW + ahead

    app.state.clock = read_clock

    async def verify() -> tuple[str, datetime | None]:
        answer = (await verifier.post("/v1/verifications", json={"credential": token})).json()
        said = answer["knowledge"].get("asOf")
        return answer["verdict"]["state"], said and datetime.fromisoformat(said)

    async def known_until() -> datetime | None:
        return (await verify())[1]

    def later_than(moment: datetime | None) -> Callable[[], Awaitable[bool]]:
        async def is_later() -> bool:
            known = await known_until()
            return known is not None and (moment is None or known > moment)

        return is_later

    assert (await verify()) == ("cannot-check", None)
    told = everything_about(token)
    await send_events(broker.servers, *((one, in_envelope(one)) for one in told))
    worker = create_worker(settings.model_copy(update={"kafka_servers": broker.servers}), database)
    async with at_work(worker.run):
        await until(later_than(None))
        first = await known_until()
        assert (await verify())[0] == "valid"
        await until(later_than(first))  # in a quiet time too

        broker.go_down()
        down_at = clock.now()
        await asyncio.sleep(5)
        state, known = await verify()
        assert state == "valid"
        assert known is not None
        assert known <= down_at

        broker.come_up()
        await until(later_than(down_at), seconds=60)

    known = await known_until()
    assert known is not None
    said_old = []
    for seconds in (-1, 1):
        ahead = known + timedelta(hours=24, seconds=seconds) - NOW
        answer = await verifier.post("/v1/verifications", json={"credential": token})
        said_old.append("knowledge-old" in answer.text)
    assert said_old == [False, True]
    assert await known_until() == known
