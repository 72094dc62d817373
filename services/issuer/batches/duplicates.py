"""Which rows of a file were there before, remembered in 21 to 43 bytes for each thing seen.

Apart from judging, because it is the only thing that grows with the file. A table with open
addressing in flat arrays, 16 bytes a place: 96 bits of a salted hash (BLAKE2b, RFC 7693) and the
row. For two things a row that is 134 MB for two million rows, and half as much more while it grows.
The salt is secret and made for the file, so that nobody can aim two rows at one place.
"""

import secrets
from array import array
from hashlib import blake2b
from typing import Final

_SMALLEST: Final = 1024
_FULL: Final = 0.75


class SeenRows:
    """The things that were seen, and in which row first."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(blake2b.SALT_SIZE)
        self._count = 0
        self._make(_SMALLEST)

    def first_row(self, thing: str, row: int) -> int:
        """Return the row a thing was first in, and remember this one when it is new."""
        digest = blake2b(
            thing.encode("utf-8", "surrogatepass"), salt=self._salt, digest_size=12
        ).digest()
        return self._place(
            int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little"), row
        )

    @property
    def size(self) -> int:
        """Return the bytes the table takes."""
        return sum(one.itemsize * len(one) for one in (self._high, self._low, self._rows))

    def _make(self, slots: int) -> None:
        self._mask = slots - 1
        self._room = int(slots * _FULL)
        self._high = array("Q", bytes(8 * slots))
        self._low = array("I", bytes(4 * slots))
        self._rows = array("I", bytes(4 * slots))

    def _place(self, high: int, low: int, row: int) -> int:
        mask, rows, at = self._mask, self._rows, high & self._mask
        while found := rows[at]:
            if self._high[at] == high and self._low[at] == low:
                return found
            at = (at + 1) & mask
        if self._count >= self._room:
            self._grow()
            return self._place(high, low, row)
        self._high[at], self._low[at], rows[at] = high, low, row
        self._count += 1
        return row

    def _grow(self) -> None:
        old = zip(self._high, self._low, self._rows, strict=True)
        self._make(2 * (self._mask + 1))
        mask, high, low, rows = self._mask, self._high, self._low, self._rows
        for one, other, row in old:
            if row:
                at = one & mask
                while rows[at]:
                    at = (at + 1) & mask
                high[at], low[at], rows[at] = one, other, row
