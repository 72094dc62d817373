"""Microcredentials over HTTP: drafted, published and archived by their provider, read by all.

A draft of another organisation looks exactly like no microcredential.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response, status
from pydantic import BaseModel

from services.catalog.domain import (
    MicrocredentialUnknownError,
    NothingToArchiveError,
    NothingToPublishError,
    TooLongToPublishError,
)
from services.catalog.operations import microcredentials
from services.catalog.operations.microcredentials import Listed, Wanted
from services.catalog.policy import NoPolicyError, PolicyNotMetError
from services.catalog.routes.edge import Configured, OnceOnly
from services.catalog.routes.rendering import render_shown
from services.catalog.schemas import (
    ArchivedMicrocredential,
    ArchiveMicrocredential,
    DraftMicrocredential,
    MicrocredentialAnswer,
    examples,
)
from shared.contracts.identifiers import Oin
from shared.contracts.microcredential import Microcredential
from shared.contracts.vocabulary import QualificationLevel
from shared.runtime.access import Caller, ScopeMissingError, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.faults import Place, RequestFault
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.paging import Page, SortKey, WantedPage
from shared.runtime.problems import InvalidRequestError, refusals

router = APIRouter(prefix="/microcredentials", tags=["microcredentials"])

find_provider = caller_with("microcredentials:write")
Provider = Annotated[Caller, Depends(find_provider)]
VersionInPath = Annotated[int, Path(ge=1, le=2**31 - 1)]
DraftBody = Annotated[DraftMicrocredential, Body(examples=[examples.DRAFT, examples.TITLE_ONLY])]
CREATED = status.HTTP_201_CREATED


async def find_reader(request: Request) -> str | None:
    """Return the organisation that reads, if it says so; reading needs no token."""
    authorization = request.headers.get("authorization")
    if authorization is None:
        return None
    try:
        return (await find_provider(request, authorization)).organisation
    except ScopeMissingError:
        return None


Reader = Annotated[str | None, Depends(find_reader)]


@router.get(
    "",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(examples.MICROCREDENTIAL)),
)
async def list_microcredentials(
    wanted: WantedPage,
    session: Session,
    q: Annotated[
        str | None, Query(min_length=1, max_length=100, description="words in the title")
    ] = None,
    provider: Annotated[Oin | None, Query(description="OIN of the provider")] = None,
    level: Annotated[QualificationLevel | None, Query()] = None,
) -> Page[Microcredential]:
    """Return what is published and not archived, in its latest version; new ones come last."""
    found = await microcredentials.list_microcredentials(
        session,
        Wanted(words=q, provider=provider, level=level),
        after=_place_after(wanted.after),
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=_place_of, item=lambda one: one.microcredential)


def _place_of(listed: Listed) -> SortKey:
    moment = listed.first_published_at.isoformat()
    return moment, str(listed.microcredential.microcredential_id)


def _place_after(after: SortKey | None) -> tuple[datetime, UUID] | None:
    if after is None:
        return None
    try:
        moment, microcredential_id = after
        return datetime.fromisoformat(str(moment)), UUID(str(microcredential_id))
    except ValueError:
        sentence = "This is not a cursor that a page gave as its `next`."
        fault = RequestFault(Place.QUERY, "/cursor", "cursor", sentence)
        raise InvalidRequestError(found=[fault]) from None


@router.post(
    "",
    status_code=CREATED,
    response_model=MicrocredentialAnswer,
    responses=examples.answer(examples.DRAFTED, status=CREATED)
    | refusals(IdempotencyKeyReusedError, StillRunningError),
)
async def draft_microcredential(
    wanted: DraftBody, body: RequestJson, caller: Provider, once: OnceOnly, settings: Configured
) -> Response:
    """Begin a microcredential; the answer says what is still missing before it can be published."""

    async def act() -> tuple[BaseModel, str]:
        shown = await microcredentials.draft_microcredential(
            once.session, wanted.content, provider=caller.organisation, now=once.now
        )
        drafted = render_shown(shown)
        where = f"/v1/microcredentials/{drafted.microcredential_id}"
        return drafted, settings.public_url + where

    return await once.answer(caller, body, act)


@router.get(
    "/{microcredentialId}",
    response_model_exclude_none=True,
    responses=examples.answer(examples.SHOWN) | refusals(MicrocredentialUnknownError),
)
async def read_microcredential(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    reader: Reader,
    session: Session,
    now: Now,
) -> MicrocredentialAnswer:
    """Return the latest published version; its own provider sees its draft and findings as well."""
    shown = await microcredentials.read_microcredential(
        session, microcredential_id, reader=reader, now=now
    )
    return render_shown(shown)


@router.put(
    "/{microcredentialId}",
    response_model_exclude_none=True,
    responses=examples.answer(examples.DRAFTED) | refusals(MicrocredentialUnknownError),
)
async def put_draft(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: DraftBody,
    caller: Provider,
    session: Session,
    now: Now,
) -> MicrocredentialAnswer:
    """Replace the draft as a whole; on a published microcredential this begins the next version."""
    shown = await microcredentials.put_draft(
        session, microcredential_id, wanted.content, provider=caller.organisation, now=now
    )
    return render_shown(shown)


@router.get(
    "/{microcredentialId}/versions/{version}",
    response_model_exclude_none=True,
    responses=examples.answer(examples.MICROCREDENTIAL) | refusals(MicrocredentialUnknownError),
)
async def read_microcredential_version(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    version: VersionInPath,
    session: Session,
) -> Microcredential:
    """Return one published version; it never changes and never goes away."""
    return await microcredentials.read_version(session, microcredential_id, version)


@router.post(
    "/{microcredentialId}/publications",
    status_code=CREATED,
    response_model=Microcredential,
    responses=examples.answer(examples.MICROCREDENTIAL, status=CREATED)
    | refusals(
        PolicyNotMetError,
        NoPolicyError,
        TooLongToPublishError,
        MicrocredentialUnknownError,
        NothingToPublishError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def publish_microcredential(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Publish the draft as the next version, or refuse with every reason; no body is needed."""

    async def act() -> tuple[BaseModel, str]:
        published = await microcredentials.publish_microcredential(
            once.session,
            microcredential_id,
            provider=caller.organisation,
            public_url=settings.public_url,
            now=once.now,
        )
        where = f"/v1/microcredentials/{microcredential_id}/versions/{published.version}"
        return published, settings.public_url + where

    return await once.answer(caller, None, act)


@router.post(
    "/{microcredentialId}/archivals",
    status_code=CREATED,
    response_model=ArchivedMicrocredential,
    responses=examples.answer(examples.ARCHIVED, status=CREATED)
    | refusals(
        MicrocredentialUnknownError,
        NothingToArchiveError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def archive_microcredential(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: Annotated[ArchiveMicrocredential, Body(examples=[{}, {"version": 1}])],
    body: RequestJson,
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Archive a version, or all: no new awards; what was awarded stays good."""

    async def act() -> tuple[BaseModel, str]:
        archived = await microcredentials.archive_microcredential(
            once.session,
            microcredential_id,
            version=wanted.version,
            provider=caller.organisation,
            public_url=settings.public_url,
            now=once.now,
        )
        where = f"/v1/microcredentials/{microcredential_id}"
        return ArchivedMicrocredential(archived=archived), settings.public_url + where

    return await once.answer(caller, body, act)
