"""Organisations and their recognition, kept by the steward and read by everybody."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import (
    OrganisationUnknownError,
    OrganisationVersionUnknownError,
    RecordedOrganisation,
    check_codes,
    decide_recording,
)
from services.catalog.operations.listing import list_again
from services.catalog.repository import organisations as repository
from services.catalog.repository.organisations import WantedOrganisations
from services.catalog.repository.records import lock
from shared.contracts.events import OrganisationRecorded
from shared.contracts.policy import Organisation
from shared.runtime.outbox import announce
from shared.runtime.preconditions import ANY_STATE, Condition, tag_of_revision

__all__ = [
    "WantedOrganisations",
    "list_organisations",
    "list_versions",
    "read_organisation",
    "read_recorded",
    "read_version",
    "record_organisation",
]

CODES = "recognition-codes"


async def record_organisation(
    session: AsyncSession,
    wanted: Organisation,
    *,
    public_url: str,
    now: datetime,
    reason: str | None = None,
    condition: Condition = ANY_STATE,
) -> tuple[RecordedOrganisation, bool]:
    """Record an organisation as a whole; say whether it is new. The same again changes nothing."""
    if any(one.code for one in wanted.recognitions):
        await lock(session, CODES)
    await lock(session, wanted.oin)
    known = await repository.find_organisation(session, wanted.oin)
    condition.require(tag_of_revision(known.record_version) if known else "")
    recorded = decide_recording(known, wanted, now=now, reason=reason)
    if recorded is not known:
        check_codes(wanted, await repository.list_with_codes(session, wanted.recognitions))
        await repository.keep_organisation(session, recorded)
        event = OrganisationRecorded(
            record_version=recorded.record_version, organisation=recorded.organisation
        )
        where = f"{public_url}/v1/organisations/{wanted.oin}"
        await announce(session, event, now=now, dataref=where)
        await list_again(session, provider=wanted.oin, now=now)
    return recorded, known is None


async def read_organisation(session: AsyncSession, oin: str) -> Organisation:
    """Return an organisation with its periods of recognition."""
    return await repository.get_organisation(session, oin)


async def read_recorded(
    session: AsyncSession, oin: str, *, as_of: datetime | None = None
) -> RecordedOrganisation:
    """Return what the register says of an organisation, or said at a moment."""
    known = await repository.find_organisation(session, oin)
    if known is None:
        raise OrganisationUnknownError
    if as_of is None or known.recorded_at <= as_of:
        return known
    found = await repository.find_version_as_of(session, oin, as_of)
    if found is None:
        raise OrganisationVersionUnknownError
    return found


async def list_organisations(
    session: AsyncSession,
    *,
    after: str | None,
    limit: int,
    wanted: WantedOrganisations | None = None,
) -> list[Organisation]:
    """Return organisations in the order of their OINs."""
    return await repository.list_organisations(session, after=after, limit=limit, wanted=wanted)


async def list_versions(
    session: AsyncSession, oin: str, *, after: int, limit: int
) -> list[RecordedOrganisation]:
    """Return every state of an organisation that was recorded, first one first."""
    found = await repository.list_versions(session, oin, after=after, limit=limit)
    if not found and await repository.find_organisation(session, oin) is None:
        raise OrganisationUnknownError
    return found


async def read_version(
    session: AsyncSession, oin: str, version: int
) -> tuple[RecordedOrganisation, datetime | None]:
    """Return one state, which never changes, and when the next one took its place."""
    found = await list_versions(session, oin, after=version - 1, limit=2)
    if not found or found[0].record_version != version:
        raise OrganisationVersionUnknownError
    return found[0], found[1].recorded_at if len(found) > 1 else None
