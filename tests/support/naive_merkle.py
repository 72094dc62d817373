"""RFC 6962 §2.1 word for word, without any of the short ways `shared.proofs.merkle` takes.

A second opinion in tests: slow, recursive, over whole lists of entries.
"""

import hashlib
from collections.abc import Sequence


def tree_hash(entries: Sequence[bytes]) -> bytes:
    """MTH(D[n]) of §2.1."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    half = largest_power_below(len(entries))
    return hashlib.sha256(b"\x01" + tree_hash(entries[:half]) + tree_hash(entries[half:])).digest()


def path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of §2.1.1."""
    if len(entries) == 1:
        return []
    half = largest_power_below(len(entries))
    if index < half:
        return [*path(index, entries[:half]), tree_hash(entries[half:])]
    return [*path(index - half, entries[half:]), tree_hash(entries[:half])]


def proof(old_size: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n]) of §2.1.2, for 0 < m < n."""
    return _subproof(old_size, entries, complete=True)


def _subproof(old_size: int, entries: Sequence[bytes], *, complete: bool) -> list[bytes]:
    if old_size == len(entries):
        return [] if complete else [tree_hash(entries)]
    half = largest_power_below(len(entries))
    if old_size <= half:
        left = _subproof(old_size, entries[:half], complete=complete)
        return [*left, tree_hash(entries[half:])]
    right = _subproof(old_size - half, entries[half:], complete=False)
    return [*right, tree_hash(entries[:half])]


def tile(level: int, index: int, entries: Sequence[bytes]) -> bytes:
    """Give the hashes of a tile of the tree over these entries (C2SP tlog-tiles)."""
    span = 256**level
    starts = range(index * 256 * span, (index + 1) * 256 * span, span)
    return b"".join(
        tree_hash(entries[start : start + span]) for start in starts if start + span <= len(entries)
    )


def largest_power_below(size: int) -> int:
    """Give k of §2.1: the largest power of two smaller than the size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power
