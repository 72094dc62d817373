"""Who lets a batch be signed, over HTTP: approvals, rejections, recalls, and the rules for them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from services.issuer.domain.batches import (
    BatchNotCheckedError,
    BatchNotFoundError,
    IssuingRule,
    NothingToApproveError,
    NothingToRecallError,
    OtherDigestError,
    SamePersonError,
)
from services.issuer.operations.batches import deciding, recalling, telling
from services.issuer.operations.batches.deciding import WantedDecision
from services.issuer.operations.batches.recalling import WantedRecall
from services.issuer.operations.granting import Asking
from services.issuer.routes.awards import AwardsWriter, ConfiguredDesk, asking_of
from services.issuer.routes.batches import BatchId
from services.issuer.routes.batches_rendering import show_batch
from services.issuer.schemas.batches import (
    BatchAnswer,
    BatchDecisionRequest,
    BatchRecallRequest,
    IssuingRulesAnswer,
    IssuingRulesBody,
    StudentDomain,
)
from shared.errors import StaleError, UnconditionalError
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
)
from shared.runtime.json_body import RequestJson
from shared.runtime.preconditions import ExactMatchNeeded, tag_of_revision
from shared.runtime.problems import refusals

router = APIRouter(prefix="/award-batches", tags=["award-batches"])
rules_router = APIRouter(prefix="/issuing-rules", tags=["issuing-rules"])

AwardsApprover = Annotated[Caller, Depends(caller_with("awards:approve"))]
RulesWriter = Annotated[Caller, Depends(caller_with("issuing-rules:write"))]
RulesReader = Annotated[Caller, Depends(caller_with("issuing-rules:write", "awards:read"))]
_DECISION = refusals(
    BatchNotFoundError,
    BatchNotCheckedError,
    NothingToApproveError,
    OtherDigestError,
    SamePersonError,
    IdempotencyKeyReusedError,
    StillRunningError,
)


@router.post(
    "/{batchId}/approvals",
    status_code=201,
    response_model_exclude_none=True,
    responses=_DECISION,
)
async def approve_award_batch(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    wanted: BatchDecisionRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsApprover,
    desk: ConfiguredDesk,
    now: Now,
) -> BatchAnswer:
    """Agree, as a second person, to exactly what was checked; then it is signed."""
    return await _decide(
        desk,
        WantedDecision(batch_id=batch_id, is_approved=True, digest=wanted.digest, note=wanted.note),
        caller,
        asking=asking_of(caller, idempotency_key, body),
        now=now,
    )


@router.post(
    "/{batchId}/rejections",
    status_code=201,
    response_model_exclude_none=True,
    responses=_DECISION,
)
async def reject_award_batch(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    wanted: BatchDecisionRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsApprover,
    desk: ConfiguredDesk,
    now: Now,
) -> BatchAnswer:
    """Refuse, as a second person, what was checked; nothing of it will be signed."""
    return await _decide(
        desk,
        WantedDecision(
            batch_id=batch_id, is_approved=False, digest=wanted.digest, note=wanted.note
        ),
        caller,
        asking=asking_of(caller, idempotency_key, body),
        now=now,
    )


@router.post(
    "/{batchId}/recalls",
    status_code=202,
    response_model_exclude_none=True,
    responses=refusals(
        BatchNotFoundError,
        NothingToRecallError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def recall_award_batch(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    wanted: BatchRecallRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    now: Now,
) -> BatchAnswer:
    """Take back what nobody was handed yet: what is not signed never will be, the rest is revoked.

    What was delivered stays as it is; revoke it by itself.
    """
    await recalling.recall(
        desk,
        WantedRecall(
            batch_id=batch_id,
            lines=None if wanted.rows is None else tuple(wanted.rows),
            reason=wanted.reason,
        ),
        asking=asking_of(caller, idempotency_key, body),
        now=now,
    )
    told = await telling.read_batch(desk, batch_id, organisation=caller.organisation)
    return show_batch(desk, told)


@rules_router.get("")
async def read_issuing_rules(
    caller: RulesReader, desk: ConfiguredDesk, response: Response
) -> IssuingRulesAnswer:
    """Return the rules your organisation issues by, with the ETag to change them with."""
    rule = await deciding.read_rule(desk, organisation=caller.organisation)
    response.headers["ETag"] = tag_of_revision(rule.revision)
    return _rules(rule)


@rules_router.put("", responses=refusals(StaleError, UnconditionalError))
async def change_issuing_rules(
    wanted: IssuingRulesBody,
    read: ExactMatchNeeded,
    caller: RulesWriter,
    desk: ConfiguredDesk,
    response: Response,
    now: Now,
) -> IssuingRulesAnswer:
    """Set the rules your organisation issues by; what waits for a second person goes on waiting."""
    known = await deciding.read_rule(desk, organisation=caller.organisation)
    read.require(tag_of_revision(known.revision))
    rule = await deciding.change_rule(
        desk,
        organisation=caller.organisation,
        subject=caller.subject,
        wanted=IssuingRule(
            approval_from=wanted.approval_from,
            student_domains=known.student_domains
            if wanted.student_domains is None
            else {one.domain: one.student_domain for one in wanted.student_domains},
        ),
        read=known,
        now=now,
    )
    response.headers["ETag"] = tag_of_revision(rule.revision)
    return _rules(rule)


def _rules(rule: IssuingRule) -> IssuingRulesAnswer:
    return IssuingRulesAnswer(
        approval_from=rule.approval_from,
        student_domains=[
            StudentDomain(domain=domain, student_domain=student)
            for domain, student in rule.student_domains.items()
        ],
    )


async def _decide(
    desk: ConfiguredDesk, wanted: WantedDecision, caller: Caller, *, asking: Asking, now: Now
) -> BatchAnswer:
    await deciding.decide_batch(desk, wanted, asking=asking, subject=caller.subject, now=now)
    told = await telling.read_batch(desk, wanted.batch_id, organisation=caller.organisation)
    return show_batch(desk, told)
