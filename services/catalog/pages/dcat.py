"""The catalogue's open data as other catalogues read it: DCAT-AP 3 and DCAT-AP-NL 3.

Apart from the pages, because it describes what is served and not what can be earned. A person gets
a page; a program JSON-LD or, if it asks, Turtle.
"""

import json
from typing import Final

from fastapi import APIRouter, Request, Response

from services.catalog.domain import OrganisationUnknownError
from services.catalog.operations import organisations
from services.catalog.pages.datasets import DATASETS, SERVICES, describe
from services.catalog.pages.frame import public_url, read_settings, show
from services.catalog.pages.turtle import write_turtle
from shared.contracts.vocabulary import LocalText
from shared.runtime.database import Session
from shared.runtime.http import public_headers

router = APIRouter()

JSON_LD: Final = "application/ld+json"
TURTLE: Final = "text/turtle"
_OPERATOR: Final = LocalText(
    nl="Beheerder van de catalogus van microcredentials",
    en="Operator of the catalogue of microcredentials",
)


@router.get("/dcat")
async def show_datasets(request: Request, session: Session) -> Response:
    """Show which data there are: to a person as a page, to a program as DCAT."""
    accepted = request.headers.get("accept", "")
    if "text/html" in accepted:
        return show(
            request,
            "dcat.html",
            path="/dcat",
            varies="Accept, Accept-Language",
            datasets=DATASETS,
            services=SERVICES,
        )
    return await _describe(request, session, TURTLE if TURTLE in accepted else JSON_LD)


@router.get("/dcat.jsonld")
async def give_json_ld(request: Request, session: Session) -> Response:
    """Give the description as JSON-LD, also to a browser."""
    return await _describe(request, session, JSON_LD)


@router.get("/dcat.ttl")
async def give_turtle(request: Request, session: Session) -> Response:
    """Give the description as Turtle, also to a browser."""
    return await _describe(request, session, TURTLE)


async def _describe(request: Request, session: Session, media_type: str) -> Response:
    operator = read_settings(request).operator_oin
    try:
        name = (await organisations.read_organisation(session, operator)).name
    except OrganisationUnknownError:
        name = _OPERATOR
    document = describe(public_url(request), operator=operator, name=name)
    body = (
        write_turtle(document)
        if media_type == TURTLE
        else json.dumps(document, ensure_ascii=False, indent=1)
    )
    return Response(
        body.encode(),
        headers=public_headers(max_age=3600) | {"Vary": "Accept"},
        media_type=f"{media_type}; charset=utf-8" if media_type == TURTLE else media_type,
    )
