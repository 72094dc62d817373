"""The load generator counts what it says it counts."""

from pathlib import Path

import pytest

from tests.bench.load import Target, UnexpectedAnswerError, pace, saturate
from tests.bench.requests import get
from tests.bench.servers import floor

pytestmark = pytest.mark.anyio


async def test_it_sends_by_the_clock_and_waits_for_every_answer(tmp_path: Path) -> None:
    with floor("hello", log=tmp_path / "log") as server:
        paced = await pace(Target(server.port, get("/")), rate=100, seconds=0.5)

    assert (paced.answers, paced.refused) == (50, 0)
    assert paced.waits == sorted(paced.waits)
    assert paced.waits[0] > 0


async def test_it_keeps_the_server_busy_and_sees_what_that_costs(tmp_path: Path) -> None:
    with floor("hello", log=tmp_path / "log") as server:
        before = server.cpu_seconds()
        full = await saturate(Target(server.port, get("/")), seconds=0.5)
        cost = server.cpu_seconds() - before

    assert full.answers > 50
    assert cost > 0


async def test_an_answer_with_another_status_is_no_answer(tmp_path: Path) -> None:
    with floor("hello", log=tmp_path / "log") as server, pytest.raises(UnexpectedAnswerError):
        await saturate(Target(server.port, get("/absent")), seconds=0.2)
