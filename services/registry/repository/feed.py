"""The feed's questions: the events after a place in the log, and where an event stands in it.

By the index of the log alone, so that the last page of ten million costs what the first does. Who
asks for some events only is read a stretch of the log at a time; where nothing in the stretch is
theirs, an index over issuer and kind leads to the next that is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.registry.domain.feed import EventFilter
from services.registry.repository.log import LoggedFact, read_fact
from shared.proofs.log_entries import EntryKind
from shared.runtime.database import Straight

STRETCH: Final = 5_000
_SIZE: Final = "SELECT size FROM log_state"
# The facts all at once (see the function), and an erasure only of what lacks its content.
_PAGE: Final = """
    WITH page AS MATERIALIZED (
        SELECT index, number FROM log_entry
        WHERE index >= $1 AND index < $2
        AND ($3::bytea[] IS NULL OR log_entry_issuer(entry) = ANY ($3))
        AND log_entry_issuer(entry) <> ALL ($4::bytea[])
        AND ($5::bytea[] IS NULL OR log_entry_kind(entry) = ANY ($5))
        ORDER BY index LIMIT $6
    )
    SELECT page.index, f.*, e.erased_at
    FROM page JOIN facts_of_numbers(ARRAY(SELECT number FROM page)) AS f USING (number)
    LEFT JOIN LATERAL (
        SELECT erased_at FROM erased_registration
        WHERE f.content IS NULL AND registration_id = f.registration_id OFFSET 0
    ) AS e ON true
    ORDER BY page.index
    """
# One step for each issuer there is, however many entries each has.
_ISSUERS: Final = """
    WITH RECURSIVE found AS (
        (SELECT log_entry_issuer(entry) AS issuer FROM log_entry
            ORDER BY log_entry_issuer(entry) LIMIT 1)
        UNION ALL
        SELECT (
            SELECT log_entry_issuer(entry) FROM log_entry
            WHERE log_entry_issuer(entry) > found.issuer
            ORDER BY log_entry_issuer(entry) LIMIT 1
        ) FROM found WHERE found.issuer IS NOT NULL
    )
    SELECT issuer FROM found WHERE issuer IS NOT NULL
    """
# By the whole key, never by equality: then PostgreSQL would rather walk through the log itself, in
# the hope of meeting what it seeks.
_NEXT: Final = """
    SELECT min(following.index) AS index
    FROM unnest($2::bytea[]) AS asked_issuer CROSS JOIN unnest($3::bytea[]) AS asked_kind
    CROSS JOIN LATERAL (
        SELECT index, log_entry_issuer(entry) AS issuer, log_entry_kind(entry) AS kind
        FROM log_entry
        WHERE (log_entry_issuer(entry), log_entry_kind(entry), log_entry.index)
            >= (asked_issuer, asked_kind, $1)
        ORDER BY log_entry_issuer(entry), log_entry_kind(entry), log_entry.index LIMIT 1
    ) AS following
    WHERE following.issuer = asked_issuer AND following.kind = asked_kind
    """
_ELSEWHERE: Final = "SELECT oin FROM organisation WHERE NOT sector = ANY ($1::text[])"
_PLACE: Final = """
    SELECT index FROM log_entry JOIN fact USING (number) WHERE event_id = $1
    """
# Half of what is left at each step: what was logged later stands later.
_SINCE: Final = """
    WITH RECURSIVE search AS (
        SELECT CAST(0 AS bigint) AS low, size AS high FROM log_state
        UNION ALL
        SELECT
            CASE WHEN is_before THEN middle + 1 ELSE low END,
            CASE WHEN is_before THEN high ELSE middle END
        FROM (
            SELECT low, high, (low + high) / 2 AS middle,
                (SELECT logged_at < $1 FROM log_entry WHERE index = (low + high) / 2) AS is_before
            FROM search WHERE low < high
        ) AS step
    )
    SELECT low FROM search WHERE low >= high
    """


@dataclass(frozen=True, slots=True)
class Sieve:
    """A filter in the words of the log: issuers asked for (or all), issuers left out, kinds."""

    issuers: list[bytes] | None = None
    others: tuple[bytes, ...] = ()
    kinds: list[bytes] | None = None

    @property
    def passes_all(self) -> bool:
        """Say whether nothing is left out."""
        return self.issuers is None and not self.others and self.kinds is None


@dataclass(frozen=True, slots=True)
class Slice:
    """Some events in their order, up to which index was looked, and how far the log is."""

    found: tuple[LoggedFact, ...]
    position: int
    head: int


async def read_head(straight: Straight) -> int:
    """Return how many events there are."""
    row = await straight.ask(_SIZE)
    return row["size"] if row else 0


async def make_sieve(straight: Straight, wanted: EventFilter) -> Sieve:
    """Put a filter in the words of the log; sectors are those the catalogue tells us now."""
    others: tuple[bytes, ...] = ()
    if wanted.sectors:
        rows = await straight.connection.fetch(_ELSEWHERE, sorted(wanted.sectors))
        others = tuple(row["oin"].encode() for row in rows)
    return Sieve(
        issuers=[one.encode() for one in sorted(wanted.issuers)] or None,
        others=others,
        kinds=_written(wanted.kinds) if wanted.types else None,
    )


async def read_slice(straight: Straight, sieve: Sieve, *, position: int, limit: int) -> Slice:
    """Return the next events from an index on; where there are any, at least one of them."""
    head = await read_head(straight)
    if position >= head:
        return Slice((), position, head)
    if sieve.passes_all:
        found = await _read_page(straight, sieve, position, head, limit)
        return Slice(found, position + len(found), head)
    end = min(position + STRETCH, head)
    found = await _read_page(straight, sieve, position, end, limit)
    if not found and end < head:
        following = await _find_next(straight, sieve, end)
        if following is None:
            return Slice((), head, head)
        end = min(following + STRETCH, head)
        found = await _read_page(straight, sieve, following, end, limit)
    is_full = len(found) == limit
    return Slice(found, found[-1].index + 1 if is_full else end, head)


async def find_place(straight: Straight, event_id: UUID) -> int | None:
    """Return the index of an event; None when no event of the log has this id."""
    row = await straight.ask(_PLACE, event_id)
    return None if row is None else row["index"]


async def find_since(straight: Straight, moment: datetime) -> int:
    """Return the index of the first event that was logged at this moment or later."""
    row = await straight.ask(_SINCE, moment)
    return row["low"] if row else 0


async def _read_page(
    straight: Straight, sieve: Sieve, first: int, end: int, limit: int
) -> tuple[LoggedFact, ...]:
    rows = await straight.connection.fetch(
        _PAGE, first, end, sieve.issuers, sieve.others, sieve.kinds, limit
    )
    return tuple(LoggedFact(index=row["index"], fact=read_fact(row)) for row in rows)


async def _find_next(straight: Straight, sieve: Sieve, first: int) -> int | None:
    """Return the index of the next event, however far it is."""
    issuers = sieve.issuers
    if issuers is None:
        issuers = [row["issuer"] for row in await straight.connection.fetch(_ISSUERS)]
    asked = [one for one in issuers if one not in sieve.others]
    kinds = sieve.kinds or _written(EntryKind)
    row = await straight.ask(_NEXT, first, asked, kinds)
    return row["index"] if row else None


def _written(kinds: Iterable[EntryKind]) -> list[bytes]:
    return sorted(kind.value.encode() for kind in kinds)
