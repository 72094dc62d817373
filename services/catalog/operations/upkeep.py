"""What must be done now and then without anybody asking."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from shared.runtime import idempotency
from shared.runtime.database import EVERY_ORGANISATION, act_for


async def forget_old_answers(session: AsyncSession, *, now: datetime) -> int:
    """Forget the answers to repeated requests that we promised to keep for a while only."""
    await act_for(session, EVERY_ORGANISATION)
    return await idempotency.forget_old(session, now)
