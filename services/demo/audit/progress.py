"""How far an audit has come, in one file: stopped at any moment, it goes on where it was.

Places are a bit each, because every one of them must be remembered to see that none comes twice.
"""

import json
import os
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from services.demo.audit.rules import Place

MOST_PLACES = 1 << 24


@dataclass(slots=True)
class Progress:
    """What an audit remembers; `about` is what it audits, and nothing else may go on with it."""

    about: dict[str, Any]
    cursor: str | None = None
    done: bool = False
    report_bytes: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    _seen: dict[str, bytearray] = field(default_factory=dict)

    def take(self, place: Place) -> bool:
        """Remember a place; say whether it is the first time that one comes."""
        if not 0 <= place.index < MOST_PLACES:
            return False
        bits = self._seen.setdefault(place.url, bytearray())
        at, bit = place.index >> 3, 1 << (place.index & 7)
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits)))
        is_first = not bits[at] & bit
        bits[at] |= bit
        return is_first

    @classmethod
    def load(cls, file: Path, about: dict[str, Any]) -> Self:
        """Return how far the same audit came, or begin; another audit's file is left alone."""
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(about)
        if kept["about"] != about:
            raise ValueError(f"{file} is of another audit.")
        return cls(
            about,
            cursor=kept["cursor"],
            done=kept["done"],
            report_bytes=kept["report_bytes"],
            counts=Counter(kept["counts"]),
            _seen={
                url: bytearray(zlib.decompress(b64decode(bits)))
                for url, bits in kept["seen"].items()
            },
        )

    def keep(self, file: Path) -> None:
        """Write it down, whole or not at all."""
        kept = {
            "about": self.about,
            "cursor": self.cursor,
            "done": self.done,
            "report_bytes": self.report_bytes,
            "counts": self.counts,
            "seen": {
                url: b64encode(zlib.compress(bits, 1)).decode() for url, bits in self._seen.items()
            },
        }
        half = file.with_name(f".{file.name}.{os.getpid()}")
        half.write_text(json.dumps(kept), encoding="utf-8")
        half.replace(file)
