"""An issuer on real PostgreSQL that has heard of two providers; the catalogue is not needed."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr
from sqlalchemy import text

from services.issuer import consumers
from services.issuer.app import create_app
from services.issuer.operations.desk import Desk
from services.issuer.settings import Settings
from shared.contracts.events import (
    Event,
    MicrocredentialArchived,
    MicrocredentialPublished,
    OrganisationRecorded,
)
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.runtime.access import mint_token
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.settings import TEST_OIN, TokenIssuer
from tests.support.issuing import (
    ISSUING_NOW,
    NHL,
    UTWENTE,
    a_microcredential,
    a_provider,
    an_award_request,
)
from tests.support.postgres import MakeDatabase

PUBLIC_URL = "https://issuer.example.nl/issuer"
TOKENS = "https://tokens.example.nl"
KEY = ECKey.generate_key("P-256", parameters={"kid": "tests"}, private=True)


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = ISSUING_NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Issuer:
    """The service under test, as its callers and its database see it."""

    client: httpx.AsyncClient
    database: Database
    desk: Desk
    settings: Settings
    clock: Clock
    tokens: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def headers(
        self, organisation: str = UTWENTE, scope: str = "awards:write", subject: str = ""
    ) -> dict[str, str]:
        """Return the authorisation of an organisation, or of one of its people."""
        if (organisation, scope, subject) not in self.tokens:
            self.tokens[organisation, scope, subject] = mint_token(
                KEY.as_dict(private=True),
                issuer=TOKENS,
                audience="urn:waarmerk",
                organisation=organisation,
                scopes=[scope],
                client="tests",
                subject=subject or None,
                now=self.clock.now,
            )
        return {"Authorization": f"Bearer {self.tokens[organisation, scope, subject]}"}

    async def award(
        self,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        organisation: str = UTWENTE,
    ) -> httpx.Response:
        """Ask for an award."""
        return await self.client.post(
            "/v1/awards",
            content=json.dumps(body or an_award_request()),
            headers=self.headers(organisation)
            | {"Idempotency-Key": key or uuid4().hex, "Content-Type": "application/json"},
        )

    async def revoke(
        self,
        award_id: str,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
        organisation: str = UTWENTE,
    ) -> httpx.Response:
        """Ask for a revocation."""
        return await self.client.post(
            f"/v1/awards/{award_id}/revocations",
            json=body or {"reason": "fraud"},
            headers=self.headers(organisation) | {"Idempotency-Key": key or uuid4().hex},
        )

    async def post(
        self,
        path: str,
        body: Mapping[str, object],
        *,
        key: str | None = None,
        organisation: str = UTWENTE,
        scope: str = "awards:write",
        subject: str = "",
    ) -> httpx.Response:
        """Ask for something under a key of its own, as a machine or as a person."""
        return await self.client.post(
            path,
            json=dict(body),
            headers=self.headers(organisation, scope, subject)
            | {"Idempotency-Key": key or uuid4().hex},
        )

    async def read(
        self, path: str, *, organisation: str = UTWENTE, accept: str | None = None
    ) -> httpx.Response:
        """Read something of an organisation's own."""
        headers = self.headers(organisation, "awards:read")
        return await self.client.get(path, headers=headers | ({"Accept": accept} if accept else {}))

    async def hear(self, *events: Event) -> None:
        """Let the issuer hear events, as the bus would."""
        subscriptions = consumers.subscribe(self.desk, self.clock)
        for event in events:
            async with self.database.transaction() as session:
                await subscriptions.hear([event], session)

    async def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Ask the database something, seeing every organisation's rows."""
        async with self.database.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            return [tuple(row) for row in await session.execute(text(question))]

    async def until_somebody_waits(self) -> None:
        """Return when a transaction stands waiting for another one's lock."""
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while await self.ask(waiting) == [(0,)]:
            await asyncio.sleep(0.01)

    async def announced(self, topic: str) -> list[dict[str, Any]]:
        """Return the envelopes in the outbox, oldest first."""
        rows = await self.ask(f"SELECT value FROM outbox WHERE topic = '{topic}' ORDER BY id")
        return [json.loads(value) for (value,) in rows if isinstance(value, bytes)]


def recorded(organisation: Organisation) -> OrganisationRecorded:
    return OrganisationRecorded(record_version=1, organisation=organisation)


def published(microcredential: Microcredential) -> MicrocredentialPublished:
    return MicrocredentialPublished(record_version=1, microcredential=microcredential)


def archived(microcredential: Microcredential) -> MicrocredentialArchived:
    return MicrocredentialArchived(
        record_version=2,
        microcredential=microcredential.model_copy(update={"archived_at": ISSUING_NOW}),
    )


def issuer_settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        public_url=PUBLIC_URL,
        token_issuers=(TokenIssuer(issuer=TOKENS, jwks={"keys": [KEY.as_dict(private=False)]}),),
        key_encryption_key=SecretStr("a2V5LWVuY3J5cHRpb24ta2V5LWZvci10ZXN0cy1vbmw"),
        pseudonym_key=SecretStr("cHNldWRvbnltLWtleS1mb3ItdGVzdHMtb25seS1hYWE"),
    )


@asynccontextmanager
async def an_issuer(database_url: str) -> AsyncIterator[Issuer]:
    """Open an issuer that has heard of two providers and what one of them offers."""
    settings = issuer_settings(database_url)
    database = Database(
        settings.database_url, source=f"urn:nld:oin:{TEST_OIN}:systeem:issuer", pool_size=20
    )
    app = create_app(settings, database)
    clock = Clock()
    app.state.clock = clock
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        # The path of the public address is the proxy's; the application stands at its root.
        client.base_url = httpx.URL("https://issuer.example.nl")
        issuer = Issuer(client, database, app.state.desk, settings, clock)
        await issuer.hear(
            recorded(a_provider()),
            recorded(a_provider(NHL, brin="31FR")),
            published(a_microcredential()),
        )
        yield issuer
    await database.dispose()


@pytest.fixture
async def issuer(make_database: MakeDatabase) -> AsyncIterator[Issuer]:
    """Give an issuer with a database of its own."""
    async with an_issuer(make_database("services.issuer")) as opened:
        yield opened
