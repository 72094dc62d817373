"""Whether a badge class came before: found by the code it has there."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository.records import lock
from services.catalog.tables import desk, microcredential


async def lock_imports(session: AsyncSession, organisation: str) -> None:
    """Wait until no other import of this organisation is under way."""
    await lock(session, f"edubadges:{organisation}")


async def desks_with_code(
    session: AsyncSession, code_type: str, codes: Sequence[str]
) -> dict[str, UUID]:
    """Return the acting organisation's desks whose draft or latest version has such a code."""
    found: dict[str, UUID] = {}
    for code in dict.fromkeys(codes):
        wanted = {"otherCodes": [{"codeType": code_type, "code": code}]}
        query = (
            select(desk.c.microcredential_id)
            .join(
                microcredential,
                (microcredential.c.microcredential_id == desk.c.microcredential_id)
                & microcredential.c.is_latest,
                isouter=True,
            )
            .where(
                or_(
                    desk.c.draft.contains(wanted),
                    microcredential.c.state["content"].contains(wanted),
                )
            )
            .order_by(desk.c.microcredential_id)
            .limit(1)
        )
        known = await session.scalar(query)
        if known is not None:
            found[code] = known
    return found
