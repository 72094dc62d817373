"""The register's page for people: one box for an id, one answer about the award behind it."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registrations import RegistrationErasedError, RegistrationUnknownError
from services.registry.operations import registrations, witnesses
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import REASON_TEXTS, RegistrationStatus
from shared.runtime.database import Session
from shared.runtime.pages import page

router = APIRouter()

LONGEST_QUESTION = 500
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_LOOKS = {
    RegistrationStatus.ACTIVE: "good",
    RegistrationStatus.SUSPENDED: "doubt",
    RegistrationStatus.EXPIRED: "doubt",
}


@router.get("/")
async def show_registration(
    request: Request,
    session: Session,
    question: Annotated[str, Query(alias="id", max_length=LONGEST_QUESTION)] = "",
) -> Response:
    """Show the box, and what the register says when an id stands in it."""
    asked = bool(question.strip())
    registration, erased = await _find_registration(session, question) if asked else (None, False)
    unknown = asked and registration is None
    state = request.app.state
    log = await witnesses.read_view(state.database, state.settings)
    behind = [one.is_behind(log.size, now=state.clock()) for one in log.witnesses]
    return page(
        request,
        "register.html",
        status_code=status.HTTP_404_NOT_FOUND if unknown else status.HTTP_200_OK,
        asked=asked,
        registration=registration,
        erased=erased,
        reasons=REASON_TEXTS,
        look=_LOOKS.get(registration.status, "bad") if registration else "doubt",
        log=log,
        watching=behind.count(False),
    )


async def _find_registration(
    session: AsyncSession, question: str
) -> tuple[Registration | None, bool]:
    """Find the id in what somebody pasted, in whatever form; and whether it was erased."""
    found = _UUID.search(question)
    if found is None:
        return None, False
    try:
        return await registrations.read_registration(session, UUID(found[0])), False
    except RegistrationUnknownError:
        return None, False
    except RegistrationErasedError:
        return None, True
