"""What search asks the database: which listings changed, which word is meant, what a card shows.

Everything a reader wrote goes in as a parameter.
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row as SqlRow
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.search.facts import Facts
from services.catalog.search.kept_facts import read_facts
from services.catalog.search.words import nearest, trigrams_of
from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import Offering
from shared.contracts.policy import Organisation
from shared.runtime.database import ask

MOST_CANDIDATES: Final = 200
_AT_ONCE: Final = 500

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
_ALL: Final = text(
    """
    SELECT s.seen, l.ordinal, l.microcredential_id, l.first_published_at, l.facts::text AS facts
    FROM (SELECT pg_current_snapshot()::text AS seen) s
    LEFT JOIN listing l
      ON l.is_listed
     AND l.changed_in IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
    """
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Listings that changed, and the snapshot of the database in which they were read."""

    seen: str
    rows: Sequence[Row]


async def read_changes(session: AsyncSession, since: str) -> Changes:
    """Return the listings that changed since a snapshot."""
    connection = await session.connection()
    result = await connection.exec_driver_sql(_CHANGED, (since,))
    return _changes(result.all())


async def read_all(session: AsyncSession) -> AsyncIterator[Changes]:
    """Return every listing, some at a time, all of them in one snapshot."""
    connection = await session.connection()
    async with connection.stream(_ALL) as result:
        async for rows in result.partitions(_AT_ONCE):
            yield _changes(rows)


def _changes(rows: Sequence[SqlRow[Any]]) -> Changes:
    listings: list[Row] = [
        (row.ordinal, row.microcredential_id, row.first_published_at, row.facts)
        for row in rows
        if row.ordinal is not None
    ]
    return Changes(rows[0].seen, listings)


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


_SHOWN: Final = """
SELECT m.microcredential_id, m.state::text AS state, m.provider AS oin, o.state::text AS provider,
       l.facts::text AS facts
FROM microcredential m
JOIN organisation o ON o.oin = m.provider
JOIN listing l ON l.microcredential_id = m.microcredential_id
WHERE m.is_latest AND m.microcredential_id = ANY ($1::uuid[])
"""
_OFFERINGS: Final = "SELECT record::text FROM offering WHERE offering_id = ANY ($1::uuid[])"


async def read_shown(
    session: AsyncSession, microcredential_ids: Sequence[UUID]
) -> dict[UUID, Shown]:
    """Return these microcredentials in their latest version, with their provider."""
    connection = await session.connection()
    rows = await connection.exec_driver_sql(_SHOWN, (microcredential_ids,))
    providers: dict[str, Organisation] = {}
    found: dict[UUID, Shown] = {}
    for row in rows:
        if row.oin not in providers:
            providers[row.oin] = Organisation.model_validate_json(row.provider)
        found[row.microcredential_id] = Shown(
            Microcredential.model_validate_json(row.state),
            providers[row.oin],
            facts_in(row.facts),
        )
    return found


async def read_offerings(session: AsyncSession, offering_ids: Sequence[str]) -> dict[str, Offering]:
    """Return these offerings."""
    if not offering_ids:
        return {}
    connection = await session.connection()
    rows = await connection.exec_driver_sql(_OFFERINGS, (offering_ids,))
    found = [Offering.model_validate_json(record) for record in rows.scalars()]
    return {str(one.offering_id): one for one in found}


def facts_in(written: str) -> Facts:
    """Read the facts of a row."""
    return read_facts(json.loads(written))
