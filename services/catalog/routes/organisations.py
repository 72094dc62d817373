"""Organisations over HTTP: read by everybody, recorded by the steward."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Response, status

from services.catalog.domain import (
    NotTheStewardError,
    OrganisationUnknownError,
    RecognitionPeriodsError,
)
from services.catalog.operations import organisations
from services.catalog.routes.edge import Configured, require_steward
from services.catalog.schemas import RecordOrganisation, examples
from shared.contracts.identifiers import Oin
from shared.contracts.policy import Organisation
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.paging import Page, WantedPage
from shared.runtime.problems import refusals

router = APIRouter(prefix="/organisations", tags=["organisations"])

Steward = Annotated[Caller, Depends(caller_with("organisations:write"))]
OinInPath = Annotated[Oin, Path(description="organisation identification number")]


@router.get(
    "",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(examples.ORGANISATION)),
)
async def list_organisations(wanted: WantedPage, session: Session) -> Page[Organisation]:
    """Return organisations in the order of their OINs, with their periods of recognition."""
    after = None if wanted.after is None else str(wanted.after[0])
    found = await organisations.list_organisations(session, after=after, limit=wanted.limit + 1)
    return wanted.page(found, key=lambda one: (one.oin,), item=lambda one: one)


@router.get(
    "/{oin}",
    response_model_exclude_none=True,
    responses=examples.answer(examples.ORGANISATION) | refusals(OrganisationUnknownError),
)
async def read_organisation(oin: OinInPath, session: Session) -> Organisation:
    """Return an organisation with its periods of recognition."""
    return await organisations.read_organisation(session, oin)


@router.put(
    "/{oin}",
    response_model_exclude_none=True,
    responses=examples.answer(examples.ORGANISATION)
    | examples.answer(examples.ORGANISATION, status=status.HTTP_201_CREATED)
    | refusals(RecognitionPeriodsError, NotTheStewardError),
)
async def record_organisation(
    oin: OinInPath,
    wanted: Annotated[RecordOrganisation, Body(examples=[examples.RECORD_ORGANISATION])],
    caller: Steward,
    settings: Configured,
    session: Session,
    now: Now,
    response: Response,
) -> Organisation:
    """Record an organisation as a whole; sending the same again changes and announces nothing."""
    require_steward(caller, settings)
    organisation = Organisation(
        oin=oin,
        name=wanted.name,
        sector=wanted.sector,
        website=wanted.website,
        country=wanted.country,
        brin=wanted.brin,
        kvk=wanted.kvk,
        recognitions=wanted.recognitions,
    )
    recorded, is_new = await organisations.record_organisation(
        session, organisation, public_url=settings.public_url, now=now
    )
    if is_new:
        response.status_code = status.HTTP_201_CREATED
    return recorded
