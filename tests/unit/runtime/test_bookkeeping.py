"""Answers are kept at once or together, and each is counted and written down exactly once."""

import asyncio
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from prometheus_client import generate_latest

from shared.runtime.bookkeeping import MOST_WAITING, SECONDS, Answered, Bookkeeping
from shared.runtime.metrics import Metrics
from shared.runtime.observability import configure_logging, new_context, write_to

pytestmark = pytest.mark.anyio
AT = 1_795_000_000.25


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure_logging(stream=stream)
    yield stream
    write_to(None)


def answered(route: str = "/v1/awards", status: int = 200) -> Answered:
    return Answered(new_context("issuer"), "GET", route, status, 0.004, AT)


def routes(lines: io.StringIO) -> list[tuple[str, int]]:
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [(one["route"], one["status"]) for one in said]


def counted(metrics: Metrics) -> float | None:
    labels = {"service": "issuer", "method": "GET", "route": "/v1/awards", "status": "200"}
    return metrics.registry.get_sample_value("waarmerk_requests_total", labels)


async def test_alone_each_answer_is_kept_at_once(lines: io.StringIO) -> None:
    metrics = Metrics("issuer")
    Bookkeeping(metrics).note(answered())

    assert counted(metrics) == 1
    [line] = lines.getvalue().splitlines()
    said = json.loads(line)
    assert datetime.fromisoformat(said["time"]) == datetime.fromtimestamp(AT, UTC)
    assert (said["event"], said["method"], said["duration_ms"]) == ("request", "GET", 4.0)


async def test_together_they_are_kept_in_a_moment_in_their_order(lines: io.StringIO) -> None:
    metrics = Metrics("issuer")
    bookkeeping = Bookkeeping(metrics)
    async with bookkeeping.together():
        for status in (200, 201, 404):
            bookkeeping.note(answered(status=status))
        assert routes(lines) == []
        await asyncio.sleep(3 * SECONDS)
        assert routes(lines) == [("/v1/awards", 200), ("/v1/awards", 201), ("/v1/awards", 404)]
        assert counted(metrics) == 1


async def test_no_more_of_them_wait_than_there_is_room_for(lines: io.StringIO) -> None:
    bookkeeping = Bookkeeping(Metrics("issuer"))
    async with bookkeeping.together():
        for _ in range(MOST_WAITING + 1):
            bookkeeping.note(answered())
        assert len(routes(lines)) == MOST_WAITING
    assert len(routes(lines)) == MOST_WAITING + 1


async def test_who_asks_for_the_figures_and_who_stops_waits_for_nothing(
    lines: io.StringIO,
) -> None:
    metrics = Metrics("issuer")
    bookkeeping = Bookkeeping(metrics)
    async with bookkeeping.together():
        bookkeeping.note(answered())
        bookkeeping.catch_up()
        assert b'route="/v1/awards"' in generate_latest(metrics.registry)
        bookkeeping.note(answered())
    bookkeeping.note(answered())

    assert counted(metrics) == 3
    assert len(routes(lines)) == 3


async def test_of_what_is_asked_every_few_seconds_only_trouble_is_written_down(
    lines: io.StringIO,
) -> None:
    bookkeeping = Bookkeeping(Metrics("issuer"))
    for status in (200, 503):
        bookkeeping.note(answered("/health/ready", status))

    assert routes(lines) == [("/health/ready", 503)]
