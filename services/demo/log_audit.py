"""Auditing the register's log from outside: every entry is read, and the whole tree made anew.

Apart from the command, and from the register: it needs an address, the keys of the log, and what it
remembers of its last run (`log_audit_memory`). The checks, in order:

1. A log that we know signed the checkpoint, and our quorum of witnesses cosigned it.
2. It is no smaller than it was, and at the same size it is the same.
3. Every entry since then is an entry, and its hash stands in its tile.
4. Every tile above them holds the hashes of the tiles below, at the edge those of last time too.
5. The tree that came out is the tree that was signed: so the log only grew since the last run.

Memory stays flat however long the log is: a few bundles on their way, and a hash for each 256
entries. Where a log lies, the first entry or tile that differs is named.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self

import httpx

from services.demo.log_audit_memory import Growth, LastRun, span_of
from services.demo.log_policy import Policy
from shared.proofs import ProofRefusedError
from shared.proofs.checkpoints import Checkpoint, read_checkpoint
from shared.proofs.log_entries import EntryRefusedError, read_entry
from shared.proofs.merkle import HASH_BYTES, leaf_hash
from shared.proofs.notes import Note, open_note, read_note
from shared.proofs.tiles import (
    TILE_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    EntryBundle,
    Tile,
    TileRefusedError,
    read_bundle,
)

AT_ONCE: Final = 16
TRIES: Final = 4
QUORUM_TRIES: Final = 6
PAUSE_SECONDS: Final = 2.0
MOST_BYTES: Final = TILE_WIDTH * (2 + 65_535)


class LogLiesError(Exception):
    """The log is not what it said it was; the sentence says where it differs first."""

    note: bytes | None = None
    """What it signed all the same."""


class AuditStoppedError(Exception):
    """The log could not be read, so nothing is known; again later."""


@dataclass(frozen=True, slots=True)
class Past:
    """What was seen at the last run: so many entries, the last few by their hashes."""

    size: int = 0
    edge: bytes = b""
    tops: bytes = b""

    @classmethod
    def of(cls, last: LastRun | None) -> Self:
        """Keep apart what the tree grows away from."""
        if last is None:
            return cls()
        growth = last.growth
        return cls(last.size, bytes(growth.edge(0)), bytes(growth.tops))

    def leaf(self, index: int) -> bytes | None:
        """Return the hash of an entry, if it was at the edge."""
        at = (index - self.size // TILE_WIDTH * TILE_WIDTH) * HASH_BYTES
        return self.edge[at : at + HASH_BYTES] or None if at >= 0 else None

    def top(self, index: int) -> bytes | None:
        """Return the hash over the 256 entries of a bundle, if all of them were seen."""
        return self.tops[index * HASH_BYTES : (index + 1) * HASH_BYTES] or None


@dataclass(slots=True)
class Found:
    """What an audit found, when all was well."""

    checkpoint: Checkpoint
    note: bytes
    cosigners: frozenset[str]
    first: int
    growth: Growth
    past: Past
    kinds: Counter[str] = field(default_factory=Counter)


class LogReader:
    """A log at an address: what C2SP tlog-tiles puts there, each file asked for a few times."""

    def __init__(self, client: httpx.AsyncClient, prefix: str) -> None:
        self._client = client
        self._prefix = prefix.rstrip("/")

    async def read(self, path: str) -> bytes:
        """Read a file of the log; what it does not have although it signed for it, is a lie."""
        reason = ""
        for attempt in range(TRIES):
            try:
                answer = await self._client.get(f"{self._prefix}/{path}")
            except httpx.HTTPError as error:
                reason = type(error).__name__
            else:
                if answer.is_success and len(answer.content) <= MOST_BYTES:
                    return answer.content
                if answer.status_code in {404, 410}:
                    raise LogLiesError(f"The log signed for {path}, and does not give it.")
                reason = f"status {answer.status_code}"
            await asyncio.sleep(0.2 * 2**attempt)
        raise AuditStoppedError(f"{path} cannot be read: {reason}.")


async def audit_log(
    log: LogReader,
    policy: Policy,
    last: LastRun | None,
    *,
    anew: bool = False,
    tell: Callable[[int, int], None] = lambda _done, _size: None,
) -> Found:
    """Audit a log from where the last run ended, or anew from its first entry.

    Raises LogLiesError, or AuditStoppedError when nothing can be known.
    """
    note, cosigners = await _read_checkpoint(log, policy)  # 1
    checkpoint, past = read_checkpoint(note.text), Past.of(last)
    growth = last.growth if last and not anew else Growth()
    found = Found(checkpoint, note.to_bytes(), cosigners, growth.tree.size, growth, past)
    try:
        await _audit(log, found, tell)
    except LogLiesError as lie:
        lie.note = found.note
        raise
    return found


async def _audit(log: LogReader, found: Found, tell: Callable[[int, int], None]) -> None:
    growth, size = found.growth, found.checkpoint.size
    if size < found.past.size:  # 2
        raise LogLiesError(f"The log had {found.past.size} entries, and now says it has {size}.")
    async for bundle, octets, hashes in _bundles(log, growth, size):
        leaves = _check_bundle(found, bundle, octets, hashes)  # 3
        for tile, ours in _grow(growth, leaves):
            await _check_tile(log, growth, tile, ours)  # 4
        _check_top(found, bundle)
        tell(growth.tree.size, size)
    for level, edge in enumerate(growth.edges):
        if level and edge:
            index = (size >> TILE_HEIGHT * level) // TILE_WIDTH
            tile = Tile(level, index, len(edge) // HASH_BYTES)
            await _check_tile(log, growth, tile, bytes(edge))
    if growth.tree.head() != found.checkpoint.head:  # 5
        raise LogLiesError(f"What was signed at {size} entries is not the root of its tiles.")


async def _read_checkpoint(log: LogReader, policy: Policy) -> tuple[Note, frozenset[str]]:
    """Read the newest checkpoint; a cosignature may come some seconds after it."""
    cosigners: frozenset[str] = frozenset()
    for attempt in range(QUORUM_TRIES):
        raw = await log.read("checkpoint")
        try:
            note = read_note(raw)
            origin = read_checkpoint(note.text).origin
            ours = [key for key in policy.logs if key.name == origin]
            open_note(note, ours)
            cosigners = policy.cosigners(note)
        except ProofRefusedError as refused:
            raise LogLiesError(f"The checkpoint: {type(refused).sentence()}") from None
        if policy.is_met(cosigners):
            return note, cosigners
        if attempt < QUORUM_TRIES - 1:
            await asyncio.sleep(PAUSE_SECONDS)
    names = ", ".join(sorted(cosigners)) or "none"
    raise LogLiesError(f"Fewer witnesses cosigned the checkpoint than we ask for: {names}.")


async def _bundles(
    log: LogReader, growth: Growth, size: int
) -> AsyncIterator[tuple[EntryBundle, bytes, bytes]]:
    """Read the bundles that are new, each with its tile, in order, so many at once."""
    waiting: deque[tuple[EntryBundle, asyncio.Task[list[bytes]]]] = deque()
    wanted = _wanted(growth.tree.size, size)
    try:
        while True:
            while len(waiting) < AT_ONCE and (bundle := next(wanted, None)) is not None:
                waiting.append((bundle, asyncio.ensure_future(_both(log, bundle))))
            if not waiting:
                return
            bundle, reading = waiting.popleft()
            octets, hashes = await reading
            yield bundle, octets, hashes
    finally:
        for _bundle, reading in waiting:
            reading.cancel()
        for _bundle, reading in waiting:
            with suppress(asyncio.CancelledError, Exception):
                await reading


async def _both(log: LogReader, bundle: EntryBundle) -> list[bytes]:
    tile = Tile(0, bundle.index, bundle.width)
    return [await log.read(bundle.path), await log.read(tile.path)]


def _wanted(before: int, size: int) -> Iterator[EntryBundle]:
    """Name the bundles with entries after `before`; also the last one when nothing is new."""
    first = before // TILE_WIDTH
    for index in range(first, -(-size // TILE_WIDTH)):
        yield EntryBundle(index, min(size - index * TILE_WIDTH, TILE_WIDTH))


def _check_bundle(found: Found, bundle: EntryBundle, octets: bytes, hashes: bytes) -> list[bytes]:
    """Check the entries of a bundle one by one; give the hashes of those that are new."""
    first = bundle.index * TILE_WIDTH
    try:
        entries = read_bundle(octets, bundle.width)
    except TileRefusedError as refused:
        raise LogLiesError(f"{bundle.path}: {type(refused).sentence()}") from None
    leaves = [leaf_hash(entry) for entry in entries]
    seen = found.growth.tree.size - first
    for place, (entry, leaf) in enumerate(zip(entries, leaves, strict=True)):
        at = place * HASH_BYTES
        if found.past.leaf(first + place) not in {leaf, None}:
            raise LogLiesError(f"Entry {first + place} is not what it was at the last run.")
        if leaf != hashes[at : at + HASH_BYTES]:
            raise LogLiesError(
                f"Entry {first + place} is not the one that tile/0 has a hash of"
                f" ({Tile(0, bundle.index, bundle.width).path})."
            )
        if place >= seen:
            found.kinds[_kind(entry, first + place)] += 1
    return leaves[seen:]


def _check_top(found: Found, bundle: EntryBundle) -> None:
    """Compare the hash over a whole bundle with the one of the last run."""
    before = found.past.top(bundle.index)
    if before is not None and before != found.growth.top(bundle.index):
        first = bundle.index * TILE_WIDTH
        raise LogLiesError(
            f"{bundle.path} is not what it was at the last run: one of entries {first} to"
            f" {first + TILE_WIDTH - 1} was changed."
        )


def _kind(entry: bytes, index: int) -> str:
    try:
        return read_entry(entry).kind.value
    except EntryRefusedError:
        raise LogLiesError(f"Entry {index} is no entry of a register's log.") from None


def _grow(growth: Growth, leaves: list[bytes]) -> Iterator[tuple[Tile, bytes]]:
    """Add leaves to the tree, and give every tile above them that became full."""
    before = growth.tree.size
    growth.tree, completed = growth.tree.grow(leaves)
    for level, row in enumerate(completed[::TILE_HEIGHT]):
        edge = growth.edge(level)
        edge += b"".join(row)
        if level == 1:
            growth.tops += b"".join(row)
        index = (before >> TILE_HEIGHT * level) // TILE_WIDTH
        while len(edge) >= TILE_BYTES:
            if level:
                yield Tile(level, index), bytes(edge[:TILE_BYTES])
            del edge[:TILE_BYTES]
            index += 1


async def _check_tile(log: LogReader, growth: Growth, tile: Tile, ours: bytes) -> None:
    theirs = await log.read(tile.path)
    if theirs == ours:
        return
    place = next(
        (
            at // HASH_BYTES
            for at in range(0, len(ours), HASH_BYTES)
            if theirs[at : at + HASH_BYTES] != ours[at : at + HASH_BYTES]
        ),
        None,
    )
    if place is None:
        raise LogLiesError(f"{tile.path} has more than it should.")
    if tile.level > 1:
        await _look_below(log, growth, span_of(tile, place))
    span = span_of(tile, place)
    raise LogLiesError(
        f"{tile.path} differs at place {place}: entries {span.start} to {span.stop - 1} are not"
        " what they were, or not what is below it."
    )


async def _look_below(log: LogReader, growth: Growth, span: range) -> None:
    """Find among many entries the first 256 that differ from what we saw of them."""
    for index in range(span.start // TILE_WIDTH**2, -(-span.stop // TILE_WIDTH**2)):
        tile = Tile(1, index)
        theirs = await log.read(tile.path)
        ours = bytes(growth.tops[index * TILE_BYTES : (index + 1) * TILE_BYTES])
        if theirs != ours and len(ours) == TILE_BYTES:
            await _check_tile(log, growth, tile, ours)
