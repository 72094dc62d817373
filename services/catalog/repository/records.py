"""What every question needs: a lock on a subject without a row, and records as JSON."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.model import Contract


async def lock(session: AsyncSession, subject: str) -> None:
    """Wait until nobody else writes this subject, also when it has no row yet."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(subject, 0))))


def state_of(record: Contract) -> dict[str, object]:
    """Return a record as it is kept: JSON, without what is absent."""
    return record.model_dump(mode="json", exclude_none=True)
