"""Ids and moments of publication only: a list of everything must not read everything."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.tables import microcredential

_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Address:
    """A microcredential to visit, and when its latest version was published."""

    microcredential_id: UUID
    published_at: datetime


async def list_addresses(session: AsyncSession, first_digit: str, *, limit: int) -> list[Address]:
    """Return latest versions that are open and whose id begins with this hexadecimal digit."""
    first, last = (UUID(first_digit.ljust(_DIGITS, end)) for end in "0f")
    published_at = microcredential.c.state["publishedAt"].astext
    query = (
        select(microcredential.c.microcredential_id, published_at.label("published_at"))
        .where(microcredential.c.is_latest, microcredential.c.is_open)
        .where(microcredential.c.microcredential_id.between(first, last))
        .order_by(microcredential.c.microcredential_id)
        .limit(limit)
    )
    return [
        Address(row.microcredential_id, datetime.fromisoformat(row.published_at))
        for row in await session.execute(query)
    ]
