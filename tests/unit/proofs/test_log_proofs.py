"""A proof from the log convinces with nothing else at hand, and only as it was given."""

import json
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.proofs import ProofRefusedError
from shared.proofs.checkpoints import Checkpoint
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.lines import TextRefusedError, spell_base64
from shared.proofs.log_entries import EntryKind, LogEntry, commit, new_salt
from shared.proofs.log_proofs import (
    MAX_OPENING_BYTES,
    MAX_PATH,
    LogProof,
    LogProofRefusedError,
    Opening,
    OpeningRefusedError,
    OtherLogError,
    QuorumError,
    check_log_proof,
    read_log_proof,
    read_opening,
)
from shared.proofs.merkle import CompactRange, NotIncludedError, inclusion_proof, leaf_hash
from shared.proofs.notes import (
    NoteForgedError,
    NoteSigner,
    NoteUnsignedError,
    SignatureType,
    sign_note,
)
from shared.strict_json import canonical
from tests.support.cosigners import LOG, ORIGIN, QUANTUM, WITNESS

ISSUER: Final = "00000099000000210000"
CONTENT: Final = canonical({"credential": "urn:uuid:1", "recordedAt": "2026-09-01", "version": 1})
SALT: Final = new_salt()
ENTRY: Final = LogEntry(EntryKind.ISSUED, ISSUER, commit(SALT, CONTENT))
OPENING: Final = Opening(ENTRY, SALT, CONTENT)
INDEX, SIZE = 5, 11
LEAVES: Final = [
    leaf_hash(ENTRY.to_bytes() if at == INDEX else b"entry %d" % at) for at in range(SIZE)
]
COMPLETED: Final = CompactRange().grow(LEAVES)[1]
CHECKPOINT: Final = Checkpoint.of(ORIGIN, CompactRange().extend(LEAVES).head())
AT: Final = 1_790_000_000
SIGNED: Final = sign_note(CHECKPOINT.to_text(), LOG)
PATH: Final = tuple(inclusion_proof(INDEX, SIZE, lambda node: COMPLETED[node.height][node.index]))
PROOF: Final = LogProof(
    index=INDEX,
    path=PATH,
    note=SIGNED.with_signatures(
        (
            WITNESS.cosign(SIGNED.text, at=AT + 9),
            QUANTUM.cosign(SIGNED.text, at=AT + 4),
            WITNESS.cosign(SIGNED.text, at=AT + 7),
            WITNESS.cosign(SIGNED.text, at=AT + 8),
        )
    ),
    extra=OPENING.to_bytes(),
)
WITNESSES: Final = (WITNESS.key, QUANTUM.key)


def refused(proof: LogProof, error: type[ProofRefusedError], *, quorum: int = 2) -> None:
    with pytest.raises(error):
        check_log_proof(proof, log_keys=[LOG.key], witnesses=WITNESSES, quorum=quorum)


def test_a_proof_tells_what_stands_where_and_who_saw_it_when() -> None:
    read = read_log_proof(PROOF.to_bytes())

    found = check_log_proof(read, log_keys=[LOG.key], witnesses=WITNESSES, quorum=2)

    assert (found.entry, found.content) == (ENTRY, CONTENT)
    assert (found.origin, found.index, found.size) == (ORIGIN, INDEX, SIZE)
    assert found.witnessed == ((AT + 4, QUANTUM.key.name), (AT + 7, WITNESS.key.name))


def test_the_file_is_that_of_the_specification() -> None:
    # c2sp.org/tlog-proof, §Format.
    extra = b"YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6"
    hashes = [bytes(32), bytes(range(32))]
    file = (
        b"c2sp.org/tlog-proof@v1\nextra " + extra + b"\nindex 73894\n"
        b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n" + SIGNED.to_bytes()
    )

    read = read_log_proof(file)

    assert (read.index, list(read.path), read.note) == (73_894, hashes, SIGNED)
    assert read.extra == b"age-v1.2.1-darwin-arm64.tar.gz"
    assert read.to_bytes() == file
    bare = LogProof(0, (), SIGNED)
    assert bare.to_bytes() == b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + SIGNED.to_bytes()
    assert read_log_proof(bare.to_bytes()) == bare


