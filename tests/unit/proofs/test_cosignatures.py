"""A witness says of a checkpoint when it saw it, with either kind of key."""

from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from shared.proofs.checkpoints import Checkpoint
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.lines import TextRefusedError
from shared.proofs.merkle import leaf_hash
from shared.proofs.notes import (
    Note,
    NoteForgedError,
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
from tests.support.cosigners import LOG, ORIGIN, QUANTUM, QUANTUM_SEED, WITNESS

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

CHECKPOINT: Final = Checkpoint(ORIGIN, 7, leaf_hash(b"it")).to_text()
AT: Final = 1_790_000_000


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
        b"\x15witness.example.nl/w2"
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


def of_quantum(at: int) -> Note:
    """Cosign at a time that no signer of ours would state."""
    private = MLDSA44PrivateKey.from_seed_bytes(QUANTUM_SEED)
    made = at.to_bytes(8) + private.sign(QUANTUM.key.message(CHECKPOINT, at))
    return Note(CHECKPOINT, (NoteSignature(QUANTUM.key.name, QUANTUM.key.key_id, made),))


def test_a_cosigner_that_states_no_time_states_none() -> None:
    assert [signed.at for signed in open_note(of_quantum(0), [QUANTUM.key])] == [None]


def test_a_time_beyond_all_times_is_refused() -> None:
    assert open_note(of_quantum(2**63 - 1), [QUANTUM.key])
    with pytest.raises(NoteForgedError):
        open_note(of_quantum(2**63), [QUANTUM.key])


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


def test_the_answer_of_a_witness_is_lines_of_signatures() -> None:
    signatures = (WITNESS.cosign(CHECKPOINT, at=AT), QUANTUM.cosign(CHECKPOINT, at=AT))

    assert read_signatures("".join(each.line for each in signatures)) == signatures
    for other in ("", "\n", signatures[0].line[:-1], signatures[0].line + "\n"):
        with pytest.raises(NoteRefusedError):
            read_signatures(other)
