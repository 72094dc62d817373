"""Courses of OEAPI v6: what a school or university teaches for a microcredential."""

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.catalog.oeapi import Entry, Expand, write_course
from services.catalog.operations import oeapi
from services.catalog.operations.oeapi import WantedEntries
from services.catalog.routes.oeapi.asked import (
    AskedCourses,
    Code,
    read_expand,
)
from services.catalog.routes.oeapi.edge import V6, Asked, Paged, WantedPage
from services.catalog.routes.oeapi.history import timeline_overrides
from shared.runtime.database import Session
from shared.strict_json import JsonObject

router = APIRouter()
PARTS: Final = frozenset(
    {
        Expand.PROGRAMMES,
        Expand.COORDINATORS,
        Expand.INSTRUCTORS,
        Expand.ORGANISATION,
        Expand.LEARNING_OUTCOMES,
    }
)


@router.get("/courses")
async def list_courses(
    asked: V6,
    paged: WantedPage,
    session: Session,
    sought: AskedCourses,
    primary_code: Code = None,
) -> Response:
    """Return what schools and universities teach."""
    return await _courses(asked, paged, session, replace(sought, primary_code=primary_code))


@router.get("/organisations/{organisation}/courses")
async def list_courses_of_organisation(
    organisation: UUID,
    asked: V6,
    paged: WantedPage,
    session: Session,
    sought: AskedCourses,
) -> Response:
    """Return the courses of an organisation."""
    provider = (await oeapi.read_organisation(session, organisation)).oin
    return await _courses(asked, paged, session, replace(sought, provider=provider))


@router.get("/programmes/{programme}/courses")
async def list_courses_of_programme(
    programme: UUID, asked: V6, paged: WantedPage, session: Session, sought: AskedCourses
) -> Response:
    """Return what is taught for a specification."""
    entry, _ = await oeapi.read_programme(session, programme)
    wanted = replace(sought, microcredential_id=entry.specification)
    return await _courses(asked, paged, session, wanted)


async def _courses(asked: Asked, paged: Paged, session: Session, wanted: WantedEntries) -> Response:
    wanted = replace(wanted, audience=asked.audience, alliance=asked.alliance)
    found, total = await oeapi.list_entries(session, wanted, paged.slice)
    return asked.many(paged, [_course(one, asked) for one in found], total, "courses")


def _course(entry: Entry, asked: Asked, expand: Collection[Expand] = ()) -> JsonObject:
    return write_course(entry, audience=asked.shown_to, expand=expand)


@router.get("/courses/{course}")
async def read_course(
    course: UUID,
    asked: V6,
    session: Session,
    expand: Annotated[frozenset[Expand], Depends(read_expand(PARTS))],
    *,
    with_overrides: Annotated[bool, Query(alias="returnTimelineOverrides")] = False,
) -> Response:
    """Return one course; if asked, with what it was in earlier versions."""
    entry = await oeapi.read_delivery(session, course, is_private=False)
    members = _course(entry, asked, expand)
    if with_overrides:
        earlier = await oeapi.list_earlier_versions(session, entry)
        members["timelineOverrides"] = timeline_overrides(
            entry, earlier, "course", lambda version: _course(version, asked)
        )
    return asked.one(members, "courses")
