"""Revoking many awards over HTTP: one asks, another agrees, and both can see how far it is."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import Field

from services.issuer.domain.revocations import (
    AlreadyApprovedError,
    AskedYourselfError,
    AwardsUnknownError,
    NothingToRevokeError,
    OtherNumberError,
    RevocationBatchNotFoundError,
)
from services.issuer.operations import revocations
from services.issuer.operations.revocations import WantedRevocations
from services.issuer.routes.awards import AwardsReader, AwardsWriter, ConfiguredDesk, asking_of
from services.issuer.schemas.revocations import (
    RevocationApprovalRequest,
    RevocationBatchAnswer,
    RevocationBatchRequest,
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

MAX_BODY: Final = 5 * 1024 * 1024

router = APIRouter(prefix="/revocation-batches", tags=["awards"])

AwardsApprover = Annotated[Caller, Depends(caller_with("awards:approve"))]
BatchId = Annotated[
    UUID,
    Field(
        description="the request's id",
        examples=["7d3f1c52-7a09-4f3f-8c71-0d7a3d4f9c11"],
    ),
]


@router.post(
    "",
    status_code=201,
    response_model=RevocationBatchAnswer,
    response_model_exclude_none=True,
    max_body_size=MAX_BODY,
    responses=refusals(
        AwardsUnknownError, NothingToRevokeError, IdempotencyKeyReusedError, StillRunningError
    ),
)
async def ask_revocations(
    wanted: RevocationBatchRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Ask to revoke up to 100,000 awards; nothing happens before a second person agrees."""
    answer = await revocations.ask_revocations(
        session,
        desk,
        WantedRevocations(
            award_ids=wanted.award_ids,
            award_batch_id=wanted.award_batch_id,
            reason=wanted.reason,
            subject=caller.subject,
        ),
        asking=asking_of(caller, idempotency_key, body),
        now=now,
    )
    return replayed(answer)


@router.get(
    "/{batchId}",
    response_model_exclude_none=True,
    responses=refusals(RevocationBatchNotFoundError),
)
async def read_revocations(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    session: Session,
) -> RevocationBatchAnswer:
    """Return how far one of your own requests to revoke many awards is."""
    batch = await revocations.read_revocations(session, batch_id, organisation=caller.organisation)
    return RevocationBatchAnswer.of(batch, public_url=desk.public_url)


@router.post(
    "/{batchId}/approvals",
    status_code=201,
    response_model=RevocationBatchAnswer,
    response_model_exclude_none=True,
    responses=refusals(
        RevocationBatchNotFoundError,
        AskedYourselfError,
        AlreadyApprovedError,
        OtherNumberError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def approve_revocations(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    wanted: RevocationApprovalRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsApprover,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Agree, as somebody else than who asked, to revoke exactly so many awards."""
    answer = await revocations.approve_revocations(
        session,
        desk,
        batch_id,
        subject=caller.subject,
        awards=wanted.awards,
        asking=asking_of(caller, idempotency_key, body),
        now=now,
    )
    return replayed(answer)
