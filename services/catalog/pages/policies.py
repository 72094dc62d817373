"""The agreements for people: each policy in words, with the framework text it rests on.

The document itself is given byte for byte at its own address, so that anybody can check its digest.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse

from services.catalog.domain import dutch_day
from services.catalog.operations import policies
from services.catalog.pages.frame import show
from services.catalog.pages.markdown import read_document
from services.catalog.policy import PolicyUnknownError
from shared.contracts.policy import Policy
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.http import public_headers

router = APIRouter()

LARGEST_VERSION = 2**31 - 1
LONGEST_VERSION = 10
MOST_POLICIES = 200


@router.get("/policies")
async def show_policies(request: Request, session: Session, now: Now) -> Response:
    """Show the newest version of every policy, those of today first."""
    newest = await policies.list_policies(session, after=None, limit=MOST_POLICIES)
    today = dutch_day(now)
    shown = sorted(newest, key=lambda one: (_phase(one, today), one.sector, one.policy_id))
    return show(request, "policies.html", path="/policies", policies=shown, today=today)


def _phase(policy: Policy, today: date) -> int:
    """Order policies: in force, to come, over."""
    if policy.holds_on(today):
        return 0
    return 1 if policy.valid_from > today else 2


@router.get("/policies/{policy_id}/versions/{version}")
async def show_policy(
    request: Request, policy_id: str, version: str, session: Session, now: Now
) -> Response:
    """Show one version of a policy and the whole text of its framework."""
    number = int(version) if version.isdecimal() and len(version) < LONGEST_VERSION else 0
    try:
        newest = await policies.read_policy(session, policy_id)
        policy = await policies.read_policy(session, policy_id, number)
        document = await policies.read_framework(session, policy_id, number)
    except PolicyUnknownError:
        return show(request, "missing.html", status_code=404, what="policy")
    return show(
        request,
        "policy.html",
        path=f"/policies/{policy.policy_id}/versions/{policy.version}",
        policy=policy,
        newest=newest,
        parts=read_document(document, policy.framework.name),
        today=dutch_day(now),
    )


@router.get("/frameworks/{policy_id}/{version}")
async def show_framework(
    policy_id: str, version: Annotated[int, Path(ge=1, le=LARGEST_VERSION)], session: Session
) -> Response:
    """Give a framework document byte for byte, so that anybody can check its digest."""
    document = await policies.read_framework(session, policy_id, version)
    return PlainTextResponse(document, headers=public_headers(max_age=24 * 3600))
