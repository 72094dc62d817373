"""The service document of OEAPI v6, organisations and learning outcomes."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.catalog.oeapi import (
    Expand,
    write_learning_outcome,
    write_organisation,
)
from services.catalog.oeapi.consumers import VERSIONS as CONSUMER_VERSIONS
from services.catalog.operations import oeapi
from services.catalog.operations.oeapi import WantedEntries
from services.catalog.routes.oeapi import courses, offerings, programmes
from services.catalog.routes.oeapi.asked import Code, Words, read_expand
from services.catalog.routes.oeapi.edge import V6, WantedPage
from shared.runtime.database import Session
from shared.runtime.openapi import CONTACT
from shared.strict_json import JsonObject

router = APIRouter()
SPECIFICATION: Final = (
    "https://github.com/open-education-api/specification/blob/v6.0/source/ooapiv6.yaml"
)
_ORGANISATION_PARTS: Final = frozenset({Expand.PARENT, Expand.CHILDREN})
_OUTCOME_PARTS: Final = frozenset({Expand.ORGANISATION, Expand.PARENTS, Expand.CHILDREN})
_EXPANDS: Final = {
    "/programmes/{programmeId}": programmes.PARTS,
    "/courses/{courseId}": courses.PARTS,
    "/programme-offerings/{programmeOfferingId}": offerings.PROGRAMME_PARTS,
    "/course-offerings/{courseOfferingId}": offerings.COURSE_PARTS,
}
_NOBODY: Final = frozenset({Expand.COORDINATORS, Expand.INSTRUCTORS})
PATHS: Final = (
    "/",
    "/organisations",
    "/organisations/{organisationId}",
    "/organisations/{organisationId}/programmes",
    "/organisations/{organisationId}/courses",
    "/organisations/{organisationId}/programme-offerings",
    "/organisations/{organisationId}/course-offerings",
    "/programmes",
    "/programmes/{programmeId}",
    "/programmes/{programmeId}/programmes",
    "/programmes/{programmeId}/courses",
    "/programmes/{programmeId}/programme-offerings",
    "/programme-offerings/{programmeOfferingId}",
    "/courses",
    "/courses/{courseId}",
    "/courses/{courseId}/course-offerings",
    "/course-offerings/{courseOfferingId}",
    "/learning-outcomes",
    "/learning-outcomes/{learningOutcomeId}",
)


@router.get("")
@router.get("/")
async def read_service(asked: V6, request: Request) -> Response:
    """Say what is served here, for whom, and what can be written out in full."""
    return asked.one(service_document(request.app.state.settings.public_url), "service")


def service_document(public_url: str) -> JsonObject:
    """Return the service document of a catalogue at this address."""
    return {
        "contactEmail": CONTACT["email"],
        "specification": SPECIFICATION,
        "documentation": f"{public_url}/",
        "supportedConsumers": [
            {"consumerKey": audience.value, "version": version}
            for audience, version in CONSUMER_VERSIONS.items()
        ],
        "supportedOperations": [{"verbs": ["GET"], "path": path} for path in PATHS],
        "supportedExpands": [
            {"path": path, "expandableObjects": [*sorted(parts - _NOBODY)]}
            for path, parts in _EXPANDS.items()
        ],
    }


@router.get("/organisations")
async def list_organisations(
    asked: V6,
    paged: WantedPage,
    session: Session,
    q: Words = None,
    primary_code: Code = None,
    kind: Annotated[str, Query(alias="organisationType", max_length=64)] = "root",
) -> Response:
    """Return the organisations; each is the root of its own."""
    found, total = await oeapi.list_organisations(session, q, primary_code, paged.slice)
    if kind != "root":
        found, total = [], 0
    return asked.many(paged, [write_organisation(one) for one in found], total, "organisations")


@router.get("/organisations/{organisation}")
async def read_organisation(
    organisation: UUID,
    asked: V6,
    session: Session,
    _expand: Annotated[frozenset[Expand], Depends(read_expand(_ORGANISATION_PARTS))],
) -> Response:
    """Return an organisation; it has no parent and no children."""
    found = await oeapi.read_organisation(session, organisation)
    return asked.one(write_organisation(found), "organisations")


@router.get("/learning-outcomes")
async def list_learning_outcomes(
    asked: V6, paged: WantedPage, session: Session, q: Words = None
) -> Response:
    """Return the learning outcomes of what can be earned."""
    wanted = WantedEntries(words=q, audience=asked.audience, alliance=asked.alliance)
    found, total = await oeapi.list_outcomes(session, wanted, paged.slice)
    items = [write_learning_outcome(one) for one in found]
    return asked.many(paged, items, total, "learningOutcomes")


@router.get("/learning-outcomes/{outcome}")
async def read_learning_outcome(
    outcome: UUID,
    asked: V6,
    session: Session,
    _expand: Annotated[frozenset[Expand], Depends(read_expand(_OUTCOME_PARTS))],
) -> Response:
    """Return one learning outcome; it stands by itself."""
    found = await oeapi.read_outcome(session, outcome)
    return asked.one(write_learning_outcome(found), "learningOutcomes")
