"""A note is believed for its keys: those we know all hold, the others are passed over."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.proofs.checkpoints import Checkpoint, read_checkpoint
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.lines import TextRefusedError, spell_base64
from shared.proofs.merkle import leaf_hash
from shared.proofs.notes import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Note,
    NoteForgedError,
    NoteKey,
    NoteKeyRefusedError,
    NoteRefusedError,
    NoteSignature,
    NoteSigner,
    NoteUnsignedError,
    SignatureType,
    open_note,
    parse_vkey,
    read_note,
    read_signatures,
    sign_note,
)

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
# A checkpoint of a staging log of certificates with the cosignatures of public witnesses, who
# publish their keys; its first line is of a type (0x05) that we do not know.
WITNESSED: Final = (
    "arche2025h1.staging.ct.transparency.dev\n1432088532\n"
    "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n"
    "— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6ho"
    "GREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
    "— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUk"
    "zbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
    "— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYT"
    "zwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n"
    "— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/"
    "iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n"
    "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIob"
    "WX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n"
    "— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr"
    "+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n"
)
LOG_VKEY: Final = (
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
)
WITNESS_VKEYS: Final = (
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
)

LOG: Final = NoteSigner.ed25519("register.example.nl/log", Ed25519SigningKey.generate())
WITNESS: Final = NoteSigner.ed25519(
    "witness.example.nl/w1", Ed25519SigningKey.generate(), SignatureType.COSIGNATURE
)
QUANTUM: Final = NoteSigner.ml_dsa("witness.example.nl/w1", bytes(range(32)))
CHECKPOINT: Final = Checkpoint("register.example.nl/log", 7, leaf_hash(b"it")).to_text()
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


def test_the_cosignatures_of_public_witnesses_hold() -> None:
    note = read_note(WITNESSED.encode())
    witnesses = [parse_vkey(vkey) for vkey in WITNESS_VKEYS]

    found = open_note(note, [parse_vkey(LOG_VKEY), *witnesses])

    assert [(signed.key.name, signed.at) for signed in found] == [
        (parse_vkey(LOG_VKEY).name, None),
        *((key.name, 1_779_573_024) for key in witnesses),
    ]
    larger = Note(note.text.replace("1432088532", "1432088533"), note.signatures)
    for key in (parse_vkey(LOG_VKEY), *witnesses):
        with pytest.raises(NoteForgedError):
            open_note(larger, [key])


def test_a_note_we_sign_is_believed_and_a_witness_says_when() -> None:
    note = sign_note(CHECKPOINT, LOG)
    cosigned = note.with_signatures(
        (WITNESS.cosign(CHECKPOINT, at=AT), QUANTUM.cosign(CHECKPOINT, at=AT + 1))
    )

    read = read_note(cosigned.to_bytes())
    assert read == cosigned
    assert [
        (one.key.kind, one.at) for one in open_note(read, [LOG.key, WITNESS.key, QUANTUM.key])
    ] == [
        (SignatureType.ED25519, None),
        (SignatureType.COSIGNATURE, AT),
        (SignatureType.ML_DSA_COSIGNATURE, AT + 1),
    ]
    assert cosigned.with_signatures(read.signatures) == cosigned
    for signer in (LOG, WITNESS, QUANTUM):
        assert parse_vkey(signer.key.vkey) == signer.key


def test_a_cosignature_is_over_the_text_of_the_specification() -> None:
    # c2sp.org/tlog-cosignature, §Ed25519 signed message and §ML-DSA-44 signed message.
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    root = bytes.fromhex("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")

    assert WITNESS.key.message(text, 1_679_315_147) == (
        b"cosignature/v1\ntime 1679315147\n" + text.encode()
    )
    assert QUANTUM.key.message(text + "extension\n", 1_679_315_147) == (
        b"subtree/v1\n\0"
        b"\x15witness.example.nl/w1"
        b"\0\0\0\0\x64\x18\x50\xcb"
        b"\x1bexample.com/behind-the-sofa" + bytes(8) + b"\0\0\0\0\x01\x3e\x2d\xc3" + root
    )


def test_the_same_key_of_another_kind_has_another_number() -> None:
    key = Ed25519SigningKey.generate()
    log = NoteSigner.ed25519("example.nl", key)
    witness = NoteSigner.ed25519("example.nl", key, SignatureType.COSIGNATURE)

    assert log.key.key_id != witness.key.key_id
    with pytest.raises(NoteUnsignedError):
        open_note(sign_note(CHECKPOINT, log), [witness.key])


def test_a_cosigner_that_states_no_time_states_none() -> None:
    made = bytes(8) + QUANTUM._sign(QUANTUM.key.message(CHECKPOINT, 0))  # noqa: SLF001 — no signer of ours does it
    note = Note(CHECKPOINT, (NoteSignature(QUANTUM.key.name, QUANTUM.key.key_id, made),))

    (signed,) = open_note(note, [QUANTUM.key])
    assert signed.at is None


@pytest.mark.parametrize("signer", [WITNESS, QUANTUM])
def test_a_cosignature_holds_for_its_own_moment_and_checkpoint_only(signer: NoteSigner) -> None:
    made = signer.cosign(CHECKPOINT, at=AT).signature

    assert signer.key.holds(made, CHECKPOINT)
    for other in (
        b"",
        made[:8],
        made[:-1],
        made + b"\0",
        (AT + 1).to_bytes(8) + made[8:],
        b"\x80" + made[1:],
    ):
        assert not signer.key.holds(other, CHECKPOINT)
    assert not signer.key.holds(made, CHECKPOINT.replace("\n7\n", "\n8\n"))
    assert not signer.key.holds(made, "no checkpoint\n")


def test_who_cosigns_says_when_and_who_signs_does_not() -> None:
    with pytest.raises(ValueError, match="says when"):
        WITNESS.sign(CHECKPOINT)
    with pytest.raises(ValueError, match="states no time"):
        LOG.cosign(CHECKPOINT, at=AT)
    for at in (0, -1, 2**63):
        with pytest.raises(ValueError, match="states a time"):
            WITNESS.cosign(CHECKPOINT, at=at)


def test_only_a_checkpoint_is_cosigned() -> None:
    for signer in (WITNESS, QUANTUM):
        with pytest.raises(TextRefusedError):
            signer.cosign("a text\n", at=AT)
    with pytest.raises(NoteRefusedError):
        QUANTUM.cosign(Checkpoint("o" * 256, 0, bytes(32)).to_text(), at=AT)


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


def test_the_answer_of_a_witness_is_lines_of_signatures() -> None:
    signatures = (WITNESS.cosign(CHECKPOINT, at=AT), QUANTUM.cosign(CHECKPOINT, at=AT))

    assert read_signatures("".join(each.line for each in signatures)) == signatures
    for other in ("", "\n", signatures[0].line[:-1], signatures[0].line + "\n"):
        with pytest.raises(NoteRefusedError):
            read_signatures(other)


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
