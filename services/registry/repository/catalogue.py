"""The register's questions about organisations, out of its copy of the catalogue."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.tables.catalogue import organisation
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText, Sector


async def keep_organisation(session: AsyncSession, told: Organisation) -> None:
    """Remember of an organisation what a registration does not say: its sector and its name."""
    news = insert(organisation).values(
        oin=told.oin, sector=told.sector.value, name_nl=told.name.nl, name_en=told.name.en
    )
    changed = {key: news.excluded[key] for key in ("sector", "name_nl", "name_en")}
    await session.execute(news.on_conflict_do_update(index_elements=["oin"], set_=changed))


async def list_sectors(session: AsyncSession) -> dict[str, Sector]:
    """Return the sector of every organisation we heard of, by its OIN."""
    rows = await session.execute(select(organisation.c.oin, organisation.c.sector))
    return {oin: Sector(sector) for oin, sector in rows}


async def list_names(session: AsyncSession) -> dict[str, LocalText]:
    """Return the name of every organisation we heard of, by its OIN."""
    rows = await session.execute(
        select(organisation.c.oin, organisation.c.name_nl, organisation.c.name_en)
    )
    return {oin: LocalText(nl=nl, en=en) for oin, nl, en in rows}
