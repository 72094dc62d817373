"""The register's questions about organisations, out of its copy of the catalogue."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.tables.catalogue import organisation
from shared.contracts.policy import Organisation


async def keep_organisation(session: AsyncSession, told: Organisation) -> None:
    """Remember of an organisation what a registration does not say: its sector and its name."""
    news = insert(organisation).values(
        oin=told.oin, sector=told.sector.value, name_nl=told.name.nl, name_en=told.name.en
    )
    changed = {key: news.excluded[key] for key in ("sector", "name_nl", "name_en")}
    await session.execute(news.on_conflict_do_update(index_elements=["oin"], set_=changed))
