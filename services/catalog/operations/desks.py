"""A provider's own desks: everything it works on and everything it published, in one list."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository import desks
from services.catalog.repository.desks import ListedDesk, WantedDesks
from shared.runtime.database import act_for

__all__ = ["ListedDesk", "WantedDesks"]


async def list_desks(
    session: AsyncSession,
    wanted: WantedDesks,
    *,
    provider: str,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[ListedDesk]:
    """Return a provider's own desks, the one that was touched last at the end."""
    await act_for(session, provider)
    return await desks.list_desks(session, provider, wanted, after=after, limit=limit)
