"""A log's tiles are those of C2SP tlog-tiles, in any growth, and carry its proofs."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs.merkle import (
    CompactRange,
    Node,
    check_consistency,
    check_inclusion,
    consistency_nodes,
    consistency_proof,
    inclusion_nodes,
    inclusion_proof,
    leaf_hash,
)
from shared.proofs.tiles import (
    TILE_BYTES,
    TILE_WIDTH,
    BundleRefusedError,
    EntryBundle,
    KnownTiles,
    Tile,
    TilePathError,
    TileShortError,
    changed_bundles,
    changed_tiles,
    edge_tiles,
    grow,
    hash_reader,
    parse_path,
    read_bundle,
    subtree_reader,
    tiles_holding,
    tree_at_edge,
    work_out,
    write_bundle,
)
from tests.support import naive_merkle as naive

# The example of tlog-tiles, §Partial Tiles: a tree of three levels.
LARGE: Final = 70_000
ENTRIES: Final = [b"%d" % number for number in range(LARGE)]
LEAVES: Final = [leaf_hash(entry) for entry in ENTRIES]
TREE, WRITTEN = grow(CompactRange(), LEAVES, {})
TILES: Final = dict(WRITTEN)
WIDEST: Final = {(tile.level, tile.index): hashes for tile, hashes in WRITTEN}
SIZES: Final = st.integers(1, 1400) | st.sampled_from(
    (255, 256, 257, 65_535, 65_536, 65_537, LARGE)
)


def stored(tile: Tile) -> bytes:
    """Read a tile from a store that keeps the widest only."""
    return WIDEST[tile.level, tile.index]


def edge(size: int) -> dict[Tile, bytes]:
    return {tile: stored(tile) for tile in edge_tiles(size)}


@pytest.mark.parametrize(
    ("place", "path"),
    [
        # tlog-tiles, §Merkle Tree, gives the first index; the others follow from its grammar.
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(63, 999, 1), "tile/63/999.p/1"),
        (Tile(1, 1000, 255), "tile/1/x001/000.p/255"),
        (EntryBundle(1_234_067), "tile/entries/x001/x234/067"),
        (EntryBundle(7, 112), "tile/entries/007.p/112"),
        (Tile(0, 2**63 - 1), "tile/0/x009/x223/x372/x036/x854/x775/807"),
    ],
)
def test_a_place_has_the_path_of_the_specification(place: Tile | EntryBundle, path: str) -> None:
    assert place.path == path
    assert parse_path(path) == place


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/01/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/x234",
        "tile/0/x001",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/-1",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/\u0660\u0660\u0660",
        "tile/data/000",
        "tile/entries/0",
        "tile/entries/x000/000",
        "tile/entries/000.p/256",
        "tile/8/0/000",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x009/x223/x372/x036/x854/x775/807",
    ],
)
def test_any_other_spelling_is_refused(path: str) -> None:
    with pytest.raises(TilePathError):
        parse_path(path)


@given(st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_every_place_is_read_back_from_its_path(level: int, index: int, width: int) -> None:
    for place in (Tile(level, index, width), EntryBundle(index, width)):
        assert parse_path(place.path) == place


@pytest.mark.parametrize(("level", "index", "width"), [(0, 0, 0), (0, -1, 1), (64, 0, 1)])
def test_there_is_no_such_place(level: int, index: int, width: int) -> None:
    with pytest.raises(TilePathError):
        Tile(level, index, width)


def test_the_tree_of_70_000_has_the_tiles_of_the_specification() -> None:
    every = list(changed_tiles(0, LARGE))

    assert every == [
        *(Tile(0, index) for index in range(273)),
        Tile(0, 273, 112),
        Tile(1, 0),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert [tile for tile, _ in WRITTEN] == every
    assert edge_tiles(LARGE) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(changed_tiles(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert edge_tiles(256) == [Tile(1, 0, 1)]


@pytest.mark.parametrize(
    "tile", [Tile(0, 0), Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
)
def test_a_tile_has_the_hashes_of_the_recursive_definition(tile: Tile) -> None:
    assert TILES[tile] == naive.tile(tile.level, tile.index, ENTRIES)


@given(st.lists(st.integers(0, 700), max_size=8))
def test_tiles_and_tree_are_the_same_however_the_log_grew(steps: list[int]) -> None:
    tree, kept = CompactRange(), dict[Tile, bytes]()
    for step in steps:
        before = tree.size
        tree, written = grow(tree, LEAVES[before : before + step], kept)
        assert [tile for tile, _ in written] == list(changed_tiles(before, tree.size))
        kept.update(written)

    assert tree == CompactRange().extend(LEAVES[: tree.size])
    assert tree == tree_at_edge(tree.size, kept)
    assert {tile: kept[tile] for tile in changed_tiles(0, tree.size)} == {
        tile: stored(tile)[: tile.width * 32] for tile in changed_tiles(0, tree.size)
    }


def test_a_log_grows_across_every_level_by_one_leaf() -> None:
    tree = CompactRange().extend(LEAVES[:65_535])

    grown, written = grow(tree, LEAVES[65_535:65_536], edge(65_535))

    assert grown.root() == CompactRange().extend(LEAVES[:65_536]).root()
    assert dict(written) == {
        Tile(0, 255): WIDEST[0, 255],
        Tile(1, 0): WIDEST[1, 0],
        Tile(2, 0, 1): WIDEST[2, 0],
    }


def test_bundles_change_where_level_0_does() -> None:
    assert list(changed_bundles(250, 600)) == [
        EntryBundle(0),
        EntryBundle(1),
        EntryBundle(2, 88),
    ]
    assert list(changed_bundles(600, 600)) == []
    assert list(changed_bundles(0, 3)) == [EntryBundle(0, 3)]


@given(SIZES)
def test_the_edge_tells_the_whole_tree(size: int) -> None:
    assert tree_at_edge(size, edge(size)) == CompactRange().extend(LEAVES[:size])


def test_an_edge_of_another_log_is_told_apart() -> None:
    other = {tile: hashes[::-1] for tile, hashes in edge(300).items()}

    assert tree_at_edge(300, other).root() != CompactRange().extend(LEAVES[:300]).root()


@given(SIZES, st.data())
def test_proofs_are_made_from_few_tiles(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    head = CompactRange().extend(LEAVES[:size]).head()
    fetched: list[Tile] = []

    def read(tile: Tile) -> bytes:
        fetched.append(tile)
        return stored(tile)

    path = inclusion_proof(index, size, hash_reader(read, size))
    check_inclusion(LEAVES[index], index=index, head=head, path=path)
    assert fetched == tiles_holding(inclusion_nodes(index, size), size)
    assert len(fetched) <= 6

    fetched.clear()
    path = consistency_proof(index, size, hash_reader(read, size))
    check_consistency(CompactRange().extend(LEAVES[:index]).head(), head, path)
    assert fetched == tiles_holding(consistency_nodes(index, size), size)
    assert set(fetched) <= set(changed_tiles(0, size))


def test_a_tile_that_is_too_short_is_noticed() -> None:
    short = {tile: hashes[:-1] for tile, hashes in TILES.items()}

    with pytest.raises(TileShortError):
        grow(TREE, LEAVES[:1], short)
    with pytest.raises(TileShortError):
        tree_at_edge(LARGE, short)
    with pytest.raises(TileShortError):
        inclusion_proof(0, LARGE, hash_reader(short.__getitem__, LARGE))


def test_only_a_complete_node_is_read() -> None:
    read = hash_reader(stored, 300)

    assert read(Node(0, 299)) == LEAVES[299]
    assert read(Node(8, 0)) == naive.tree_hash(ENTRIES[:256])
    for node in (Node(0, 300), Node(8, 1), Node(3, 37)):
        with pytest.raises(ValueError, match="complete"):
            read(node)


def worked_out(*tiles: Tile) -> dict[Tile, tuple[bytes, ...]]:
    return {tile: work_out(tile, stored(tile)) for tile in tiles}


@given(st.lists(st.tuples(SIZES, st.integers(0, LARGE)), min_size=2, max_size=12))
def test_what_is_known_of_tiles_proves_what_the_tiles_do(
    asked: list[tuple[int, int]],
) -> None:
    tiles = KnownTiles(4)
    for size, at in asked:
        wanted = tiles_holding(inclusion_nodes(at % size, size), size)
        known = tiles.find(wanted)
        known |= worked_out(*(tile for tile in wanted if tile not in known))
        tiles.keep(known)

        path = inclusion_proof(at % size, size, subtree_reader(known.__getitem__, size))

        assert path == inclusion_proof(at % size, size, hash_reader(stored, size))


def test_tiles_above_the_leaves_and_at_the_edge_are_known_those_last_asked_for() -> None:
    leaves, above, edge, other = Tile(0, 0), Tile(1, 0), Tile(0, 273, 112), Tile(1, 1, 17)
    tiles = KnownTiles(2)

    tiles.keep(worked_out(leaves, above, edge))

    assert tiles.find([leaves, above, edge, other]) == worked_out(above, edge)
    assert list(tiles.find([above])) == [above]
    tiles.keep(worked_out(other))
    assert list(tiles.find([leaves, above, edge, other])) == [above, other]


def test_a_wider_tile_is_another() -> None:
    tiles = KnownTiles(2)
    tiles.keep(worked_out(Tile(1, 1, 16)))

    assert not tiles.find([Tile(1, 1, 17), Tile(1, 1, 15)])


@given(st.lists(st.binary(max_size=600), min_size=1, max_size=TILE_WIDTH), st.data())
def test_a_bundle_gives_back_its_entries_and_nothing_less(
    entries: list[bytes], data: st.DataObject
) -> None:
    bundle = write_bundle(entries)

    assert read_bundle(bundle, len(entries)) == entries
    cut = data.draw(st.integers(0, len(bundle) - 1))
    for other, width in (
        (bundle[:cut], len(entries)),
        (bundle + b"\0", len(entries)),
        (bundle, len(entries) + 1),
        (bundle, len(entries) - 1),
    ):
        with pytest.raises(BundleRefusedError):
            read_bundle(other, width)


def test_a_bundle_is_length_and_entry_by_turns() -> None:
    assert write_bundle([b"", b"one", b"x" * 258]) == b"\0\0" + b"\0\3one" + b"\1\2" + b"x" * 258
    full = write_bundle(ENTRIES[:TILE_WIDTH])
    assert read_bundle(full) == ENTRIES[:TILE_WIDTH]
    assert b"".join(map(leaf_hash, read_bundle(full))) == TILES[Tile(0, 0)]
    assert len(TILES[Tile(0, 0)]) == TILE_BYTES


def test_an_entry_that_does_not_fit_a_bundle_is_refused() -> None:
    assert len(write_bundle([bytes(65_535)])) == 65_537
    with pytest.raises(ValueError, match="65,535"):
        write_bundle([bytes(65_536)])
