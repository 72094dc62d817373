"""The catalogue as OOAPI v5, for systems that have not moved to v6 yet: read-only, nothing new.

The same questions to the database as v6; `oeapi.version5` writes the answers. A run without both
days cannot be said in v5, and is left out.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from services.catalog.domain.days import dutch_day
from services.catalog.oeapi import Entry, version5
from services.catalog.operations import oeapi
from services.catalog.operations.oeapi import WantedEntries, WantedRuns
from services.catalog.routes.oeapi.asked import AskedRuns, Code, Words
from services.catalog.routes.oeapi.edge import Asked, Paged, WantedPage, reader_of
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.deprecation import deprecated
from shared.runtime.openapi import CONTACT

router = APIRouter(prefix="/oeapi/v5")
VERSIONS: Final = ("5.0", "5")
V5 = Annotated[Asked, Depends(reader_of(VERSIONS, None))]
SPECIFICATION: Final = "https://github.com/open-education-api/specification/blob/v5.0/v5/spec.yaml"


def read_wanted(q: Words = None, primary_code: Code = None) -> WantedEntries:
    """Read the filters that every list of v5 has here."""
    return WantedEntries(words=q, primary_code=primary_code)


Sought = Annotated[WantedEntries, Depends(read_wanted)]


@router.get("/")
async def read_service(asked: V5, request: Request) -> Response:
    """Say what is served here."""
    public_url = request.app.state.settings.public_url
    return asked.one(
        {
            "contactEmail": CONTACT["email"],
            "specification": SPECIFICATION,
            "documentation": f"{public_url}/",
        },
        "service",
    )


@router.get("/organizations")
async def list_organizations(
    asked: V5, paged: WantedPage, session: Session, sought: Sought
) -> Response:
    """Return the organizations."""
    found, total = await oeapi.list_organisations(
        session, sought.words, sought.primary_code, paged.slice
    )
    items = [version5.write_organization(one) for one in found]
    return asked.many(paged, items, total, "organizations")


@router.get("/organizations/{organization}")
async def read_organization(organization: UUID, asked: V5, session: Session) -> Response:
    """Return an organization."""
    found = await oeapi.read_organisation(session, organization)
    return asked.one(version5.write_organization(found), "organizations")


@router.get("/education-specifications")
async def list_specifications(
    asked: V5, paged: WantedPage, session: Session, sought: Sought
) -> Response:
    """Return what can be earned."""
    return await _specifications(asked, paged, session, sought)


@router.get("/organizations/{organization}/education-specifications")
async def list_specifications_of_organization(
    organization: UUID, asked: V5, paged: WantedPage, session: Session, sought: Sought
) -> Response:
    """Return what can be earned at an organization."""
    provider = (await oeapi.read_organisation(session, organization)).oin
    return await _specifications(asked, paged, session, replace(sought, provider=provider))


async def _specifications(
    asked: Asked, paged: Paged, session: Session, wanted: WantedEntries
) -> Response:
    found, total = await _entries(asked, paged, session, wanted)
    items = [version5.write_specification(one, audience=asked.shown_to) for one in found]
    return asked.many(paged, items, total, "specifications")


@router.get("/education-specifications/{specification}")
async def read_specification(specification: UUID, asked: V5, session: Session) -> Response:
    """Return one thing that can be earned."""
    entry = await oeapi.read_specification(session, specification)
    members = version5.write_specification(entry, audience=asked.shown_to)
    return asked.one(members, "specifications")


@router.get("/education-specifications/{specification}/courses")
async def list_courses_of_specification(
    specification: UUID, asked: V5, paged: WantedPage, session: Session, sought: Sought
) -> Response:
    """Return what is taught at schools and universities for it."""
    entry = await oeapi.read_specification(session, specification)
    wanted = replace(sought, microcredential_id=entry.specification)
    return await _courses(asked, paged, session, wanted)


@router.get("/education-specifications/{specification}/programs")
async def list_programs_of_specification(
    specification: UUID, asked: V5, paged: WantedPage, session: Session, sought: Sought
) -> Response:
    """Return what non-formal education teaches for it."""
    entry = await oeapi.read_specification(session, specification)
    wanted = replace(sought, microcredential_id=entry.specification)
    return await _programs(asked, paged, session, wanted)


@router.get("/programs")
async def list_programs(asked: V5, paged: WantedPage, session: Session, sought: Sought) -> Response:
    """Return what non-formal education teaches."""
    return await _programs(asked, paged, session, sought)


@router.get("/organizations/{organization}/programs")
async def list_programs_of_organization(
    organization: UUID, asked: V5, paged: WantedPage, session: Session, sought: Sought
) -> Response:
    """Return what an organization teaches as non-formal education."""
    provider = (await oeapi.read_organisation(session, organization)).oin
    return await _programs(asked, paged, session, replace(sought, provider=provider))


async def _programs(
    asked: Asked, paged: Paged, session: Session, wanted: WantedEntries
) -> Response:
    found, total = await _entries(asked, paged, session, replace(wanted, is_private=True))
    items = [version5.write_program(one, audience=asked.shown_to) for one in found]
    return asked.many(paged, items, total, "programs")


@router.get("/programs/{program}")
async def read_program(program: UUID, asked: V5, session: Session) -> Response:
    """Return one program."""
    entry = await oeapi.read_delivery(session, program, is_private=True)
    return asked.one(version5.write_program(entry, audience=asked.shown_to), "programs")


@router.get("/programs/{program}/offerings")
async def list_offerings_of_program(
    program: UUID, asked: V5, paged: WantedPage, session: Session, sought: AskedRuns, now: Now
) -> Response:
    """Return the runs of a program."""
    entry = await oeapi.read_delivery(session, program, is_private=True)
    of = replace(sought.of, microcredential_id=entry.specification)
    return await _runs(asked, paged, session, replace(sought, of=of), now)


@router.get("/courses")
async def list_courses(asked: V5, paged: WantedPage, session: Session, sought: Sought) -> Response:
    """Return what schools and universities teach."""
    return await _courses(asked, paged, session, sought)


@router.get("/organizations/{organization}/courses")
async def list_courses_of_organization(
    organization: UUID, asked: V5, paged: WantedPage, session: Session, sought: Sought
) -> Response:
    """Return what an organization teaches."""
    provider = (await oeapi.read_organisation(session, organization)).oin
    return await _courses(asked, paged, session, replace(sought, provider=provider))


async def _courses(asked: Asked, paged: Paged, session: Session, wanted: WantedEntries) -> Response:
    found, total = await _entries(asked, paged, session, replace(wanted, is_private=False))
    items = [version5.write_course(one, audience=asked.shown_to) for one in found]
    return asked.many(paged, items, total, "v5-courses")


@router.get("/courses/{course}")
async def read_course(course: UUID, asked: V5, session: Session) -> Response:
    """Return one course."""
    entry = await oeapi.read_delivery(session, course, is_private=False)
    return asked.one(version5.write_course(entry, audience=asked.shown_to), "v5-courses")


@router.get("/courses/{course}/offerings")
async def list_offerings_of_course(
    course: UUID, asked: V5, paged: WantedPage, session: Session, sought: AskedRuns, now: Now
) -> Response:
    """Return the runs of a course."""
    entry = await oeapi.read_delivery(session, course, is_private=False)
    of = replace(sought.of, microcredential_id=entry.specification)
    return await _runs(asked, paged, session, replace(sought, of=of), now)


@router.get("/organizations/{organization}/offerings")
async def list_offerings_of_organization(
    organization: UUID,
    asked: V5,
    paged: WantedPage,
    session: Session,
    sought: AskedRuns,
    now: Now,
) -> Response:
    """Return the runs of an organization."""
    provider = (await oeapi.read_organisation(session, organization)).oin
    of = replace(sought.of, provider=provider)
    return await _runs(asked, paged, session, replace(sought, of=of), now)


@router.get("/offerings/{offering}")
async def read_offering(offering: UUID, asked: V5, session: Session, now: Now) -> Response:
    """Return one run."""
    run = await oeapi.read_run(session, offering, only_dated=True)
    members = version5.write_offering(run, today=dutch_day(now), audience=asked.shown_to)
    return asked.one(members, "v5-offerings")


async def _entries(
    asked: Asked, paged: Paged, session: Session, wanted: WantedEntries
) -> tuple[Sequence[Entry], int]:
    wanted = replace(wanted, audience=asked.audience, alliance=asked.alliance)
    return await oeapi.list_entries(session, wanted, paged.slice)


async def _runs(
    asked: Asked, paged: Paged, session: Session, wanted: WantedRuns, now: Now
) -> Response:
    of = replace(wanted.of, audience=asked.audience, alliance=asked.alliance)
    wanted = replace(wanted, of=of, only_dated=True)
    found, total = await oeapi.list_runs(session, wanted, paged.slice)
    today = dutch_day(now)
    items = [version5.write_offering(one, today=today, audience=asked.shown_to) for one in found]
    return asked.many(paged, items, total, "v5-offerings")


for _route in router.routes:
    if isinstance(_route, APIRoute):
        deprecated(since=date(2026, 11, 25), see="/oeapi/v6/")(_route.endpoint)
