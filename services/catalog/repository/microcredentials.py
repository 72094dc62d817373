"""Published versions of microcredentials, which everybody may read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import MicrocredentialUnknownError
from services.catalog.repository.records import state_of
from services.catalog.tables import microcredential
from shared.contracts.microcredential import Microcredential


@dataclass(frozen=True, slots=True)
class Listed:
    """A microcredential in a list, with the moment the list is ordered by."""

    microcredential: Microcredential
    first_published_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which microcredentials a reader looks for."""

    words: str | None = None
    provider: str | None = None
    level: str | None = None


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


async def list_microcredentials(
    session: AsyncSession, wanted: Wanted, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Listed]:
    """Return latest versions that are open, first published first: new ones come at the end."""
    order = (microcredential.c.first_published_at, microcredential.c.microcredential_id)
    query = (
        select(microcredential.c.state, microcredential.c.first_published_at)
        .where(microcredential.c.is_latest, microcredential.c.is_open)
        .order_by(*order)
        .limit(limit)
    )
    if wanted.words is not None:
        title = microcredential.c.state["content"]["title"]
        query = query.where(
            or_(
                title["nl"].astext.icontains(wanted.words, autoescape=True),
                title["en"].astext.icontains(wanted.words, autoescape=True),
            )
        )
    if wanted.provider is not None:
        query = query.where(microcredential.c.provider == wanted.provider)
    if wanted.level is not None:
        query = query.where(microcredential.c.level == wanted.level)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [
        Listed(Microcredential.model_validate(row.state), row.first_published_at)
        for row in await session.execute(query)
    ]
