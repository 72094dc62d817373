"""Offerings of OEAPI v6: of courses, and with non-formal education of programmes."""

from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.catalog.domain.days import dutch_day
from services.catalog.oeapi import Expand, write_offering
from services.catalog.operations import oeapi
from services.catalog.operations.oeapi import WantedRuns
from services.catalog.routes.oeapi.asked import (
    AskedRuns,
    read_expand,
)
from services.catalog.routes.oeapi.edge import V6, Asked, Paged, WantedPage
from shared.runtime.clock import Now
from shared.runtime.database import Session

router = APIRouter()
PROGRAMME_PARTS: Final = frozenset({Expand.PROGRAMME, Expand.ORGANISATION})
COURSE_PARTS: Final = frozenset({Expand.COURSE, Expand.ORGANISATION})
# What the document lets a reader ask besides; none of ours has any.
_EMPTY_PARTS: Final = frozenset(
    {
        Expand.ACADEMIC_SESSION,
        Expand.COURSE,
        Expand.COURSE_OFFERING,
        Expand.LEARNING_COMPONENT,
        Expand.PROGRAMME_OFFERING,
        Expand.TEST_COMPONENT,
    }
)


@router.get("/organisations/{organisation}/programme-offerings")
async def list_programme_offerings_of_organisation(
    organisation: UUID,
    asked: V6,
    paged: WantedPage,
    session: Session,
    sought: AskedRuns,
    now: Now,
) -> Response:
    """Return the runs of non-formal education of an organisation."""
    provider = (await oeapi.read_organisation(session, organisation)).oin
    of = replace(sought.of, provider=provider, is_private=True)
    return await _runs(asked, paged, session, replace(sought, of=of), now)


@router.get("/organisations/{organisation}/course-offerings")
async def list_course_offerings_of_organisation(
    organisation: UUID,
    asked: V6,
    paged: WantedPage,
    session: Session,
    sought: AskedRuns,
    now: Now,
) -> Response:
    """Return the runs of the courses of an organisation."""
    provider = (await oeapi.read_organisation(session, organisation)).oin
    of = replace(sought.of, provider=provider, is_private=False)
    return await _runs(asked, paged, session, replace(sought, of=of), now)


@router.get("/programmes/{programme}/programme-offerings")
async def list_programme_offerings(
    programme: UUID,
    asked: V6,
    paged: WantedPage,
    session: Session,
    sought: AskedRuns,
    now: Now,
) -> Response:
    """Return the runs of a programme, or of what is taught for a specification."""
    entry, _ = await oeapi.read_programme(session, programme)
    of = replace(sought.of, microcredential_id=entry.specification, is_private=True)
    return await _runs(asked, paged, session, replace(sought, of=of), now)


@router.get("/courses/{course}/course-offerings")
async def list_course_offerings(
    course: UUID, asked: V6, paged: WantedPage, session: Session, sought: AskedRuns, now: Now
) -> Response:
    """Return the runs of a course."""
    entry = await oeapi.read_delivery(session, course, is_private=False)
    of = replace(sought.of, microcredential_id=entry.specification, is_private=False)
    return await _runs(asked, paged, session, replace(sought, of=of), now)


async def _runs(
    asked: Asked, paged: Paged, session: Session, wanted: WantedRuns, now: Now
) -> Response:
    of = replace(wanted.of, audience=asked.audience, alliance=asked.alliance)
    found, total = await oeapi.list_runs(session, replace(wanted, of=of), paged.slice)
    today = dutch_day(now)
    items = [write_offering(one, today=today, audience=asked.shown_to) for one in found]
    return asked.many(paged, items, total, "offerings")


@router.get("/programme-offerings/{offering}")
async def read_programme_offering(
    offering: UUID,
    asked: V6,
    session: Session,
    now: Now,
    expand: Annotated[frozenset[Expand], Depends(read_expand(PROGRAMME_PARTS | _EMPTY_PARTS))],
) -> Response:
    """Return one run of non-formal education."""
    run = await oeapi.read_run(session, offering, is_private=True)
    today = dutch_day(now)
    members = write_offering(run, today=today, audience=asked.shown_to, expand=expand)
    return asked.one(members, "offerings")


@router.get("/course-offerings/{offering}")
async def read_course_offering(
    offering: UUID,
    asked: V6,
    session: Session,
    now: Now,
    expand: Annotated[frozenset[Expand], Depends(read_expand(COURSE_PARTS | _EMPTY_PARTS))],
) -> Response:
    """Return one run of a course."""
    run = await oeapi.read_run(session, offering, is_private=False)
    today = dutch_day(now)
    members = write_offering(run, today=today, audience=asked.shown_to, expand=expand)
    return asked.one(members, "offerings")
