"""Everything a service does without being asked: relay, consumer and chores, side by side.

Separate from the HTTP process, so that each can be restarted and multiplied by itself.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import uvicorn
from aiokafka.errors import KafkaConnectionError
from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from shared.runtime.bus import Consumer
from shared.runtime.database import Database
from shared.runtime.health import FindHold, find_readiness
from shared.runtime.heartbeat import ConsumerSilentError
from shared.runtime.inbox import Subscriptions
from shared.runtime.kafka import TopicsNotMadeError, ensure_topics
from shared.runtime.metrics import CONTENT_TYPE, bus_exposition
from shared.runtime.observability import get_logger
from shared.runtime.outbox import FindBacklog
from shared.runtime.relay import Relay, Source
from shared.runtime.settings import ServiceSettings

LONGEST_PAUSE: Final = 30.0
Chore = Callable[[], Awaitable[None]]

log = get_logger(__name__)


def every(seconds: float, act: Chore) -> Chore:
    """Return a chore that does something again and again; a failure is a reason to pause."""

    async def again() -> None:
        while True:
            await act()
            await asyncio.sleep(seconds)

    return again


class Worker:
    """One service's worker; chores run until cancelled, and again when they fail."""

    def __init__(
        self,
        name: str,
        *,
        settings: ServiceSettings,
        database: Database,
        subscriptions: Subscriptions | None = None,
        chores: Mapping[str, Chore] | None = None,
        prepare: Callable[[], None] = lambda: None,
        find_hold: FindHold | None = None,
        before_hearing: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Set a worker up; `prepare` is for a process of its own, before threads and event loop.

        `before_hearing` ends when events may be heard.
        """
        self.name = name
        self.prepare = prepare
        self._settings = settings
        self._database = database
        self._find_hold = find_hold
        self._find_backlog: FindBacklog | None = None
        self._before_hearing = before_hearing
        self._hears = bool(subscriptions and subscriptions.topics)
        self.relay = Relay(database.url, settings.kafka_servers, service=name)
        self.consumer = Consumer(
            name=name,
            database=database,
            subscriptions=subscriptions or Subscriptions(),
            kafka_servers=settings.kafka_servers,
            watchdog_seconds=settings.watchdog_seconds,
        )
        self._chores = dict(chores or {})
        self._making_topics = asyncio.Lock()
        self._topics_made = False

    def publish_beside(self, source: Source, find_backlog: FindBacklog) -> None:
        """Publish from this source too, whenever the outbox is empty."""
        self.relay.sources.append(source)
        self._find_backlog = find_backlog

    async def run(self) -> None:
        """Work until cancelled; raise `ConsumerSilentError` when only a new process helps."""
        duties: dict[str, Chore] = {"relay": self._with_topics(self.relay.run), **self._chores}
        if self._hears:
            duties["consumer"] = self._with_topics(self._hear)
        tasks = [
            asyncio.create_task(self._keep_doing(name, act), name=f"{self.name}-{name}")
            for name, act in duties.items()
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(self) -> None:
        if self._before_hearing is not None:
            await self._before_hearing()
        await self.consumer.run()

    async def serve(self) -> None:
        """Work as a process of its own: health and figures on `work_port`, until SIGTERM."""
        routes = [
            Route("/health/live", _answer_live),
            Route("/health/ready", self._answer_ready),
            Route("/metrics", self._answer_metrics),
        ]
        server = _Server(
            uvicorn.Config(
                Starlette(routes=routes),
                host=self._settings.host,
                port=self._settings.work_port,
                log_config=None,
                access_log=False,
                lifespan="off",
            )
        )
        serving = asyncio.create_task(server.serve())
        working = asyncio.create_task(self.run())
        loop = asyncio.get_running_loop()
        for ending in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(ending, working.cancel)
        try:
            await asyncio.wait({serving, working}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            working.cancel()
            server.should_exit = True
            ends = await asyncio.gather(working, serving, return_exceptions=True)
            await self._database.dispose()
        for end in ends:
            if isinstance(end, Exception):
                raise end

    def _with_topics(self, act: Chore) -> Chore:
        async def act_with_topics() -> None:
            await self._make_topics()
            await act()

        return act_with_topics

    async def _make_topics(self) -> None:
        async with self._making_topics:
            while not self._topics_made:
                try:
                    await ensure_topics(
                        self._settings.kafka_servers, replication=self._settings.kafka_replication
                    )
                    self._topics_made = True
                except TopicsNotMadeError as error:
                    log.warning("no topics made", service=self.name, reason=str(error))
                    self._topics_made = True  # the embedded broker takes no such requests
                except (KafkaConnectionError, OSError) as error:
                    log.warning("no broker yet", service=self.name, reason=type(error).__name__)
                    await asyncio.sleep(1)

    async def _keep_doing(self, name: str, act: Chore) -> None:
        pause = 0.5
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await act()
            except ConsumerSilentError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the other duties go on
                log.error(  # noqa: TRY400 - observability prints no stranger's text
                    "a duty failed", service=self.name, chore=name, reason=type(error).__name__
                )
            else:
                return
            if asyncio.get_running_loop().time() - began > LONGEST_PAUSE:
                pause = 0.5
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _answer_ready(self, _request: Request) -> Response:
        readiness = await find_readiness(
            self._database,
            consumer=self.name if self._hears else None,
            find_hold=self._find_hold,
        )
        return JSONResponse(readiness.model_dump(mode="json"), 200 if readiness.ready else 503)

    async def _answer_metrics(self, _request: Request) -> Response:
        bus = await bus_exposition(self._database, self.name, self._find_backlog)
        figures = generate_latest() + bus
        return Response(figures, media_type=CONTENT_TYPE)


async def _answer_live(_request: Request) -> Response:
    return PlainTextResponse("ok")


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the worker, which stops its duties before the server."""
        yield
