"""What an auditor remembers of a log between two runs: its tree then, and who signed that.

Separate from the audit, because this is what catches a log that rewrote its past: the tree is kept
as the hashes at its edge, and of all before them one hash for every 256 entries, so that it can be
told where a history differs. Two notes that cannot both be true are kept as evidence.
"""

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from shared.proofs.merkle import HASH_BYTES, CompactRange
from shared.proofs.tiles import TILE_WIDTH, Tile, edge_tiles, tree_at_edge

_VERSION: Final = 1


class MemoryUnreadableError(ValueError):
    """The file of the last run cannot be read; without it nothing is known of the past."""


@dataclass(slots=True)
class Growth:
    """A tree as it is audited: the partial tile at each level, and one hash for each full tile."""

    tree: CompactRange = field(default_factory=CompactRange)
    edges: list[bytearray] = field(default_factory=list)
    tops: bytearray = field(default_factory=bytearray)

    def top(self, index: int) -> bytes:
        """Return the hash over the 256 entries of this bundle."""
        return bytes(self.tops[index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def edge(self, level: int) -> bytearray:
        """Return the hashes at the edge of a level, to add to."""
        while len(self.edges) <= level:
            self.edges.append(bytearray())
        return self.edges[level]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """How a log was when it was audited last: whole, and consistent with all runs before."""

    vkeys: tuple[str, ...]
    note: bytes
    growth: Growth

    @property
    def size(self) -> int:
        """How many entries it had."""
        return self.growth.tree.size


def find_last_run(file: Path) -> LastRun | None:
    """Return what was kept in this file; None before the first run."""
    try:
        kept: Any = json.loads(file.read_text(encoding="utf-8"))
        tops = _beside(file).read_bytes()
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise MemoryUnreadableError(MemoryUnreadableError.__doc__) from None
    try:
        if kept["version"] != _VERSION:
            raise MemoryUnreadableError(MemoryUnreadableError.__doc__)
        size = int(kept["size"])
        edges = [bytearray(b64decode(edge)) for edge in kept["edges"]]
        tree = tree_at_edge(size, {tile: bytes(edges[tile.level]) for tile in edge_tiles(size)})
        full = size // TILE_WIDTH * HASH_BYTES
        if len(tops) < full:
            raise MemoryUnreadableError(MemoryUnreadableError.__doc__)
        growth = Growth(tree, edges, bytearray(tops[:full]))
        vkeys = tuple(map(str, kept["vkeys"]))
        return LastRun(vkeys=vkeys, note=str(kept["note"]).encode(), growth=growth)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise MemoryUnreadableError(MemoryUnreadableError.__doc__) from error


def keep_run(file: Path, run: LastRun) -> None:
    """Remember a run that was well; whole or not at all."""
    kept = {
        "version": _VERSION,
        "size": run.size,
        "edges": [b64encode(edge).decode() for edge in run.growth.edges],
        "vkeys": list(run.vkeys),
        "note": run.note.decode(),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    # First what may be longer than needed, then what says how much of it counts.
    _write(_beside(file), bytes(run.growth.tops))
    _write(file, json.dumps(kept, indent=1).encode())


def keep_evidence(file: Path, *, before: bytes, after: bytes) -> Path:
    """Keep two signed notes that cannot both be true, and return where."""
    place = file.with_name(file.name + ".evidence")
    _write(place, before + b"\n" + after)
    return place


def span_of(tile: Tile, place: int) -> range:
    """Return the entries below one hash of a tile."""
    width = TILE_WIDTH**tile.level
    first = (tile.index * TILE_WIDTH + place) * width
    return range(first, first + width)


def _beside(file: Path) -> Path:
    return file.with_name(file.name + ".tops")


def _write(file: Path, content: bytes) -> None:
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with half.open("wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    half.rename(file)
