"""A verifier where credentials are shared, by a clock of the test's own.

A module of its own, because what holders keep and what strangers try are tried apart.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from pydantic import SecretStr

from services.verifier.app import create_app
from services.verifier.settings import Settings
from shared.runtime.database import Database
from tests.unit.verifier.forge import NOW

PATH: Final = "/v1/shares"
PUBLIC: Final = "https://verifier.waarmerk.example"
PEPPER: Final = "A" * 42 + "E"


@dataclass
class Sharing:
    """A verifier that shares, by a clock of ours."""

    client: AsyncClient
    app: FastAPI
    now: datetime = NOW

    async def share(self, credential: str, **wanted: Any) -> dict[str, Any]:
        """Share a credential; return what its holder is given."""
        answer = await self.client.post(PATH, json={"credential": credential, **wanted})
        assert answer.status_code == 201, answer.text
        shared: dict[str, Any] = answer.json()
        return shared

    async def refused(self, credential: str, **wanted: Any) -> tuple[int, str]:
        """Ask for a share that is not given; return why not."""
        answer = await self.client.post(PATH, json={"credential": credential, **wanted})
        return answer.status_code, answer.json()["code"]

    async def open(self, text: str) -> tuple[str, str]:
        """Hand in a link or a code; return the verdict, and how it was found."""
        answer = await self.client.post("/v1/verifications", json={"credential": text})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return told["verdict"]["state"], told["checks"][0]["code"]

    async def withdraw(self, shared: Mapping[str, Any], *, secret: str | None = None) -> Response:
        """End a share."""
        headers = {"Share-Withdrawal": secret or shared["withdrawal"]}
        return await self.client.delete(f"{PATH}/{shared['shareId']}", headers=headers)


@pytest.fixture
def peppered(settings: Settings) -> Settings:
    """Give the settings of a verifier that gives short codes."""
    return settings.model_copy(update={"share_pepper": SecretStr(PEPPER)})


@pytest.fixture
async def sharing(peppered: Settings, database: Database) -> AsyncIterator[Sharing]:
    """Give a verifier where credentials are shared."""
    app = create_app(peppered, database)
    async with AsyncClient(transport=ASGITransport(app), base_url=PUBLIC) as client:
        opened = Sharing(client, app)
        app.state.clock = lambda: opened.now
        yield opened
