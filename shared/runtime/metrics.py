"""Prometheus figures of one service: requests counted as they pass, the rest read when asked.

Apart from the logs; a registry of its own per application, so that the demo can hold four.
"""

from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.runtime import outbox
from shared.runtime.database import Database
from shared.runtime.outbox import Backlog, FindBacklog
from shared.runtime.problems import reason_unavailable
from shared.runtime.schema import consumer_state, parked

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """What one service counts about itself."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self._service = service
        self._requests = Counter(
            "waarmerk_requests",
            "Answered requests.",
            ("service", "method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "waarmerk_request_seconds",
            "Time to the end of the answer.",
            ("service", "method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._seen: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        found = self._seen.get((method, route, status))
        if found is None:
            found = (
                self._requests.labels(self._service, method, route, str(status)),
                self._seconds.labels(self._service, method, route),
            )
            self._seen[method, route, status] = found
        found[0].inc()
        found[1].observe(seconds)

    async def exposition(
        self, database: Database, find_backlog: FindBacklog | None = None
    ) -> bytes:
        """Return everything as Prometheus reads it, with what the database says of the bus."""
        bus = await bus_exposition(database, self._service, find_backlog)
        return generate_latest(self.registry) + bus


async def bus_exposition(
    database: Database, service: str, find_backlog: FindBacklog | None = None
) -> bytes:
    """Return outbox, lag and parked events as the tables say now, or that the database is down."""
    registry = CollectorRegistry()
    up = Gauge("waarmerk_database_up", "The database answers.", ("service",), registry=registry)
    try:
        beside = Backlog() if find_backlog is None else await find_backlog(database)
        async with database.transaction() as session:
            backlog = (await outbox.find_backlog(session)).beside(beside)
            families = [*_tell(backlog, service), *await _read_consumers(session, service)]
    except Exception as error:
        if reason_unavailable(error) is None:
            raise
        up.labels(service).set(0)
        return generate_latest(registry)
    up.labels(service).set(1)
    registry.register(_Given(families))
    return generate_latest(registry)


def _tell(backlog: Backlog, service: str) -> list[Metric]:
    waiting = GaugeMetricFamily(
        "waarmerk_outbox_waiting", "Events not yet on the bus.", labels=["service"]
    )
    age = GaugeMetricFamily(
        "waarmerk_outbox_age_seconds", "Age of the oldest of them.", labels=["service"]
    )
    waiting.add_metric([service], backlog.events)
    age.add_metric([service], backlog.seconds)
    return [waiting, age]


async def _read_consumers(session: AsyncSession, service: str) -> list[Metric]:
    labels = ["service", "consumer"]
    lag = GaugeMetricFamily("waarmerk_consumer_lag", "Events not yet consumed.", labels=labels)
    still = GaugeMetricFamily(
        "waarmerk_consumer_silence_seconds", "Time since the newest heart-beat.", labels=labels
    )
    faulty = GaugeMetricFamily(
        "waarmerk_consumer_faulty", "Workers that report a fault.", labels=labels
    )
    parked_events = GaugeMetricFamily(
        "waarmerk_parked_events", "Events waiting for an earlier one.", labels=labels
    )
    silence = func.extract("epoch", func.clock_timestamp() - func.max(consumer_state.c.beat_at))
    query = select(
        consumer_state.c.consumer,
        func.sum(consumer_state.c.lag),
        silence,
        func.count(consumer_state.c.fault),
    ).group_by(consumer_state.c.consumer)
    for name, behind, seconds, faults in await session.execute(query):
        lag.add_metric([service, name], float(behind))
        still.add_metric([service, name], max(0.0, float(seconds)))
        faulty.add_metric([service, name], faults)
    gaps = select(parked.c.consumer, func.count()).group_by(parked.c.consumer)
    for name, number in await session.execute(gaps):
        parked_events.add_metric([service, name], number)
    return [lag, still, faulty, parked_events]


class _Given:
    """Figures that were read already, in the form a registry asks for."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families
