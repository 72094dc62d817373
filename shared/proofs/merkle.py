"""RFC 6962 and RFC 9162 §2.1: the Merkle tree of a log, over SHA-256.

Separate from where its hashes are kept: a server grows and proves with hashes it reads elsewhere
(`tiles`), a stranger checks with a proof and two heads of a tree, and neither needs the other.

A hash is 32 bytes. A perfect subtree of 2**height leaves is a `Node`; a `CompactRange` is the row
of perfect subtrees a whole tree falls into, and all that is needed to let it grow.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from shared.proofs import ProofRefusedError

HASH_BYTES: Final = 32
MAX_SIZE: Final = 2**63 - 1
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
_SIZE_BYTES: Final = 8
_sha256 = hashlib.sha256


class ProofError(ProofRefusedError):
    """The hashes do not prove what is claimed of the log."""

    code = "log-proof"
    dutch = "De hashes bewijzen niet wat van het logboek wordt beweerd."


class NotIncludedError(ProofError):
    """The path does not lead from the entry to the root of the log."""

    code = "log-not-included"
    dutch = "Het pad leidt niet van de regel naar de wortel van het logboek."


class InconsistentError(ProofError):
    """The larger log is not shown to be the smaller one with entries added: history may differ."""

    code = "log-inconsistent"
    dutch = (
        "Van het grotere logboek is niet aangetoond dat het het kleinere is met regels erbij: de "
        "geschiedenis kan anders zijn."
    )


@dataclass(frozen=True, slots=True)
class Node:
    """A perfect subtree: the leaves from index * 2**height up to (index + 1) * 2**height."""

    height: int
    index: int


HashReader: TypeAlias = Callable[[Node], bytes]
"""Gives the stored hash of a perfect subtree that is complete."""


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a tree is at one moment: the number of its leaves, and the hash over all of them."""

    size: int
    root: bytes


