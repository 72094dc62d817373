"""The verifier by itself: everything else down, many at once, or its own database gone."""

import asyncio

import pytest
from httpx import ASGITransport, AsyncClient

from services.verifier.app import create_app
from services.verifier.settings import Settings
from shared.runtime.database import Database
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
