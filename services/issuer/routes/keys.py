"""An organisation's own signing keys over HTTP: to see them, renew them, and report one lost."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from services.issuer.domain.keys import (
    AlreadyCompromisedError,
    CompromisedLaterError,
    KeyNotFoundError,
    NoKeyToFollowError,
)
from services.issuer.operations import key_requests, keys
from services.issuer.routes.awards import ConfiguredDesk, asking_of
from services.issuer.schemas.keys import (
    CompromiseAnswer,
    CompromiseRequest,
    KeyAnswer,
    KeysAnswer,
)
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
    replayed,
)
from shared.runtime.json_body import RequestJson
from shared.runtime.problems import refusals

router = APIRouter(tags=["keys"])

KeysWriter = Annotated[Caller, Depends(caller_with("keys:write"))]
Thumbprint = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9_-]{43}$",
        description="the key's RFC 7638 thumbprint",
        examples=["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"],
    ),
]


@router.get("/keys", response_model_exclude_none=True)
async def list_keys(caller: KeysWriter, session: Session) -> KeysAnswer:
    """Return every signing key your organisation ever had, oldest first."""
    found = await keys.list_keys(session, caller.organisation)
    return KeysAnswer(items=[KeyAnswer.of(key) for key in found])


@router.post(
    "/key-rotations",
    status_code=201,
    response_model=KeysAnswer,
    response_model_exclude_none=True,
    responses=refusals(NoKeyToFollowError, IdempotencyKeyReusedError, StillRunningError),
)
async def rotate_keys(
    idempotency_key: IdempotencyKey,
    caller: KeysWriter,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Publish the keys that will follow yours; they sign from their `signsFrom` on."""
    answer = await key_requests.rotate_keys(
        session,
        desk,
        asking=asking_of(caller, idempotency_key, {}),
        now=now,
    )
    return replayed(answer)


@router.post(
    "/keys/{thumbprint}/compromises",
    status_code=201,
    response_model=CompromiseAnswer,
    response_model_exclude_none=True,
    responses=refusals(
        KeyNotFoundError,
        AlreadyCompromisedError,
        CompromisedLaterError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def compromise_key(
    thumbprint: Thumbprint,
    wanted: CompromiseRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: KeysWriter,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Report that a key is in wrong hands; nothing it signed counts from now on.

    A new key signs at once, and every credential the lost one signed is signed anew.
    """
    answer = await key_requests.compromise_key(
        session,
        desk,
        thumbprint,
        wanted,
        asking=asking_of(caller, idempotency_key, body),
        now=now,
    )
    return replayed(answer)
