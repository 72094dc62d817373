"""Questions put to asyncpg itself, inside the session's transaction.

Separate, and for the way of a single award only: there SQLAlchemy's handling of a statement costs
as much as PostgreSQL's answer. The session must have asked something before (`act_for` does).
"""

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

Value = str | int | bytes | UUID | datetime | None


async def ask(session: AsyncSession, question: str, *values: Value) -> asyncpg.Record:
    """Return the first row of the answer, or None; asyncpg prepares each question once."""
    connection = session.sync_session.connection().connection.driver_connection
    return await connection.fetchrow(question, *values)  # type: ignore[union-attr]
