"""Keep what search looks through in step with the records, in the transaction that changes them.

`list_again` is called by every operation that publishes or archives, changes an offering, or
records an organisation; the worker renews what an older version of this code wrote.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain.days import dutch_day
from services.catalog.repository import search_listings
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for

_AT_ONCE: Final = 200


async def list_again(
    session: AsyncSession,
    *,
    microcredential_ids: Collection[UUID] = (),
    provider: str | None = None,
    now: datetime,
) -> None:
    """List these microcredentials, or all of a provider, as they are after what was just written.

    Call it last: it waits for who else changes the same listing, and then sees what they wrote.
    """
    wanted = set(microcredential_ids)
    if provider is not None:
        wanted.update(await search_listings.list_of_provider(session, provider))
    for batch in search_listings.in_batches(wanted, _AT_ONCE):
        ordinals = await search_listings.lock_listings(session, batch)
        gathered = await search_listings.gather_listings(session, ordinals)
        await search_listings.keep_listings(session, gathered, today=dutch_day(now))


async def renew_listings(database: Database, *, now: datetime) -> int:
    """List whatever has no listing of today's shape, some at a time; return how many.

    So an installation finds what it published before it could search, and after a restore.
    """
    renewed = 0
    while True:
        async with database.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            behind = await search_listings.list_behind(session, limit=_AT_ONCE)
            await list_again(session, microcredential_ids=behind, now=now)
        renewed += len(behind)
        if len(behind) < _AT_ONCE:
            return renewed


async def rebuild(database: Database, *, now: datetime) -> int:
    """List everything anew, and learn the words anew with it; return how many."""
    async with database.transaction() as session:
        await search_listings.mark_all_behind(session)
    return await renew_listings(database, now=now)
