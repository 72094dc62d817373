"""A key in wrong hands counts only for what witnesses saw in the register's log before: check 5."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from services.verifier.checks.judgement import Judgement
from services.verifier.checks.logged import NO_LOG, HandedProof, LogTrust
from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.log_faults import LogFault
from services.verifier.domain.verdict import State
from services.verifier.schemas.explaining import explanation_of
from services.verifier.settings import Settings
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.log_proofs import LogProof
from shared.proofs.notes import NoteSigner, SignatureType
from shared.strict_json import canonical
from tests.support.cosigners import LOG, QUANTUM, WITNESS
from tests.support.log_proofs import a_log_proof, a_proof_of
from tests.unit.verifier.forge import DID, NOW, OIN, OTHER_KEY, a_list, a_token, payload_of, put
from tests.unit.verifier.world import (
    World,
    a_known_key,
    a_registration,
    finding,
    replacing,
)

LOST: Final = NOW - timedelta(days=3)
BEFORE, AFTER = LOST - timedelta(seconds=1), LOST + timedelta(seconds=1)
TOKEN: Final = a_token()
HELD: Final = a_registration(payload_of(TOKEN))
STRANGER: Final = NoteSigner.ed25519(
    "witness.example.com/w9", Ed25519SigningKey.generate(), SignatureType.COSIGNATURE
)
TRUST: Final = LogTrust(log_keys=(LOG.key,), witnesses=(WITNESS.key, QUANTUM.key), quorum=2)
NEW_KEY: Final = a_known_key(kid=f"{DID}#{OTHER_KEY.public.thumbprint}", key=OTHER_KEY.public)
BOTH: Final = {WITNESS: BEFORE, QUANTUM: BEFORE}
GOOD: Final = a_log_proof(HELD, BOTH)


def judged(
    proof: LogProof | bytes, *, trust: LogTrust = TRUST, token: str = TOKEN, **world: Any
) -> Judgement:
    raw = proof if isinstance(proof, bytes) else proof.to_bytes()
    known = {"key": a_known_key(compromised_at=NOW, compromised_since=LOST)} | world
    return World(
        log_proof=HandedProof(raw=raw, trust=trust),
        other_keys=(NEW_KEY,),
        signed_list=a_list(key=OTHER_KEY, kid=NEW_KEY.kid),
        **known,
    ).judge(token)


def fault_of(judgement: Judgement) -> LogFault:
    """Return why the proof did not save it: that is said at the key, and all else is as without."""
    found = finding(judgement, Check.KEY)
    assert (found.outcome, found.code) == (Outcome.FAILED, Code.KEY_COMPROMISED)
    assert finding(judgement, Check.SIGNATURE).outcome is Outcome.NOT_RUN
    assert (judgement.verdict.state, judgement.credential) == (State.ALTERED, None)
    return LogFault(found.reason or "")


def test_what_witnesses_saw_before_the_key_was_lost_still_counts() -> None:
    judgement = judged(GOOD)

    found = finding(judgement, Check.KEY)
    assert (found.outcome, found.code) == (Outcome.OK, Code.KEY_LOST_LATER)
    assert finding(judgement, Check.SIGNATURE).code is Code.SIGNATURE_HOLDS
    assert judgement.verdict.state is State.VALID
    assert judgement.credential is not None


def test_without_a_proof_the_key_proves_nothing() -> None:
    judgement = World(key=a_known_key(compromised_at=NOW, compromised_since=LOST)).judge(TOKEN)

    found = finding(judgement, Check.KEY)
    assert (found.code, found.reason) == (Code.KEY_COMPROMISED, None)


def test_as_long_as_nobody_knows_since_when_the_moment_it_was_told_counts() -> None:
    late = a_log_proof(HELD, {WITNESS: AFTER, QUANTUM: AFTER})

    assert fault_of(judged(late)) is LogFault.TOO_LATE
    told_only = judged(late, key=a_known_key(compromised_at=NOW))
    assert finding(told_only, Check.KEY).code is Code.KEY_LOST_LATER


def test_at_the_very_moment_is_too_late() -> None:
    assert fault_of(judged(a_log_proof(HELD, dict.fromkeys(BOTH, LOST)))) is LogFault.TOO_LATE


def test_one_witness_that_puts_back_its_clock_is_not_enough() -> None:
    backdated = a_log_proof(HELD, {WITNESS: BEFORE, QUANTUM: AFTER})

    assert fault_of(judged(backdated)) is LogFault.TOO_LATE
    trusting = replace(TRUST, quorum=1)
    assert finding(judged(backdated, trust=trusting), Check.KEY).code is Code.KEY_LOST_LATER


def of_another_credential() -> LogProof:
    other = HELD.model_copy(update={"credential_id": UUID(int=9), "credential_digest": "d" * 64})
    return a_log_proof(other, BOTH)


def of_other_content() -> LogProof:
    return a_log_proof(HELD.model_copy(update={"credential_digest": "d" * 64}), BOTH)


def of_another_organisation() -> LogProof:
    other = HELD.model_copy(update={"organisation": "00000099000000220000"})
    return a_log_proof(other, BOTH)


def of_a_key() -> LogProof:
    return a_proof_of(canonical({"vkey": LOG.key.vkey}), OIN, BOTH)


def with_another_index() -> LogProof:
    return replace(GOOD, index=GOOD.index - 1)


def with_another_path() -> LogProof:
    return replace(GOOD, path=(bytes(32), *GOOD.path[1:]))


def with_another_opening() -> LogProof:
    later = HELD.model_copy(update={"status": RegistrationStatus.REVOKED})
    return replace(GOOD, extra=a_log_proof(later, BOTH).extra)


def without_an_opening() -> LogProof:
    return replace(GOOD, extra=None)


def with_a_cosignature_of_another_tree() -> LogProof:
    return replace(GOOD, note=GOOD.note.with_signatures(of_other_content().note.signatures[1:]))


def of_a_tree_the_log_did_not_sign() -> LogProof:
    forger = NoteSigner.ed25519(LOG.key.name, Ed25519SigningKey.generate())
    return a_log_proof(HELD, BOTH, log=forger)


def of_another_log() -> LogProof:
    name = "register.example.com/log"
    other = NoteSigner.ed25519(name, Ed25519SigningKey.generate())
    return a_log_proof(HELD, BOTH, log=other, origin=name)


FAULTS: dict[str, tuple[Callable[[], LogProof], LogFault]] = {
    "of another credential": (of_another_credential, LogFault.OF_ANOTHER),
    "of other content": (of_other_content, LogFault.OF_ANOTHER),
    "of another organisation": (of_another_organisation, LogFault.OF_ANOTHER),
    "of a key": (of_a_key, LogFault.OF_ANOTHER),
    "another index": (with_another_index, LogFault.ALTERED),
    "another path": (with_another_path, LogFault.ALTERED),
    "another opening": (with_another_opening, LogFault.ALTERED),
    "no opening": (without_an_opening, LogFault.ALTERED),
    "cosignatures of another tree": (with_a_cosignature_of_another_tree, LogFault.ALTERED),
    "not signed by the log": (of_a_tree_the_log_did_not_sign, LogFault.ALTERED),
    "of another log": (of_another_log, LogFault.OTHER_LOG),
    "too late": (
        lambda: a_log_proof(HELD, {WITNESS: AFTER, QUANTUM: AFTER}),
        LogFault.TOO_LATE,
    ),
    "without a witness": (lambda: a_log_proof(HELD, {}), LogFault.UNWITNESSED),
    "with one witness of two": (
        lambda: a_log_proof(HELD, {WITNESS: BEFORE}),
        LogFault.UNWITNESSED,
    ),
    "with a witness nobody knows": (
        lambda: a_log_proof(HELD, {WITNESS: BEFORE, STRANGER: BEFORE}),
        LogFault.UNWITNESSED,
    ),
}


@pytest.mark.parametrize(("proof", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_a_proof_that_shows_something_else_saves_nothing_and_it_is_said_why(
    proof: Callable[[], LogProof], fault: LogFault
) -> None:
    judgement = judged(proof())

    assert fault_of(judgement) is fault
    assert explanation_of(finding(judgement, Check.KEY)) == fault.sentence


@pytest.mark.parametrize(
    "raw",
    [b"", b"c2sp.org/tlog-proof@v1\n", GOOD.to_bytes()[:-1], b"\xff" * 9, bytes(10**6)],
    ids=["nothing", "a header", "cut short", "no text", "far too large"],
)
def test_what_is_no_proof_saves_nothing(raw: bytes) -> None:
    assert fault_of(judged(raw)) is LogFault.UNREADABLE


def test_of_a_verifier_that_was_told_no_log_nothing_counts() -> None:
    assert fault_of(judged(GOOD, trust=NO_LOG)) is LogFault.NOT_TAKEN


def corrected() -> Registration:
    return HELD.model_copy(update=replacing(HELD))


def test_a_proof_of_a_later_version_names_the_credential_it_replaced() -> None:
    later = a_log_proof(corrected(), BOTH)

    judgement = judged(later, is_replaced=True)
    assert finding(judgement, Check.KEY).code is Code.KEY_LOST_LATER
    assert finding(judgement, Check.REGISTER).code is Code.REGISTRATION_REPLACED
    assert judgement.verdict.state is State.REPLACED


def test_a_proof_of_what_was_replaced_says_nothing_of_what_took_its_place() -> None:
    newer = a_token(put("name", "Later"))
    held = a_registration(payload_of(newer))

    assert fault_of(judged(GOOD, token=newer, registered=newer)) is LogFault.OF_ANOTHER
    assert finding(judged(a_log_proof(held, BOTH), token=newer), Check.KEY).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("world", "state"),
    [
        ({"status": RegistrationStatus.REVOKED}, State.REVOKED),
        ({"is_registered": False}, State.CANNOT_CHECK),
        ({"registered": a_token(put("name", "Anders"))}, State.ALTERED),
        ({"as_of": NOW - timedelta(days=9)}, State.CANNOT_CHECK),
    ],
    ids=["revoked since", "not registered", "registered otherwise", "old knowledge"],
)
def test_a_proof_saves_from_the_key_only_and_from_no_other_check(
    world: dict[str, Any], state: State
) -> None:
    judgement = judged(GOOD, **world)

    assert finding(judgement, Check.KEY).code is Code.KEY_LOST_LATER
    assert judgement.verdict.state is state


def test_a_proof_beside_a_key_that_is_in_good_hands_changes_nothing() -> None:
    for proof in (GOOD.to_bytes(), b"nonsense"):
        judgement = judged(proof, key=a_known_key())
        assert finding(judgement, Check.KEY).code is Code.KEY_PUBLISHED


def test_a_signature_that_does_not_hold_is_saved_by_nothing() -> None:
    broken = TOKEN[:-8] + ("A" * 8)

    judgement = judged(GOOD, token=broken)
    assert finding(judgement, Check.KEY).code is Code.KEY_LOST_LATER
    assert finding(judgement, Check.SIGNATURE).code is Code.SIGNATURE_BROKEN
    assert judgement.verdict.state is State.ALTERED


BASIS: Final = {"database_url": "postgresql://x@127.0.0.1/x", "public_url": "https://v.example"}
WRONG: Final[dict[str, dict[str, object]]] = {
    "a witness as log": {"log_keys": [WITNESS.key.vkey], "log_witnesses": [WITNESS.key.vkey]},
    "a log as witness": {"log_keys": [LOG.key.vkey], "log_witnesses": [LOG.key.vkey]},
    "no key at all": {"log_keys": ["witness"]},
    "more than there are": {
        "log_keys": [LOG.key.vkey],
        "log_witnesses": [WITNESS.key.vkey, WITNESS.key.vkey],
        "log_quorum": 2,
    },
    "nobody": {"log_keys": [LOG.key.vkey]},
    "a quorum of none": {"log_quorum": 0},
}


@pytest.mark.parametrize("told", WRONG.values(), ids=WRONG.keys())
def test_a_verifier_does_not_start_with_witnesses_that_could_never_be_enough(
    told: dict[str, object],
) -> None:
    with pytest.raises(ValueError, match=r"LOG_|as its owner publishes|greater than"):
        Settings.model_validate(BASIS | told)


def test_every_fault_has_a_sentence_of_its_own() -> None:
    said = [fault.sentence for fault in LogFault]

    assert len({one.nl for one in said}) == len({one.en for one in said}) == len(LogFault)
