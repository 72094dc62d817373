"""Years later, with the proof, the credential and some keys: it still proves what it proved."""

import hashlib
import json
import socket
import time
from datetime import date
from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner, Result

from services.demo.commands import command
from services.registry.domain.registrations import decide_registration
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus
from shared.proofs import jws, vc_jwt
from shared.proofs.keys import SigningKey
from shared.proofs.log_entries import EntryKind, LogEntry, commit, new_salt
from shared.proofs.log_proofs import LogProof, Opening
from shared.proofs.merkle import inclusion_proof
from shared.proofs.tiles import hash_reader
from shared.strict_json import canonical
from tests.support.awards import NOW, an_award
from tests.support.cosigners import LOG, QUANTUM, WITNESS
from tests.support.forged_log import FiledLog, an_entry

PAYLOAD = json.dumps({"id": "urn:uuid:01890a5d", "awardedDate": "2026-11-13"}).encode()
TOKEN = jws.sign(
    PAYLOAD,
    key=SigningKey.generate(),
    header=vc_jwt.header(vc_jwt.Form.OPEN_BADGES, key_id="did:web:example#k"),
)


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        pytest.fail("offline somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def a_registration(**changes: object) -> Registration:
    digest = hashlib.sha256(PAYLOAD).hexdigest()
    award = an_award(credential_digest=digest, awarded_on=date(2026, 11, 13))
    entry = decide_registration(award, award_id=award.award_id, now=NOW)
    return entry.registration.model_copy(update=changes)


def a_proof(registration: Registration, *, at: float | None = None) -> LogProof:
    salt = new_salt()
    content = canonical(registration.model_dump(mode="json", exclude_none=True))
    entry = LogEntry(EntryKind.ISSUED, registration.organisation, commit(salt, content))
    log = FiledLog()
    log.add([*map(an_entry, range(300)), entry.to_bytes(), *map(an_entry, range(40))])
    read = hash_reader(lambda tile: log.tiles[tile.level, tile.index], 341)
    assert log.note is not None
    moment = int(time.time() if at is None else at)
    cosigned = [one.cosign(log.note.text, at=moment) for one in (WITNESS, QUANTUM)]
    return LogProof(
        index=300,
        path=tuple(inclusion_proof(300, 341, read)),
        note=log.note.with_signatures(cosigned),
        extra=Opening(entry, salt, content).to_bytes(),
    )


def verify(folder: Path, proof: LogProof | bytes, *words: str) -> Result:
    file = folder / "one.tlog-proof"
    file.write_bytes(proof.to_bytes() if isinstance(proof, LogProof) else proof)
    return CliRunner().invoke(command, ["verify", "--offline", str(file), *words])


TRUST = ("--log", LOG.key.vkey, "--witness", WITNESS.key.vkey, "--witness", QUANTUM.key.vkey)


def test_it_says_in_plain_sentences_what_is_proven(tmp_path: Path) -> None:
    credential = tmp_path / "credential.jwt"
    credential.write_text(f"{TOKEN}\n")
    registration = a_registration()

    told = verify(tmp_path, a_proof(registration), *TRUST, "--credential", str(credential))

    assert told.exit_code == 0, told.output
    assert told.output.startswith("PROVEN: Het staat in het logboek van het register")
    for words in (
        "The credential is exactly the one that the register wrote down.",
        f"Registratie {registration.registration_id}, versie 1: geldig.",
        "Awarded by 00000099000000210000, earned on 2026-11-13.",
        "Entry 301 of the log register.example.nl/log, then 341 entries long.",
        "says the witness witness.example.nl/w1.",
        "zegt getuige witness.example.nl/w2.",
        "What happened after that, such as a revocation, is not in this proof.",
    ):
        assert words in told.output


def test_a_revoked_registration_is_said_to_be_revoked(tmp_path: Path) -> None:
    told = verify(tmp_path, a_proof(a_registration(status=RegistrationStatus.REVOKED)), *TRUST)

    assert told.exit_code == 0
    assert "version 1: revoked." in told.output


def test_a_policy_file_says_the_same_as_options(tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    text = f"log {LOG.key.vkey}\nwitness a {WITNESS.key.vkey}\nquorum a\n"
    policy.write_text(text)
    proof = a_proof(a_registration())

    assert verify(tmp_path, proof, "--policy", str(policy)).exit_code == 0
    assert verify(tmp_path, proof, "--policy", str(policy), "--log", "x").exit_code == 2
    policy.write_text(text.replace("quorum a", "quorum b"))
    refused = verify(tmp_path, proof, "--policy", str(policy))
    assert (refused.exit_code, "line 3: b is not defined above" in refused.output) == (2, True)
    policy.write_text("quorum none\n")
    assert verify(tmp_path, proof, "--policy", str(policy)).exit_code == 2


def test_without_witnesses_it_says_what_it_rests_on(tmp_path: Path) -> None:
    told = verify(tmp_path, a_proof(a_registration()), "--log", LOG.key.vkey)

    assert told.exit_code == 0
    assert "stands on the key of the register alone" in told.output


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda raw: raw.replace(b"index 300", b"index 301"), "does not lead from the entry"),
        (lambda raw: raw.replace(b"\n341\n", b"\n342\n"), "said to be of a key we know"),
        (
            lambda raw: raw.replace(b"tlog-proof@v1", b"tlog-proof@v2"),
            "not a proof of the register",
        ),
        (lambda raw: raw[: raw.index("— witness".encode())], "Fewer witnesses"),
        (lambda raw: raw[:100], "not "),
        (lambda _: b"", "not "),
        (lambda raw: b"\n".join(raw.split(b"\n")[:1] + raw.split(b"\n")[2:]), "does not commit"),
    ],
)
def test_a_proof_that_does_not_hold_proves_nothing(
    tmp_path: Path, damage: object, words: str
) -> None:
    assert callable(damage)
    told = verify(tmp_path, damage(a_proof(a_registration()).to_bytes()), *TRUST)

    assert told.exit_code == 1, told.output
    assert told.output.startswith("NOT PROVEN: ")
    assert words in told.output
    assert "- " not in told.output.partition(" / ")[2]


