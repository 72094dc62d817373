"""Policies over HTTP: read by everybody, a version added by the steward, none ever edited."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Response, status
from pydantic import BaseModel

from services.catalog.domain import NotTheStewardError
from services.catalog.operations import policies
from services.catalog.operations.policies import PolicyRules
from services.catalog.policy import PolicyClashError, PolicyPeriodError, PolicyUnknownError
from services.catalog.policy.periods import RULES
from services.catalog.routes.edge import Configured, OnceOnly, number_after, require_steward
from services.catalog.schemas import examples
from services.catalog.schemas import examples_policies as shown
from services.catalog.schemas.policies import PublishPolicyVersion
from shared.contracts.policy import Policy, PolicyId
from shared.contracts.vocabulary import Sector
from shared.runtime.access import Caller, caller_with
from shared.runtime.database import Session
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.legible import BodyRules
from shared.runtime.paging import Page, WantedPage
from shared.runtime.problems import refusals
from shared.runtime.query import DayInQuery

router = APIRouter(prefix="/policies", tags=["policies"])

Steward = Annotated[Caller, Depends(caller_with("policies:write"))]
VersionInPath = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get(
    "",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(shown.POLICY)),
)
async def list_policies(
    wanted: WantedPage,
    session: Session,
    sector: Annotated[Sector | None, Query(description="of this sector only")] = None,
    on: Annotated[
        DayInQuery | None,
        Query(description="what holds on this day, for each sector the one policy"),
    ] = None,
) -> Page[Policy]:
    """Return the newest version of each policy, or what holds on a day; in order of their ids."""
    after = None if wanted.after is None else str(wanted.after[0])
    found = await policies.list_policies(
        session, after=after, limit=wanted.limit + 1, sector=sector, on=on
    )
    return wanted.page(found, key=lambda one: (one.policy_id,), item=lambda one: one)


@router.get(
    "/{policyId}",
    response_model_exclude_none=True,
    responses=examples.answer(shown.POLICY) | refusals(PolicyUnknownError),
)
async def read_policy(
    policy_id: Annotated[PolicyId, Path(alias="policyId")], session: Session
) -> Policy:
    """Return the newest version of a policy."""
    return await policies.read_policy(session, policy_id)


@router.get(
    "/{policyId}/versions",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(shown.POLICY)) | refusals(PolicyUnknownError),
)
async def list_policy_versions(
    policy_id: Annotated[PolicyId, Path(alias="policyId")], wanted: WantedPage, session: Session
) -> Page[Policy]:
    """Return every version of a policy, oldest first; none ever changes or goes away."""
    found = await policies.list_versions(
        session, policy_id, after=number_after(wanted.after), limit=wanted.limit + 1
    )
    return wanted.page(found, key=lambda one: (one.version,), item=lambda one: one)


@router.get(
    "/{policyId}/versions/{version}",
    response_model_exclude_none=True,
    responses=examples.answer(shown.POLICY) | refusals(PolicyUnknownError),
)
async def read_policy_version(
    policy_id: Annotated[PolicyId, Path(alias="policyId")], version: VersionInPath, session: Session
) -> Policy:
    """Return one version of a policy; it never changes and never goes away."""
    return await policies.read_policy(session, policy_id, version)


@router.post(
    "/{policyId}/versions",
    status_code=status.HTTP_201_CREATED,
    response_model=Policy,
    responses=examples.answer(shown.POLICY, status=status.HTTP_201_CREATED)
    | refusals(
        PolicyPeriodError,
        PolicyClashError,
        NotTheStewardError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def publish_policy_version(
    policy_id: Annotated[PolicyId, Path(alias="policyId")],
    wanted: Annotated[
        PublishPolicyVersion, Body(examples=[shown.PUBLISH_POLICY]), BodyRules(*RULES)
    ],
    body: RequestJson,
    caller: Steward,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Publish the next version of a policy, with the framework document it rests on."""
    require_steward(caller, settings)

    async def act() -> tuple[BaseModel, str]:
        policy = await policies.publish_policy_version(
            once.session, policy_id, _rules(wanted), public_url=settings.public_url, now=once.now
        )
        where = f"/v1/policies/{policy.policy_id}/versions/{policy.version}"
        return policy, settings.public_url + where

    return await once.answer(caller, body, act)


def _rules(wanted: PublishPolicyVersion) -> PolicyRules:
    return PolicyRules(
        sector=wanted.sector,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        unit=wanted.unit,
        minimum=wanted.minimum,
        maximum=wanted.maximum,
        step=wanted.step,
        guideline=wanted.guideline,
        required_elements=wanted.required_elements,
        framework_name=wanted.framework.name,
        framework_version=wanted.framework.version,
        document=wanted.framework.document.encode(),
        full_text=wanted.framework.full_text,
    )
