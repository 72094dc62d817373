"""A log in memory, as its files: grown honestly, or with any of its files replaced."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.proofs.checkpoints import Checkpoint
from shared.proofs.log_entries import EntryKind, LogEntry
from shared.proofs.merkle import CompactRange, leaf_hash
from shared.proofs.notes import Note, sign_note
from shared.proofs.tiles import (
    TILE_WIDTH,
    Tile,
    changed_bundles,
    edge_tiles,
    grow,
    parse_path,
    write_bundle,
)
from tests.support.cosigners import LOG, ORIGIN

OIN: Final = "00000099000000210000"


def an_entry(number: int, kind: EntryKind = EntryKind.ISSUED) -> bytes:
    """Make an entry that looks like any other."""
    return LogEntry(kind, OIN, hmac.digest(b"salt", str(number).encode(), "sha256")).to_bytes()


class FiledLog:
    """The files of a log, by their path below its prefix."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.tree = CompactRange()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.replaced: dict[str, bytes | None] = {}
        self.note: Note | None = None
        self.asked: list[str] = []

    def add(self, entries: Iterable[bytes]) -> None:
        """Grow the log, and sign what it is then."""
        new = list(entries)
        size = self.tree.size
        edge = {tile: self.tiles[tile.level, tile.index] for tile in edge_tiles(size)}
        self.tree, written = grow(self.tree, [leaf_hash(entry) for entry in new], edge)
        self.tiles |= {(tile.level, tile.index): hashes for tile, hashes in written}
        self.entries += new
        self.note = sign_note(Checkpoint.of(ORIGIN, self.tree.head()).to_text(), LOG)

    def rewritten(self, changed: Mapping[int, bytes]) -> "FiledLog":
        """Give the log an insider would make: other entries, and everything above made to fit."""
        other = FiledLog()
        other.add(changed.get(index, entry) for index, entry in enumerate(self.entries))
        return other

    def read(self, path: str) -> bytes | None:
        """Return a file; None when there is none."""
        self.asked.append(path)
        if path in self.replaced:
            return self.replaced[path]
        if path == "checkpoint":
            return self.note.to_bytes() if self.note else None
        place = parse_path(path)
        if isinstance(place, Tile):
            return self.tiles.get((place.level, place.index), b"")[: place.width * 32] or None
        first = place.index * TILE_WIDTH
        found: Sequence[bytes] = self.entries[first : first + place.width]
        return write_bundle(found) if len(found) == place.width else None

    def app(self) -> Starlette:
        """Return the log behind HTTP, below /log."""

        async def answer(request: Request) -> Response:
            octets = self.read(request.path_params["path"])
            return Response(octets or b"", 200 if octets is not None else 404)

        return Starlette(routes=[Route("/log/{path:path}", answer)])

    @property
    def bundles(self) -> list[str]:
        """Name the bundles of entries there are."""
        return [bundle.path for bundle in changed_bundles(0, self.tree.size)]
