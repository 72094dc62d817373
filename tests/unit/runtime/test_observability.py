"""Nothing that a stranger sent or a person is called gets into a line or a figure."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
import structlog
from httpx import AsyncClient

from shared.runtime import observability
from shared.runtime.observability import (
    FIELDS,
    allowed_fields,
    configure_logging,
    describe_error,
    get_logger,
    new_context,
)
from tests.support.toy import SECRET

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    written = io.StringIO()
    configure_logging(level="INFO", stream=written)
    yield written
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()
    observability.write_to(None)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail() -> None:
    raise ValueError(SECRET)


def fail_twice() -> None:
    try:
        fail()
    except ValueError as error:
        raise RuntimeError(f"could not mail {SECRET}") from error


def test_only_fields_on_the_list_are_written(stream: io.StringIO) -> None:
    get_logger("test").info("done", count=3, learner="Jan Jansen", body={"a": 1}, email=SECRET)

    (line,) = lines(stream)
    assert line["count"] == 3
    assert set(line) == {"time", "level", "logger", "event", "count"}


def test_libraries_that_use_structlog_pass_the_same_list(stream: io.StringIO) -> None:
    structlog.get_logger("library").warning("done", count=3, learner="Jan Jansen")

    assert {"learner", "email"}.isdisjoint(lines(stream)[0])
    assert "Jansen" not in stream.getvalue()


def test_an_allowed_field_keeps_no_address_and_no_structure() -> None:
    kept = allowed_fields(
        {
            "event": "sent",
            "reason": SECRET,
            "subject": {"name": "Jan"},
            "code": "two\nlines",
            "worker": "Jan Jansen",
            "count": True,
            "event_id": UUID(int=1),
            "seconds": 1.5,
            "version": None,
            "consumer": object(),
            "partition": [1, 2],
        }
    )

    assert kept == {
        "event": "sent",
        "count": True,
        "event_id": str(UUID(int=1)),
        "seconds": 1.5,
        "partition": [1, 2],
    }


def test_dates_are_written_as_such() -> None:
    moment = datetime(2026, 5, 31, 12, tzinfo=UTC)

    assert allowed_fields({"at": moment})["at"] == "2026-05-31T12:00:00+00:00"
    assert allowed_fields({"at": date(2026, 5, 31)})["at"] == "2026-05-31"


def test_an_event_text_with_an_address_is_not_written() -> None:
    assert SECRET not in str(allowed_fields({"event": f"mail to {SECRET}"}))


def test_an_exception_leaves_its_name_and_place_but_not_its_message(stream: io.StringIO) -> None:
    log = get_logger("test")
    try:
        fail_twice()
    except RuntimeError:
        log.exception("mailing failed")

    (line,) = lines(stream)
    assert line["error"] == "RuntimeError < ValueError"
    assert "test_observability.py" in line["at"][-1]
    assert SECRET not in stream.getvalue()


def test_a_library_line_keeps_its_constant_text_only(stream: io.StringIO) -> None:
    logging.getLogger("some.library").warning("could not write %s", SECRET)
    logging.getLogger("some.library").warning(f"could not write {SECRET}")  # noqa: G004 - as a stranger may
    try:
        fail()
    except ValueError:
        logging.getLogger("some.library").exception("it broke")

    assert SECRET not in stream.getvalue()
    assert lines(stream)[2]["error"] == "ValueError"
    assert lines(stream)[2]["logger"] == "some.library"


def test_quiet_lines_are_not_written(stream: io.StringIO) -> None:
    get_logger("test").debug("detail")

    assert stream.getvalue() == ""


def test_every_line_of_a_request_says_which_one(stream: io.StringIO) -> None:
    token = observability.enter_context(new_context("toy", request_id="integration-42"))
    get_logger("test").info("done")
    observability.leave_context(token)

    (line,) = lines(stream)
    assert (line["service"], line["request_id"]) == ("toy", "integration-42")
    assert len(line["trace_id"]) == 32


def test_a_trace_is_continued() -> None:
    context = new_context("toy", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")

    assert context.trace_id == TRACE
    assert context.traceparent == f"00-{TRACE}-{context.span_id}-01"
    assert context.span_id != "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "traceparent",
    ["", "00", f"ff-{TRACE}-00f067aa0ba902b7-01", f"00-{'0' * 32}-00f067aa0ba902b7-01", "x" * 55],
)
def test_a_trace_that_is_none_is_replaced(traceparent: str) -> None:
    assert len(new_context("toy", traceparent=traceparent).trace_id) == 32


def test_no_error_is_described_as_nothing() -> None:
    assert describe_error(None) == {}


@pytest.mark.anyio
async def test_a_request_line_names_the_route_and_nothing_that_was_asked(
    toy: AsyncClient, stream: io.StringIO
) -> None:
    await toy.get(f"/v1/things/{SECRET}?cursor={SECRET}&name=Jansen")
    await toy.get(f"/v1/{SECRET}")
    await toy.post("/v1/things", json={"thingName": SECRET})

    assert "jansen" not in stream.getvalue().casefold()
    assert [line["route"] for line in lines(stream)] == [
        "/v1/things/{thingId}",
        "unmatched",
        "/v1/things",
    ]
    assert all(set(line) <= FIELDS for line in lines(stream))


@pytest.mark.anyio
async def test_a_request_line_is_part_of_the_trace_it_came_with(
    toy: AsyncClient, stream: io.StringIO
) -> None:
    await toy.get("/v1/hello", headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})

    assert [line["trace_id"] for line in lines(stream)] == [TRACE]


@pytest.mark.anyio
async def test_an_unknown_error_is_found_in_the_log_by_its_request_id(
    toy: AsyncClient, stream: io.StringIO
) -> None:
    answer = await toy.get("/v1/failures/unknown")

    (fault,) = [line for line in lines(stream) if line["level"] == "error"]
    assert fault["request_id"] == answer.json()["requestId"]
    assert fault["error"] == "RuntimeError"
    assert SECRET not in stream.getvalue() + answer.text


@pytest.mark.anyio
async def test_figures_count_by_route_template(toy: AsyncClient) -> None:
    await toy.get("/v1/things/5")
    await toy.get("/v1/things/6")

    figures = (await toy.get("/metrics")).text
    assert 'route="/v1/things/{thingId}",service="toy",status="400"} 2.0' in figures
    assert 'waarmerk_database_up{service="toy"} 0.0' in figures


@pytest.mark.anyio
async def test_a_log_that_cannot_be_written_fails_no_request(
    toy: AsyncClient, stream: io.StringIO
) -> None:
    closed = io.StringIO()
    closed.close()
    observability.write_to(closed)

    assert (await toy.get("/v1/hello")).status_code == 200
