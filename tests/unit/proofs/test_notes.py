"""A note is believed for its keys: those we know all hold, the others are passed over."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs.checkpoints import Checkpoint, read_checkpoint
from shared.proofs.lines import spell_base64
from shared.proofs.merkle import leaf_hash
from shared.proofs.notes import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Note,
    NoteForgedError,
    NoteKey,
    NoteKeyRefusedError,
    NoteRefusedError,
    NoteUnsignedError,
    SignatureType,
    open_note,
    parse_vkey,
    read_note,
    sign_note,
)
from tests.support.cosigners import LOG, ORIGIN, QUANTUM, WITNESS

# c2sp.org/signed-note, §Example.
SPEC_VKEY: Final = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE: Final = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mF"
    "XmRKuwHjG1Yu72IneyaQM=\n"
)
# golang.org/x/mod/sumdb/note, note_test.go.
PETER: Final = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH: Final = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
GO_TEXT: Final = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_LINE: Final = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
    "tpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE: Final = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWL"
    "ox33WWd1RvMc+QQ=\n"
)
# A checkpoint of sum.golang.org, as the tests of FiloSottile/torchwood's litewitness submit it.
GO_VKEY: Final = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_CHECKPOINT: Final = (
    "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n"
    "— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbT"
    "M75QTtPydhKCExixSfwQ=\n"
)
CHECKPOINT: Final = Checkpoint(ORIGIN, 7, leaf_hash(b"it")).to_text()
AT: Final = 1_790_000_000


def test_the_example_of_the_specification_holds() -> None:
    key = parse_vkey(SPEC_VKEY)
    note = read_note(SPEC_NOTE.encode())

    (signed,) = open_note(note, [key])
    assert (signed.key, signed.at) == (key, None)
    assert note.text == "This is an example message.\n"
    assert key.key_id.hex() == "530d903a"
    assert key.vkey == SPEC_VKEY
    assert note.to_bytes() == SPEC_NOTE.encode()


def test_the_notes_of_go_hold() -> None:
    peter, enoch = parse_vkey(PETER), parse_vkey(ENOCH)
    note = read_note(f"{GO_TEXT}\n{PETER_LINE}{ENOCH_LINE}".encode())

    assert [signed.key for signed in open_note(note, [peter])] == [peter]
    assert [signed.key for signed in open_note(note, [enoch, peter])] == [peter, enoch]
    with pytest.raises(NoteUnsignedError):
        open_note(note, [])
    with pytest.raises(NoteUnsignedError):
        open_note(note, [parse_vkey(SPEC_VKEY)])


def test_a_known_key_may_have_signed_more_than_once() -> None:
    note = read_note(f"{GO_TEXT}\n{PETER_LINE}{PETER_LINE}".encode())

    assert [signed.key.name for signed in open_note(note, [parse_vkey(PETER)])] == [
        "PeterNeumann",
        "PeterNeumann",
    ]


@pytest.mark.parametrize("keys", [[PETER], [PETER, ENOCH]])
def test_one_false_signature_of_a_known_key_makes_the_note_worthless(keys: list[str]) -> None:
    forged = PETER_LINE[:60] + "ABCD" + PETER_LINE[60:]
    known = [parse_vkey(key) for key in keys]

    with pytest.raises(NoteForgedError):
        open_note(read_note(f"{GO_TEXT}\n{PETER_LINE}{ENOCH_LINE}{forged}".encode()), known)


def test_a_false_signature_of_an_unknown_key_is_passed_over() -> None:
    forged = PETER_LINE[:60] + "ABCD" + PETER_LINE[60:]
    note = read_note(f"{GO_TEXT}\n{forged}{ENOCH_LINE}".encode())

    assert len(open_note(note, [parse_vkey(ENOCH)])) == 1


def test_a_name_or_a_number_alone_does_not_make_a_key_known() -> None:
    for line in (
        PETER_LINE.replace("PeterNeumann", "CarmenSandiego"),
        PETER_LINE.replace("x08g", "xxxx"),
    ):
        with pytest.raises(NoteUnsignedError):
            open_note(read_note(f"{GO_TEXT}\n{line}".encode()), [parse_vkey(PETER)])


def test_the_checkpoint_of_the_go_checksum_database_holds() -> None:
    note = read_note(GO_CHECKPOINT.encode())

    open_note(note, [parse_vkey(GO_VKEY)])
    assert read_checkpoint(note.text).size == 35_225_469


@given(st.data())
def test_a_note_changed_by_one_byte_is_not_believed(data: st.DataObject) -> None:
    raw = sign_note(CHECKPOINT, LOG).with_signatures([WITNESS.cosign(CHECKPOINT, at=AT)]).to_bytes()
    at, by = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    changed = raw[:at] + bytes((raw[at] ^ by,)) + raw[at + 1 :]

    try:
        found = open_note(read_note(changed), [LOG.key, WITNESS.key])
    except NoteRefusedError:
        return
    assert len(found) < 2, "the changed signature is of nobody we know"
    assert read_note(changed).text == CHECKPOINT


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        GO_TEXT.encode(),
        f"{GO_TEXT}\n".encode(),
        f"{GO_TEXT}\n{PETER_LINE[:-1]}".encode(),
        f"\x01{GO_TEXT}\n{PETER_LINE}".encode(),
        f"{GO_TEXT}\r\n\n{PETER_LINE}".encode(),
        b"\xff" + f"{GO_TEXT}\n{PETER_LINE}".encode(),
        f"{GO_TEXT}\n{PETER_LINE.replace('—', '-')}".encode(),
        f"{GO_TEXT}\n{PETER_LINE.replace('=', '')}".encode(),
        f"{GO_TEXT}\n{PETER_LINE.replace('AM=', 'AN=')}".encode(),
        f"{GO_TEXT}\n{PETER_LINE}Unexpected line.\n".encode(),
        f"{GO_TEXT}\n{PETER_LINE}\n".encode(),
        f"{GO_TEXT}\n— PeterNeumann x08gow==\n".encode(),
        f"{GO_TEXT}\n{PETER_LINE * (MAX_SIGNATURES + 1)}".encode(),
    ],
)
def test_what_is_not_quite_a_note_is_refused(raw: bytes) -> None:
    with pytest.raises(NoteRefusedError):
        read_note(raw)


@pytest.mark.parametrize("name", ["", "Two Names", "Two+Names", "Two\u00a0Names", "Two\x01Names"])
def test_what_is_not_a_name_is_refused(name: str) -> None:
    with pytest.raises(NoteRefusedError):
        read_note(f"{GO_TEXT}\n{PETER_LINE}".replace("PeterNeumann", name).encode())


def test_a_note_that_is_too_long_is_not_read() -> None:
    most = sign_note("x" * (MAX_NOTE_BYTES - 200) + "\n", LOG).to_bytes()

    assert read_note(most).to_bytes() == most
    with pytest.raises(NoteRefusedError):
        read_note(b"x" * 200 + most)


def test_a_text_may_have_empty_lines() -> None:
    note = sign_note("one\n\ntwo\n", LOG)

    assert read_note(note.to_bytes()) == note
    assert len(open_note(read_note(note.to_bytes()), [LOG.key])) == 1


def test_a_note_has_at_most_a_hundred_signatures() -> None:
    most = read_note(f"{GO_TEXT}\n{PETER_LINE * MAX_SIGNATURES}".encode())

    assert len(most.signatures) == MAX_SIGNATURES
    with pytest.raises(NoteRefusedError):
        Note(GO_TEXT, (*most.signatures, most.signatures[0]))


@pytest.mark.parametrize("text", ["", "no end", "tab\there\n"])
def test_what_could_not_be_read_back_is_not_signed(text: str) -> None:
    with pytest.raises(NoteRefusedError):
        sign_note(text, LOG)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        SPEC_VKEY.replace("530d903a", "530d903b"),
        SPEC_VKEY.replace("530d903a", "530D903A"),
        SPEC_VKEY.replace("530d903a", " 530d903a"),
        SPEC_VKEY.replace("foo", "bar"),
        SPEC_VKEY.replace("/", " "),
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        SPEC_VKEY + "=",
        SPEC_VKEY + "AAAA",
        SPEC_VKEY[:-4],
        "example.com/foo+530d903a+",
        "example.com/foo+530d903a+*",
        "example.com/foo+530d903a+" + spell_base64(b"\x05" + bytes(32)),
        "example.com/foo+530d903a+" + spell_base64(b"\x06" + bytes(32)),
    ],
)
def test_what_is_not_quite_a_published_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteKeyRefusedError):
        parse_vkey(vkey)


@pytest.mark.parametrize(("name", "public"), [("a b", bytes(32)), ("a", bytes(31))])
def test_a_key_that_could_not_be_published_is_none(name: str, public: bytes) -> None:
    with pytest.raises(NoteKeyRefusedError):
        NoteKey(name, SignatureType.ED25519, public)


def test_a_signer_never_shows_its_key() -> None:
    assert "Ed25519" not in repr(LOG)
    assert bytes(range(32)).hex() not in repr(QUANTUM)
