"""A register that answers questions about learners, as a test wants it: keys, tokens, a clock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from joserfc.jwk import ECKey
from pydantic import SecretStr
from sqlalchemy import text

from services.registry import consumers
from services.registry.app import create_app
from services.registry.domain.profiles import LegalProfile
from services.registry.settings import Settings
from shared.contracts.award import Award
from shared.contracts.events import Event
from shared.proofs.pseudonyms import pseudonym
from shared.proofs.sealing import read_secret
from shared.runtime.access import mint_token
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.settings import TokenIssuer
from tests.support.awards import NOW, TWENTE, an_award, granted
from tests.support.registering import LOG_KEY, put_in_log, register_settings, tell_all

LEARNER_KEY = SecretStr("bGVhcm5lci1rZXktZm9yLXRlc3RzLW9ubHktYWFhYWE")
SEALING_KEY = SecretStr("c2VhbGluZy1rZXktZm9yLXRlc3RzLW9ubHktYWFhYWE")
TOKENS = "https://tokens.example.nl"
TOKEN_KEY = ECKey.generate_key("P-256", parameters={"kid": "tests"}, private=True)
ROBIN = {"email": "robin.jansen@student.example.nl"}
MERLE = {"eduId": "urn:uuid:00000000-0000-4000-8000-00000000beef"}
SEARCH = "/v1/registrations/_search"


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Register:
    """The service under test, as its callers and its database see it."""

    client: httpx.AsyncClient
    database: Database
    settings: Settings
    clock: Clock = field(default_factory=Clock)

    def headers(self, organisation: str = TWENTE, *scopes: str) -> dict[str, str]:
        """Return the authorisation of an organisation's system."""
        token = mint_token(
            TOKEN_KEY.as_dict(private=True),
            issuer=TOKENS,
            audience="urn:waarmerk",
            organisation=organisation,
            scopes=scopes or ["registrations:search"],
            client="sis",
            now=self.clock.now,
        )
        return {"Authorization": f"Bearer {token}"}

    async def hear(self, *events: Event) -> None:
        """Let the register hear events, as the bus would."""
        profile = LegalProfile(self.settings.legal_profile)
        subscriptions = consumers.subscribe(self.clock, profile)
        for event in events:
            async with self.database.transaction() as session:
                await act_for(session, EVERY_ORGANISATION)
                await subscriptions.hear([event], session)

    async def award(self, learner: Mapping[str, str], organisation: str = TWENTE) -> Award:
        """Register an award of a learner, and put it in the log."""
        award = an_award(learner=name_of(learner), organisation=organisation)
        await self.hear(granted(award))
        await put_in_log(self.database)
        return award

    async def search(
        self,
        *learners: Mapping[str, str],
        organisation: str = TWENTE,
        purpose: str = "admission",
        legal_basis: str = "public-task",
        traceparent: str | None = None,
    ) -> httpx.Response:
        """Look learners up."""
        traced = {"traceparent": traceparent} if traceparent else {}
        return await self.client.post(
            SEARCH,
            json={
                "learners": [dict(one) for one in learners],
                "purpose": purpose,
                "legalBasis": legal_basis,
                "reference": "ADM-2026-1",
            },
            headers=self.headers(organisation) | traced,
        )

    async def post(
        self, path: str, body: Mapping[str, object], *scopes: str, **more: str
    ) -> httpx.Response:
        """Ask for something with these scopes."""
        organisation = more.pop("organisation", TWENTE)
        return await self.client.post(
            path, json=dict(body), headers=self.headers(organisation, *scopes) | more
        )

    async def ask(self, question: str, **values: object) -> list[tuple[Any, ...]]:
        """Ask the database something, seeing every organisation's rows."""
        async with self.database.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            return [tuple(row) for row in await session.execute(text(question), values)]

    async def change(self, statement: str) -> None:
        """Change something in the database."""
        async with self.database.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            await session.execute(text(statement))

    async def told(self, topic: str = "registrations") -> list[dict[str, Any]]:
        """Return the events that a replay would send of a topic."""
        told = await tell_all(self.database)
        return [json.loads(one.value) for one in told if one.topic == topic and one.value]


def name_of(learner: Mapping[str, str]) -> str:
    """Return the pseudonym under which issuers make an award known."""
    identifier = learner.get("eduId") or learner["email"]
    return pseudonym(read_secret(LEARNER_KEY.get_secret_value()), identifier)


def open_register(database: Database, **changes: object) -> Register:
    """Serve a register that may be asked about learners."""
    issuer = TokenIssuer(
        issuer=TOKENS,
        algorithms=("ES256",),
        jwks={"keys": [TOKEN_KEY.as_dict(private=False)]},
    )
    export_key = ECKey.generate_key("P-256", private=True).as_dict(private=True)
    told: dict[str, object] = {
        "token_issuers": (issuer,),
        "learner_key": LEARNER_KEY,
        "consumer_sealing_key": SEALING_KEY,
        "export_key": json.dumps(export_key),
        "log_key": LOG_KEY,
    }
    settings = register_settings(database.url, **(told | changes))
    app = create_app(settings, database)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=settings.public_url)
    register = Register(client, database, settings)
    app.state.clock = register.clock
    return register


def days(count: float) -> timedelta:
    """Return so many days."""
    return timedelta(days=count)


def an_erasure_path(registration_id: UUID) -> str:
    """Return where the clock of an erasure is read."""
    return f"/v1/registrations/{registration_id}/erasure"
