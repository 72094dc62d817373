"""Mandates, as the database remembers them: the present one of each pair, and those before it."""

from dataclasses import fields
from typing import Final

from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain.mandates import Mandate
from services.catalog.repository.records import lock
from services.catalog.tables import mandate

_COLUMNS: Final = tuple(field.name for field in fields(Mandate))


async def lock_mandate(session: AsyncSession, mandator: str, agent: str) -> Mandate | None:
    """Return the present mandate of a pair; nobody else changes it before our commit."""
    await lock(session, f"mandate {mandator} {agent}")
    return await find_mandate(session, mandator, agent)


async def find_mandate(session: AsyncSession, mandator: str, agent: str) -> Mandate | None:
    """Return the present mandate of a pair, or None."""
    query = select(mandate).where(
        mandate.c.mandator == mandator, mandate.c.agent == agent, mandate.c.ended_at.is_(None)
    )
    row = (await session.execute(query)).mappings().one_or_none()
    return None if row is None else _mandate_in(row)


def _mandate_in(row: RowMapping) -> Mandate:
    return Mandate(**{name: row[name] for name in _COLUMNS})


async def add_mandate(session: AsyncSession, given: Mandate) -> None:
    """Add a mandate; the one before it must have ended."""
    values = {name: getattr(given, name) for name in _COLUMNS if name != "number"}
    await session.execute(insert(mandate).values(values))


async def keep_ended(session: AsyncSession, ended: Mandate) -> None:
    """Keep that a mandate has ended."""
    await session.execute(
        update(mandate).where(mandate.c.number == ended.number).values(ended_at=ended.ended_at)
    )


async def list_mandates(
    session: AsyncSession, mandator: str, *, after: int, limit: int
) -> list[Mandate]:
    """Return every mandate an organisation gave, ended ones as well, in the order of giving."""
    query = (
        select(mandate)
        .where(mandate.c.mandator == mandator, mandate.c.number > after)
        .order_by(mandate.c.number)
        .limit(limit)
    )
    return [_mandate_in(row) for row in (await session.execute(query)).mappings()]
