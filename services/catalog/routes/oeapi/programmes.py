"""Programmes of OEAPI v6: what can be earned, and what non-formal education teaches for it."""

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.catalog.oeapi import Entry, Expand, write_private_delivery, write_programme
from services.catalog.operations import oeapi
from services.catalog.operations.oeapi import DELIVERY, SPECIFICATION, WantedEntries
from services.catalog.routes.oeapi.asked import (
    AskedProgrammes,
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
        Expand.PARENT,
        Expand.CHILDREN,
        Expand.COORDINATORS,
        Expand.INSTRUCTORS,
        Expand.ORGANISATION,
        Expand.LEARNING_OUTCOMES,
    }
)


@router.get("/programmes")
async def list_programmes(
    asked: V6,
    paged: WantedPage,
    session: Session,
    sought: AskedProgrammes,
    primary_code: Code = None,
) -> Response:
    """Return what can be earned, and with non-formal education what is taught for it."""
    wanted = replace(sought.wanted, primary_code=primary_code)
    return await _programmes(asked, paged, session, wanted, sought.roles)


@router.get("/organisations/{organisation}/programmes")
async def list_programmes_of_organisation(
    organisation: UUID,
    asked: V6,
    paged: WantedPage,
    session: Session,
    sought: AskedProgrammes,
) -> Response:
    """Return the programmes of an organisation."""
    provider = (await oeapi.read_organisation(session, organisation)).oin
    wanted = replace(sought.wanted, provider=provider)
    return await _programmes(asked, paged, session, wanted, sought.roles)


@router.get("/programmes/{programme}/programmes")
async def list_parts_of_programme(
    programme: UUID,
    asked: V6,
    paged: WantedPage,
    session: Session,
    sought: AskedProgrammes,
) -> Response:
    """Return what is taught for a specification of non-formal education."""
    entry, role = await oeapi.read_programme(session, programme)
    roles = [one for one in sought.roles if one == DELIVERY and role == SPECIFICATION]
    wanted = replace(sought.wanted, microcredential_id=entry.specification)
    return await _programmes(asked, paged, session, wanted, roles)


async def _programmes(
    asked: Asked,
    paged: Paged,
    session: Session,
    wanted: WantedEntries,
    roles: Collection[int],
) -> Response:
    wanted = replace(wanted, audience=asked.audience, alliance=asked.alliance)
    found, total = await oeapi.list_programmes(session, wanted, [*roles], paged.slice)
    items = [_programme(entry, role, asked) for entry, role in found]
    return asked.many(paged, items, total, "programmes")


def _programme(
    entry: Entry, role: int, asked: Asked, expand: Collection[Expand] = ()
) -> JsonObject:
    write = write_programme if role == SPECIFICATION else write_private_delivery
    return write(entry, audience=asked.shown_to, expand=expand)


@router.get("/programmes/{programme}")
async def read_programme(
    programme: UUID,
    asked: V6,
    session: Session,
    expand: Annotated[frozenset[Expand], Depends(read_expand(PARTS))],
    *,
    with_overrides: Annotated[bool, Query(alias="returnTimelineOverrides")] = False,
) -> Response:
    """Return one programme; if asked, with what it was in earlier versions."""
    entry, role = await oeapi.read_programme(session, programme)
    members = _programme(entry, role, asked, expand)
    if with_overrides:
        earlier = await oeapi.list_earlier_versions(session, entry)
        members["timelineOverrides"] = timeline_overrides(
            entry, earlier, "programme", lambda version: _programme(version, role, asked)
        )
    return asked.one(members, "programmes")
