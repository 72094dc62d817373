"""A log's tree is RFC 6962's, and nothing but a true proof about it is believed."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    NO_TREE,
    CompactRange,
    HashReader,
    Node,
    NotIncludedError,
    ProofError,
    TreeHead,
    check_consistency,
    check_inclusion,
    consistency_nodes,
    consistency_proof,
    inclusion_nodes,
    inclusion_proof,
    leaf_hash,
)
from tests.support import naive_merkle as naive

# The entries and roots of the RFC 6962 reference tests: certificate-transparency, merkle_tree_test;
# github.com/transparency-dev/merkle, testonly/constants.go.
THEIR_ENTRIES: Final = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
THEIR_ROOTS: Final = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# The accumulated vectors of draft-ietf-plants-merkle-tree-certs, appendix on subtrees: SHA-256 over
# a line for every subtree, and every proof in one, of the tree of the entries 00, 01 … 81 (hex).
THEIR_SUBTREES: Final = "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"
THEIR_INCLUSIONS: Final = "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"
THEIR_MOST: Final = 130

ENTRIES: Final = [b"entry %d" % number for number in range(1400)]
LEAVES: Final = [leaf_hash(entry) for entry in ENTRIES]
MANY: Final = 300
SIZES: Final = st.integers(1, MANY) | st.integers(MANY, len(ENTRIES))


def reader(leaves: Sequence[bytes]) -> HashReader:
    completed = CompactRange().grow(leaves)[1]
    return lambda node: completed[node.height][node.index]


READ: Final = reader(LEAVES)


def head(size: int) -> TreeHead:
    return CompactRange().extend(LEAVES[:size]).head()


HEADS: Final = [head(size) for size in range(MANY + 1)]


def test_the_roots_of_the_rfc_are_ours() -> None:
    grown = CompactRange()

    assert grown.root() == EMPTY_ROOT == NO_TREE.root
    for entry, root in zip(THEIR_ENTRIES, THEIR_ROOTS[1:], strict=True):
        grown = grown.append(leaf_hash(entry))
        assert grown.root().hex() == root
    assert THEIR_ROOTS[0] == EMPTY_ROOT.hex()


def test_every_subtree_and_every_proof_in_it_is_that_of_the_draft() -> None:
    leaves = [leaf_hash(bytes((number,))) for number in range(THEIR_MOST)]
    subtrees, inclusions = hashlib.sha256(), hashlib.sha256()
    for end in range(THEIR_MOST + 1):
        for start in range(end + 1):
            if start < end and start % (1 << (end - start - 1).bit_length()):
                continue
            within = leaves[start:end]
            root = CompactRange().extend(within).root()
            subtrees.update(b"[%d, %d) %s\n" % (start, end, root.hex().encode()))
            read = reader(within)
            for index in range(end - start):
                proof = inclusion_proof(index, end - start, read)
                hashes = "".join(f" {each.hex()}" for each in proof)
                inclusions.update(f"{start + index} [{start}, {end}){hashes}\n".encode())

    assert subtrees.hexdigest() == THEIR_SUBTREES
    assert inclusions.hexdigest() == THEIR_INCLUSIONS


def test_every_root_is_that_of_the_recursive_definition() -> None:
    for size in range(MANY + 1):
        assert HEADS[size] == TreeHead(size, naive.tree_hash(ENTRIES[:size]))


@given(st.lists(st.integers(0, 400), max_size=6))
def test_a_tree_is_the_same_however_it_grew(steps: list[int]) -> None:
    grown, size = CompactRange(), 0
    for step in steps:
        grown = grown.extend(LEAVES[size : size + step])
        size = min(size + step, len(LEAVES))

    assert grown == CompactRange().extend(LEAVES[:size])
    assert CompactRange.from_bytes(grown.to_bytes()) == grown
    assert grown.root() == naive.tree_hash(ENTRIES[:size])


@given(st.integers(0, MANY), st.integers(0, MANY))
def test_growth_gives_every_node_it_completes_and_no_other(size: int, more: int) -> None:
    completed = CompactRange().extend(LEAVES[:size]).grow(LEAVES[size : size + more])[1]

    for height in range(max(len(completed), (size + more).bit_length())):
        places = range(size >> height, size + more >> height)
        row = completed[height] if height < len(completed) else []
        assert row == [READ(Node(height, place)) for place in places]


@given(SIZES, st.data())
def test_an_inclusion_proof_is_that_of_the_recursive_definition(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))

    path = inclusion_proof(index, size, READ)

    assert path == naive.path(index, ENTRIES[:size])
    check_inclusion(LEAVES[index], index=index, head=head(size), path=path)


@given(SIZES, st.data())
def test_a_consistency_proof_is_that_of_the_recursive_definition(
    size: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, size))

    path = consistency_proof(old, size, READ)

    assert path == (naive.proof(old, ENTRIES[:size]) if old < size else [])
    check_consistency(head(old), head(size), path)


def test_every_leaf_of_every_small_tree_is_proven_at_its_own_index_only() -> None:
    for size in range(1, 34):
        for index in range(size):
            path = inclusion_proof(index, size, READ)
            for claimed in range(-1, size + 2):
                if claimed == index:
                    check_inclusion(LEAVES[index], index=index, head=HEADS[size], path=path)
                    continue
                with pytest.raises(NotIncludedError):
                    check_inclusion(LEAVES[index], index=claimed, head=HEADS[size], path=path)


def test_every_two_small_trees_are_consistent() -> None:
    for size in range(65):
        for old in range(size + 1):
            check_consistency(HEADS[old], HEADS[size], consistency_proof(old, size, READ))


@given(SIZES, st.data())
def test_the_nodes_named_beforehand_are_the_nodes_read(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    asked: list[Node] = []

    def read(node: Node) -> bytes:
        asked.append(node)
        return READ(node)

    inclusion_proof(index, size, read)
    assert asked == inclusion_nodes(index, size)
    assert len(asked) <= 2 * size.bit_length()
    asked.clear()
    consistency_proof(index, size, read)
    assert asked == consistency_nodes(index, size)
    assert len(asked) <= 2 * size.bit_length()


def test_the_empty_tree_comes_before_every_other() -> None:
    check_consistency(NO_TREE, NO_TREE, [])
    check_consistency(NO_TREE, HEADS[7], consistency_proof(0, 7, READ))


def test_nothing_is_in_the_empty_tree() -> None:
    with pytest.raises(ProofError):
        check_inclusion(LEAVES[0], index=0, head=NO_TREE, path=[])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, MAX_SIZE + 1)])
def test_a_leaf_outside_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="inside the tree"):
        inclusion_proof(index, size, READ)
    with pytest.raises(ValueError, match="inside the tree"):
        inclusion_nodes(index, size)


@pytest.mark.parametrize(("old", "size"), [(-1, 3), (4, 3), (0, MAX_SIZE + 1)])
def test_a_larger_tree_is_no_beginning(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="at least its own size"):
        consistency_proof(old, size, READ)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        bytes(7),
        (1).to_bytes(8),
        (1).to_bytes(8) + bytes(31),
        (1).to_bytes(8) + bytes(64),
        b"\xff" * 8 + bytes(64 * 32),
    ],
)
def test_a_stored_tree_that_is_none_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="tree"):
        CompactRange.from_bytes(stored)


def test_a_tree_as_large_as_can_be_is_proven_with_few_hashes() -> None:
    read = dict[Node, bytes]()
    for old, size in pairwise((1, 2**40, 2**62, MAX_SIZE)):
        nodes = consistency_nodes(old, size)
        read.update((node, leaf_hash(repr(node).encode())) for node in nodes)
        assert len(consistency_proof(old, size, read.__getitem__)) <= 63
