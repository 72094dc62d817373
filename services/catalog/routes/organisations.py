"""Organisations over HTTP: read by everybody as they are and as they were, recorded by the steward.

A wrong record is corrected by recording the whole state anew, with a `reason`; the wrong one stays
readable as a version, and `asOf` tells what the register said when.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response, status

from services.catalog.domain import (
    NotTheStewardError,
    OrganisationRefusedError,
    OrganisationUnknownError,
    OrganisationVersionUnknownError,
    RecognitionCodeTakenError,
    RecordedOrganisation,
    dutch_day,
    standing_on,
)
from services.catalog.domain.organisations import RULES, find_contradictions
from services.catalog.operations import organisations
from services.catalog.operations.organisations import WantedOrganisations
from services.catalog.routes.edge import Configured, number_after, require_steward
from services.catalog.schemas import RecordOrganisation, examples
from services.catalog.schemas import examples_organisations as more_examples
from services.catalog.schemas.organisations import (
    OrganisationAnswer,
    OrganisationVersion,
    StandingAnswer,
)
from shared.contracts.identifiers import Oin
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import Recogniser, Sector
from shared.errors import Fault, StaleError
from shared.runtime.access import Caller, caller_with
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.legible import BodyRules
from shared.runtime.paging import Page, WantedPage
from shared.runtime.preconditions import IfMatch, tag_of_revision
from shared.runtime.problems import refusals
from shared.runtime.query import DayInQuery, MomentInQuery

router = APIRouter(prefix="/organisations", tags=["organisations"])


def _judge_numbers(wanted: Organisation, request: Request) -> Iterable[Fault]:
    return find_contradictions(wanted, request.path_params["oin"])


Steward = Annotated[Caller, Depends(caller_with("organisations:write"))]
Recorded = Annotated[
    RecordOrganisation,
    Body(examples=[examples.RECORD_ORGANISATION, more_examples.CORRECT_ORGANISATION]),
    BodyRules(*RULES, of_request=[_judge_numbers]),
]
OinInPath = Annotated[Oin, Path(description="organisation identification number")]
VersionInPath = Annotated[int, Path(ge=1, le=2**31 - 1)]
Day = Annotated[DayInQuery | None, Query(json_schema_extra={"format": "date"})]


@router.get(
    "",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(examples.ORGANISATION)),
)
async def list_organisations(
    page: WantedPage,
    session: Session,
    q: Annotated[
        str | None, Query(min_length=1, max_length=100, description="words in the name")
    ] = None,
    sector: Annotated[Sector | None, Query()] = None,
    recogniser: Annotated[
        Recogniser | None, Query(description="recognised by it, ever or on `recognisedOn`")
    ] = None,
    recognised_on: Annotated[Day, Query(alias="recognisedOn")] = None,
) -> Page[Organisation]:
    """Return organisations in the order of their OINs, with their periods of recognition."""
    after = None if page.after is None else str(page.after[0])
    wanted = WantedOrganisations(
        words=q, sector=sector, recogniser=recogniser, recognised_on=recognised_on
    )
    found = await organisations.list_organisations(
        session, after=after, limit=page.limit + 1, wanted=wanted
    )
    return page.page(found, key=lambda one: (one.oin,), item=lambda one: one)


@router.get(
    "/{oin}",
    response_model_exclude_none=True,
    responses=examples.tagged(more_examples.STANDING)
    | refusals(OrganisationUnknownError, OrganisationVersionUnknownError),
)
async def read_organisation(
    oin: OinInPath,
    session: Session,
    now: Now,
    response: Response,
    on: Annotated[Day, Query(description="was it recognised on this day, and by whom?")] = None,
    as_of: Annotated[
        MomentInQuery | None,
        Query(alias="asOf", description="what did the register say at this moment?"),
    ] = None,
) -> OrganisationAnswer:
    """Return an organisation as the register has it, or had it; on a day, if asked."""
    recorded = await organisations.read_recorded(session, oin, as_of=as_of)
    if as_of is None:
        response.headers["ETag"] = tag_of_revision(recorded.record_version)
    answer = OrganisationAnswer.model_validate(recorded.organisation.model_dump())
    if on is None and as_of is None:
        return answer
    standing = standing_on(recorded.organisation, on or dutch_day(as_of or now))
    told = StandingAnswer(
        on=standing.on,
        as_of=as_of,
        version=recorded.record_version,
        recognised=standing.recognised,
        recognised_by=list(standing.by),
    )
    return answer.model_copy(update={"standing": told})


@router.get(
    "/{oin}/versions",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(more_examples.VERSION))
    | refusals(OrganisationUnknownError),
)
async def list_organisation_versions(
    oin: OinInPath, page: WantedPage, session: Session
) -> Page[OrganisationVersion]:
    """Return every state of an organisation as it was recorded, first one first."""
    found = await organisations.list_versions(
        session, oin, after=number_after(page.after), limit=page.limit + 1
    )
    later = [*(one.recorded_at for one in found[1:]), None]
    return page.page(
        list(zip(found, later, strict=True)),
        key=lambda one: (one[0].record_version,),
        item=lambda one: _version(*one),
    )


@router.get(
    "/{oin}/versions/{version}",
    response_model_exclude_none=True,
    responses=examples.answer(more_examples.VERSION)
    | refusals(OrganisationUnknownError, OrganisationVersionUnknownError),
)
async def read_organisation_version(
    oin: OinInPath, version: VersionInPath, session: Session
) -> OrganisationVersion:
    """Return one recorded state of an organisation; it never changes and never goes away."""
    return _version(*await organisations.read_version(session, oin, version))


@router.put(
    "/{oin}",
    response_model_exclude_none=True,
    responses=examples.tagged(examples.ORGANISATION)
    | examples.tagged(examples.ORGANISATION, status=status.HTTP_201_CREATED)
    | refusals(OrganisationRefusedError, NotTheStewardError, RecognitionCodeTakenError, StaleError),
)
async def record_organisation(
    oin: OinInPath,
    wanted: Recorded,
    caller: Steward,
    settings: Configured,
    condition: IfMatch,
    session: Session,
    now: Now,
    response: Response,
) -> Organisation:
    """Record an organisation as a whole; sending the same again changes and announces nothing."""
    require_steward(caller, settings)
    recorded, is_new = await organisations.record_organisation(
        session,
        wanted.organisation(oin),
        public_url=settings.public_url,
        now=now,
        reason=wanted.reason,
        condition=condition,
    )
    response.headers["ETag"] = tag_of_revision(recorded.record_version)
    if is_new:
        response.status_code = status.HTTP_201_CREATED
    return recorded.organisation


def _version(recorded: RecordedOrganisation, replaced_at: datetime | None) -> OrganisationVersion:
    return OrganisationVersion(
        version=recorded.record_version,
        recorded_at=recorded.recorded_at,
        replaced_at=replaced_at,
        reason=recorded.reason,
        organisation=recorded.organisation,
    )
