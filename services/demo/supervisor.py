"""Everything in one process and one folder: PostgreSQL, a broker, four services and their workers.

Apart from the story, because a test wants the one without the other. PostgreSQL keeps its data; the
broker starts empty, so every outbox is sent and every topic read again; nothing is heard twice.
"""

import asyncio
import fcntl
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import httpx
import uvicorn
from fastapi import FastAPI
from pydantic import AnyHttpUrl
from starlette.routing import Mount

from services.catalog import app as catalog
from services.catalog.operations.seeding import seed
from services.catalog.settings import SEED_FOLDER
from services.catalog.settings import Settings as CatalogSettings
from services.demo.front import create_front
from services.demo.sandbox import AUDIENCE, Sandbox, open_sandbox
from services.demo.tale import SERVICES, Places
from services.demo.witness.sandbox import ORIGIN, SandboxWitness, believed, open_witnesses
from services.issuer import app as issuer
from services.issuer.settings import Settings as IssuerSettings
from services.registry import app as registry
from services.registry.operations.telling import tell_again
from services.registry.settings import Settings as RegistrySettings
from services.verifier import app as verifier
from services.verifier.settings import Settings as VerifierSettings
from shared.runtime import clock, migrations
from shared.runtime.command import KEEP_ALIVE_SECONDS
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedBroker, EmbeddedPostgres
from shared.runtime.heartbeat import ConsumerSilentError
from shared.runtime.observability import configure_logging, get_logger
from shared.runtime.outbox import replay
from shared.runtime.positions import forget_offsets
from shared.runtime.settings import ServiceSettings, TokenIssuer
from shared.runtime.worker import Worker

HOST = "127.0.0.1"
READY_SECONDS = 60.0
# A day between editions would leave the figures of a first demo empty until tomorrow.
SANDBOX_EDITION_HOURS = 1 / 60
SEALING_KEYS = ("consumer_sealing_key", "webhook_sealing_key")
S = TypeVar("S", bound=ServiceSettings)

log = get_logger(__name__)


class PortBusyError(OSError):
    """Somebody else listens on this port."""


class FolderBusyError(OSError):
    """Another demo runs on this folder."""


class FolderUnusableError(OSError):
    """Nothing can be written in this folder."""


@dataclass(frozen=True, slots=True)
class RunningDemo:
    """Where a demo is, and its secrets."""

    address: str
    folder: Path
    sandbox: Sandbox
    first_page_seconds: float

    @property
    def places(self) -> Places:
        """Return where each service is."""
        return Places.under(self.address)


@dataclass(frozen=True, slots=True)
class _House:
    """One service as the demo runs it."""

    name: str
    database: Database
    app: FastAPI
    worker: Worker


@asynccontextmanager
async def running_demo(folder: Path, *, port: int) -> AsyncIterator[RunningDemo]:
    """Run everything; at the end stop everything, whatever happened."""
    began = perf_counter()
    async with AsyncExitStack() as open_things:
        open_things.enter_context(_held(folder))
        listener = open_things.enter_context(_bound(port))
        log_file = open_things.enter_context((folder / "log").open("a", encoding="utf-8"))
        configure_logging(level="INFO", stream=log_file)
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        sandbox = open_sandbox(folder)
        postgres, broker = EmbeddedPostgres(folder / "postgres"), EmbeddedBroker()
        await asyncio.gather(
            _started(postgres.start, postgres.stop, open_things),
            _started(broker.start, broker.stop, open_things),
        )
        urls = await _databases(postgres)
        witnesses = open_witnesses(folder, sandbox.log_key)
        houses = _houses(
            urls, servers=broker.servers, address=address, sandbox=sandbox, witnesses=witnesses
        )
        for house in houses:
            open_things.push_async_callback(house.database.dispose)
            await _send_again(house.database)
            if house.name == registry.CONSUMER:
                await tell_again(house.database)
        await seed(
            houses[0].database, SEED_FOLDER, public_url=f"{address}/catalog", now=clock.now()
        )
        await open_things.enter_async_context(_worked([house.worker for house in houses]))
        front = create_front({house.name: house.app for house in houses})
        front.routes.extend(Mount(witness.path, witness.app) for witness in witnesses)
        await open_things.enter_async_context(_served(front, listener))
        await _seen(address)
        first_page = perf_counter() - began
        await _ready(address)
        yield RunningDemo(address, folder, sandbox, first_page)


