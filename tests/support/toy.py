"""A service with one route for everything the runtime promises: HTTP is tested with it.

It keeps the ledger's entries, in the ledger's database.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from httpx import ASGITransport, AsyncClient
from joserfc.jwk import ECKey
from pydantic import Field, field_validator
from sqlalchemy import insert, text
from starlette.applications import Starlette

from shared.contracts.microcredential import StudyLoad
from shared.errors import ConflictError, NotFoundError, RuleError, UnavailableError
from shared.runtime.access import Caller, caller_with, mint_token
from shared.runtime.api_model import ApiAnswer, ApiModel
from shared.runtime.clock import Now
from shared.runtime.database import Database, Session, act_for
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
    claim,
    fingerprint,
    keep_answer,
    replayed,
)
from shared.runtime.json_body import RequestJson
from shared.runtime.pages import page
from shared.runtime.paging import Page, WantedPage
from shared.runtime.problems import TooManyRequestsError, refusals
from shared.runtime.service import create_service_app
from shared.runtime.settings import ServiceSettings, TokenIssuer
from tests.support.ledger.tables import entry

OIN: Final = "00000099000000001000"
ISSUER: Final = "https://tokens.waarmerk.test"
AUDIENCE: Final = "urn:waarmerk"
NOWHERE: Final = "postgresql://nobody:nothing@127.0.0.1:1/nothing"
SECRET: Final = "jan.jansen@example.nl"
SIGNING_KEY: Final = ECKey.generate_key("P-256", {"kid": "sandbox-1"}, private=True)


class ToySettings(ServiceSettings):
    """The toy's settings."""

    service: ClassVar[str] = "toy"


class Cup(ApiModel):
    """One kind of thing."""

    kind: Literal["cup"]
    handles: int


class Plate(ApiModel):
    """Another kind."""

    kind: Literal["plate"]
    width: float


class Thing(ApiModel):
    """What one can send us."""

    thing_name: str = Field(min_length=1, max_length=40, examples=["Cup"])
    amount: int = Field(ge=1, le=10)
    fragile: bool = False
    made_on: date | None = None
    study_load: StudyLoad | None = None
    on_table: tuple[Annotated[Cup | Plate, Field(discriminator="kind")], ...] = ()

    @field_validator("thing_name")
    @classmethod
    def _is_no_address(cls, name: str) -> str:
        if "@" in name:
            raise ValueError(f"the address {name} is not the name of a thing")
        return name


class ThingAnswer(ApiAnswer):
    """What we answer."""

    thing_name: str
    amount: int


class EntryAnswer(ApiAnswer):
    """An entry in the ledger."""

    entry_id: int
    said: str


class CupBrokenError(RuleError):
    """The cup is broken."""

    code: ClassVar[str] = "cup-broken"


Writer = Annotated[Caller, Depends(caller_with("awards:write"))]
router = APIRouter(tags=["things"])
page_router = APIRouter()


@router.get("/hello")
async def say_hello() -> dict[str, str]:
    """Say hello."""
    return {"hello": "world"}


@router.post("/things", status_code=201, responses=refusals(CupBrokenError))
async def add_thing(wanted: Thing) -> ThingAnswer:
    """Add a thing."""
    return ThingAnswer(thing_name=wanted.thing_name, amount=wanted.amount)


@router.get("/things")
async def list_things(
    wanted: WantedPage,
    min_level: Annotated[int | None, Query(alias="minLevel", ge=1, le=8)] = None,
) -> Page[ThingAnswer]:
    """List things."""
    found = [ThingAnswer(thing_name=f"thing {at}", amount=at) for at in range(1, 8)]
    after = 0 if wanted.after is None else int(wanted.after[0])
    rest = [thing for thing in found if thing.amount > max(after, min_level or 0)]
    return wanted.page(
        rest[: wanted.limit + 1], key=lambda thing: (thing.amount,), item=lambda thing: thing
    )


@router.get("/things/{thingId}", responses=refusals(NotFoundError))
async def get_thing(thing_id: Annotated[UUID, Path(alias="thingId")]) -> ThingAnswer:
    """Get a thing."""
    raise NotFoundError


