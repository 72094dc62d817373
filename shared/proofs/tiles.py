"""C2SP tlog-tiles: a log's tree cut into tiles of 256 hashes, and its entries into bundles.

Separate from `merkle`, because tiles are only where the hashes stand: a tile at level L is 256
subtrees of 256**L leaves each, full it never changes, and a partial one is the beginning of every
later one. So who stores the widest tile of each index can serve every narrower one from it.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from shared.proofs import ProofRefusedError
from shared.proofs.merkle import HASH_BYTES, CompactRange, HashReader, Node, split_hashes

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES
MAX_ENTRY_BYTES: Final = 2**16 - 1
_MAX_LEVEL: Final = 63
_MAX_INDEX: Final = 2**63 - 1
_LENGTH_BYTES: Final = 2
_GROUP: Final = 1000
_PATH: Final = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<groups>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[0-9]{1,3}))?"
)


class TileRefusedError(ProofRefusedError):
    """A tile of the log is not what its place in the log says it is."""

    code = "log-tile"
    dutch = "Een tegel van het logboek is niet wat zijn plaats in het logboek zegt."


class TilePathError(TileRefusedError):
    """This is not the path of a tile or of a bundle of entries, spelled the one way it may be."""

    code = "log-tile-path"
    dutch = "Dit is geen pad van een tegel of een bundel regels, op de enige juiste manier gespeld."


class TileShortError(TileRefusedError):
    """The tile does not have the hashes that a log of this size has there."""

    code = "log-tile-short"
    dutch = "De tegel heeft niet de hashes die een logboek van deze omvang daar heeft."


class BundleRefusedError(TileRefusedError):
    """The bundle does not hold exactly the number of entries its path promises."""

    code = "log-bundle"
    dutch = "De bundel bevat niet precies het aantal regels dat zijn pad belooft."


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A place for up to 256 hashes: level 0 to 63, index and width (1 to 256), counted from 0."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        """Refuse a place there cannot be."""
        if not 0 <= self.level <= _MAX_LEVEL:
            raise TilePathError
        _check_place(self.index, self.width)

    @property
    def path(self) -> str:
        """The path below the log's prefix."""
        return f"tile/{self.level}/{_spell(self.index, self.width)}"


@dataclass(frozen=True, slots=True, order=True)
class EntryBundle:
    """A place for the up to 256 entries below the tile of this index at level 0."""

    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        """Refuse a place there cannot be."""
        _check_place(self.index, self.width)

    @property
    def path(self) -> str:
        """The path below the log's prefix."""
        return f"tile/entries/{_spell(self.index, self.width)}"


TileReader: TypeAlias = Callable[[Tile], bytes]
"""Gives the hashes of a tile, one after the other: those asked for, or more that were added."""

Subtrees: TypeAlias = tuple[bytes, ...]
"""The hashes of a tile one after the other, those of the pairs they make, and so on upwards."""


def parse_path(path: str) -> Tile | EntryBundle:
    """Read the path of a tile or a bundle below the log's prefix, or raise TilePathError."""
    found = _PATH.fullmatch(path)
    if not found:
        raise TilePathError
    index = int(found["groups"].replace("/", "").replace("x", ""))
    width = int(found["width"] or TILE_WIDTH)
    if found["level"] == "entries":
        place: Tile | EntryBundle = EntryBundle(index, width)
    else:
        place = Tile(int(found["level"]), index, width)
    if place.path != path:
        raise TilePathError
    return place


