"""No proof that was tampered with, and no tree with another history, is ever believed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.proofs.merkle import (
    MAX_SIZE,
    NO_TREE,
    CompactRange,
    HashReader,
    InconsistentError,
    Node,
    NotIncludedError,
    TreeHead,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
)

MANY: Final = 300
LEAVES: Final = [leaf_hash(b"entry %d" % number) for number in range(MANY)]
HEADS: Final = [CompactRange().extend(LEAVES[:size]).head() for size in range(MANY + 1)]


def reader(leaves: Sequence[bytes]) -> HashReader:
    completed = CompactRange().grow(leaves)[1]
    return lambda node: completed[node.height][node.index]


READ: Final = reader(LEAVES)


@given(st.integers(2, MANY), st.data())
def test_a_proof_changed_by_one_byte_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path, leaf, claimed = inclusion_proof(index, size, READ), LEAVES[index], HEADS[size]

    changed = data.draw(st.integers(0, len(path) - 1).map(lambda at: _with_change(path, at, data)))
    with pytest.raises(NotIncludedError):
        check_inclusion(leaf, index=index, head=claimed, path=changed)
    with pytest.raises(NotIncludedError):
        check_inclusion(_changed(leaf, data), index=index, head=claimed, path=path)
    wrong = replace(claimed, root=_changed(claimed.root, data))
    with pytest.raises(NotIncludedError):
        check_inclusion(leaf, index=index, head=wrong, path=path)
    for other in (path[:-1], path[1:], [*path, leaf], [leaf, *path]):
        with pytest.raises(NotIncludedError):
            check_inclusion(leaf, index=index, head=claimed, path=other)


@given(st.integers(2, MANY), st.data())
def test_a_consistency_proof_changed_by_one_byte_proves_nothing(
    size: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, size - 1))
    path, before, after = consistency_proof(old, size, READ), HEADS[old], HEADS[size]

    for at in range(len(path)):
        with pytest.raises(InconsistentError):
            check_consistency(before, after, _with_change(path, at, data))
    for other in (path[:-1], path[1:], [*path, path[0]], [before.root, *path]):
        with pytest.raises(InconsistentError):
            check_consistency(before, after, other)
    with pytest.raises(InconsistentError):
        check_consistency(replace(before, root=_changed(before.root, data)), after, path)
    with pytest.raises(InconsistentError):
        check_consistency(before, replace(after, root=_changed(after.root, data)), path)


def _changed(hashed: bytes, data: st.DataObject) -> bytes:
    at, by = data.draw(st.integers(0, len(hashed) - 1)), data.draw(st.integers(1, 255))
    return hashed[:at] + bytes((hashed[at] ^ by,)) + hashed[at + 1 :]


def _with_change(path: list[bytes], at: int, data: st.DataObject) -> list[bytes]:
    return [*path[:at], _changed(path[at], data), *path[at + 1 :]]


@given(st.integers(1, MANY - 1), st.data())
@settings(max_examples=50)
def test_a_history_rewritten_and_honestly_rebuilt_is_not_consistent(
    old: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(old, MANY))
    edited = data.draw(st.integers(0, old - 1))
    rebuilt = [*LEAVES[:edited], leaf_hash(b"another entry"), *LEAVES[edited + 1 : size]]
    theirs = CompactRange().extend(rebuilt).head()

    with pytest.raises(InconsistentError):
        check_consistency(HEADS[old], theirs, consistency_proof(old, size, reader(rebuilt)))


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (HEADS[4], HEADS[3], []),
        (HEADS[3], HEADS[3], [LEAVES[0]]),
        (HEADS[3], replace(HEADS[3], root=HEADS[4].root), []),
        (NO_TREE, HEADS[3], [LEAVES[0]]),
        (NO_TREE, replace(NO_TREE, root=HEADS[3].root), []),
        (replace(NO_TREE, root=HEADS[3].root), HEADS[3], []),
        (replace(NO_TREE, size=-1), HEADS[3], []),
        (NO_TREE, replace(HEADS[3], size=MAX_SIZE + 1), []),
        (HEADS[3], replace(HEADS[4], root=b"short"), consistency_proof(3, 4, READ)),
        (replace(HEADS[3], root=b""), HEADS[4], consistency_proof(3, 4, READ)),
        (HEADS[3], HEADS[4], []),
        (HEADS[3], HEADS[4], [b"", *consistency_proof(3, 4, READ)]),
    ],
)
def test_what_cannot_be_two_moments_of_one_log_is_refused(
    old: TreeHead, new: TreeHead, path: list[bytes]
) -> None:
    with pytest.raises(InconsistentError):
        check_consistency(old, new, path)


def test_an_inner_node_is_never_taken_for_a_leaf() -> None:
    inner = node_hash(LEAVES[0], LEAVES[1])

    assert leaf_hash(LEAVES[0] + LEAVES[1]) != inner
    with pytest.raises(NotIncludedError):
        check_inclusion(inner, index=0, head=HEADS[4], path=[READ(Node(1, 1))])


def test_a_head_made_to_fit_a_longer_path_is_refused() -> None:
    more = LEAVES[9]
    path, longer = inclusion_proof(1, 3, READ), node_hash(more, HEADS[3].root)
    with pytest.raises(NotIncludedError):
        check_inclusion(LEAVES[1], index=1, head=TreeHead(3, longer), path=[*path, more])
    with pytest.raises(NotIncludedError):
        check_inclusion(LEAVES[1], index=1, head=TreeHead(1, HEADS[2].root), path=[LEAVES[0]])
    path, older = consistency_proof(3, 5, READ), node_hash(more, HEADS[3].root)
    newer = TreeHead(5, node_hash(more, HEADS[5].root))
    with pytest.raises(InconsistentError):
        check_consistency(TreeHead(3, older), newer, [*path, more])


def test_a_hash_cut_elsewhere_is_refused() -> None:
    leaf, moved = LEAVES[0][:-1], LEAVES[0][-1:] + LEAVES[1]

    assert node_hash(leaf, moved) == HEADS[2].root
    with pytest.raises(NotIncludedError):
        check_inclusion(leaf, index=0, head=HEADS[2], path=[moved])
