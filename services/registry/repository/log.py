"""The log's questions: what is to be logged, what is logged, and the tiles of its tree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.registry.domain.facts import Fact
from shared.proofs.log_entries import EntryKind, LogEntry
from shared.proofs.merkle import CompactRange
from shared.proofs.tiles import EntryBundle, Tile
from shared.runtime.database import Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """How far the log is: its tree, and the note that says so."""

    origin: str
    tree: CompactRange
    checkpoint: bytes
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedFact:
    """A fact with its place in the log."""

    index: int
    fact: Fact


_KINDS = {kind.value: kind for kind in EntryKind}
# Who finds it locked leaves the work to whoever holds it.
_LOCK = "SELECT origin, size, tree, checkpoint, signed_at FROM log_state FOR UPDATE SKIP LOCKED"
_STATE = "SELECT origin, size, tree, checkpoint, signed_at FROM log_state"
_BEGIN = """
    INSERT INTO log_state ("only", origin, size, tree, checkpoint, signed_at)
    VALUES (1, $1, 0, $2, $3, $4) ON CONFLICT DO NOTHING
    """
# Each fact by its key, whatever the planner believes: without figures about a table it reads all of
# it for every batch. Nobody else deletes what is pending, so a row is where it was found.
_TAKE = """
    WITH taken AS (
        DELETE FROM log_pending WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM log_pending ORDER BY number LIMIT $1
        )) RETURNING number
    )
    SELECT taken.number, logged.* FROM taken CROSS JOIN LATERAL (
        SELECT kind, organisation, commitment FROM fact WHERE fact.number = taken.number OFFSET 0
    ) AS logged
    ORDER BY taken.number
    """
_FACTS = """
    SELECT known.*, erased_at FROM unnest($1::bigint[]) AS asked (number) CROSS JOIN LATERAL (
        SELECT * FROM fact WHERE fact.number = asked.number OFFSET 0
    ) AS known
    LEFT JOIN erased_registration USING (registration_id) ORDER BY known.number
    """
# For a thousand rows this asks a fifth less of PostgreSQL than COPY.
_ADD_ENTRIES = """
    INSERT INTO log_entry (index, number, entry, logged_at)
    SELECT generate_series($1, $1 + cardinality($2::bigint[]) - 1), unnest($2::bigint[]),
        unnest($3::bytea[]), $4
    """
_TILES = """
    SELECT level, index, hashes FROM log_tile
    WHERE (level, index) IN (SELECT * FROM unnest($1::integer[], $2::bigint[]))
    """
_KEEP_TILES = """
    INSERT INTO log_tile (level, index, hashes)
    SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bytea[])
    ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes
    """
_KEEP_STATE = "UPDATE log_state SET size = $1, tree = $2, checkpoint = $3, signed_at = $4"
_ENTRIES = """
    SELECT entry FROM log_entry WHERE index >= $1 AND index < $2 ORDER BY index
    """
_VERSIONS = "SELECT record_version FROM fact WHERE registration_id = $1"


async def begin(straight: Straight, state: LogState) -> None:
    """Begin the log with an empty tree, unless it has begun."""
    await straight.connection.execute(
        _BEGIN, state.origin, state.tree.to_bytes(), state.checkpoint, state.signed_at
    )


async def lock_state(straight: Straight) -> LogState | None:
    """Return how far the log is, ours to move on until the commit; None when it is not."""
    return _state(await straight.ask(_LOCK))


async def find_state(straight: Straight) -> LogState | None:
    """Return how far the log is; None before it has begun."""
    return _state(await straight.ask(_STATE))


async def take_pending(straight: Straight, *, limit: int) -> list[tuple[int, LogEntry]]:
    """Take the next facts to log: the number of each, and what the log says of it."""
    rows = await straight.connection.fetch(_TAKE, limit)
    return [
        (number, LogEntry(_KINDS[kind], organisation, commitment))
        for number, kind, organisation, commitment in rows
    ]


async def list_facts(straight: Straight, numbers: Sequence[int]) -> list[Fact]:
    """Return the facts of these numbers, in their order."""
    return [read_fact(row) for row in await straight.connection.fetch(_FACTS, numbers)]


async def add_entries(
    straight: Straight,
    first: int,
    entries: Sequence[bytes],
    *,
    numbers: Sequence[int],
    logged_at: datetime,
) -> None:
    """Append entries from index `first` on, each with the number of its fact."""
    await straight.connection.execute(_ADD_ENTRIES, first, numbers, entries, logged_at)


async def find_tiles(straight: Straight, tiles: Iterable[Tile]) -> dict[Tile, bytes]:
    """Return the hashes of these tiles, each as wide as it is asked for."""
    wanted = {(tile.level, tile.index): tile for tile in tiles}
    if not wanted:
        return {}
    levels, indexes = map(list, zip(*wanted, strict=True))
    rows = await straight.connection.fetch(_TILES, levels, indexes)
    return {wanted[row["level"], row["index"]]: row["hashes"] for row in rows}


async def keep_tiles(straight: Straight, tiles: Iterable[tuple[Tile, bytes]]) -> None:
    """Write tiles that are new, or wider than they were."""
    rows = [(tile.level, tile.index, hashes) for tile, hashes in tiles]
    levels, indexes, hashes = map(list, zip(*rows, strict=True))
    await straight.connection.execute(_KEEP_TILES, levels, indexes, hashes)


async def keep_state(straight: Straight, state: LogState) -> None:
    """Write how far the log is now."""
    await straight.connection.execute(
        _KEEP_STATE, state.tree.size, state.tree.to_bytes(), state.checkpoint, state.signed_at
    )


async def list_entries(straight: Straight, bundle: EntryBundle) -> list[bytes]:
    """Return the entries of a bundle, as many as there are."""
    first = bundle.index * 256
    rows = await straight.connection.fetch(_ENTRIES, first, first + bundle.width)
    return [row["entry"] for row in rows]


async def list_versions(straight: Straight, registration_id: UUID) -> frozenset[int]:
    """Return every version of a registration there is a fact of, logged or not."""
    rows = await straight.connection.fetch(_VERSIONS, registration_id)
    return frozenset(row["record_version"] for row in rows)


def _state(row: Mapping[str, Any] | None) -> LogState | None:
    if row is None:
        return None
    return LogState(
        origin=row["origin"],
        tree=CompactRange.from_bytes(row["tree"]),
        checkpoint=row["checkpoint"],
        signed_at=row["signed_at"],
    )


def read_fact(row: Mapping[str, Any]) -> Fact:
    """Return the fact in a row of `fact`, with `erased_at` beside it."""
    return Fact(
        event_id=row["event_id"],
        kind=_KINDS[row["kind"]],
        organisation=row["organisation"],
        registration_id=row["registration_id"],
        record_version=row["record_version"],
        recorded_at=row["recorded_at"],
        commitment=row["commitment"],
        salt=row["salt"],
        content=row["content"],
        erased_at=row["erased_at"],
    )
