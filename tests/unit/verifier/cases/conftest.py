"""What every case is handed in with, and a network that nobody may reach."""

import socket
from collections.abc import AsyncIterator
from typing import NoReturn

import pytest

from services.verifier.intake import Intake
from tests.support.handing import HOST


@pytest.fixture(scope="session")
async def intake() -> AsyncIterator[Intake]:
    """Give one intake for all cases: starting its processes takes longer than most of them."""
    intake = Intake(own_hosts=frozenset({HOST}))
    yield intake
    await intake.close()


@pytest.fixture
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when a name is looked up."""

    def look_up(host: object, *_rest: object, **_more: object) -> NoReturn:
        pytest.fail(f"{host} was looked up")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
