"""A witness cosigns only what continues what it cosigned before, and says why not otherwise."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs.checkpoints import Checkpoint
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.lines import TextRefusedError, parse_hash
from shared.proofs.merkle import (
    NO_TREE,
    CompactRange,
    TreeHead,
    consistency_proof,
    leaf_hash,
)
from shared.proofs.notes import Note, NoteKey, NoteSigner, SignatureType, sign_note
from shared.proofs.witnessing import (
    MAX_PATH,
    SIZE_MEDIA_TYPE,
    AddCheckpoint,
    CheckpointUnsignedError,
    HistoryRefusedError,
    LogUnknownError,
    RequestRefusedError,
    SizeBackwardsError,
    SizeConflictError,
    WitnessRefusedError,
    decide_cosigning,
    read_known_size,
    read_request,
)
from tests.support.cosigners import LOG, ORIGIN, WITNESS

# The requests that FiloSottile/torchwood sends its witness (litewitness.txt): a log of which the
# leaf hashes are 2a00…, 2a01… and so on, signed by the sigsum key below.
THEIR_ORIGIN: Final = (
    "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
)
THEIR_KEY: Final = NoteKey(
    THEIR_ORIGIN,
    SignatureType.ED25519,
    bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"),
)
THEIR_LEAVES: Final = [bytes((0x2A, number)) + bytes(30) for number in range(5)]
THEIR_SIGNATURES: Final = {
    1: (
        "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY="
    ),
    3: (
        "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go="
    ),
    5: (
        "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww="
    ),
}
THEIR_ROOTS: Final = {
    1: "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    3: "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
    5: "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
}
FROM_1_TO_3: Final = (
    "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
)
FROM_3_TO_5: Final = (
    "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "KgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=",
    "KgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
)


def theirs(old: int, size: int, path: tuple[str, ...] = (), **changed: str) -> bytes:
    origin = changed.get("origin", THEIR_ORIGIN)
    signature = changed.get("signature", THEIR_SIGNATURES[size])
    lines = "".join(f"{line}\n" for line in (f"old {old}", *path))
    return f"{lines}\n{origin}\n{size}\n{THEIR_ROOTS[size]}\n\n— {origin} {signature}\n".encode()


def their_head(size: int) -> TreeHead:
    return TreeHead(size, parse_hash(THEIR_ROOTS[size])) if size else NO_TREE


def decided(raw: bytes, known: TreeHead) -> Checkpoint:
    return decide_cosigning(read_request(raw), known=known, log_keys={THEIR_ORIGIN: [THEIR_KEY]})


@pytest.mark.parametrize(
    ("old", "size", "path"), [(0, 1, ()), (1, 3, FROM_1_TO_3), (3, 5, FROM_3_TO_5)]
)
def test_the_requests_that_another_witness_accepts_are_accepted(
    old: int, size: int, path: tuple[str, ...]
) -> None:
    assert decided(theirs(old, size, path), their_head(old)).head == their_head(size)
    assert their_head(size) == CompactRange().extend(THEIR_LEAVES[:size]).head()
    assert read_request(theirs(old, size, path)).to_bytes() == theirs(old, size, path)


@pytest.mark.parametrize(
    ("raw", "known", "refusal", "status"),
    [
        (
            theirs(1, 3, FROM_1_TO_3, signature=THEIR_SIGNATURES[3].replace("6go=", "6gx=")),
            1,
            RequestRefusedError,
            400,
        ),
        (
            theirs(1, 3, FROM_1_TO_3, signature=THEIR_SIGNATURES[5]),
            1,
            CheckpointUnsignedError,
            403,
        ),
        (theirs(1, 3, FROM_1_TO_3, origin=THEIR_ORIGIN[:-1] + "3"), 1, LogUnknownError, 404),
        (theirs(1, 3), 1, HistoryRefusedError, 422),
        (theirs(1, 3, (FROM_1_TO_3[0], FROM_3_TO_5[1])), 1, HistoryRefusedError, 422),
        (theirs(1, 5, FROM_3_TO_5[:3]), 3, SizeConflictError, 409),
        (theirs(0, 5), 5, SizeConflictError, 409),
        (theirs(0, 5, FROM_3_TO_5), 0, HistoryRefusedError, 422),
        (theirs(5, 3), 5, SizeBackwardsError, 400),
    ],
)
def test_each_refusal_has_its_name_and_its_status(
    raw: bytes, known: int, refusal: type[WitnessRefusedError], status: int
) -> None:
    with pytest.raises(refusal) as refused:
        decided(raw, their_head(known))

    assert refused.value.status == status


def test_a_conflict_tells_from_where_to_go_on() -> None:
    with pytest.raises(SizeConflictError) as refused:
        decided(theirs(1, 5, FROM_3_TO_5), their_head(3))

    assert (refused.value.size, refused.value.body) == (3, "3\n")
    assert read_known_size(refused.value.body.encode()) == 3
    assert SIZE_MEDIA_TYPE == "text/x.tlog.size"
    for other in (b"", b"3", b"03\n", b"3\n\n", b"three\n", "\u0663\n".encode()):
        with pytest.raises(TextRefusedError):
            read_known_size(other)


LEAVES: Final = [leaf_hash(b"%d" % number) for number in range(40)]


def log_head(leaves: list[bytes]) -> TreeHead:
    return CompactRange().extend(leaves).head()


def submitted(
    leaves: list[bytes], old: int, *, by: NoteSigner = LOG, proven: bool = True
) -> AddCheckpoint:
    completed = CompactRange().grow(leaves)[1]
    path = (
        consistency_proof(old, len(leaves), lambda node: completed[node.height][node.index])
        if proven
        else ()
    )
    text = Checkpoint.of(ORIGIN, log_head(leaves)).to_text()
    return AddCheckpoint(old, tuple(path), sign_note(text, by))


def asked(request: AddCheckpoint, known: TreeHead) -> Checkpoint:
    again = read_request(request.to_bytes())
    assert again == request
    return decide_cosigning(again, known=known, log_keys={ORIGIN: [LOG.key], "other": []})


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_log_that_only_grows_is_cosigned_from_any_size_on(one: int, another: int) -> None:
    old, size = sorted((one, another))

    cosigned = asked(submitted(LEAVES[:size], old), log_head(LEAVES[:old]))

    assert cosigned.head == log_head(LEAVES[:size])


@given(st.integers(1, 39), st.data())
def test_a_log_that_rewrote_its_history_is_never_cosigned(old: int, data: st.DataObject) -> None:
    size, edited = data.draw(st.integers(old, 40)), data.draw(st.integers(0, old - 1))
    rewritten = [*LEAVES[:edited], leaf_hash(b"another"), *LEAVES[edited + 1 : size]]

    with pytest.raises(HistoryRefusedError):
        asked(submitted(rewritten, old), log_head(LEAVES[:old]))


def test_a_log_restored_to_an_older_day_hears_how_far_it_was() -> None:
    with pytest.raises(SizeConflictError) as refused:
        asked(submitted(LEAVES[:9], 7), log_head(LEAVES[:12]))

    assert refused.value.size == 12


def test_an_empty_log_has_the_root_of_no_entries() -> None:
    assert asked(submitted([], 0), NO_TREE).size == 0
    false = Checkpoint(ORIGIN, 0, LEAVES[0]).to_text()
    with pytest.raises(HistoryRefusedError):
        asked(AddCheckpoint(0, (), sign_note(false, LOG)), NO_TREE)


def test_only_the_log_itself_speaks_for_it() -> None:
    stranger = NoteSigner.ed25519(ORIGIN, Ed25519SigningKey.generate())
    forged = Note(submitted(LEAVES[:3], 0, by=stranger).note.text, sign_note("x\n", LOG).signatures)

    for request in (
        submitted(LEAVES[:3], 0, by=stranger),
        AddCheckpoint(0, (), forged),
    ):
        with pytest.raises(CheckpointUnsignedError):
            asked(request, NO_TREE)
    with pytest.raises(CheckpointUnsignedError):
        decide_cosigning(submitted(LEAVES, 0), known=NO_TREE, log_keys={ORIGIN: []})


def test_signatures_of_others_below_the_log_s_own_do_no_harm() -> None:
    request = submitted(LEAVES[:3], 0)
    cosigned = request.note.with_signatures([WITNESS.cosign(request.note.text, at=1)])

    assert asked(AddCheckpoint(0, (), cosigned), NO_TREE).size == 3


@given(st.data())
def test_a_request_changed_by_one_byte_gets_nothing_else_cosigned(data: st.DataObject) -> None:
    request = submitted(LEAVES[:23], 13)
    raw = request.to_bytes()
    at, by = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(1, 255))
    changed = raw[:at] + bytes((raw[at] ^ by,)) + raw[at + 1 :]

    with pytest.raises(WitnessRefusedError):
        decide_cosigning(
            read_request(changed), known=log_head(LEAVES[:13]), log_keys={ORIGIN: [LOG.key]}
        )


RAW: Final = submitted(LEAVES[:23], 13).to_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        RAW.replace(b"old 13", b"10 stuff"),
        RAW.replace(b"old 13", b"old 013"),
        RAW.replace(b"old 13", b"old  13"),
        RAW.replace(b"old 13", b"old"),
        RAW.replace(b"old 13", b"old -1"),
        RAW.replace(b"old 13", b"Old 13"),
        RAW.replace(b"old 13\n", b""),
        RAW.replace(b"old 13\n", b"old 13\n\n"),
        RAW.replace(b"old 13", b"old 13\nabc="),
        RAW.replace(b"old 13", b"old 13\n\xc3\xa9"),
        RAW.replace(b"old 13\n", b"old 13\n" + FROM_1_TO_3[0].encode() * (MAX_PATH + 1)),
        RAW.replace(b"\n\n", b"\n", 1),
        RAW.replace(b"\n", b"\r\n"),
        RAW[:-1],
        b"old 0\n\n" + sign_note("no checkpoint\n", LOG).to_bytes(),
        b"old 0\n\nno note\n",
    ],
)
def test_what_is_not_quite_a_request_is_refused(raw: bytes) -> None:
    with pytest.raises(RequestRefusedError):
        read_request(raw)


def test_a_request_is_not_longer_than_a_witness_reads() -> None:
    with pytest.raises(RequestRefusedError):
        read_request(RAW + bytes(1_100_000))
    with pytest.raises(RequestRefusedError):
        AddCheckpoint(0, (bytes(32),) * (MAX_PATH + 1), submitted(LEAVES, 0).note)
    many = f"{FROM_1_TO_3[0]}\n".encode() * (MAX_PATH + 1)
    with pytest.raises(RequestRefusedError):
        read_request(RAW.replace(b"old 13\n", b"old 13\n" + many))
