"""Erasing learners over HTTP; who it is about stands in the body, and nowhere after that."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from services.issuer.operations import erasures
from services.issuer.operations.erasures import ErasureNotFoundError
from services.issuer.routes.awards import ConfiguredDesk, asking_of
from services.issuer.schemas import ErasureAnswer, ErasureRequest
from shared.proofs.pseudonyms import IdentifierRefusedError
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

router = APIRouter(prefix="/learner-erasures", tags=["learners"])

LearnersEraser = Annotated[Caller, Depends(caller_with("learners:erase"))]


@router.post(
    "",
    status_code=201,
    response_model=ErasureAnswer,
    responses=refusals(IdentifierRefusedError, IdempotencyKeyReusedError, StillRunningError),
)
async def erase_learner(
    wanted: ErasureRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: LearnersEraser,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Erase a learner and all their awards here, for ever; a repeated request says it again."""
    asking = asking_of(caller, idempotency_key, body)
    answer = await erasures.erase_learner(
        session, desk, wanted.identifier, reason=wanted.reason, asking=asking, now=now
    )
    return replayed(answer)


@router.get("/{erasureId}", responses=refusals(ErasureNotFoundError))
async def read_erasure(
    erasure_id: Annotated[
        UUID,
        Path(
            alias="erasureId",
            description="the erasure's id",
            examples=["3f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"],
        ),
    ],
    caller: LearnersEraser,
    desk: ConfiguredDesk,
    session: Session,
) -> ErasureAnswer:
    """Return what one of your own erasures did."""
    erasure = await erasures.read_erasure(session, erasure_id, organisation=caller.organisation)
    return erasures.answer_of(erasure, public_url=desk.public_url)