def _houses(
    urls: dict[str, str],
    *,
    servers: str,
    address: str,
    sandbox: Sandbox,
    witnesses: Sequence[SandboxWitness],
) -> tuple[_House, ...]:
    catalogue = _token_issuer(f"{address}/catalog")

    def told(name: str) -> dict[str, object]:
        # The catalogue knows its own keys; the others fetch them, like those of any issuer.
        others = () if name == "catalog" else (catalogue,)
        return {
            "database_url": urls[name],
            "kafka_servers": servers,
            "public_url": f"{address}/{name}",
            "token_issuers": (*others, sandbox.token_issuer),
            "token_audience": AUDIENCE,
        }

    return (
        _house(
            CatalogSettings.model_validate(
                told("catalog")
                | {"trust_key": sandbox.trust_key, "operator_name": "Waarmerk sandbox"}
                | {"token_sealing_key": sandbox.key_encryption_key, "fetch_anywhere": True}
            ),
            catalog.create_app,
            catalog.create_worker,
        ),
        _house(
            IssuerSettings.model_validate(
                told("issuer") | sandbox.issuer_keys | {"sandbox": True, "fetch_anywhere": True}
            ),
            issuer.create_app,
            issuer.create_worker,
        ),
        _house(
            RegistrySettings.model_validate(
                told("registry")
                | {"log_key": sandbox.log_key, "log_origin": ORIGIN}
                | {"witnesses": [witness.place(address) for witness in witnesses]}
                | {"learner_key": sandbox.pseudonym_key, "export_key": sandbox.trust_key}
                | dict.fromkeys(SEALING_KEYS, sandbox.key_encryption_key)
                | {"fetch_anywhere": True, "statistics_hours": SANDBOX_EDITION_HOURS}
            ),
            registry.create_app,
            registry.create_worker,
        ),
        _house(
            VerifierSettings.model_validate(
                told("verifier")
                | {"receipt_key": sandbox.trust_key, "share_pepper": sandbox.pseudonym_key}
                | believed(sandbox.log_key, witnesses)
            ),
            verifier.create_app,
            verifier.create_worker,
        ),
    )


def _token_issuer(catalogue: str) -> TokenIssuer:
    """Return the token endpoint of a catalogue, as the other services trust it."""
    return TokenIssuer(
        issuer=catalogue,
        algorithms=("ES256",),
        jwks_url=AnyHttpUrl(f"{catalogue}/v1/oauth/jwks"),
        token_endpoint=AnyHttpUrl(f"{catalogue}/v1/oauth/token"),
    )


def _house(
    settings: S,
    create_app: Callable[[S, Database | None], FastAPI],
    create_worker: Callable[[S, Database | None], Worker],
) -> _House:
    database = Database(settings.database_url, source=settings.source)
    return _House(
        name=settings.service,
        database=database,
        app=create_app(settings, database),
        worker=create_worker(settings, database),
    )


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep a second demo away from our folder; the kernel lets go when we die."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock_file = (folder / "lock").open("w")
    except OSError as error:
        raise FolderUnusableError(f"{folder} cannot be used: {error.strerror}.") from error
    with lock_file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderBusyError(f"Another demo runs on the folder {folder}.") from None
        yield


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(256)  # who comes early waits, and who else wants the port hears it now
        except OSError as error:
            raise PortBusyError(f"Port {port} is not free: {error.strerror}.") from error
        yield listener


async def _started(
    start: Callable[[], object], stop: Callable[[], None], open_things: AsyncExitStack
) -> None:
    """Start a server in a thread; it is stopped also when we are told to stop while it starts."""
    starting = asyncio.create_task(asyncio.to_thread(start))

    async def end() -> None:
        with suppress(Exception):
            await starting
        await asyncio.to_thread(stop)

    open_things.push_async_callback(end)
    await asyncio.shield(starting)


async def _databases(postgres: EmbeddedPostgres) -> dict[str, str]:
    """Have a database of every service, and its schema in today's version."""
    made = [asyncio.to_thread(postgres.create_database, name) for name in SERVICES]
    urls = dict(zip(SERVICES, await asyncio.gather(*made), strict=True))
    for name, url in urls.items():
        await migrations.upgrade(url, f"services.{name}")
    return urls


async def _send_again(database: Database) -> None:
    async with database.transaction() as session:
        await replay(session)
        await forget_offsets(session)


@asynccontextmanager
async def _worked(workers: Sequence[Worker]) -> AsyncIterator[None]:
    working = [asyncio.create_task(_keep_working(worker)) for worker in workers]
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)


async def _keep_working(worker: Worker) -> None:
    while True:
        try:
            await worker.run()
        except ConsumerSilentError:
            log.warning("a worker fell silent; it starts again", worker=worker.name)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the command, which ends everything in order."""
        yield


@asynccontextmanager
async def _served(front: object, listener: socket.socket) -> AsyncIterator[None]:
    server = _Server(
        uvicorn.Config(
            front,  # type: ignore[arg-type] # uvicorn's own ASGI type is narrower
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=3,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


async def _seen(address: str) -> None:
    """Wait for the first page."""
    async with httpx.AsyncClient(timeout=READY_SECONDS) as client:
        (await client.get(address)).raise_for_status()


async def _ready(address: str) -> None:
    """Wait until every service says that it can do its work."""
    async with httpx.AsyncClient(timeout=READY_SECONDS) as client, asyncio.timeout(READY_SECONDS):
        await asyncio.gather(*(_ready_service(client, f"{address}/{name}") for name in SERVICES))


async def _ready_service(client: httpx.AsyncClient, address: str) -> None:
    while True:
        answer = await client.get(f"{address}/health/ready")
        if answer.is_success:
            return
        await asyncio.sleep(0.1)
