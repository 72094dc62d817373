"""Which listings have these words, and how well each fits.

PostgreSQL is quick to say which listings have a word and slow to say how well they fit: for that it
reads the words of each. So when more have the words in their title than anybody looks at, only
those are put in order, until somebody does look further.
"""

import sys
from array import array
from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.search.answer import Matches
from services.catalog.search.words import AskedWords

ENOUGH_TITLES: Final = 100

# `exact` are whole words in both languages; `begun` has a last word that may be unfinished.
# `either` asks for that beginning once, where `begun`, which says how well it fits, asks twice.
# Step by step (MATERIALIZED), or each row would read the question anew.
# OFFSET 0: the index knows the titles; no title is made anew to look at it again.
_ASKED: Final = """
WITH parts AS MATERIALIZED (
    SELECT websearch_to_tsquery('dutch', $1) || websearch_to_tsquery('english', $1) AS exact,
           websearch_to_tsquery('dutch', $2) AS nl, websearch_to_tsquery('english', $2) AS en,
           coalesce(to_tsquery('simple', nullif($3, '')), '') AS last
), q AS MATERIALIZED (
    SELECT exact, (nl && last) || (en && last) AS begun,
           exact || CASE WHEN numnode(nl) = 0 OR numnode(en) = 0 THEN last
               ELSE (nl || en) && last END AS either
    FROM parts
), titled AS MATERIALIZED (
    SELECT w.* FROM q, LATERAL (
        SELECT * FROM listing_words WHERE ts_filter(words, '{a}') @@ q.exact OFFSET 0
    ) w
    WHERE w.words @@ q.exact
)
"""
_ANYWHERE: Final = """
SELECT string_agg(int8send(w.ordinal), NULL) AS ordinals, NULL::bytea AS places
FROM q JOIN listing_words w ON w.words @@ q.either
"""
_OF_TITLES: Final = ", w AS NOT MATERIALIZED (SELECT * FROM titled)"
_OF_ALL: Final = """
, w AS NOT MATERIALIZED (
    SELECT l.* FROM q JOIN listing_words l ON l.words @@ q.either
)
"""
_OF_THESE: Final = """
, w AS NOT MATERIALIZED (
    SELECT l.* FROM listing_words l WHERE l.ordinal = ANY ($4::int[])
)
"""
# One number says where each stands: words in its title, anywhere, or only begun; then how well they
# fit, which for many words that begin so can come to more than 1; then chance. Packed, because
# thousands of numbers one by one cost more than finding them.
_IN_ORDER: Final = """
SELECT string_agg(int8send(place), NULL ORDER BY place, ordinal) AS places,
       string_agg(int8send(ordinal), NULL ORDER BY place, ordinal) AS ordinals
FROM (
    SELECT w.ordinal, w.chance - 2147483648 * (
        CASE WHEN w.ordinal IN (SELECT ordinal FROM titled) THEN 2000000
             WHEN w.words @@ q.exact THEN 1000000
             ELSE 0 END
        + least(
            (ts_rank(w.words, CASE WHEN w.words @@ q.exact THEN q.exact ELSE q.begun END) * 1000000)
            ::bigint,
            999999
        )
    ) AS place
    FROM q, w
    OFFSET 0
) found
"""


async def match_words(session: AsyncSession, asked: AskedWords) -> Matches:
    """Return the listings that have these words; in order only the titles, if those are enough."""
    ordinals, places = await _ask(session, asked, _OF_TITLES, _IN_ORDER)
    if len(ordinals) < ENOUGH_TITLES:
        return await rank_words(session, asked)
    everywhere, _ = await _ask(session, asked, _ANYWHERE)
    return Matches.begun(ordinals, places, among=everywhere)


async def rank_words(session: AsyncSession, asked: AskedWords) -> Matches:
    """Return the listings that have these words, all of them in order."""
    return Matches.of(*await _ask(session, asked, _OF_ALL, _IN_ORDER))


async def rank_these(session: AsyncSession, asked: AskedWords, ordinals: Sequence[int]) -> Matches:
    """Return these listings, which have these words, in order."""
    return Matches.of(*await _ask(session, asked, _OF_THESE, _IN_ORDER, these=(ordinals,)))


async def _ask(
    session: AsyncSession,
    asked: AskedWords,
    *question: str,
    these: tuple[Sequence[int], ...] = (),
) -> tuple[Sequence[int], Sequence[int]]:
    connection = await session.connection()
    values = (asked.text, asked.before, asked.prefix, *these)
    found = (await connection.exec_driver_sql("".join((_ASKED, *question)), values)).one()
    return _numbers(found.ordinals), _numbers(found.places)


def _numbers(packed: bytes | None) -> Sequence[int]:
    numbers = array("q", packed or b"")
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
