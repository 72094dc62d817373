"""Microcredentials over HTTP: drafted, copied, published and archived by providers, read by all.

A draft of another organisation looks exactly like no microcredential.
"""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response, status
from pydantic import BaseModel

from services.catalog.domain import (
    MicrocredentialUnknownError,
    NothingToArchiveError,
    NothingToPublishError,
    TooLongToPublishError,
)
from services.catalog.domain.life_cycle import OnBehalfOfItselfError, find_behalf_faults
from services.catalog.domain.reviews import NotApprovedError
from services.catalog.operations import microcredentials
from services.catalog.policy import NoPolicyError, PolicyNotMetError
from services.catalog.routes.edge import (
    Configured,
    NoBody,
    OnceOnly,
    Provider,
    Reader,
    Tagged,
    actor_of,
)
from services.catalog.routes.rendering import render_shown, tag_of
from services.catalog.schemas import (
    ArchivedMicrocredential,
    ArchiveMicrocredential,
    DraftMicrocredential,
    MicrocredentialAnswer,
    examples,
)
from services.catalog.schemas.bodies import CopyMicrocredential
from shared.contracts.microcredential import Microcredential
from shared.errors import Fault, StaleError, UnconditionalError
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.legible import BodyRules
from shared.runtime.preconditions import IfMatch, IfMatchNeeded, IfNoneMatch, tag_of_bytes
from shared.runtime.problems import refusals

router = APIRouter(prefix="/microcredentials", tags=["microcredentials"])

VersionInPath = Annotated[int, Path(ge=1, le=2**31 - 1)]


def _judge_behalf(wanted: DraftMicrocredential, request: Request) -> Iterable[Fault]:
    return find_behalf_faults(wanted.on_behalf_of, provider=request.state.provider)


DraftBody = Annotated[
    DraftMicrocredential,
    Body(examples=[examples.DRAFT, examples.TITLE_ONLY]),
    BodyRules(of_request=[_judge_behalf]),
]
CREATED = status.HTTP_201_CREATED


@router.post(
    "",
    status_code=CREATED,
    response_model=MicrocredentialAnswer,
    responses=examples.tagged(examples.DRAFTED, status=CREATED)
    | refusals(OnBehalfOfItselfError, IdempotencyKeyReusedError, StillRunningError),
)
async def draft_microcredential(
    wanted: DraftBody, body: RequestJson, caller: Provider, once: OnceOnly, settings: Configured
) -> Response:
    """Begin a microcredential; the answer says what is still missing before it can be published."""

    async def act() -> Tagged:
        shown = await microcredentials.draft_microcredential(
            once.session,
            wanted.content,
            provider=caller.organisation,
            by=actor_of(caller),
            on_behalf_of=wanted.on_behalf_of,
            now=once.now,
        )
        drafted = render_shown(shown)
        where = f"/v1/microcredentials/{drafted.microcredential_id}"
        return Tagged(drafted, settings.public_url + where, tag_of(shown))

    return await once.answer(caller, body, act)


@router.get(
    "/{microcredentialId}",
    response_model_exclude_none=True,
    responses=examples.tagged(examples.SHOWN) | refusals(MicrocredentialUnknownError),
)
async def read_microcredential(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    reader: Reader,
    session: Session,
    now: Now,
    response: Response,
) -> MicrocredentialAnswer:
    """Return the latest version; its own provider sees its draft, its findings and an ETag too."""
    shown = await microcredentials.read_microcredential(
        session, microcredential_id, reader=reader, now=now
    )
    if shown.desk is not None:
        response.headers["ETag"] = tag_of(shown)
    return render_shown(shown)


@router.put(
    "/{microcredentialId}",
    response_model_exclude_none=True,
    responses=examples.tagged(examples.DRAFTED)
    | refusals(OnBehalfOfItselfError, MicrocredentialUnknownError, StaleError, UnconditionalError),
)
async def put_draft(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: DraftBody,
    caller: Provider,
    expected: IfMatchNeeded,
    session: Session,
    now: Now,
    response: Response,
) -> MicrocredentialAnswer:
    """Replace the draft as a whole; an approval is void, and what was published gets a revision."""
    shown = await microcredentials.put_draft(
        session,
        microcredential_id,
        wanted.content,
        provider=caller.organisation,
        by=actor_of(caller),
        on_behalf_of=wanted.on_behalf_of,
        expected=expected,
        now=now,
    )
    response.headers["ETag"] = tag_of(shown)
    return render_shown(shown)


@router.post(
    "/{microcredentialId}/copies",
    status_code=CREATED,
    response_model=MicrocredentialAnswer,
    responses=examples.tagged(examples.COPIED, status=CREATED)
    | refusals(MicrocredentialUnknownError, IdempotencyKeyReusedError, StillRunningError),
)
async def copy_microcredential(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: Annotated[CopyMicrocredential, Body(examples=[{}, {"version": 1}])],
    body: RequestJson,
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Begin a microcredential from an own earlier one, without its codes and its registration.

    Those are of that one: a level that the NCP NLQF registered for it becomes `self-declared`.
    """

    async def act() -> Tagged:
        shown = await microcredentials.copy_microcredential(
            once.session,
            microcredential_id,
            version=wanted.version,
            provider=caller.organisation,
            by=actor_of(caller),
            now=once.now,
        )
        copied = render_shown(shown)
        where = f"/v1/microcredentials/{copied.microcredential_id}"
        return Tagged(copied, settings.public_url + where, tag_of(shown))

    return await once.answer(caller, body, act)


@router.get(
    "/{microcredentialId}/versions/{version}",
    response_model=Microcredential,
    response_model_exclude_none=True,
    responses=examples.tagged(examples.MICROCREDENTIAL)
    | examples.NOT_MODIFIED
    | refusals(MicrocredentialUnknownError),
)
async def read_microcredential_version(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    version: VersionInPath,
    known: IfNoneMatch,
    session: Session,
) -> Response:
    """Return one published version; it never goes away, and changes only by being archived."""
    found = await microcredentials.read_version(session, microcredential_id, version)
    text = found.model_dump_json(exclude_none=True).encode()
    headers = {"ETag": tag_of_bytes(text)}
    if known.holds_weakly(headers["ETag"]):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return Response(text, headers=headers, media_type="application/json")


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
        NotApprovedError,
        StaleError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def publish_microcredential(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    caller: Provider,
    expected: IfMatch,
    once: OnceOnly,
    settings: Configured,
    _nothing: NoBody = None,
) -> Response:
    """Publish the approved draft as the next version, or say every reason why not; no body."""

    async def act() -> tuple[BaseModel, str]:
        published = await microcredentials.publish_microcredential(
            once.session,
            microcredential_id,
            provider=caller.organisation,
            by=actor_of(caller),
            expected=expected,
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
            by=actor_of(caller),
            public_url=settings.public_url,
            now=once.now,
        )
        where = f"/v1/microcredentials/{microcredential_id}"
        return ArchivedMicrocredential(archived=archived), settings.public_url + where

    return await once.answer(caller, body, act)