NO_TREE: Final = TreeHead(0, EMPTY_ROOT)
"""The head of the tree without leaves (RFC 9162 §2.1.1)."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry, as the leaf it becomes (RFC 9162 §2.1.1)."""
    return _sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them (RFC 9162 §2.1.1)."""
    return _sha256(_NODE + left + right).digest()


@dataclass(frozen=True, slots=True)
class CompactRange:
    """A tree as the hashes of its perfect subtrees, the largest and left-most first.

    One for every bit that is set in the size, so at most 63; raises ValueError otherwise.
    """

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no tree, since every later root would be wrong."""
        if not 0 <= self.size <= MAX_SIZE or len(self.roots) != self.size.bit_count():
            raise ValueError("a tree has one perfect subtree for every bit of its size")

    def root(self) -> bytes:
        """Give the hash over the whole tree (RFC 9162 §2.1.1)."""
        return _joined(self.roots) if self.roots else EMPTY_ROOT

    def head(self) -> TreeHead:
        """Give the size and the root."""
        return TreeHead(self.size, self.root())

    def append(self, leaf: bytes) -> Self:
        """Give the tree with one leaf hash more."""
        return self.extend((leaf,))

    def extend(self, leaves: Sequence[bytes]) -> Self:
        """Give the tree with these leaf hashes added: about one hash for each of them."""
        return self.grow(leaves)[0]

    def grow(self, leaves: Sequence[bytes]) -> tuple[Self, list[list[bytes]]]:
        """Give the tree with these leaf hashes added, and the hash of every node that completes.

        The second by height: the new nodes of height h stand from index `size >> h` on.
        """
        waiting, kept = list(self.roots), []
        completed: list[list[bytes]] = []
        row = list(leaves)
        while row:
            completed.append(row)
            if self.size >> len(completed) - 1 & 1:
                row = [waiting.pop(), *row]
            if len(row) % 2:
                kept.append(row[-1])
            pairs = zip(row[::2], row[1::2], strict=False)
            row = [_sha256(_NODE + left + right).digest() for left, right in pairs]
        roots = (*waiting, *reversed(kept))
        return type(self)(self.size + len(leaves), roots), completed

    def to_bytes(self) -> bytes:
        """Write the tree for storage: its size (8 bytes, big-endian) and its hashes."""
        return self.size.to_bytes(_SIZE_BYTES) + b"".join(self.roots)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Read what `to_bytes` wrote; raise ValueError for anything else."""
        size, hashes = stored[:_SIZE_BYTES], stored[_SIZE_BYTES:]
        if len(size) != _SIZE_BYTES or len(hashes) % HASH_BYTES:
            raise ValueError("a stored tree is a size of 8 bytes and whole hashes")
        return cls(int.from_bytes(size), split_hashes(hashes))


def split_hashes(joined: bytes) -> tuple[bytes, ...]:
    """Cut a row of hashes into its hashes."""
    return tuple(joined[at : at + HASH_BYTES] for at in range(0, len(joined), HASH_BYTES))


def inclusion_nodes(index: int, size: int) -> list[Node]:
    """Name every node an inclusion proof is made from, for who must fetch them beforehand."""
    return [node for leaves in _inclusion(index, size) for node in _perfect(leaves)]


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """Prove that a leaf (counted from 0) is in the tree of this size (RFC 9162 §2.1.3.1).

    Hashes from the leaf upwards; raises ValueError for a leaf outside the tree.
    """
    return [_hash_of(leaves, read) for leaves in _inclusion(index, size)]


def consistency_nodes(old_size: int, size: int) -> list[Node]:
    """Name every node a consistency proof is made from, for who must fetch them beforehand."""
    return [node for leaves in _consistency(old_size, size) for node in _perfect(leaves)]


def consistency_proof(old_size: int, size: int, read: HashReader) -> list[bytes]:
    """Prove that the tree of this size begins with the tree of the old size (RFC 9162 §2.1.4.1).

    Empty when the old size is 0 or the same; raises ValueError when it is larger.
    """
    return [_hash_of(leaves, read) for leaves in _consistency(old_size, size)]


def check_inclusion(leaf: bytes, *, index: int, head: TreeHead, path: Sequence[bytes]) -> None:
    """Check that the leaf hash stands at this index of the tree (RFC 9162 §2.1.3.2).

    Raises NotIncludedError; nothing that is read here needs to be checked before.
    """
    if not 0 <= index < head.size <= MAX_SIZE or not _are_hashes(leaf, head.root, *path):
        raise NotIncludedError
    inner = (index ^ (head.size - 1)).bit_length()
    if len(path) != inner + (index >> inner).bit_count():
        raise NotIncludedError
    reached = leaf
    for height, sibling in enumerate(path):
        # Above `inner` the path runs along the right edge, where only left siblings are.
        if height >= inner or index >> height & 1:
            reached = node_hash(sibling, reached)
        else:
            reached = node_hash(reached, sibling)
    if reached != head.root:
        raise NotIncludedError


def check_consistency(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> None:
    """Check that the new tree is the old one with leaves added (RFC 9162 §2.1.4.2).

    Nothing but the empty tree has size 0, and nothing is needed to show that it came first.
    Raises InconsistentError; nothing that is read here needs to be checked before.
    """
    if not 0 <= old.size <= new.size <= MAX_SIZE or not _are_hashes(old.root, new.root, *path):
        raise InconsistentError
    for head in (old, new):
        if head.size == 0 and head.root != EMPTY_ROOT:
            raise InconsistentError
    if old.size in {0, new.size}:
        if path or (old.size == new.size and old.root != new.root):
            raise InconsistentError
        return
    if _roots_reached(old, new.size, path) != (old.root, new.root):
        raise InconsistentError


def _roots_reached(old: TreeHead, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    last = old.size - 1
    lowest = _trailing_zeros(old.size)
    inner = (last ^ (size - 1)).bit_length() - lowest
    start = last >> lowest
    # The root of a perfect old tree is known, and so not sent.
    hashes = [old.root, *path] if start == 0 else path
    if len(hashes) != 1 + inner + (start >> inner).bit_count():
        return None
    was = now = hashes[0]
    for height, sibling in enumerate(hashes[1:]):
        if height >= inner or start >> height & 1:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
        else:
            now = node_hash(now, sibling)
    return was, now


def _inclusion(index: int, size: int) -> Iterator[range]:
    if not 0 <= index < size <= MAX_SIZE:
        raise ValueError("a leaf that is proven lies inside the tree")
    return _siblings(index, size, lowest=0)


def _consistency(old_size: int, size: int) -> Iterator[range]:
    if not 0 <= old_size <= size <= MAX_SIZE:
        raise ValueError("a tree is consistent with a tree of at least its own size")
    if old_size in {0, size}:
        return
    last, lowest = old_size - 1, _trailing_zeros(old_size)
    if last >> lowest:
        yield range(old_size - (1 << lowest), old_size)
    yield from _siblings(last, size, lowest=lowest)


def _siblings(index: int, size: int, *, lowest: int) -> Iterator[range]:
    """Yield the leaves under each sibling on the way up from this leaf's node at `lowest`."""
    for height in range(lowest, (size - 1).bit_length()):
        place = index >> height
        if place & 1:
            yield range(place - 1 << height, place << height)
        elif place + 1 << height < size:
            yield range(place + 1 << height, min(place + 2 << height, size))


def _perfect(leaves: range) -> Iterator[Node]:
    """Yield the perfect subtrees these leaves fall into; their start is aligned, for siblings."""
    start = leaves.start
    while start < leaves.stop:
        height = (leaves.stop - start).bit_length() - 1
        yield Node(height, start >> height)
        start += 1 << height


def _hash_of(leaves: range, read: HashReader) -> bytes:
    return _joined([read(node) for node in _perfect(leaves)])


def _joined(hashes: Sequence[bytes]) -> bytes:
    *above, reached = hashes
    for left in reversed(above):
        reached = node_hash(left, reached)
    return reached


def _are_hashes(*hashes: bytes) -> bool:
    return all(len(each) == HASH_BYTES for each in hashes)


def _trailing_zeros(size: int) -> int:
    return (size & -size).bit_length() - 1
