"""Organisations, as the database remembers them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import OrganisationUnknownError, RecordedOrganisation
from services.catalog.repository.records import state_of
from services.catalog.tables import organisation
from shared.contracts.policy import Organisation


async def find_organisation(session: AsyncSession, oin: str) -> RecordedOrganisation | None:
    """Return what is recorded of an organisation, or None."""
    found = await session.execute(select(organisation).where(organisation.c.oin == oin))
    row = found.one_or_none()
    if row is None:
        return None
    return RecordedOrganisation(Organisation.model_validate(row.state), row.record_version)


async def get_organisation(session: AsyncSession, oin: str) -> Organisation:
    """Return an organisation."""
    found = await find_organisation(session, oin)
    if found is None:
        raise OrganisationUnknownError
    return found.organisation


async def list_organisations(
    session: AsyncSession, *, after: str | None, limit: int
) -> list[Organisation]:
    """Return organisations in the order of their OINs."""
    query = select(organisation.c.state).order_by(organisation.c.oin).limit(limit)
    if after is not None:
        query = query.where(organisation.c.oin > after)
    return [Organisation.model_validate(state) for state in await session.scalars(query)]


async def name_providers(session: AsyncSession, oins: Sequence[str]) -> dict[str, Organisation]:
    """Return these organisations by their OIN."""
    query = select(organisation.c.state).where(organisation.c.oin.in_(oins))
    found = [Organisation.model_validate(state) for state in await session.scalars(query)]
    return {one.oin: one for one in found}


async def keep_organisation(session: AsyncSession, recorded: RecordedOrganisation) -> None:
    """Keep the newest state of an organisation."""
    news = insert(organisation).values(
        oin=recorded.organisation.oin,
        record_version=recorded.record_version,
        state=state_of(recorded.organisation),
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[organisation.c.oin],
            set_={"record_version": news.excluded.record_version, "state": news.excluded.state},
        )
    )
