"""What search asks the database: which listings changed, which words match, which word is meant.

Everything a reader wrote goes in as a parameter.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.search.answer import Matches
from services.catalog.search.facts import Facts, read_facts
from services.catalog.search.words import AskedWords, nearest, trigrams_of
from services.catalog.tables import microcredential, offering, organisation
from services.catalog.tables.search import listing
from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import Offering
from shared.contracts.policy import Organisation
from shared.runtime.database import ask

MOST_CANDIDATES: Final = 200

Row = tuple[int, UUID, datetime, str | None]

# A listing is new to us when the transaction that changed it was not visible in our last snapshot:
# exact, however long other transactions take and in whatever order they commit.
_CHANGED: Final = """
SELECT s.seen, l.ordinal, l.microcredential_id, l.first_published_at,
       CASE WHEN l.is_listed THEN l.facts::text END AS facts
FROM (SELECT pg_current_snapshot()::text AS seen) s
LEFT JOIN listing l
  ON l.changed_in >= pg_snapshot_xmin($1::text::pg_snapshot)::text::bigint
 AND NOT pg_visible_in_snapshot(l.changed_in::text::xid8, $1::text::pg_snapshot)
 AND l.changed_in IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
"""
_ALL: Final = """
SELECT s.seen, l.ordinal, l.microcredential_id, l.first_published_at, l.facts::text AS facts
FROM (SELECT pg_current_snapshot()::text AS seen) s
LEFT JOIN listing l
  ON l.is_listed
 AND l.changed_in IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """Listings that changed, and the snapshot of the database in which they were read."""

    seen: str
    rows: Sequence[Row]


async def read_changes(session: AsyncSession, since: str | None) -> Changes:
    """Return every listing, or those that changed since a snapshot."""
    connection = await session.connection()
    result = (
        await connection.exec_driver_sql(_ALL)
        if since is None
        else await connection.exec_driver_sql(_CHANGED, (since,))
    )
    rows = result.all()
    return Changes(rows[0][0], [tuple(row[1:]) for row in rows if row[1] is not None])  # type: ignore[misc] # four columns


# Whole words in both languages, and listings that only have a word that begins so: these go last.
_MATCHES: Final = """
SELECT coalesce(array_agg(found.ordinal), '{}') AS ordinals,
       coalesce(array_agg(found.rank), '{}') AS ranks
FROM (
    SELECT w.ordinal,
           CASE WHEN w.words @@ q.exact
                THEN 1000000 + (ts_rank(w.words, q.exact) * 1000000)::int
                ELSE (ts_rank(w.words, q.begun) * 1000000)::int END AS rank
    FROM (
        SELECT websearch_to_tsquery('dutch', $1) || websearch_to_tsquery('english', $1) AS exact,
               (websearch_to_tsquery('dutch', $2) && to_tsquery('simple', $3))
               || (websearch_to_tsquery('english', $2) && to_tsquery('simple', $3)) AS begun
    ) q
    JOIN listing_words w ON w.words @@ (q.exact || q.begun)
) found
"""
_NO_PREFIX: Final = """
SELECT coalesce(array_agg(found.ordinal), '{}') AS ordinals,
       coalesce(array_agg(found.rank), '{}') AS ranks
FROM (
    SELECT w.ordinal, 1000000 + (ts_rank(w.words, q.exact) * 1000000)::int AS rank
    FROM (
        SELECT websearch_to_tsquery('dutch', $1) || websearch_to_tsquery('english', $1) AS exact
    ) q
    JOIN listing_words w ON w.words @@ q.exact
) found
"""


async def match_words(session: AsyncSession, asked: AskedWords) -> Matches:
    """Return the listings that have these words, and how well each fits."""
    if asked.begun:
        row = await ask(session, _MATCHES, asked.text, asked.before, asked.prefix)
    else:
        row = await ask(session, _NO_PREFIX, asked.text)
    return Matches.of(*(row["ordinals"], row["ranks"])) if row else Matches({}, 0)


