"""The sequencer: facts get their place in the log, and its tree grows.

1. One at a time: the row that says how far the log is, is held until the commit. Nothing is signed
   while a witness may know of a larger tree than ours (`domain.witnessing`).
2. Facts are taken in the order they were written; each becomes an entry at the next index. With an
   archive they are there, openings and all, before anything is signed (`archive`).
3. The tree grows over the tiles at its edge, which must be the tree we say we have.
4. A checkpoint over the new tree is signed; all of it is one transaction.

Who follows is told from the log itself (`telling`, `feed`), so nothing is told that is not in it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Final

from prometheus_client import Gauge

from services.registry.domain.witnessing import Guard
from services.registry.operations.archive import Archive
from services.registry.repository import log as repository
from services.registry.repository import witnesses
from services.registry.repository.log import LogState
from services.registry.signing import LogSigner
from shared.proofs.log_entries import LogEntry
from shared.proofs.merkle import CompactRange, leaf_hash
from shared.proofs.tiles import EntryBundle, Tile, edge_tiles, grow, tree_at_edge, write_bundle
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight

BATCH: Final = 1024
_HELD = Gauge("waarmerk_log_held", "The log is not signed, for a witness may know better.")


class LogBrokenError(RuntimeError):
    """The tiles at the edge of the log are not those of the tree that was signed last."""


class AnotherLogError(RuntimeError):
    """The database holds the log of another origin; a log never changes its name."""


@dataclass(frozen=True, slots=True)
class Sequencer:
    """What the log is kept with."""

    database: Database
    signer: LogSigner
    guard: Guard | None = None
    archive: Archive | None = None


async def begin_log(sequencer: Sequencer) -> None:
    """Sign the empty tree, the first time; refuse a database that holds another log.

    Every history begins with that tree, so nothing is signed that could be another's, and without
    a checkpoint no witness could be asked what it knows.
    """
    now, tree = clock.now(), CompactRange()
    checkpoint = sequencer.signer.sign(tree.head(), now=now).to_bytes()
    empty = LogState(
        origin=sequencer.signer.origin, tree=tree, checkpoint=checkpoint, signed_at=now
    )
    async with sequencer.database.acting_for(EVERY_ORGANISATION) as straight:
        await repository.begin(straight, empty)
        await witnesses.keep_keys(straight, [key.vkey for key in sequencer.signer.keys])
        state = await repository.find_state(straight)
    if state is None or state.origin != sequencer.signer.origin:
        raise AnotherLogError


async def sequence(sequencer: Sequencer) -> int:
    """Log what is pending, at most so much at a time; return how much it was."""
    now = clock.now()
    async with sequencer.database.acting_for(EVERY_ORGANISATION) as straight:
        state = await repository.lock_state(straight)  # 1
        if state is None or await _is_held(straight, sequencer, state):
            return 0
        pending = await repository.take_pending(straight, limit=BATCH)  # 2
        if not pending:
            return 0
        if sequencer.archive is not None:
            batch = await repository.list_facts(straight, [number for number, _ in pending])
            await asyncio.to_thread(sequencer.archive.keep, state.tree.size, batch)
        await log_entries(straight, sequencer, state, pending, now=now)
    return len(pending)


async def log_entries(
    straight: Straight,
    sequencer: Sequencer,
    state: LogState,
    pending: Sequence[tuple[int, LogEntry]],
    *,
    now: datetime,
) -> None:
    """Give entries, each with the number of its fact, the next places in the log, and sign it."""
    entries = [entry.to_bytes() for _number, entry in pending]
    tree = await _grow(straight, state.tree, [leaf_hash(entry) for entry in entries])  # 3
    numbers = [number for number, _entry in pending]
    await repository.add_entries(straight, state.tree.size, entries, numbers=numbers, logged_at=now)
    checkpoint = sequencer.signer.sign(tree.head(), now=now).to_bytes()  # 4
    await repository.keep_state(
        straight,
        LogState(origin=state.origin, tree=tree, checkpoint=checkpoint, signed_at=now),
    )


async def read_checkpoint(database: Database) -> bytes | None:
    """Return the newest checkpoint with all who signed just that; None before the log began."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        state = await repository.find_state(straight)
        if state is None:
            return None
        size, note = state.tree.size, state.checkpoint
        return note + (await witnesses.list_cosignatures(straight, size, note)).encode()


async def read_tile(database: Database, place: Tile | EntryBundle) -> bytes | None:
    """Return a tile or a bundle as wide as it is asked for; None when the log is not that far."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        if isinstance(place, EntryBundle):
            entries = await repository.list_entries(straight, place)
            return write_bundle(entries) if len(entries) == place.width else None
        found = (await repository.find_tiles(straight, [place])).get(place, b"")
    width = place.width * 32
    return found[:width] if len(found) >= width else None


async def _is_held(straight: Straight, sequencer: Sequencer, state: LogState) -> bool:
    """Ask the guard whether this log may go on, and let every process know its answer."""
    if sequencer.guard is None:
        return False
    hold = sequencer.guard.find_hold(state.tree.size, at=monotonic())
    await witnesses.keep_hold(straight, hold)
    _HELD.set(hold is not None)
    return hold is not None


async def _grow(straight: Straight, tree: CompactRange, leaves: Sequence[bytes]) -> CompactRange:
    edge = await repository.find_tiles(straight, edge_tiles(tree.size))
    if len(edge) != len(edge_tiles(tree.size)) or tree_at_edge(tree.size, edge) != tree:
        raise LogBrokenError
    after, tiles = grow(tree, leaves, edge)
    await repository.keep_tiles(straight, tiles)
    return after
