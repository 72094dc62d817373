"""Desks: what a provider works on, seen by its own organisation only."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain import Desk, MicrocredentialUnknownError
from services.catalog.repository.records import state_of
from services.catalog.tables import desk
from shared.contracts.microcredential import Description


async def find_desk(
    session: AsyncSession, microcredential_id: UUID, *, for_update: bool = False
) -> Desk | None:
    """Return the acting organisation's own desk, or None."""
    query = select(desk).where(desk.c.microcredential_id == microcredential_id)
    if for_update:
        query = query.with_for_update()
    row = (await session.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    draft = row["draft"]
    return Desk(**{**row, "draft": Description.model_validate(draft) if draft else None})


async def lock_desk(session: AsyncSession, microcredential_id: UUID) -> Desk:
    """Return the acting organisation's own desk; nobody else changes it before our commit."""
    found = await find_desk(session, microcredential_id, for_update=True)
    if found is None:
        raise MicrocredentialUnknownError
    return found


async def keep_desk(session: AsyncSession, kept: Desk) -> None:
    """Keep a desk as it is now."""
    news = insert(desk).values(
        {**asdict(kept), "draft": state_of(kept.draft) if kept.draft else None}
    )
    await session.execute(
        news.on_conflict_do_update(
            index_elements=[desk.c.microcredential_id],
            set_={
                name: news.excluded[name]
                for name in ("draft", "versions", "changed_at", "first_published_at")
            },
        )
    )
