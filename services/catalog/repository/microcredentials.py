"""Published versions of microcredentials, which everybody may read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import MicrocredentialUnknownError
from services.catalog.repository.records import state_of
from services.catalog.tables import microcredential
from shared.contracts.microcredential import Microcredential


async def add_version(
    session: AsyncSession, added: Microcredential, *, first_published_at: datetime
) -> None:
    """Add a published version; from now on it is the latest."""
    level = added.content.level
    if added.version > 1:
        await session.execute(
            update(microcredential)
            .where(microcredential.c.microcredential_id == added.microcredential_id)
            .where(microcredential.c.is_latest)
            .values(is_latest=False)
        )
    await session.execute(
        insert(microcredential).values(
            microcredential_id=added.microcredential_id,
            version=added.version,
            provider=added.provider,
            level=level.value if level else "",
            is_latest=True,
            is_open=True,
            record_version=1,
            first_published_at=first_published_at,
            state=state_of(added),
        )
    )


async def keep_archived(session: AsyncSession, archived: Microcredential) -> int:
    """Keep that a version is archived; return the number of this record about it."""
    changed: int | None = await session.scalar(
        update(microcredential)
        .where(microcredential.c.microcredential_id == archived.microcredential_id)
        .where(microcredential.c.version == archived.version)
        .values(
            is_open=False,
            record_version=microcredential.c.record_version + 1,
            state=state_of(archived),
        )
        .returning(microcredential.c.record_version)
    )
    if changed is None:
        raise MicrocredentialUnknownError
    return changed


async def list_versions(session: AsyncSession, microcredential_id: UUID) -> list[Microcredential]:
    """Return every published version of a microcredential, oldest first."""
    query = (
        select(microcredential.c.state)
        .where(microcredential.c.microcredential_id == microcredential_id)
        .order_by(microcredential.c.version)
    )
    return [Microcredential.model_validate(state) for state in await session.scalars(query)]


async def find_version(
    session: AsyncSession, microcredential_id: UUID, version: int | None = None
) -> Microcredential | None:
    """Return a published version, or the latest, or None."""
    query = select(microcredential.c.state).where(
        microcredential.c.microcredential_id == microcredential_id,
        microcredential.c.is_latest if version is None else microcredential.c.version == version,
    )
    state = await session.scalar(query)
    return None if state is None else Microcredential.model_validate(state)
