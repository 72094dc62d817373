"""Our copies of what the catalogue says: organisations and their microcredentials."""

from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.tables import microcredential as microcredentials
from services.issuer.tables import organisation as organisations
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.runtime.database import Straight


async def keep_organisation(session: AsyncSession, organisation: Organisation) -> None:
    """Remember an organisation as it is now."""
    record = organisation.model_dump_json(exclude_none=True)
    news = insert(organisations).values(oin=organisation.oin, record=record)
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[organisations.c.oin], set_={"record": news.excluded.record}
        )
    )


async def keep_microcredential(session: AsyncSession, microcredential: Microcredential) -> None:
    """Remember a version of a microcredential as it is now: published, or archived."""
    news = insert(microcredentials).values(
        microcredential_id=microcredential.microcredential_id,
        version=microcredential.version,
        provider=microcredential.provider,
        record=microcredential.model_dump_json(exclude_none=True),
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[microcredentials.c.microcredential_id, microcredentials.c.version],
            set_={"record": news.excluded.record},
        )
    )


async def list_organisations(session: AsyncSession) -> list[str]:
    """Return the OINs of all organisations we know."""
    found = await session.scalars(select(organisations.c.oin).order_by(organisations.c.oin))
    return list(found)


async def find_organisation(straight: Straight, oin: str) -> Organisation | None:
    """Return our copy of an organisation, or None."""
    row = await straight.ask("SELECT record FROM organisation WHERE oin = $1", oin)
    return None if row is None else read_organisation(row["record"])


@lru_cache(maxsize=2048)
def read_organisation(record: str) -> Organisation:
    """Read our copy of an organisation; the same text is read once."""
    return Organisation.model_validate_json(record)


@lru_cache(maxsize=4096)
def read_microcredential(record: str) -> Microcredential:
    """Read our copy of a microcredential; the same text is read once."""
    return Microcredential.model_validate_json(record)