def changed_tiles(before: int, after: int) -> Iterator[Tile]:
    """Name every tile that is new or wider when a log grows from one size to another.

    From size 0: every tile there is. Lowest level first, and by index.
    """
    level = 0
    while (first := before >> TILE_HEIGHT * level) < (stop := after >> TILE_HEIGHT * level):
        for index in range(first // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            yield Tile(level, index, min(stop - index * TILE_WIDTH, TILE_WIDTH))
        level += 1


def changed_bundles(before: int, after: int) -> Iterator[EntryBundle]:
    """Name every bundle of entries that is new or wider when a log grows, by index."""
    for tile in changed_tiles(before, after):
        if tile.level:
            break
        yield EntryBundle(tile.index, tile.width)


def edge_tiles(size: int) -> list[Tile]:
    """Name the partial tiles of a log of this size, lowest level first: what growth adds to."""
    levels = range(-(-size.bit_length() // TILE_HEIGHT))
    ends = [(level, size >> TILE_HEIGHT * level) for level in levels]
    return [
        Tile(level, end // TILE_WIDTH, end % TILE_WIDTH) for level, end in ends if end % TILE_WIDTH
    ]


def tree_at_edge(size: int, edge: Mapping[Tile, bytes]) -> CompactRange:
    """Give the tree of which these are the partial tiles (those that `edge_tiles` names).

    Raises TileShortError when one has too few hashes.
    """
    roots: list[bytes] = []
    for tile in reversed(edge_tiles(size)):
        roots += CompactRange().extend(split_hashes(_filled(tile, edge[tile]))).roots
    return CompactRange(size, tuple(roots))


def grow(
    tree: CompactRange, leaves: Sequence[bytes], edge: Mapping[Tile, bytes]
) -> tuple[CompactRange, list[tuple[Tile, bytes]]]:
    """Add leaf hashes to a log: give the larger tree, and every tile to write with its hashes.

    Takes the partial tiles that `edge_tiles` names, and raises TileShortError when one has too few
    hashes. Whether those are this tree's own is what `tree_at_edge` tells.
    """
    after, completed = tree.grow(leaves)
    written: list[tuple[Tile, bytes]] = []
    for level, row in enumerate(completed[::TILE_HEIGHT]):
        index, present = divmod(tree.size >> TILE_HEIGHT * level, TILE_WIDTH)
        partial = Tile(level, index, present) if present else None
        hashes = (_filled(partial, edge[partial]) if partial else b"") + b"".join(row)
        for at in range(0, len(hashes), TILE_BYTES):
            cut = hashes[at : at + TILE_BYTES]
            written.append((Tile(level, index + at // TILE_BYTES, len(cut) // HASH_BYTES), cut))
    return after, written


def tiles_holding(nodes: Iterable[Node], size: int) -> list[Tile]:
    """Name the tiles of a log of this size where these nodes stand, each once."""
    return list(dict.fromkeys(_tile_of(node, size) for node in nodes))


def hash_reader(read_tile: TileReader, size: int) -> HashReader:
    """Read the hashes of a log of this size out of its tiles, each of which is read once.

    What is given raises TileShortError when a tile has too few hashes, and ValueError for a node
    that is not complete.
    """
    return subtree_reader(cache(lambda tile: work_out(tile, read_tile(tile))), size)


def work_out(tile: Tile, stored: bytes) -> Subtrees:
    """Hash what a tile holds into every complete subtree inside; TileShortError for too few."""
    _, completed = CompactRange().grow(split_hashes(_filled(tile, stored)))
    return tuple(map(b"".join, completed[:TILE_HEIGHT]))


def subtree_reader(find: Callable[[Tile], Subtrees], size: int) -> HashReader:
    """Read the hashes of a log of this size out of tiles that were worked out."""

    def read(node: Node) -> bytes:
        tile, rise = _tile_of(node, size), node.height % TILE_HEIGHT
        start = node.index % (TILE_WIDTH >> rise) * HASH_BYTES
        return find(tile)[rise][start : start + HASH_BYTES]

    return read


class KnownTiles:
    """Tiles of one log that were worked out; those last asked for stay.

    A tile of this width never changes. A full one of leaves is not kept: another proof needs
    another, while all meet above and at the edge.
    """

    def __init__(self, at_most: int) -> None:
        """Keep so many, of 16 kB each."""
        self._at_most = at_most
        self._known: OrderedDict[Tile, Subtrees] = OrderedDict()

    def find(self, tiles: Iterable[Tile]) -> dict[Tile, Subtrees]:
        """Return those of these tiles that are known."""
        found = {tile: self._known[tile] for tile in tiles if tile in self._known}
        for tile in found:
            self._known.move_to_end(tile)
        return found

    def keep(self, tiles: Mapping[Tile, Subtrees]) -> None:
        """Know these from now on, and forget others for them."""
        for tile, subtrees in tiles.items():
            if tile.level or tile.width < TILE_WIDTH:
                self._known[tile] = subtrees
        while len(self._known) > self._at_most:
            self._known.popitem(last=False)


def write_bundle(entries: Iterable[bytes]) -> bytes:
    """Write entries (up to 65,535 bytes each) behind their length: uint16, big-endian."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise ValueError("an entry of a log has at most 65,535 bytes")
        parts += len(entry).to_bytes(_LENGTH_BYTES), entry
    return b"".join(parts)


def read_bundle(bundle: bytes, width: int = TILE_WIDTH) -> list[bytes]:
    """Read exactly `width` entries and nothing after them, or raise BundleRefusedError."""
    entries, at = [], 0
    for _ in range(width):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(bundle[at:start])
        if at > len(bundle):
            raise BundleRefusedError
        entries.append(bundle[start:at])
    if at != len(bundle):
        raise BundleRefusedError
    return entries


def _check_place(index: int, width: int) -> None:
    if not (0 <= index <= _MAX_INDEX and 1 <= width <= TILE_WIDTH):
        raise TilePathError


def _spell(index: int, width: int) -> str:
    groups = [f"{index % _GROUP:03}"]
    while index := index // _GROUP:
        groups.append(f"x{index % _GROUP:03}")
    return "/".join(reversed(groups)) + (f".p/{width}" if width < TILE_WIDTH else "")


def _tile_of(node: Node, size: int) -> Tile:
    if node.index + 1 << node.height > size:
        raise ValueError("a node whose hash is read is complete")
    level, rise = divmod(node.height, TILE_HEIGHT)
    index = (node.index << rise) // TILE_WIDTH
    return Tile(level, index, min((size >> TILE_HEIGHT * level) - index * TILE_WIDTH, TILE_WIDTH))


def _filled(tile: Tile, stored: bytes) -> bytes:
    needed = tile.width * HASH_BYTES
    if len(stored) < needed:
        raise TileShortError
    return stored[:needed]
