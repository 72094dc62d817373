"""The listings that search looks through: locked, gathered from the records, and written.

A listing is made of records that several transactions may change at once. So each writes its own
record first, then locks the provider and the listing, and only then reads the records of others.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository.offerings import offerings_of
from services.catalog.search.facts import SHAPE, Facts, facts_of
from services.catalog.search.kept_facts import write_facts
from services.catalog.search.question import Listing
from services.catalog.search.words import words_of
from services.catalog.tables import microcredential, organisation
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation

_LOCK_PROVIDERS: Final = """
SELECT o.oin FROM organisation o
WHERE o.oin IN (SELECT m.provider FROM microcredential m WHERE m.microcredential_id = ANY ($1))
ORDER BY o.oin
FOR SHARE
"""
# Not simply ON CONFLICT: that would use up an ordinal each time, and every set would grow.
_ADD_MISSING: Final = """
INSERT INTO listing
    (microcredential_id, provider, first_published_at, is_listed, facts, shape, changed_in)
SELECT m.microcredential_id, m.provider, m.first_published_at, false, '{}', 0,
       pg_current_xact_id()::text::bigint
FROM microcredential m
WHERE m.is_latest AND m.microcredential_id = ANY ($1)
  AND NOT EXISTS (SELECT FROM listing l WHERE l.microcredential_id = m.microcredential_id)
ORDER BY m.first_published_at, m.microcredential_id
ON CONFLICT (microcredential_id) DO NOTHING
"""
_LOCK_LISTINGS: Final = """
SELECT l.microcredential_id, l.ordinal FROM listing l
WHERE l.microcredential_id = ANY ($1)
ORDER BY l.microcredential_id
FOR NO KEY UPDATE
"""
_WRITE: Final = """
UPDATE listing l
SET is_listed = n.is_listed, facts = n.facts::jsonb, shape = $1,
    changed_in = pg_current_xact_id()::text::bigint
FROM unnest($2::int[], $3::boolean[], $4::text[]) AS n (ordinal, is_listed, facts)
WHERE l.ordinal = n.ordinal
"""
_WRITE_WORDS: Final = """
INSERT INTO listing_words (ordinal, chance, words)
SELECT n.ordinal, hashtext(l.microcredential_id::text) & 2147483647,
       setweight(to_tsvector('dutch', n.nl_title), 'A')
       || setweight(to_tsvector('english', n.en_title), 'A')
       || setweight(to_tsvector('dutch', n.nl_learnt), 'B')
       || setweight(to_tsvector('english', n.en_learnt), 'B')
       || setweight(to_tsvector('dutch', n.nl_told), 'C')
       || setweight(to_tsvector('english', n.en_told), 'C')
FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    AS n (ordinal, nl_title, en_title, nl_learnt, en_learnt, nl_told, en_told)
JOIN listing l USING (ordinal)
ON CONFLICT (ordinal) DO UPDATE SET words = excluded.words
WHERE listing_words.words IS DISTINCT FROM excluded.words
"""
_DROP_WORDS: Final = "DELETE FROM listing_words WHERE ordinal = ANY ($1)"
_LEARN_WORDS: Final = """
INSERT INTO known_word (word, trigrams)
SELECT n.word, ARRAY(
    SELECT DISTINCT substr('  ' || n.word || ' ', at, 3)
    FROM generate_series(1, length(n.word) + 1) AS at
)
FROM unnest($1::text[]) AS n (word)
WHERE NOT EXISTS (SELECT FROM known_word k WHERE k.word = n.word)
"""
_FORGET_WORDS: Final = "DELETE FROM known_word"
# A transaction yet to come can only be one of another cluster: this one was restored from a dump.
_BEHIND: Final = """
SELECT m.microcredential_id FROM microcredential m
LEFT JOIN listing l USING (microcredential_id)
WHERE m.is_latest AND (
    l.shape IS NULL OR l.shape < $1
    OR l.changed_in >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
)
ORDER BY m.first_published_at, m.microcredential_id
LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A listing in the making: its place in every set, and what is true of it if it is listed."""

    ordinal: int
    listing: Listing | None


async def lock_listings(
    session: AsyncSession, microcredential_ids: Sequence[UUID]
) -> Mapping[UUID, int]:
    """Return the ordinals of these listings; nobody else gathers or writes them meanwhile."""
    connection = await session.connection()
    await connection.exec_driver_sql(_LOCK_PROVIDERS, (microcredential_ids,))
    await connection.exec_driver_sql(_ADD_MISSING, (microcredential_ids,))
    rows = await connection.exec_driver_sql(_LOCK_LISTINGS, (microcredential_ids,))
    return {row.microcredential_id: row.ordinal for row in rows}


async def gather_listings(session: AsyncSession, ordinals: Mapping[UUID, int]) -> list[Gathered]:
    """Return these listings as the records say they are now."""
    query = (
        select(
            microcredential.c.microcredential_id,
            microcredential.c.is_open,
            microcredential.c.state,
            organisation.c.oin,
            organisation.c.state.label("provider"),
        )
        .join(organisation, organisation.c.oin == microcredential.c.provider)
        .where(microcredential.c.is_latest)
        .where(microcredential.c.microcredential_id.in_(ordinals))
    )
    rows = (await session.execute(query)).all()
    open_ids = [row.microcredential_id for row in rows if row.is_open]
    offerings = await offerings_of(session, open_ids) if open_ids else {}
    providers: dict[str, Organisation] = {}
    found: dict[UUID, Listing] = {}
    for row in rows:
        if row.oin not in providers:
            providers[row.oin] = Organisation.model_validate(row.provider)
        if row.is_open:
            found[row.microcredential_id] = Listing(
                microcredential=Microcredential.model_validate(row.state),
                provider=providers[row.oin],
                offerings=offerings[row.microcredential_id],
            )
    return [Gathered(ordinal, found.get(one)) for one, ordinal in ordinals.items()]


async def keep_listings(
    session: AsyncSession, gathered: Sequence[Gathered], *, today: date
) -> None:
    """Keep these listings and their words; every process sees that they changed."""
    connection = await session.connection()
    listed = [(one.ordinal, one.listing) for one in gathered if one.listing is not None]
    facts = {ordinal: _as_json(facts_of(one, today=today)) for ordinal, one in listed}
    words = {ordinal: words_of(one) for ordinal, one in listed}
    ordinals = [one.ordinal for one in gathered]
    columns = (
        ordinals,
        [ordinal in facts for ordinal in ordinals],
        [facts.get(ordinal, "{}") for ordinal in ordinals],
    )
    await connection.exec_driver_sql(_WRITE, (SHAPE, *columns))
    gone = [ordinal for ordinal in ordinals if ordinal not in facts]
    if gone:
        await connection.exec_driver_sql(_DROP_WORDS, (gone,))
    if words:
        texts = [
            (
                one.dutch.title,
                one.english.title,
                one.dutch.learnt,
                one.english.learnt,
                one.dutch.told,
                one.english.told,
            )
            for one in words.values()
        ]
        by_column = [list(column) for column in zip(*texts, strict=True)]
        await connection.exec_driver_sql(_WRITE_WORDS, (list(words), *by_column))
        known = sorted({word for one in words.values() for word in one.vocabulary()})
        await connection.exec_driver_sql(_LEARN_WORDS, (known,))


def _as_json(facts: Facts) -> str:
    return json.dumps(write_facts(facts), ensure_ascii=False)


async def list_of_provider(session: AsyncSession, provider: str) -> list[UUID]:
    """Return every microcredential this provider has published."""
    query = select(microcredential.c.microcredential_id).where(
        microcredential.c.provider == provider, microcredential.c.is_latest
    )
    return list(await session.scalars(query))


async def list_behind(session: AsyncSession, *, limit: int) -> list[UUID]:
    """Return microcredentials without a listing of today's shape, written in this cluster."""
    connection = await session.connection()
    found = await connection.exec_driver_sql(_BEHIND, (SHAPE, limit))
    return list(found.scalars())


async def mark_all_behind(session: AsyncSession) -> None:
    """Have every listing written anew, and the words learnt anew with them."""
    connection = await session.connection()
    await connection.exec_driver_sql("UPDATE listing SET shape = 0")
    await connection.exec_driver_sql(_FORGET_WORDS)


def in_batches(ids: Collection[UUID], size: int) -> list[list[UUID]]:
    """Return the ids so many at a time, in an order that is the same for everybody."""
    row = sorted(ids)
    return [row[at : at + size] for at in range(0, len(row), size)]