def test_it_asks_for_as_many_witnesses_as_we_do() -> None:
    one = replace(PROOF, note=SIGNED.with_signatures([QUANTUM.cosign(SIGNED.text, at=AT)]))

    refused(one, QuorumError)
    assert check_log_proof(one, log_keys=[LOG.key], witnesses=WITNESSES, quorum=1).witnessed
    alone = replace(PROOF, note=SIGNED)
    refused(alone, QuorumError, quorum=1)
    found = check_log_proof(alone, log_keys=[LOG.key], witnesses=[], quorum=0)
    assert found.witnessed == ()


def test_a_witness_with_two_keys_counts_once_and_a_log_is_no_witness_of_itself() -> None:
    again = NoteSigner.ed25519(
        QUANTUM.key.name, Ed25519SigningKey.generate(), SignatureType.COSIGNATURE
    )
    itself = NoteSigner.ml_dsa(ORIGIN, bytes(32))
    note = SIGNED.with_signatures(
        signer.cosign(SIGNED.text, at=AT) for signer in (again, QUANTUM, itself)
    )
    known = (again.key, QUANTUM.key, itself.key)

    with pytest.raises(QuorumError):
        check_log_proof(replace(PROOF, note=note), log_keys=[LOG.key], witnesses=known, quorum=2)


def test_a_log_may_have_several_keys_of_which_one_signed() -> None:
    earlier = NoteSigner.ed25519(ORIGIN, Ed25519SigningKey.generate())
    other = NoteSigner.ed25519("elsewhere.example", Ed25519SigningKey.generate())
    keys = [other.key, earlier.key, LOG.key]

    check_log_proof(PROOF, log_keys=keys, witnesses=WITNESSES, quorum=2)
    with pytest.raises(NoteUnsignedError):
        check_log_proof(PROOF, log_keys=keys[:2], witnesses=WITNESSES, quorum=2)
    with pytest.raises(OtherLogError):
        check_log_proof(PROOF, log_keys=keys[:1], witnesses=WITNESSES, quorum=2)


def test_witnesses_alone_do_not_make_it_the_log() -> None:
    unsigned = replace(PROOF.note, signatures=PROOF.note.signatures[1:])

    refused(replace(PROOF, note=unsigned), NoteUnsignedError)


def test_an_opening_of_another_entry_is_refused() -> None:
    other = replace(OPENING, content=canonical({"credential": "urn:uuid:2"}))

    refused(replace(PROOF, extra=other.to_bytes()), OpeningRefusedError)
    refused(replace(PROOF, extra=replace(OPENING, salt=new_salt()).to_bytes()), OpeningRefusedError)
    refused(replace(PROOF, extra=replace(OPENING, salt=SALT[:-1]).to_bytes()), OpeningRefusedError)
    refused(replace(PROOF, extra=None), OpeningRefusedError)
    refused(replace(PROOF, extra=b"{}"), LogProofRefusedError)


def test_an_entry_that_was_never_logged_is_refused() -> None:
    """Whoever opens an entry of his own making has it nowhere in the tree."""
    content = canonical({"credential": "urn:uuid:mine"})
    entry = LogEntry(EntryKind.ISSUED, ISSUER, commit(SALT, content))
    revoked = replace(ENTRY, kind=EntryKind.REVOKED)

    for made_up in (Opening(entry, SALT, content), replace(OPENING, entry=revoked)):
        refused(replace(PROOF, extra=made_up.to_bytes()), NotIncludedError)


def test_a_place_or_a_path_of_another_entry_is_refused() -> None:
    refused(replace(PROOF, index=INDEX + 1), NotIncludedError)
    refused(replace(PROOF, index=SIZE), NotIncludedError)
    refused(replace(PROOF, path=PATH[:-1]), NotIncludedError)
    refused(replace(PROOF, path=PATH[::-1]), NotIncludedError)
    larger = replace(PROOF.note, text=PROOF.note.text.replace("\n11\n", "\n12\n"))
    refused(replace(PROOF, note=larger), NoteForgedError)


