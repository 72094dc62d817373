"""Counts over HTTP: to everybody per day, to a learner how often their own award was checked."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from services.verifier.counting import telling
from services.verifier.domain.counts import NotCountedError, PeriodRefusedError
from services.verifier.domain.handed import SeveralFoundError
from services.verifier.schemas.counts import (
    CheckedAnswer,
    CheckedSearch,
    CountsAnswer,
    DayAnswer,
)
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.http import public_headers
from shared.runtime.problems import refusals

FOR_LEARNERS: Final = "learners:access"
FRESH_SECONDS: Final = 3600

router = APIRouter(prefix="/verification-counts", tags=["verification counts"])

ForLearners = Annotated[Caller, Depends(caller_with(FOR_LEARNERS))]


@router.get("", responses=refusals(PeriodRefusedError))
async def list_verification_counts(
    response: Response,
    session: Session,
    now: Now,
    first: Annotated[
        date | None, Query(alias="from", description="first day; 30 days back if absent")
    ] = None,
    last: Annotated[
        date | None, Query(alias="until", description="last day; yesterday at the latest")
    ] = None,
) -> CountsAnswer:
    """Return how many verifications there were per day (UTC), rounded to ten; CC0 1.0."""
    days = await telling.list_days(session, first=first, last=last, today=now.date())
    response.headers.update(public_headers(max_age=FRESH_SECONDS))
    return CountsAnswer(days=tuple(map(DayAnswer.of, days)))


@router.post("/_search", responses=refusals(NotCountedError, SeveralFoundError))
async def search_checked(
    request: Request, wanted: CheckedSearch, _caller: ForLearners, now: Now
) -> CheckedAnswer:
    """Tell a learner how often their own award was checked in the last 24 months, and no more."""
    state = request.app.state
    checked = await telling.count_checked(
        state.desk, state.database, wanted.credential.encode(), now=now
    )
    return CheckedAnswer(checked=checked.times, since=checked.since)