def test_another_credential_is_not_proven(tmp_path: Path) -> None:
    credential = tmp_path / "credential.jwt"
    credential.write_text(TOKEN)
    other = a_registration(credential_digest="b" * 64)

    told = verify(tmp_path, a_proof(other), *TRUST, "--credential", str(credential))
    assert told.exit_code == 1
    assert "This credential is not the one that the register wrote down." in told.output
    credential.write_text("nonsense")
    told = verify(tmp_path, a_proof(other), *TRUST, "--credential", str(credential))
    assert told.exit_code == 1


def test_a_moment_that_has_yet_to_come_is_not_believed(tmp_path: Path) -> None:
    told = verify(tmp_path, a_proof(a_registration(), at=time.time() + 3600), *TRUST)

    assert told.exit_code == 1
    assert "has yet to come" in told.output


def test_fewer_witnesses_are_enough_when_fewer_are_asked_for(tmp_path: Path) -> None:
    stranger = LOG.key.vkey
    proof = a_proof(a_registration())

    assert verify(tmp_path, proof, *TRUST, "--quorum", "1").exit_code == 0
    assert verify(tmp_path, proof, *TRUST, "--quorum", "3").exit_code == 2
    assert verify(tmp_path, proof, "--log", stranger, "--witness", stranger).exit_code == 2


def test_what_goes_with_offline_only_is_refused_without_it(tmp_path: Path) -> None:
    file = tmp_path / "credential.jwt"
    file.write_text(TOKEN)

    told = CliRunner().invoke(command, ["verify", str(file), "--log", LOG.key.vkey])

    assert told.exit_code == 2
    assert "go with --offline" in told.output
