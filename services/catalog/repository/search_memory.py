"""What this process remembers of all listings: the index, and what the last words found.

Each search first asks which listings changed since the last one, wherever they were changed, so
that nothing remembered is older than the question.
"""

import asyncio
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository import search, search_matches
from services.catalog.repository.search import Row, facts_in
from services.catalog.search.answer import Matches, Selection
from services.catalog.search.index import Building, Entry, Index, ordinals_in
from services.catalog.search.words import AskedWords

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FEW: Final = 50
"""So many changed listings are put into the index at once; more take a thread of their own."""
_FEW_SELECTED: Final = 2_500
"""So many are put in order for one question; the order of more is worth remembering."""
_MOST_KEPT: Final = 32


class SearchMemory:
    """The index of one process; one per application."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._index: Index | None = None
        self._seen = ""
        self._matches: OrderedDict[AskedWords, Matches] = OrderedDict()

    async def refresh(self, session: AsyncSession, *, today: date) -> Index:
        """Return the index of today, with everything that was committed before."""
        # First a connection, then the lock: who waits for the one must never hold the other.
        await session.connection()
        async with self._lock:
            if self._index is None or self._index.day != today:
                await self._read_all(session, today)
            else:
                await self._read_changes(session, self._index)
            return self._known()

    def _known(self) -> Index:
        if self._index is None:
            raise RuntimeError("Nothing was read yet.")
        return self._index

    async def _read_all(self, session: AsyncSession, today: date) -> None:
        building, seen = Building(today), ""
        async for changes in search.read_all(session):
            # In a thread, so that requests about other things are answered meanwhile.
            await asyncio.to_thread(building.add, map(_entry, changes.rows))
            seen = changes.seen
        index = await asyncio.to_thread(building.index)
        self._matches.clear()
        self._index, self._seen = index, seen

    async def _read_changes(self, session: AsyncSession, index: Index) -> None:
        changes = await search.read_changes(session, self._seen)
        if changes.rows:
            entries = [_entry(row) for row in changes.rows]
            if len(entries) > _FEW:
                index = await asyncio.to_thread(index.changed, entries)
            else:
                index = index.changed(entries)
            self._matches.clear()
        self._index, self._seen = index, changes.seen

    async def match(self, session: AsyncSession, asked: AskedWords, *, index: Index) -> Matches:
        """Return what these words find, remembered as long as no listing changes."""
        known = self._matches.get(asked)
        if known is not None:
            self._matches.move_to_end(asked)
            return known
        return self._remember(asked, await search_matches.match_words(session, asked), index=index)

    async def rank(
        self, session: AsyncSession, asked: AskedWords, *, selection: Selection
    ) -> Matches:
        """Put all in order that is selected of what these words find."""
        if selection.bits.bit_count() > _FEW_SELECTED:
            found = await search_matches.rank_words(session, asked)
            return self._remember(asked, found, index=selection.index)
        return await search_matches.rank_these(session, asked, ordinals_in(selection.bits))

    def _remember(self, asked: AskedWords, found: Matches, *, index: Index) -> Matches:
        if index is self._index:
            self._matches[asked] = found
            self._matches.move_to_end(asked)
            while len(self._matches) > _MOST_KEPT:
                self._matches.popitem(last=False)
        return found


def _entry(row: Row) -> Entry:
    ordinal, microcredential_id, published, facts = row
    return Entry(
        ordinal,
        str(microcredential_id),
        (published - _EPOCH) // timedelta(microseconds=1),
        None if facts is None else facts_in(facts),
    )
