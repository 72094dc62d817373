"""Providers for people: who they are, who recognised them when, and what can be earned there."""

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import OrganisationUnknownError, dutch_day
from services.catalog.operations import organisations, search
from services.catalog.pages.frame import BY_FORM, show, wants_json
from services.catalog.search import Question
from shared.contracts.policy import Organisation
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.http import public_headers
from shared.runtime.pages import read_language

router = APIRouter()

MOST_ORGANISATIONS = 500
LENGTH_OF_OIN = 20
MOST_CARDS = 20


@router.get("/organisations")
async def show_organisations(
    request: Request, session: Session, now: Now, after: str = ""
) -> Response:
    """Show who may award microcredentials today, public or private, in the order of their names."""
    known = await organisations.list_organisations(
        session, after=after[:LENGTH_OF_OIN] or None, limit=MOST_ORGANISATIONS
    )
    today, language = dutch_day(now), read_language(request)
    recognised = [one for one in known if one.recognition_on(today)]
    return show(
        request,
        "organisations.html",
        path="/organisations",
        organisations=sorted(recognised, key=lambda one: one.name.best(language).casefold()),
        after=known[-1].oin if len(known) == MOST_ORGANISATIONS else None,
    )


@router.get("/organisations/{oin}")
async def show_organisation(request: Request, oin: str, session: Session, now: Now) -> Response:
    """Show an organisation; to a program that asks for JSON, as JSON."""
    try:
        known = await _find(session, oin)
    except OrganisationUnknownError:
        if wants_json(request):
            raise
        return show(request, "missing.html", status_code=404, what="organisation", varies=BY_FORM)
    if wants_json(request):
        return Response(
            known.model_dump_json(exclude_none=True),
            headers=public_headers(max_age=60) | {"Vary": BY_FORM},
            media_type="application/json",
        )
    today = dutch_day(now)
    found = await search.search_microcredentials(
        session,
        Question(provider=known.oin),
        memory=request.app.state.search,
        after=None,
        limit=MOST_CARDS,
        now=now,
    )
    return show(
        request,
        "organisation.html",
        found=found,
        path=f"/organisations/{known.oin}",
        varies=BY_FORM,
        organisation=known,
        recognised=known.recognition_on(today),
        recognitions=sorted(known.recognitions, key=lambda one: one.valid_from, reverse=True),
        today=today,
    )


async def _find(session: AsyncSession, oin: str) -> Organisation:
    if len(oin) != LENGTH_OF_OIN:
        raise OrganisationUnknownError
    return await organisations.read_organisation(session, oin)
