"""Have a description judged before it is a draft: by anybody, without an account, nothing kept.

A student system can so tell its own users what is missing, in words, while they type.
"""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Body

from services.catalog.domain import dutch_day
from services.catalog.operations import policies
from services.catalog.policy import (
    ONE_POLICY,
    NoPolicyError,
    OnePolicyError,
    PolicyUnknownError,
    broken,
)
from services.catalog.schemas import examples
from services.catalog.schemas import examples_policies as shown
from services.catalog.schemas.policies import EvaluatePolicy, EvaluationAnswer, RuleAnswer
from shared.errors import Fault
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.legible import BodyRules
from shared.runtime.problems import refusals

router = APIRouter(tags=["policies"])


def _judge_by_one(wanted: EvaluatePolicy) -> Iterable[Fault]:
    return ONE_POLICY if (wanted.sector is None) is (wanted.policy_id is None) else ()


@router.post(
    "/policy-evaluations",
    response_model_exclude_none=True,
    responses=examples.answer(shown.EVALUATION)
    | refusals(OnePolicyError, NoPolicyError, PolicyUnknownError),
)
async def evaluate_policy(
    wanted: Annotated[
        EvaluatePolicy,
        Body(examples=[shown.EVALUATE, shown.EVALUATE_BY_NAME]),
        BodyRules(_judge_by_one),
    ],
    session: Session,
    now: Now,
) -> EvaluationAnswer:
    """Judge a description by every rule of a policy; nothing is recorded, so ask as you like."""
    evaluation = await policies.evaluate_description(
        session,
        wanted.content,
        sector=wanted.sector,
        policy_id=wanted.policy_id,
        on=wanted.on or dutch_day(now),
    )
    return EvaluationAnswer(
        on=evaluation.on,
        policy=evaluation.policy,
        meets_policy=not broken(evaluation.findings),
        rules=[
            RuleAnswer(
                code=one.code,
                pointer=one.pointer,
                passed=one.passed,
                advice=one.advice,
                pending=one.pending,
                sentence=one.sentence,
            )
            for one in evaluation.findings
        ],
    )
