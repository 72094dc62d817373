"""Which awards still stand on a lost key, and how far we are with signing them anew."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState
from services.issuer.domain.reissues import Reissue
from services.issuer.tables import award as awards
from services.issuer.tables import credential as credentials
from services.issuer.tables import key_reissue as reissues

_LASTING = (AwardState.GRANTED.value, AwardState.SUSPENDED.value)


async def add_reissue(session: AsyncSession, kid: str, *, organisation: str, now: datetime) -> None:
    """Remember that what a key signed is to be signed anew."""
    await session.execute(
        insert(reissues).values(
            kid=kid,
            organisation=organisation,
            last_number=0,
            reissued=0,
            left_alone=0,
            under_way=0,
            began_at=now,
        )
    )


async def find_reissue(session: AsyncSession, kid: str) -> Reissue | None:
    """Return how far we are with a key; None when there is nothing to sign anew."""
    row = (await session.execute(select(reissues).where(reissues.c.kid == kid))).one_or_none()
    return None if row is None else _reissue(row)


async def list_unfinished(session: AsyncSession) -> list[str]:
    """Return the keys of which something may still be to be signed anew."""
    query = select(reissues.c.kid).where(reissues.c.finished_at.is_(None))
    return list(await session.scalars(query.order_by(reissues.c.began_at)))


async def try_lock(session: AsyncSession, kid: str) -> bool:
    """Keep a key's awards to ourselves until the commit; False when somebody has them."""
    taken = await session.scalar(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended('key_reissue|' || :kid, 0))"),
        {"kid": kid},
    )
    return bool(taken)


async def list_signed(
    session: AsyncSession, reissue: Reissue, *, limit: int, now: datetime
) -> Sequence[tuple[int, UUID]]:
    """Return awards whose present credential stands on the lost key: their numbers and ids."""
    query = (
        select(awards.c.number, awards.c.award_id)
        .join(credentials, credentials.c.award_id == awards.c.award_id)
        .where(
            awards.c.organisation == reissue.organisation,
            awards.c.number > reissue.last_number,
            awards.c.state.in_(_LASTING),
            or_(awards.c.valid_until.is_(None), awards.c.valid_until > now),
            credentials.c.kid == reissue.kid,
            credentials.c.is_revoked.is_(False),
        )
        .order_by(awards.c.number)
        .limit(limit)
    )
    return [(row.number, row.award_id) for row in await session.execute(query)]


async def count_signed(session: AsyncSession, kid: str, *, organisation: str) -> int:
    """Return how many credentials that still count stand on a key."""
    query = (
        select(func.count())
        .select_from(awards)
        .join(credentials, credentials.c.award_id == awards.c.award_id)
        .where(
            awards.c.organisation == organisation,
            awards.c.state.in_(_LASTING),
            credentials.c.kid == kid,
            credentials.c.is_revoked.is_(False),
        )
    )
    return await session.scalar(query) or 0


async def keep_reissue(session: AsyncSession, reissue: Reissue) -> None:
    """Keep how far we are."""
    change = update(reissues).where(reissues.c.kid == reissue.kid)
    await session.execute(change.values(asdict(reissue)))


def _reissue(row: Row[tuple[object, ...]]) -> Reissue:
    return Reissue(
        kid=row.kid,
        organisation=row.organisation,
        last_number=row.last_number,
        reissued=row.reissued,
        left_alone=row.left_alone,
        under_way=row.under_way,
        began_at=row.began_at,
        finished_at=row.finished_at,
    )
