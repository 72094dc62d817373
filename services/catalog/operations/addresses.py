"""Where the pages of microcredentials are, for who wants to visit them all."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository import addresses
from services.catalog.repository.addresses import Address

__all__ = ["Address"]


async def list_addresses(session: AsyncSession, first_digit: str, *, limit: int) -> list[Address]:
    """Return the microcredentials that can be earned and whose id begins with this digit."""
    return await addresses.list_addresses(session, first_digit, limit=limit)
