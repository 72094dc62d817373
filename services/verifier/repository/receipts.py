"""The questions about receipts that somebody asked us to keep; each is a sealed envelope.

Apart from the copies, because these are not what others announced and end on their day.
"""

from datetime import datetime

from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.verifier.tables import KeptReceiptRow


async def add_receipt(
    session: AsyncSession, name: bytes, sealed: bytes, *, until: datetime, most: int
) -> bool:
    """Keep an envelope, unless so many are kept already; say whether it is kept."""
    kept = select(func.count()).select_from(KeptReceiptRow).scalar_subquery()
    row = select(literal(name), literal(sealed), literal(until)).where(kept < most)
    columns = [KeptReceiptRow.name, KeptReceiptRow.sealed, KeptReceiptRow.keep_until]
    new = insert(KeptReceiptRow).from_select(columns, row).returning(KeptReceiptRow.name)
    return await session.scalar(new) is not None


async def find_receipt(session: AsyncSession, name: bytes, *, now: datetime) -> bytes | None:
    """Return an envelope whose time is not up."""
    query = select(KeptReceiptRow.sealed).where(
        KeptReceiptRow.name == name, KeptReceiptRow.keep_until > now
    )
    found: bytes | None = await session.scalar(query)
    return found


async def forget_receipt(session: AsyncSession, name: bytes, *, now: datetime) -> bool:
    """Wipe an envelope; say whether it was still there for anybody."""
    gone = (
        delete(KeptReceiptRow)
        .where(KeptReceiptRow.name == name, KeptReceiptRow.keep_until > now)
        .returning(KeptReceiptRow.name)
    )
    return await session.scalar(gone) is not None


async def forget_receipts(session: AsyncSession, *, now: datetime) -> int:
    """Wipe every envelope whose time is up; return how many."""
    gone = (
        delete(KeptReceiptRow)
        .where(KeptReceiptRow.keep_until <= now)
        .returning(KeptReceiptRow.name)
    )
    return len((await session.scalars(gone)).all())
