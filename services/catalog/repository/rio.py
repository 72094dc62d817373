"""The list of changes for RIO, in an order that no reader ever sees a gap in.

A row is written by the transaction that changes something, without a place in the list: a number
drawn there would become visible in another order than it was drawn, and a reader would step over
what commits late (measured elsewhere: 301 of 4,000 lost). Readers give the numbers, one at a time,
to what is committed. Two changes of which one knew of the other keep their order, since the later
drew its arrival after the earlier committed; so an organisation's changes stay in order.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository.records import lock
from services.catalog.tables import microcredential, organisation
from services.catalog.tables.rio import rio_change
from shared.contracts.microcredential import Microcredential

MOST_AT_ONCE: Final = 5_000
_NUMBER: Final = text("""
    WITH pending AS (
        SELECT arrival, row_number() OVER (ORDER BY arrival) AS place
        FROM rio_change WHERE change IS NULL ORDER BY arrival LIMIT :most
    )
    UPDATE rio_change SET change = :head + pending.place
    FROM pending WHERE rio_change.arrival = pending.arrival
    """)
# Only the last state of an object is worth reading; it remembers where the object came in.
_DROP_EARLIER: Final = text("""
    WITH ranked AS (
        SELECT arrival, change, max(change) OVER object AS newest,
               min(coalesce(added_change, change)) OVER object AS added
        FROM rio_change
        WHERE change IS NOT NULL AND (microcredential_id, main_object) IN (
            SELECT microcredential_id, main_object FROM rio_change WHERE change > :head
        )
        WINDOW object AS (PARTITION BY microcredential_id, main_object)
    ), gone AS (
        DELETE FROM rio_change USING ranked
        WHERE rio_change.arrival = ranked.arrival AND ranked.change < ranked.newest
    )
    UPDATE rio_change SET added_change = ranked.added FROM ranked
    WHERE rio_change.arrival = ranked.arrival AND ranked.change = ranked.newest
    """)


@dataclass(frozen=True, slots=True)
class ChangedObject:
    """That the state of a main object changed, and its place in the list."""

    change: int
    added_change: int
    microcredential_id: UUID
    main_object: str
    provider: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """The last place given, and how many changes still wait for one."""

    change: int
    waiting: int


async def number_changes(session: AsyncSession) -> Head:
    """Give every committed change its place, one reader at a time; return where the list ends."""
    if not await _count_waiting(session):
        return Head(await _last_change(session), 0)
    await lock(session, "rio-changes")
    head = await _last_change(session)
    await session.execute(_NUMBER, {"head": head, "most": MOST_AT_ONCE})
    await session.execute(_DROP_EARLIER, {"head": head})
    return Head(await _last_change(session), await _count_waiting(session))


async def _last_change(session: AsyncSession) -> int:
    return int(await session.scalar(select(func.max(rio_change.c.change))) or 0)


async def _count_waiting(session: AsyncSession) -> int:
    query = select(func.count()).select_from(rio_change).where(rio_change.c.change.is_(None))
    return int(await session.scalar(query) or 0)


async def list_changes(
    session: AsyncSession, *, after: int, upto: int, providers: Collection[str] | None, limit: int
) -> list[ChangedObject]:
    """Return the objects that changed after a place, in order; of these providers, or of all."""
    query = (
        select(
            rio_change.c.change,
            rio_change.c.added_change,
            rio_change.c.microcredential_id,
            rio_change.c.main_object,
            rio_change.c.provider,
            rio_change.c.recorded_at,
        )
        .where(rio_change.c.change > after, rio_change.c.change <= upto)
        .order_by(rio_change.c.change)
        .limit(limit)
    )
    if providers is not None:
        query = query.where(rio_change.c.provider.in_(providers))
    return [ChangedObject(*row) for row in await session.execute(query)]


async def count_changes(
    session: AsyncSession, *, after: int, upto: int, providers: Collection[str] | None
) -> int:
    """Return how many objects changed after a place."""
    query = (
        select(func.count())
        .select_from(rio_change)
        .where(rio_change.c.change > after, rio_change.c.change <= upto)
    )
    if providers is not None:
        query = query.where(rio_change.c.provider.in_(providers))
    return int(await session.scalar(query) or 0)


async def providers_with_code(session: AsyncSession, offerer_code: str) -> list[str]:
    """Return the organisations that offer under this onderwijsaanbiedercode."""
    code = organisation.c.state["educationOffererCode"].astext
    found = await session.scalars(select(organisation.c.oin).where(code == offerer_code))
    return list(found)


async def versions_of(
    session: AsyncSession, microcredential_ids: Sequence[UUID]
) -> dict[UUID, list[Microcredential]]:
    """Return every published version of many microcredentials with one query, oldest first."""
    query = (
        select(microcredential.c.state)
        .where(microcredential.c.microcredential_id.in_(microcredential_ids))
        .order_by(microcredential.c.microcredential_id, microcredential.c.version)
    )
    found: dict[UUID, list[Microcredential]] = defaultdict(list)
    for state in await session.scalars(query):
        one = Microcredential.model_validate(state)
        found[one.microcredential_id].append(one)
    return found
