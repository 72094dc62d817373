"""What becomes of an award, over HTTP: suspensions, reinstatements and revocations."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.issuer.domain import AlreadyRevokedError, AwardNotFoundError
from services.issuer.domain.changes import (
    AlreadySuspendedError,
    AwardErasedError,
    AwardExpiredError,
    Change,
    NotSuspendedError,
    WantedChange,
)
from services.issuer.operations import changes
from services.issuer.routes.awards import AwardId, AwardsWriter, ConfiguredDesk, asking_of
from services.issuer.schemas import AwardAnswer, RevocationRequest
from services.issuer.schemas.changes import ReinstatementRequest, SuspensionRequest
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

router = APIRouter(prefix="/awards", tags=["awards"])


@router.post(
    "/{awardId}/suspensions",
    status_code=201,
    response_model=AwardAnswer,
    response_model_exclude_none=True,
    responses=refusals(
        AwardNotFoundError,
        AlreadySuspendedError,
        AlreadyRevokedError,
        AwardExpiredError,
        AwardErasedError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def suspend_award(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    wanted: SuspensionRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Let an award not count for now; it can be reinstated, and its status bit is not raised."""
    change = WantedChange(
        award_id=award_id, change=Change.SUSPENDED, reason=wanted.reason, note=wanted.note
    )
    asking = asking_of(caller, idempotency_key, body)
    return replayed(await changes.change_award(session, desk, change, asking=asking, now=now))


@router.post(
    "/{awardId}/reinstatements",
    status_code=201,
    response_model=AwardAnswer,
    response_model_exclude_none=True,
    responses=refusals(
        AwardNotFoundError,
        NotSuspendedError,
        AlreadyRevokedError,
        AwardExpiredError,
        AwardErasedError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def reinstate_award(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    wanted: ReinstatementRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Let a suspended award count again."""
    change = WantedChange(
        award_id=award_id, change=Change.REINSTATED, reason=wanted.reason, note=wanted.note
    )
    asking = asking_of(caller, idempotency_key, body)
    return replayed(await changes.change_award(session, desk, change, asking=asking, now=now))


@router.post(
    "/{awardId}/revocations",
    status_code=201,
    response_model=AwardAnswer,
    response_model_exclude_none=True,
    responses=refusals(
        AwardNotFoundError,
        AlreadyRevokedError,
        AwardErasedError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def revoke_award(
    award_id: Annotated[AwardId, Path(alias="awardId")],
    wanted: RevocationRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Revoke an award for ever; the register and the status list follow, and it stays known."""
    change = WantedChange(
        award_id=award_id, change=Change.REVOKED, reason=wanted.reason, note=wanted.note
    )
    asking = asking_of(caller, idempotency_key, body)
    return replayed(await changes.change_award(session, desk, change, asking=asking, now=now))
