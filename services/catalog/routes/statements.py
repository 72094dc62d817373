"""Statements over HTTP: filed by their author, settled by the provider, read by everybody."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response, status

from services.catalog.domain import MicrocredentialUnknownError, dutch_day
from services.catalog.domain.statements import (
    AlreadyStatedError,
    AuthorNotRecognisedError,
    AuthorUnknownError,
    NotTheAuthorError,
    NotTheProviderError,
    Said,
    SelfEndorsementError,
    StatementKind,
    StatementRefusedError,
    StatementSettledError,
    StatementUnknownError,
    check_day,
)
from services.catalog.operations import statements
from services.catalog.operations.statements import Named, WantedStatements
from services.catalog.routes.edge import (
    Configured,
    NoBody,
    Once,
    OnceOnly,
    Provider,
    Reader,
    moment_after,
)
from services.catalog.schemas import examples, examples_statements
from services.catalog.schemas.statements import AuthorAnswer, FileStatement, StatementAnswer
from shared.errors import Fault
from shared.runtime.access import Caller
from shared.runtime.database import Session
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.legible import BodyRules
from shared.runtime.paging import Page, SortKey, WantedPage
from shared.runtime.problems import refusals
from shared.strict_json import JsonValue

router = APIRouter(prefix="/microcredentials", tags=["statements"])

CREATED = status.HTTP_201_CREATED
_SETTLING = (
    StatementUnknownError,
    StatementSettledError,
    IdempotencyKeyReusedError,
    StillRunningError,
)


def _judge_day(said: Said, request: Request) -> Iterable[Fault]:
    return check_day(said, dutch_day(request.app.state.clock()))


@router.get(
    "/{microcredentialId}/statements",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(examples_statements.ACCEPTED))
    | refusals(MicrocredentialUnknownError),
)
async def list_statements(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: WantedPage,
    reader: Reader,
    session: Session,
    version: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    kind: Annotated[StatementKind | None, Query()] = None,
) -> Page[StatementAnswer]:
    """Return what is said of a microcredential, oldest first; your own in every state."""
    found = await statements.list_statements(
        session,
        WantedStatements(microcredential_id, version, kind),
        reader=reader,
        after=moment_after(wanted.after),
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=_place_of, item=_render)


@router.post(
    "/{microcredentialId}/statements",
    status_code=CREATED,
    response_model=StatementAnswer,
    responses=examples.answer(examples_statements.OFFERED, status=CREATED)
    | refusals(
        StatementRefusedError,
        SelfEndorsementError,
        AuthorNotRecognisedError,
        AuthorUnknownError,
        MicrocredentialUnknownError,
        AlreadyStatedError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def file_statement(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: Annotated[
        FileStatement,
        Body(examples=[examples_statements.ENDORSE, examples_statements.PEER_REVIEW]),
        BodyRules(of_request=[_judge_day]),
    ],
    body: RequestJson,
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Say something of a published version; it is public once its provider accepts it."""
    said = Said(
        kind=wanted.kind,
        version=wanted.version,
        text=wanted.text,
        stated_on=wanted.stated_on,
        url=str(wanted.url) if wanted.url else None,
        panel=wanted.panel,
    )

    async def step() -> Named:
        return await statements.file_statement(
            once.session, microcredential_id, said, author=caller.organisation, now=once.now
        )

    return await _take(step, caller=caller, once=once, body=body, public_url=settings.public_url)


@router.get(
    "/{microcredentialId}/statements/{statementId}",
    response_model_exclude_none=True,
    responses=examples.answer(examples_statements.ACCEPTED) | refusals(StatementUnknownError),
)
async def read_statement(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    statement_id: Annotated[UUID, Path(alias="statementId")],
    reader: Reader,
    session: Session,
) -> StatementAnswer:
    """Return one statement that is public, or your own."""
    return _render(
        await statements.read_statement(session, microcredential_id, statement_id, reader=reader)
    )


@router.post(
    "/{microcredentialId}/statements/{statementId}/acceptances",
    status_code=CREATED,
    response_model=StatementAnswer,
    responses=examples.answer(examples_statements.ACCEPTED, status=CREATED)
    | refusals(NotTheProviderError, *_SETTLING),
)
async def accept_statement(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    statement_id: Annotated[UUID, Path(alias="statementId")],
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
    _nothing: NoBody = None,
) -> Response:
    """Make what somebody offered public, as the provider it is about; no body is needed."""

    async def step() -> Named:
        return await statements.accept_statement(
            once.session, microcredential_id, statement_id, by=caller.organisation, now=once.now
        )

    return await _take(step, caller=caller, once=once, body=None, public_url=settings.public_url)


@router.post(
    "/{microcredentialId}/statements/{statementId}/declinations",
    status_code=CREATED,
    response_model=StatementAnswer,
    responses=examples.answer(examples_statements.DECLINED, status=CREATED)
    | refusals(NotTheProviderError, *_SETTLING),
)
async def decline_statement(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    statement_id: Annotated[UUID, Path(alias="statementId")],
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
    _nothing: NoBody = None,
) -> Response:
    """Leave out what somebody offered, or no longer show it; no body is needed."""

    async def step() -> Named:
        return await statements.decline_statement(
            once.session, microcredential_id, statement_id, by=caller.organisation, now=once.now
        )

    return await _take(step, caller=caller, once=once, body=None, public_url=settings.public_url)


@router.post(
    "/{microcredentialId}/statements/{statementId}/withdrawals",
    status_code=CREATED,
    response_model=StatementAnswer,
    responses=examples.answer(examples_statements.WITHDRAWN, status=CREATED)
    | refusals(NotTheAuthorError, *_SETTLING),
)
async def withdraw_statement(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    statement_id: Annotated[UUID, Path(alias="statementId")],
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
    _nothing: NoBody = None,
) -> Response:
    """Take back what your organisation said; no body is needed."""

    async def step() -> Named:
        return await statements.withdraw_statement(
            once.session, microcredential_id, statement_id, by=caller.organisation, now=once.now
        )

    return await _take(step, caller=caller, once=once, body=None, public_url=settings.public_url)


async def _take(
    step: Callable[[], Awaitable[Named]],
    *,
    caller: Caller,
    once: Once,
    body: JsonValue,
    public_url: str,
) -> Response:
    """Take a step once, and answer with the statement after it."""

    async def act() -> tuple[StatementAnswer, str]:
        told = _render(await step())
        where = f"/v1/microcredentials/{told.microcredential_id}/statements/{told.statement_id}"
        return told, public_url + where

    return await once.answer(caller, body, act)


def _place_of(named: Named) -> SortKey:
    return named.statement.filed_at.isoformat(), str(named.statement.statement_id)


def _render(named: Named) -> StatementAnswer:
    one, said = named.statement, named.statement.said
    oin = None if said.panel is not None else one.author
    return StatementAnswer.model_validate(
        {
            "statement_id": one.statement_id,
            "microcredential_id": one.microcredential_id,
            "version": said.version,
            "kind": said.kind,
            "author": AuthorAnswer(oin=oin, name=named.author_name),
            "text": said.text,
            "url": said.url,
            "stated_on": said.stated_on,
            "state": one.state,
            "filed_at": one.filed_at,
            "settled_at": one.settled_at,
        }
    )
