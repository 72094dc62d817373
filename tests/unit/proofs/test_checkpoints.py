"""A checkpoint has one spelling, and says who, how large and which root."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs.checkpoints import Checkpoint, CheckpointRefusedError, read_checkpoint
from shared.proofs.lines import (
    TextRefusedError,
    parse_base64,
    parse_hash,
    parse_number,
    spell_base64,
)
from shared.proofs.merkle import EMPTY_ROOT, NO_TREE, TreeHead, leaf_hash

# c2sp.org/tlog-checkpoint, the example.
ORIGIN: Final = "example.com/behind-the-sofa"
ROOT: Final = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
TEXT: Final = f"{ORIGIN}\n20852163\n{ROOT}\n"
# golang.org/x/mod/sumdb/tlog, note_test.go: the root is the leaf hash of the entry "hello world".
GO_TEXT: Final = (
    "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n"
)


def test_the_example_of_the_specification_is_read_and_written() -> None:
    read = read_checkpoint(TEXT)

    assert read == Checkpoint(ORIGIN, 20_852_163, parse_hash(ROOT))
    assert read.head == TreeHead(20_852_163, parse_hash(ROOT))
    assert read.to_text() == TEXT


def test_the_tree_of_the_go_checksum_database_is_read() -> None:
    assert read_checkpoint(GO_TEXT) == Checkpoint(
        "go.sum database tree", 123_456_789_012, leaf_hash(b"hello world")
    )


def test_a_checkpoint_of_no_entries_at_all() -> None:
    written = Checkpoint.of(ORIGIN, NO_TREE).to_text()

    assert written == f"{ORIGIN}\n0\n{spell_base64(EMPTY_ROOT)}\n"
    assert read_checkpoint(written).head == NO_TREE


LINES: Final = st.text(
    st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=40
)


@given(LINES, st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(LINES))
def test_every_checkpoint_is_read_back(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))

    assert read_checkpoint(checkpoint.to_text()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        TEXT[:-1],
        TEXT.replace(ORIGIN, ""),
        TEXT.replace("20852163", "020852163"),
        TEXT.replace("20852163", "+20852163"),
        TEXT.replace("20852163", "-1"),
        TEXT.replace("20852163", ""),
        TEXT.replace("20852163", "00"),
        TEXT.replace("20852163", "0x1"),
        TEXT.replace("20852163", "2 "),
        TEXT.replace("20852163", "2\u0660"),
        TEXT.replace("20852163", str(2**63)),
        TEXT.replace("20852163", "9" * 5000),
        TEXT.replace(ROOT, ROOT[:-1]),
        TEXT.replace(ROOT, ROOT + "="),
        TEXT.replace(ROOT, ROOT.replace("I=", "J=")),
        TEXT.replace(ROOT, ROOT.replace("/", "_")),
        TEXT.replace(ROOT, ROOT[:20] + "\r" + ROOT[20:]),
        TEXT.replace(ROOT, spell_base64(bytes(31))),
        TEXT.replace(ROOT, spell_base64(bytes(33))),
        TEXT.replace(ROOT, "\u00e9" * 44),
        TEXT.replace(ROOT, ""),
        f"{ORIGIN}\n20852163\n",
        TEXT + "\n",
        TEXT + "extension\n\n",
        "\n" + TEXT,
    ],
)
def test_what_is_not_quite_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointRefusedError):
        read_checkpoint(text)


@pytest.mark.parametrize(
    "parts",
    [
        ("", 0, EMPTY_ROOT),
        ("two\nlines", 0, EMPTY_ROOT),
        (ORIGIN, -1, EMPTY_ROOT),
        (ORIGIN, 2**63, EMPTY_ROOT),
        (ORIGIN, 0, EMPTY_ROOT[1:]),
        (ORIGIN, 0, EMPTY_ROOT, ("",)),
        (ORIGIN, 0, EMPTY_ROOT, ("one", "two\nlines")),
    ],
)
def test_what_could_not_be_read_back_is_not_written(
    parts: tuple[str, int, bytes] | tuple[str, int, bytes, tuple[str, ...]],
) -> None:
    with pytest.raises(CheckpointRefusedError):
        Checkpoint(*parts)


@given(st.binary(max_size=80))
def test_bytes_have_one_spelling_in_base64(content: bytes) -> None:
    spelled = spell_base64(content)

    assert parse_base64(spelled) == content
    for other in (spelled + "\n", " " + spelled, spelled + "=", spelled.rstrip("=") + "*"):
        with pytest.raises(TextRefusedError):
            parse_base64(other)


@given(st.integers(0, 2**63 - 1))
def test_a_number_has_one_spelling(number: int) -> None:
    assert parse_number(str(number)) == number
    with pytest.raises(TextRefusedError):
        parse_number(f"0{number}")
