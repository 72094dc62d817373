"""Reconciliation over HTTP: does a consumer have everything, and if not, what is missing."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from services.registry.domain.facts import sequence_text
from services.registry.operations import reconciling
from services.registry.schemas.reconciling import MemberAnswer, TallyAnswer, TallyPage
from shared.contracts.identifiers import Oin
from shared.runtime.paging import Page, PageRequest, WantedPage, no_cursor
from shared.runtime.problems import refusals

router = APIRouter(prefix="/reconciliations", tags=["reconciliations"])


@router.get("", response_model_exclude_none=True)
async def list_reconciliations(
    request: Request,
    wanted: WantedPage,
    organisation: Annotated[Oin | None, Query(description="Of this organisation only.")] = None,
    from_day: Annotated[
        date | None,
        Query(alias="fromDay", description="First recorded on this day or later."),
    ] = None,
    until_day: Annotated[
        date | None,
        Query(alias="untilDay", description="First recorded on this day or earlier."),
    ] = None,
) -> TallyPage:
    """Return how many registrations there are of each organisation and day, and their digest.

    Compute the same over what you have: where both agree, you have it all. Days are in UTC.
    """
    place, found = await reconciling.read_tallies(
        request.app.state.database,
        organisation=organisation,
        first=from_day,
        last=until_day,
        after=_tally_after(wanted),
        limit=wanted.limit + 1,
    )
    page = wanted.page(
        found, key=lambda one: (one.day.isoformat(), one.organisation), item=TallyAnswer.of
    )
    return TallyPage(items=page.items, next=page.next, sequence=sequence_text(place - 1))


@router.get("/{organisation}/{day}", response_model_exclude_none=True, responses=refusals())
async def read_reconciliation(
    request: Request,
    wanted: WantedPage,
    organisation: Annotated[Oin, Path()],
    day: Annotated[date, Path(description="in UTC", examples=["2026-11-20"])],
) -> Page[MemberAnswer]:
    """Return what is compared of each registration of an organisation and day, as it is now.

    What was erased is among them: who still has it must let go of it.
    """
    found = await reconciling.read_members(
        request.app.state.database,
        organisation,
        day,
        after=_number_after(wanted),
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=lambda one: (one.number,), item=MemberAnswer.of)


def _tally_after(wanted: PageRequest) -> tuple[date, str] | None:
    match wanted.after:
        case None:
            return None
        case (str(day), str(organisation)):
            try:
                return date.fromisoformat(day), organisation
            except ValueError:
                raise no_cursor() from None
        case _:
            raise no_cursor()


def _number_after(wanted: PageRequest) -> int:
    match wanted.after:
        case None:
            return 0
        case (int(number),) if 0 <= number < 2**63 - 1:
            return number
        case _:
            raise no_cursor()
