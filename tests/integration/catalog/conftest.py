"""A catalogue over HTTP on a real, empty database, and tokens for whoever calls it."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from joserfc.jwk import ECKey
from pydantic import SecretStr
from sqlalchemy import select

from services.catalog.app import create_app
from services.catalog.settings import Settings
from shared.contracts.envelopes import CloudEvent
from shared.runtime.access import mint_token
from shared.runtime.database import Database
from shared.runtime.schema import outbox
from shared.runtime.settings import TEST_OIN, TokenIssuer
from tests.support.postgres import MakeDatabase

ISSUER = "https://tokens.example.nl"
KEY = ECKey.generate_key("P-256", {"kid": "test"}, private=True)
PUBLIC_URL = "https://catalog.example.nl"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PROVIDER = "00000099000000210000"
STRANGER = "00000099000000220000"
WRITE = ("microcredentials:write",)
APPROVE = ("microcredentials:approve",)
BODY = {"nl": "Toetscommissie"}


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def pass_(self, **time: float) -> None:
        self.moment += timedelta(**time)


@dataclass
class Catalogue:
    """A catalogue under test: its HTTP, its database and its clock."""

    http: AsyncClient
    app: FastAPI
    database: Database
    clock: Clock
    keys: Iterator[int] = field(default_factory=count)

    def token(self, organisation: str, scopes: Sequence[str], *, subject: str | None = None) -> str:
        return mint_token(
            KEY.as_dict(private=True),
            issuer=ISSUER,
            audience="urn:waarmerk",
            organisation=organisation,
            scopes=scopes,
            client="test",
            subject=subject,
            now=self.clock.moment,
        )

    def headers(
        self,
        organisation: str = PROVIDER,
        scopes: Sequence[str] = WRITE,
        *,
        key: str | None = None,
        subject: str | None = None,
        tag: str | None = None,
    ) -> dict[str, str]:
        given = {
            "Authorization": f"Bearer {self.token(organisation, scopes, subject=subject)}",
            "Idempotency-Key": key or f"key-{next(self.keys)}",
        }
        return given if tag is None else {**given, "If-Match": tag}

    async def record(
        self,
        oin: str = PROVIDER,
        **changed: Any,
    ) -> Response:
        organisation: dict[str, Any] = {
            "name": {"nl": "Universiteit Twente"},
            "sector": "wo",
            "recognitions": [{"recogniser": "OCW", "validFrom": "2021-10-01"}],
        }
        return await self.http.put(
            f"/v1/organisations/{oin}",
            json={**organisation, **changed},
            headers=self.headers(TEST_OIN, ["organisations:write"]),
        )

    async def publish_policy(
        self,
        policy_id: str = "wo",
        *,
        key: str | None = None,
        **changed: Any,
    ) -> Response:
        policy: dict[str, Any] = {
            "sector": "wo",
            "validFrom": "2021-10-01",
            "unit": "ects",
            "minimum": 3,
            "maximum": 30,
            "step": 0.5,
            "requiredElements": ["title", "learningOutcomes", "studyLoad", "level"],
            "framework": {"name": {"nl": "Kader"}, "version": "1.0", "document": "# Één\r\n"},
        }
        return await self.http.post(
            f"/v1/policies/{policy_id}/versions",
            json={**policy, **changed},
            headers=self.headers(TEST_OIN, ["policies:write"], key=key),
        )

    async def draft(
        self, content: dict[str, Any], *, key: str | None = None, by: str = PROVIDER
    ) -> Response:
        return await self.http.post(
            "/v1/microcredentials", json={"content": content}, headers=self.headers(by, key=key)
        )

    async def put(
        self,
        microcredential_id: str,
        content: dict[str, Any],
        *,
        by: str = PROVIDER,
        tag: str | None = "*",
        subject: str | None = None,
    ) -> Response:
        return await self.http.put(
            f"/v1/microcredentials/{microcredential_id}",
            json={"content": content},
            headers=self.headers(by, tag=tag, subject=subject),
        )

    async def tag(self, microcredential_id: str, *, by: str = PROVIDER) -> str:
        """Return the entity tag of what the provider sees now."""
        own = await self.http.get(
            f"/v1/microcredentials/{microcredential_id}", headers=self.headers(by)
        )
        return str(own.headers.get("etag", '"none"'))

    async def submit(
        self, microcredential_id: str, *, by: str = PROVIDER, subject: str | None = None
    ) -> Response:
        return await self.http.post(
            f"/v1/microcredentials/{microcredential_id}/submissions",
            headers=self.headers(by, tag="*", subject=subject),
        )

    async def approve(
        self,
        microcredential_id: str,
        *,
        by: str = PROVIDER,
        subject: str = "board",
        tag: str | None = None,
    ) -> Response:
        tag = tag or await self.tag(microcredential_id, by=by)
        return await self.http.post(
            f"/v1/microcredentials/{microcredential_id}/approvals",
            json={"body": BODY},
            headers=self.headers(by, APPROVE, subject=subject, tag=tag),
        )

    async def approved(self, content: dict[str, Any], *, by: str = PROVIDER) -> str:
        """Draft, submit and approve in one go, and return the id."""
        microcredential_id = str((await self.draft(content, by=by)).json()["microcredentialId"])
        for answer in (
            await self.submit(microcredential_id, by=by),
            await self.approve(microcredential_id, by=by),
        ):
            assert answer.status_code == 201, answer.text
        return microcredential_id

    async def publish(
        self, microcredential_id: str, *, key: str | None = None, by: str = PROVIDER
    ) -> Response:
        """Have the draft approved unless it is, and publish it; or return why it is refused."""
        submitted = await self.submit(microcredential_id, by=by)
        if submitted.status_code == 201:
            await self.approve(microcredential_id, by=by)
        elif submitted.status_code != 409:
            return submitted
        return await self.publish_approved(microcredential_id, key=key, by=by)

    async def publish_approved(
        self, microcredential_id: str, *, key: str | None = None, by: str = PROVIDER
    ) -> Response:
        return await self.http.post(
            f"/v1/microcredentials/{microcredential_id}/publications",
            headers=self.headers(by, key=key),
        )

    async def archive(
        self, microcredential_id: str, body: dict[str, Any] | None = None, *, by: str = PROVIDER
    ) -> Response:
        return await self.http.post(
            f"/v1/microcredentials/{microcredential_id}/archivals",
            json=body or {},
            headers=self.headers(by),
        )

    async def published(self, content: dict[str, Any]) -> str:
        """Draft and publish in one go, and return the id."""
        drafted = await self.draft(content)
        microcredential_id = str(drafted.json()["microcredentialId"])
        answer = await self.publish(microcredential_id)
        assert answer.status_code == 201, answer.text
        return microcredential_id

    async def events(self) -> list[CloudEvent]:
        """Return everything announced so far, in order."""
        async with self.database.transaction() as session:
            values = await session.scalars(select(outbox.c.value).order_by(outbox.c.id))
            return [CloudEvent.model_validate(json.loads(value)) for value in values]


@pytest.fixture
def settings(make_database: MakeDatabase) -> Settings:
    """Give settings with a fresh database."""
    return Settings(
        database_url=make_database("services.catalog"),
        public_url=PUBLIC_URL,
        token_issuers=(TokenIssuer(issuer=ISSUER, jwks={"keys": [KEY.as_dict(private=False)]}),),
        token_sealing_key=SecretStr("A" * 43),
    )


@pytest.fixture
async def empty(
    settings: Settings, open_database: Callable[[str, str], Database]
) -> AsyncIterator[Catalogue]:
    """Give a catalogue that knows nothing yet."""
    database = open_database(settings.database_url, settings.source)
    app = create_app(settings, database)
    clock = Clock()
    app.state.clock = clock
    async with AsyncClient(
        transport=ASGITransport(app), base_url="https://catalog.example.nl"
    ) as http:
        yield Catalogue(http, app, database, clock)


@pytest.fixture
async def catalogue(empty: Catalogue) -> Catalogue:
    """Give a catalogue that knows one university and one policy."""
    assert (await empty.record()).status_code == 201
    assert (await empty.publish_policy()).status_code == 201
    return empty
