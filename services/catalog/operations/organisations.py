"""Organisations and their recognition, kept by the steward and read by everybody."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog import repository
from services.catalog.domain import decide_recording
from shared.contracts.events import OrganisationRecorded
from shared.contracts.policy import Organisation
from shared.runtime.outbox import announce


async def record_organisation(
    session: AsyncSession, wanted: Organisation, *, public_url: str, now: datetime
) -> tuple[Organisation, bool]:
    """Record an organisation as a whole; say whether it is new. The same again changes nothing."""
    await repository.lock(session, wanted.oin)
    known = await repository.find_organisation(session, wanted.oin)
    recorded = decide_recording(known, wanted, now=now)
    if recorded is not known:
        await repository.keep_organisation(session, recorded)
        event = OrganisationRecorded(
            record_version=recorded.record_version, organisation=recorded.organisation
        )
        where = f"{public_url}/v1/organisations/{wanted.oin}"
        await announce(session, event, now=now, dataref=where)
    return recorded.organisation, known is None


async def read_organisation(session: AsyncSession, oin: str) -> Organisation:
    """Return an organisation with its periods of recognition."""
    return await repository.get_organisation(session, oin)


async def list_organisations(
    session: AsyncSession, *, after: str | None, limit: int
) -> list[Organisation]:
    """Return organisations in the order of their OINs."""
    return await repository.list_organisations(session, after=after, limit=limit)
