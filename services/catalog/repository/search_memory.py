"""What this process remembers of all listings: the index, and what the last words found.

Each search first asks which listings changed since the last one, wherever they were changed, so
that nothing remembered is older than the question.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository import search
from services.catalog.repository.search import Row, facts_in
from services.catalog.search.answer import Matches
from services.catalog.search.index import Entry, Index, build
from services.catalog.search.words import AskedWords

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FEW: Final = 50
"""So many changed listings are put into the index at once; more take a thread of their own."""
_MOST_KEPT: Final = 32


class SearchMemory:
    """The index of one process; one per application."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._index: Index | None = None
        self._seen: str | None = None
        self._matches: OrderedDict[AskedWords, Matches] = OrderedDict()

    async def refresh(self, session: AsyncSession, *, today: date) -> Index:
        """Return the index of today, with everything that was committed before."""
        # First a connection, then the lock: who waits for the one must never hold the other.
        await session.connection()
        async with self._lock:
            index = self._index
            since = self._seen if index is not None and index.day == today else None
            changes = await search.read_changes(session, since)
            if index is None or since is None:
                index = await asyncio.to_thread(_build, today, changes.rows)
                self._matches.clear()
            elif changes.rows:
                index = await _changed(index, changes.rows)
                self._matches.clear()
            self._index, self._seen = index, changes.seen
            return index

    async def match(self, session: AsyncSession, asked: AskedWords, *, index: Index) -> Matches:
        """Return what these words find, remembered as long as no listing changes."""
        known = self._matches.get(asked)
        if known is not None:
            self._matches.move_to_end(asked)
            return known
        found = await search.match_words(session, asked)
        if index is self._index:
            self._matches[asked] = found
            while len(self._matches) > _MOST_KEPT:
                self._matches.popitem(last=False)
        return found


async def _changed(index: Index, rows: Sequence[Row]) -> Index:
    if len(rows) > _FEW:
        return await asyncio.to_thread(_put, index, rows)
    return _put(index, rows)


def _put(index: Index, rows: Sequence[Row]) -> Index:
    return index.changed([_entry(row) for row in rows])


def _build(today: date, rows: Sequence[Row]) -> Index:
    return build(today, map(_entry, rows))


def _entry(row: Row) -> Entry:
    ordinal, microcredential_id, published, facts = row
    return Entry(
        ordinal,
        str(microcredential_id),
        (published - _EPOCH) // timedelta(microseconds=1),
        None if facts is None else facts_in(facts),
    )
