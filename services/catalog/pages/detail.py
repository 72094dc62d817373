"""One microcredential for people: what it is, when it runs, and why one can rely on it.

The address of a version's page is the achievement id inside every credential, so it always answers.
"""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import MicrocredentialUnknownError, dutch_day
from services.catalog.operations import (
    microcredentials,
    offerings,
    organisations,
    policies,
    readiness,
    statements,
)
from services.catalog.operations.offerings import WantedOfferings
from services.catalog.operations.statements import WantedStatements
from services.catalog.pages.frame import BY_FORM, public_url, show, show_unknown, wants_json
from services.catalog.pages.markdown import read_document
from services.catalog.pages.runs import Runs, arrange
from services.catalog.pages.structured import describe_course
from shared.contracts.microcredential import Microcredential
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.http import public_headers
from shared.runtime.pages import read_language

router = APIRouter()

MOST_OFFERINGS = 200
MOST_STATEMENTS = 50


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
    """Show one version of a microcredential; to a program that asks for JSON, as JSON."""
    return await _show(request, session, microcredential_id, version=version, now=now)


async def _show(
    request: Request,
    session: AsyncSession,
    microcredential_id: str,
    *,
    version: str | None,
    now: datetime,
) -> Response:
    try:
        shown, latest = await find_version(session, microcredential_id, version)
    except MicrocredentialUnknownError:
        return show_unknown(request)
    if wants_json(request):
        return Response(
            shown.model_dump_json(exclude_none=True),
            headers=public_headers(max_age=60) | {"Vary": BY_FORM},
            media_type="application/json",
        )
    return await _show_page(request, session, shown, latest, now=now)


async def _show_page(
    request: Request,
    session: AsyncSession,
    one: Microcredential,
    latest: Microcredential,
    *,
    now: datetime,
) -> Response:
    today = dutch_day(now)
    provider = await organisations.read_organisation(session, one.provider)
    behalf = one.on_behalf_of
    runs = await read_runs(session, one.microcredential_id, today=today)
    document = await policies.read_framework(session, one.policy.policy_id, one.policy.version)
    said = await statements.list_statements(
        session,
        WantedStatements(one.microcredential_id, version=one.version),
        reader=None,
        after=None,
        limit=MOST_STATEMENTS,
    )
    measured = await readiness.read_readiness(
        session, one.microcredential_id, version=one.version, reader=None, now=now
    )
    base = public_url(request)
    path = f"/microcredentials/{one.microcredential_id}"
    return show(
        request,
        "microcredential.html",
        path=path if one.version == latest.version else f"{path}/versions/{one.version}",
        varies=BY_FORM,
        one=one,
        latest=latest,
        provider=provider,
        behalf=await organisations.read_organisation(session, behalf) if behalf else None,
        recognised=provider.recognition_on(today) is not None,
        runs=runs,
        statements=said,
        readings=measured.meter.readings,
        parts=read_document(document, one.policy.framework.name),
        course=describe_course(
            one, provider, runs, language=read_language(request).value, public_url=base
        ),
        today=today,
    )


async def find_version(
    session: AsyncSession, microcredential_id: str, version: str | None = None
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


async def read_runs(session: AsyncSession, microcredential_id: UUID, *, today: date) -> Runs:
    """Return the offerings of a microcredential, as they are today."""
    wanted = WantedOfferings(microcredential_id=microcredential_id, day=today)
    found = await offerings.list_offerings(session, wanted, limit=MOST_OFFERINGS)
    return arrange(found, today=today)
