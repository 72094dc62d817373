"""Find what can be earned now: by words, by facets, and a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain.days import dutch_day
from services.catalog.repository import search
from services.catalog.repository.search_memory import SearchMemory
from services.catalog.search import Found, Hit, Order, Question
from services.catalog.search.answer import (
    Matches,
    Place,
    choices_of,
    is_place,
    is_short,
    page_of,
    select,
    suggestions_of,
)
from services.catalog.search.index import Index
from services.catalog.search.words import AskedWords, read_words
from shared.errors import RuleError
from shared.runtime.database import Database

__all__ = ["PlaceUnknownError", "SearchMemory", "read_ahead", "search_microcredentials"]


class PlaceUnknownError(RuleError):
    """This is not a place in this list; leave out the cursor to begin at its start."""

    code: ClassVar[str] = "place-unknown"
    dutch: ClassVar[str] = (
        "Dit is geen plaats in deze lijst; laat cursor weg om vooraan te beginnen."
    )


async def read_ahead(database: Database, *, memory: SearchMemory, now: datetime) -> None:
    """Read what was listed before anybody asks, because the first to ask would wait for it."""
    async with database.transaction() as session:
        await memory.refresh(session, today=dutch_day(now))


async def search_microcredentials(
    session: AsyncSession,
    question: Question,
    *,
    memory: SearchMemory,
    after: Place | None,
    limit: int,
    now: datetime,
    language: str = "nl",
    order: Order = Order.RELEVANCE,
) -> Found:
    """Find microcredentials; `memory` is the application's own (`app.state.search`)."""
    if after is not None:
        with_words = question.words is not None
        if not is_place(after, order=order, with_words=with_words):
            raise PlaceUnknownError
    today = dutch_day(now)
    index = await memory.refresh(session, today=today)
    matched = await _match(session, question, memory=memory, index=index)
    selection = select(index, question, matched.matches)
    places = page_of(selection, order=order, after=after, limit=limit)
    if matched.asked is not None and is_short(selection, len(places), order=order, limit=limit):
        matches = await memory.rank(session, matched.asked, selection=selection)
        selection = replace(selection, matches=matches)
        places = page_of(selection, order=order, after=after, limit=limit)
    total = selection.bits.bit_count()
    shown = places[:limit]
    return Found(
        hits=await _read_hits(session, index, shown, today=today),
        total=total,
        choices=choices_of(selection, language=language),
        searched_for=matched.instead,
        suggestions=() if total else suggestions_of(selection),
        after=shown[-1][1] if len(places) > limit else None,
    )


@dataclass(frozen=True, slots=True)
class _Matched:
    """What was found, for which words, and how these are written if not as the reader did."""

    matches: Matches | None = None
    asked: AskedWords | None = None
    instead: str | None = None


async def _match(
    session: AsyncSession, question: Question, *, memory: SearchMemory, index: Index
) -> _Matched:
    if question.words is None:
        return _Matched()
    asked = read_words(question.words)
    matches = await memory.match(session, asked, index=index)
    if matches.bits:
        return _Matched(matches, asked)
    mended = await _mend(session, asked)
    if mended is None:
        return _Matched(matches, asked)
    matches = await memory.match(session, mended, index=index)
    return _Matched(matches, mended, mended.text if matches.bits else None)


async def _mend(session: AsyncSession, asked: AskedWords) -> AskedWords | None:
    """Replace each word that stands nowhere by the nearest one that does, if any is near."""
    instead: dict[str, str] = {}
    for word in await search.find_unknown(session, asked.single()):
        meant = await search.find_meant(session, word)
        if meant is not None:
            instead[word] = meant
    return asked.mended(instead) if instead else None


async def _read_hits(
    session: AsyncSession, index: Index, places: Sequence[tuple[int, Place]], *, today: date
) -> list[Hit]:
    """Read what the cards show; what was archived a moment ago is not among them."""
    ids = [UUID(index.ids[ordinal]) for ordinal, _ in places]
    shown = await search.read_shown(session, ids) if ids else {}
    runs = {one: found.facts.open_runs(today) for one, found in shown.items()}
    first = [open_runs[0].offering_id for open_runs in runs.values() if open_runs]
    offerings = await search.read_offerings(session, first)
    hits = []
    for microcredential_id, (_, place) in zip(ids, places, strict=True):
        found = shown.get(microcredential_id)
        if found is None:
            continue
        open_runs = runs[microcredential_id]
        hits.append(
            Hit(
                microcredential=found.microcredential,
                provider=found.provider,
                next_offering=offerings.get(open_runs[0].offering_id) if open_runs else None,
                open_offerings=len(open_runs),
                place=place,
            )
        )
    return hits
