"""What the checker of status lists asks: all of a list at one moment, and the register's side.

Apart from `status_lists`, because these questions look at everything and change nothing.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState
from services.issuer.tables import award as awards
from services.issuer.tables import credential as credentials
from services.issuer.tables import organisation as organisations
from services.issuer.tables import signing_key as keys
from services.issuer.tables import status_list as lists

MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the credentials of one list say of themselves."""

    used_twice: frozenset[int]
    outside: int
    next_position: int


async def see_one_moment(session: AsyncSession) -> None:
    """Let every question of this transaction see the same moment; nothing can be changed in it."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


async def find_places(
    session: AsyncSession, list_id: int, *, organisation: str, size: int
) -> Places:
    """Return which places of a list are used more than once, or cannot be places of it."""
    own = credentials.c.list_id == list_id
    twice = select(credentials.c.status_index).where(own)
    twice = twice.group_by(credentials.c.status_index).having(func.count() > 1)
    strange = or_(
        credentials.c.status_index < 0,
        credentials.c.status_index >= size,
        credentials.c.organisation != organisation,
    )
    outside = select(func.count()).select_from(credentials).where(own, strange)
    last = text("SELECT coalesce(pg_sequence_last_value(CAST(:name AS regclass)), -1)").bindparams(
        name=f"status_position_{list_id:d}"
    )
    return Places(
        used_twice=frozenset(await session.scalars(twice)),
        outside=await session.scalar(outside) or 0,
        next_position=1 + (await session.scalar(last) or 0),
    )


async def count_homeless(session: AsyncSession) -> int:
    """Return how many credentials have a place in a list that does not exist."""
    there = select(lists.c.list_id).where(lists.c.list_id == credentials.c.list_id)
    query = select(func.count()).select_from(credentials).where(~there.exists())
    return await session.scalar(query) or 0


async def count_open(session: AsyncSession, *, at: str) -> dict[str, int]:
    """Return how many lists are open under an address, for every organisation that can sign."""
    query = (
        select(organisations.c.oin, func.count(lists.c.list_id).label("lists"))
        .outerjoin(
            lists,
            (lists.c.organisation == organisations.c.oin)
            & lists.c.is_open
            & lists.c.url.startswith(at, autoescape=True),
        )
        .where(select(keys.c.kid).where(keys.c.organisation == organisations.c.oin).exists())
        .group_by(organisations.c.oin)
    )
    return {row.oin: row.lists for row in await session.execute(query)}


async def list_unraised(session: AsyncSession, award_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Return which of these awards have a signed credential whose bit is not raised."""
    query = (
        select(credentials.c.award_id)
        .where(
            credentials.c.award_id.in_(award_ids),
            ~credentials.c.is_revoked,
            credentials.c.kid.is_not(None),
        )
        .distinct()
    )
    return (await session.scalars(query)).all()


async def walk_revoked(session: AsyncSession, *, before: datetime) -> AsyncIterator[Sequence[UUID]]:
    """Yield the awards revoked before a moment, some at a time, in the order they were made."""
    after = 0
    while True:
        query = (
            select(awards.c.number, awards.c.award_id)
            .where(
                awards.c.state == AwardState.REVOKED.value,
                awards.c.changed_at < before,
                awards.c.number > after,
            )
            .order_by(awards.c.number)
            .limit(MOST_AT_ONCE)
        )
        rows = (await session.execute(query)).all()
        if not rows:
            return
        yield [row.award_id for row in rows]
        after = rows[-1].number
