"""A verifier that gives receipts, by a clock of the test's own.

A module of its own, because receipts that are kept and receipts that are not are tried apart.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from joserfc.jwk import ECKey
from pydantic import SecretStr
from sqlalchemy import text

from services.verifier.app import create_app
from services.verifier.settings import Settings
from shared.proofs.receipts import SignedReceipt, read_key_set, read_receipt
from shared.runtime.database import Database
from tests.unit.verifier.forge import NOW

PATH: Final = "/v1/verifications/receipts"
PUBLIC: Final = "https://verifier.waarmerk.example"


def a_private_jwk() -> str:
    """Make a key as a setting holds it."""
    return json.dumps(ECKey.generate_key("P-256").as_dict(private=True))


@dataclass
class Office:
    """A verifier that gives receipts, by a clock of ours."""

    client: AsyncClient
    app: FastAPI
    now: datetime = NOW

    async def make(self, token: str, *, accept: str = "application/json", **asked: Any) -> Response:
        """Ask a receipt of this credential."""
        return await self.client.post(
            PATH, json={"credential": token}, params=asked, headers={"Accept": accept}
        )

    async def believed(self, token: str) -> SignedReceipt:
        """Believe a receipt with the keys everybody can fetch."""
        keys = await self.client.get("/.well-known/jwks.json")
        return read_receipt(token, keys=read_key_set(keys.content))


@pytest.fixture
def receipt_key() -> str:
    return a_private_jwk()


@pytest.fixture
async def office(settings: Settings, database: Database, receipt_key: str) -> AsyncIterator[Office]:
    app = create_app(settings.model_copy(update={"receipt_key": SecretStr(receipt_key)}), database)
    async with AsyncClient(transport=ASGITransport(app), base_url=PUBLIC) as client:
        opened = Office(client, app)
        app.state.clock = lambda: opened.now
        yield opened


async def count_kept(database: Database) -> int:
    """Count the receipts that are kept."""
    async with database.transaction() as session:
        return int(await session.scalar(text("SELECT count(*) FROM kept_receipt")) or 0)