@router.post("/large-things", status_code=204, max_body_size=1024 * 1024)
async def add_large_thing(request: Request) -> None:
    """Add something large."""
    await request.body()


@router.get("/failures/{kind}")
async def fail(kind: str) -> None:
    """Fail in some way."""
    failures: dict[str, Exception] = {
        "conflict": ConflictError(retry_after=7),
        "limit": TooManyRequestsError(retry_after=3),
        "rule": CupBrokenError(),
        "unavailable": UnavailableError(retry_after=4),
        "unknown": RuntimeError(f"{SECRET} went wrong"),
        "refused": ConnectionRefusedError(SECRET),
        "slow": TimeoutError(SECRET),
    }
    raise failures[kind]


@router.get("/slow")
async def sleep_in_database(session: Session) -> None:
    """Wait longer than a statement may take."""
    await session.execute(text("SELECT pg_sleep(5)"))


@router.post(
    "/entries",
    status_code=201,
    responses=refusals(IdempotencyKeyReusedError, StillRunningError),
)
async def add_entry(
    wanted: Thing,
    sent: RequestJson,
    key: IdempotencyKey,
    caller: Writer,
    session: Session,
    now: Now,
) -> Response:
    """Write an entry, once for each key."""
    claimed = await claim(
        session,
        organisation=caller.organisation,
        route="add_entry",
        key=key,
        fingerprint=fingerprint(sent),
        now=now,
    )
    if claimed.answer is not None:
        return replayed(claimed.answer)
    if wanted.thing_name == "slow":
        await asyncio.sleep(0.2)
    await act_for(session, caller.organisation)
    added = insert(entry).values(
        organisation=caller.organisation, subject="toy", version=1, said=wanted.thing_name
    )
    entry_id = (await session.execute(added.returning(entry.c.id))).scalar_one()
    body = EntryAnswer(entry_id=entry_id, said=wanted.thing_name).model_dump_json().encode()
    headers = {"Location": f"/v1/entries/{entry_id}"}
    await keep_answer(session, claimed, status=201, body=body, headers=headers)
    return Response(body, 201, headers, media_type="application/json")


@page_router.get("/")
async def show_front(request: Request) -> HTMLResponse:
    """Show a page."""
    return page(request, "base.html")


def toy_settings(url: str = NOWHERE) -> ToySettings:
    """Return settings that trust the sandbox's key."""
    return ToySettings(
        database_url=url,
        public_url="https://toy.waarmerk.test/toy",
        token_issuers=(
            TokenIssuer(issuer=ISSUER, jwks={"keys": [dict(SIGNING_KEY.as_dict(private=False))]}),
        ),
    )


def create_toy(database: Database | None = None, *, consumer: str | None = None) -> FastAPI:
    """Build the toy; without a database it stands on one that is down."""
    settings = toy_settings()
    return create_service_app(
        settings=settings,
        database=database or Database(NOWHERE, source=settings.source),
        title="Toy",
        summary="A toy.",
        description="A service to try the runtime with.",
        routers=[router],
        pages=[page_router],
        consumer=consumer,
    )


def a_token(
    *,
    organisation: str = OIN,
    scopes: tuple[str, ...] = ("awards:write",),
    now: datetime | None = None,
) -> str:
    """Mint a token of the sandbox."""
    return mint_token(
        dict(SIGNING_KEY.as_dict(private=True)),
        issuer=ISSUER,
        audience=AUDIENCE,
        organisation=organisation,
        scopes=scopes,
        client="toy-client",
        now=now or datetime.now(UTC),
    )


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def a_client(app: Starlette) -> AsyncClient:
    """Return a client that calls an application without a network."""
    return AsyncClient(transport=ASGITransport(app), base_url="http://toy")


@pytest.fixture
async def toy() -> AsyncIterator[AsyncClient]:
    """Give a client of a toy whose database is down."""
    async with AsyncExitStack() as opened:
        yield await opened.enter_async_context(a_client(create_toy()))