# Stop words have no nodes left: they are found everywhere and so never unknown.
_UNKNOWN: Final = """
SELECT word
FROM unnest($1::text[]) AS word,
     LATERAL (SELECT plainto_tsquery('dutch', word) AS nl, plainto_tsquery('english', word) AS en) q
WHERE numnode(q.nl) > 0 AND numnode(q.en) > 0
  AND NOT EXISTS (SELECT FROM listing_words w WHERE w.words @@ (q.nl || q.en))
"""
_CANDIDATES: Final = """
SELECT k.word
FROM known_word k, unnest(k.trigrams) AS trigram
WHERE k.trigrams && $1::text[]
  AND length(k.word) BETWEEN $2 AND $3
  AND trigram = ANY ($1::text[])
GROUP BY k.word
ORDER BY count(DISTINCT trigram) DESC, k.word
LIMIT $4
"""
_FOUND_SOMEWHERE: Final = """
SELECT word
FROM unnest($1::text[]) WITH ORDINALITY AS candidates (word, place)
WHERE EXISTS (
    SELECT FROM listing_words w
    WHERE w.words @@ (plainto_tsquery('dutch', word) || plainto_tsquery('english', word))
)
ORDER BY place
LIMIT 1
"""


async def find_unknown(session: AsyncSession, words: Sequence[str]) -> list[str]:
    """Return which of these words stand in no listing."""
    connection = await session.connection()
    result = await connection.exec_driver_sql(_UNKNOWN, (list(words),))
    return list(result.scalars())


async def find_meant(session: AsyncSession, word: str) -> str | None:
    """Return the word of a listing that a mistyped one is nearest to."""
    connection = await session.connection()
    found = await connection.exec_driver_sql(
        _CANDIDATES, (trigrams_of(word), len(word) - 2, len(word) + 2, MOST_CANDIDATES)
    )
    near = nearest(word, found.scalars())
    if not near:
        return None
    row = await ask(session, _FOUND_SOMEWHERE, near)
    return None if row is None else str(row["word"])


@dataclass(frozen=True, slots=True)
class Shown:
    """What a card shows, beside what the index knows."""

    microcredential: Microcredential
    provider: Organisation
    facts: Facts


async def read_shown(
    session: AsyncSession, microcredential_ids: Sequence[UUID]
) -> dict[UUID, Shown]:
    """Return these microcredentials in their latest version, with their provider."""
    query = (
        select(
            microcredential.c.microcredential_id,
            microcredential.c.state,
            organisation.c.oin,
            organisation.c.state.label("provider"),
            listing.c.facts,
        )
        .join(organisation, organisation.c.oin == microcredential.c.provider)
        .join(listing, listing.c.microcredential_id == microcredential.c.microcredential_id)
        .where(microcredential.c.is_latest)
        .where(microcredential.c.microcredential_id.in_(microcredential_ids))
    )
    providers: dict[str, Organisation] = {}
    found: dict[UUID, Shown] = {}
    for row in await session.execute(query):
        if row.oin not in providers:
            providers[row.oin] = Organisation.model_validate(row.provider)
        found[row.microcredential_id] = Shown(
            Microcredential.model_validate(row.state), providers[row.oin], read_facts(row.facts)
        )
    return found


async def read_offerings(
    session: AsyncSession, offering_ids: Sequence[UUID]
) -> dict[UUID, Offering]:
    """Return these offerings."""
    if not offering_ids:
        return {}
    query = select(offering.c.record).where(offering.c.offering_id.in_(offering_ids))
    found = [Offering.model_validate(record) for record in await session.scalars(query)]
    return {one.offering_id: one for one in found}


def facts_in(text: str) -> Facts:
    """Read the facts of a row."""
    written: dict[str, Any] = json.loads(text)
    return read_facts(written)
