"""The catalogue for people: what can be earned, one page per microcredential, framework texts.

The address of a version's page is the achievement id inside every credential, so it always answers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import PlainTextResponse

from services.catalog.domain import MicrocredentialUnknownError, dutch_day
from services.catalog.operations import microcredentials, organisations, policies
from services.catalog.operations.microcredentials import Wanted
from services.catalog.pages import words
from shared.contracts.microcredential import Microcredential
from shared.contracts.vocabulary import QualificationLevel, StudyLoadUnit
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.http import public_headers
from shared.runtime.pages import page, read_language

router = APIRouter()

LONGEST_LIST = 500
LONGEST_QUESTION = 100
LARGEST_VERSION = 2**31 - 1
HOURS_PER_CREDIT = 28


@router.get("/")
async def show_catalogue(
    request: Request, session: Session, now: Now, q: str = "", level: str = ""
) -> Response:
    """Show what can be earned now from a recognised provider, if asked by title and level."""
    asked = q.strip()[:LONGEST_QUESTION]
    known_level = level if level in set(QualificationLevel) else None
    listed = await microcredentials.list_microcredentials(
        session,
        Wanted(words=asked or None, level=known_level),
        after=None,
        limit=LONGEST_LIST,
    )
    published = [one.microcredential for one in listed]
    providers = await microcredentials.name_providers(session, published)
    today, language = dutch_day(now), read_language(request)
    found = [one for one in published if providers[one.provider].recognition_on(today)]
    return page(
        request,
        "catalogue.html",
        found=sorted(found, key=lambda one: one.content.title.best(language).casefold()),
        providers=providers,
        asked=asked,
        asked_level=known_level,
        words=words,
        hours=_hours(found),
    )


@router.get("/microcredentials/{microcredential_id}")
async def show_latest(
    request: Request, microcredential_id: str, session: Session, now: Now
) -> Response:
    """Show the latest version of a microcredential."""
    return await _show(request, session, microcredential_id, version=None, now=now)


@router.get("/microcredentials/{microcredential_id}/versions/{version}")
async def show_version(
    request: Request, microcredential_id: str, version: str, session: Session, now: Now
) -> Response:
    """Show one version of a microcredential; to a machine that asks for JSON, as JSON."""
    return await _show(request, session, microcredential_id, version=version, now=now)


async def _show(
    request: Request,
    session: Session,
    microcredential_id: str,
    *,
    version: str | None,
    now: datetime,
) -> Response:
    try:
        shown, latest = await _find(session, microcredential_id, version)
    except MicrocredentialUnknownError:
        if _wants_json(request):
            raise
        return page(request, "unknown.html", status_code=404)
    if _wants_json(request):
        return Response(
            shown.model_dump_json(exclude_none=True),
            headers=public_headers(max_age=60) | {"Vary": "Accept"},
            media_type="application/json",
        )
    provider = await organisations.read_organisation(session, shown.provider)
    return page(
        request,
        "microcredential.html",
        one=shown,
        latest=latest,
        provider=provider,
        recognised=provider.recognition_on(dutch_day(now)) is not None,
        policy=await policies.read_policy(session, shown.policy.policy_id, shown.policy.version),
        words=words,
        hours=_hours([shown])[shown.microcredential_id],
    )


async def _find(
    session: Session, microcredential_id: str, version: str | None
) -> tuple[Microcredential, Microcredential]:
    """Return the wanted version and the latest; an address that cannot be one leads to none."""
    try:
        known_id = UUID(microcredential_id)
        number = None if version is None else int(version)
    except ValueError:
        raise MicrocredentialUnknownError from None
    latest = await microcredentials.read_latest(session, known_id)
    if number is None or number == latest.version:
        return latest, latest
    if not 0 < number < latest.version:
        raise MicrocredentialUnknownError
    return await microcredentials.read_version(session, known_id, number), latest


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _hours(found: Sequence[Microcredential]) -> dict[UUID, int | None]:
    """Say how many hours of work each takes, where it is counted in credits."""
    return {
        one.microcredential_id: int(one.content.study_load.value * HOURS_PER_CREDIT)
        if one.content.study_load and one.content.study_load.unit is StudyLoadUnit.ECTS
        else None
        for one in found
    }


@router.get("/frameworks/{policy_id}/{version}")
async def show_framework(
    policy_id: str, version: Annotated[int, Path(ge=1, le=LARGEST_VERSION)], session: Session
) -> Response:
    """Give a framework document byte for byte, so that anybody can check its digest."""
    document = await policies.read_framework(session, policy_id, version)
    return PlainTextResponse(document, headers=public_headers(max_age=24 * 3600))
