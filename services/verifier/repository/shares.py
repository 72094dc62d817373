"""The questions about shares: sealed credentials, found by a hash, ended by somebody or in time.

Apart from the copies, because these are not what others announced. What has ended keeps only that
it was there.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.verifier.tables import RegistrationRow, ShareRow

_ENDED = {"sealed": None, "sealed_link": None, "withdrawal": None, "registration_id": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShare:
    """A share to keep, with nothing in it that we could read."""

    share_id: bytes
    sealed: bytes = field(repr=False)
    withdrawal: bytes = field(repr=False)
    registration_id: UUID
    ends_at: datetime
    code_place: bytes | None = None
    sealed_link: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KeptShare:
    """What is kept of a share; an envelope that is absent has ended."""

    share_id: bytes
    envelope: bytes | None = field(repr=False)


class Kept(Enum):
    """What came of keeping a share."""

    YES = auto()
    CODE_TAKEN = auto()
    MANY = auto()
    ERASED = auto()


async def add_share(session: AsyncSession, new: NewShare, *, most: int, now: datetime) -> Kept:
    """Keep a share of an award that is not erased, unless there are so many of it already.

    The award's row is held meanwhile: an erasure that is heard at this moment waits, and then
    finds the share; a second share of the same award waits, and then counts the first.
    """
    held = await session.scalar(
        select(RegistrationRow.registration_id)
        .where(
            RegistrationRow.registration_id == new.registration_id,
            RegistrationRow.is_erased.is_(False),
        )
        .with_for_update(key_share=True)
    )
    if held is None:
        return Kept.ERASED
    count = await session.scalar(
        select(func.count()).where(
            ShareRow.registration_id == new.registration_id, ShareRow.ends_at > now
        )
    )
    if (count or 0) >= most:
        return Kept.MANY
    added = await session.scalar(
        insert(ShareRow)
        .values(
            share_id=new.share_id,
            code_place=new.code_place,
            sealed=new.sealed,
            sealed_link=new.sealed_link,
            withdrawal=new.withdrawal,
            registration_id=new.registration_id,
            ends_at=new.ends_at,
        )
        .on_conflict_do_nothing()
        .returning(ShareRow.share_id)
    )
    return Kept.YES if added is not None else Kept.CODE_TAKEN


async def find_share(session: AsyncSession, share_id: bytes, *, now: datetime) -> KeptShare | None:
    """Return the sealed credential of a share, or that it has ended."""
    row = (
        await session.execute(
            select(ShareRow.sealed, ShareRow.ends_at).where(ShareRow.share_id == share_id)
        )
    ).one_or_none()
    return None if row is None else KeptShare(share_id, row.sealed if row.ends_at > now else None)


async def find_link(session: AsyncSession, place: bytes, *, now: datetime) -> KeptShare | None:
    """Return the sealed link behind a short code, or that it has ended."""
    row = (
        await session.execute(
            select(ShareRow.share_id, ShareRow.sealed_link, ShareRow.ends_at).where(
                ShareRow.code_place == place
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return KeptShare(row.share_id, row.sealed_link if row.ends_at > now else None)


async def withdraw_share(
    session: AsyncSession, share_id: bytes, withdrawal: bytes, *, now: datetime
) -> bool:
    """End a share for who has its secret; say whether it was there to end."""
    ended = (
        update(ShareRow)
        .where(
            ShareRow.share_id == share_id,
            ShareRow.withdrawal == withdrawal,
            ShareRow.ends_at > now,
        )
        .values(**_ENDED, ends_at=now)
        .returning(ShareRow.share_id)
    )
    return await session.scalar(ended) is not None


async def end_shares_of(session: AsyncSession, registration_id: UUID, *, now: datetime) -> None:
    """End every share of an award."""
    await session.execute(
        update(ShareRow)
        .where(ShareRow.registration_id == registration_id)
        .values(**_ENDED, ends_at=func.least(ShareRow.ends_at, now))
    )


async def forget_shares(session: AsyncSession, *, now: datetime, before: datetime) -> None:
    """Wipe what has ended, and what was shared while it was erased; forget what ended before."""
    erased = select(RegistrationRow.registration_id).where(RegistrationRow.is_erased)
    await session.execute(
        update(ShareRow)
        .where(ShareRow.registration_id.in_(erased))
        .values(**_ENDED, ends_at=func.least(ShareRow.ends_at, now))
    )
    await session.execute(
        update(ShareRow)
        .where(ShareRow.ends_at <= now, ShareRow.sealed.is_not(None))
        .values(**_ENDED)
    )
    await session.execute(delete(ShareRow).where(ShareRow.ends_at <= before))