@settings(max_examples=300)
@given(st.data())
def test_a_proof_changed_by_one_byte_proves_nothing(data: st.DataObject) -> None:
    raw = replace(PROOF, note=replace(PROOF.note, signatures=PROOF.note.signatures[:2])).to_bytes()
    at, by = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    changed = raw[:at] + bytes((raw[at] ^ by,)) + raw[at + 1 :]

    with pytest.raises(ProofRefusedError):
        check_log_proof(
            read_log_proof(changed), log_keys=[LOG.key], witnesses=[WITNESS.key], quorum=1
        )


RAW: Final = PROOF.to_bytes()
PATH_LINE: Final = spell_base64(PATH[0]).encode() + b"\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"c2sp.org/tlog-proof@v1",
        b"c2sp.org/tlog-proof@v1\n\n" + SIGNED.to_bytes(),
        b"wrong-header\nindex 0\n\n" + SIGNED.to_bytes(),
        RAW.replace(b"@v1", b"@v2"),
        RAW.replace(b"extra ", b"extra !"),
        RAW.replace(b"extra ", b"extra  "),
        RAW.replace(b"extra ", b"Extra "),
        b"c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n" + SIGNED.to_bytes(),
        RAW.replace(b"index 5", b"index -5"),
        RAW.replace(b"index 5", b"index 05"),
        RAW.replace(b"index 5", b"index five"),
        RAW.replace(b"index 5", b"index "),
        RAW.replace(b"index 5\n", b""),
        RAW.replace(b"index 5", b"index 5\nindex 5"),
        RAW.replace(b"index 5", b"index 9223372036854775808"),
        RAW.replace(PATH_LINE, b"!!notbase64!!\n"),
        RAW.replace(PATH_LINE, spell_base64(bytes(64)).encode() + b"\n"),
        RAW.replace(PATH_LINE, b"\n" + PATH_LINE),
        RAW.replace(PATH_LINE, PATH_LINE * (MAX_PATH + 1)),
        RAW.replace(PATH_LINE, b"\xc3\xa9\n"),
        RAW.replace(b"\n", b"\r\n"),
        RAW[:-1],
    ],
)
def test_what_is_not_quite_a_proof_is_refused(raw: bytes) -> None:
    with pytest.raises(TextRefusedError):
        read_log_proof(raw)


def test_a_proof_that_is_too_long_is_not_read() -> None:
    with pytest.raises(LogProofRefusedError):
        read_log_proof(RAW + bytes(2_000_000))


def test_an_opening_is_read_back() -> None:
    assert read_opening(OPENING.to_bytes()) == OPENING
    assert json.loads(OPENING.to_bytes())["opening"] == json.loads(CONTENT)


@pytest.mark.parametrize(
    "changed",
    [
        {"entry": None},
        {"entry": "{}"},
        {"entry": "é"},
        {"salt": 1},
        {"salt": "AA"},
        {"opening": "text"},
        {"opening": []},
        {"more": 1},
    ],
)
def test_what_is_not_quite_an_opening_is_refused(changed: dict[str, object]) -> None:
    members = json.loads(OPENING.to_bytes()) | changed

    with pytest.raises(LogProofRefusedError):
        read_opening(canonical(members))


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", OPENING.to_bytes() + b" "])
def test_an_opening_has_one_spelling(raw: bytes) -> None:
    with pytest.raises(LogProofRefusedError):
        read_opening(raw)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"b":1,"a":2}', b'{"a": 1}', b"{", canonical({"a": "x" * MAX_OPENING_BYTES})],
)
def test_only_canonical_json_is_shown(content: bytes) -> None:
    with pytest.raises(ValueError, match="canonical"):
        replace(OPENING, content=content).to_bytes()


def test_neither_salt_nor_content_is_ever_printed() -> None:
    assert "urn:uuid:1" not in repr(OPENING)
    for shown in (repr(OPENING), repr(PROOF)):
        assert repr(SALT) not in shown
        assert spell_base64(SALT) not in shown
