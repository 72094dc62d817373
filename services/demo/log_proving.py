"""What a proof of the register's log shows, judged without a network and said in plain sentences.

Apart from the command, so that it can be asked without a terminal. The checks, in order:

1. The file is a proof of the log, and what it says is what its entry commits to.
2. A log that we know signed the tree it leads to, and our quorum of witnesses saw that tree.
3. No witness states a moment that has yet to come.
4. The credential, when one is given, is the one that the register wrote down.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from pydantic import ValidationError

from services.demo.log_policy import Policy
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus
from shared.proofs import ProofRefusedError, vc_jwt
from shared.proofs.log_proofs import (
    LoggedEntry,
    QuorumError,
    check_log_proof,
    read_log_proof,
)

SKEW: Final = timedelta(minutes=5)


class Sentence(NamedTuple):
    """One sentence, in both languages."""

    nl: str
    en: str

    def __str__(self) -> str:
        """Say it in both."""
        return f"{self.nl} / {self.en}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether it is proven, and what exactly."""

    is_proven: bool
    title: Sentence
    sentences: tuple[Sentence, ...] = ()


_STATES: Final = {
    RegistrationStatus.ACTIVE: Sentence("geldig", "valid"),
    RegistrationStatus.SUSPENDED: Sentence("opgeschort", "suspended"),
    RegistrationStatus.REVOKED: Sentence("ingetrokken", "revoked"),
    RegistrationStatus.EXPIRED: Sentence("verlopen", "expired"),
    RegistrationStatus.ERASED: Sentence("gewist", "erased"),
}
_PROVEN: Final = Sentence(
    "Het staat in het logboek van het register, en is daar niet veranderd.",
    "It stands in the log of the register, and was not changed there.",
)
_LATER: Final = Sentence(
    "Wat er daarna gebeurde, zoals een intrekking, staat niet in dit bewijs.",
    "What happened after that, such as a revocation, is not in this proof.",
)
_FUTURE: Final = Sentence(
    "Een getuige noemt een moment dat nog moet komen.",
    "A witness states a moment that has yet to come.",
)
_NO_REGISTRATION: Final = Sentence(
    "De regel van het logboek gaat niet over een registratie.",
    "The entry of the log is not about a registration.",
)
_OTHER_CREDENTIAL: Final = Sentence(
    "Dit bewijsstuk is niet het bewijsstuk dat het register heeft vastgelegd.",
    "This credential is not the one that the register wrote down.",
)
_SAME_CREDENTIAL: Final = Sentence(
    "Het bewijsstuk is precies het bewijsstuk dat het register heeft vastgelegd.",
    "The credential is exactly the one that the register wrote down.",
)
_REPLACED: Final = Sentence(
    "Het bewijsstuk is een eerdere uitgave, die door een verbetering is vervangen.",
    "The credential is an earlier one, which a correction replaced.",
)
_UNWITNESSED: Final = Sentence(
    "Geen getuige staat ervoor in: het bewijs rust op de sleutel van het register alleen.",
    "No witness vouches for it: the proof stands on the key of the register alone.",
)


def judge_proof(raw: bytes, policy: Policy, *, credential: str | None, now: datetime) -> Judgement:
    """Judge a proof by a policy, and the credential it is said to be about."""
    try:
        proof = read_log_proof(raw)  # 1
        shown = check_log_proof(
            proof, log_keys=policy.logs, witnesses=[*policy.witnesses.values()], quorum=0
        )
        if not policy.is_met(policy.cosigners(proof.note)):  # 2
            raise QuorumError
        digest = _digest_of(credential) if credential is not None else None
    except ProofRefusedError as refused:
        return _refused(Sentence(refused.dutch, type(refused).sentence()))
    if any(datetime.fromtimestamp(at, UTC) > now + SKEW for at, _ in shown.witnessed):  # 3
        return _refused(_FUTURE)
    try:
        registration = Registration.model_validate_json(shown.content)
    except ValidationError:
        return _refused(_NO_REGISTRATION)
    about: tuple[Sentence, ...] = ()
    if digest is not None:  # 4
        found = _compare(digest, registration)
        if found is None:
            return _refused(_OTHER_CREDENTIAL)
        about = (found,)
    said = (*about, *_say(registration), *_say_where(shown), *_say_when(shown), _LATER)
    return Judgement(is_proven=True, title=_PROVEN, sentences=said)


def _refused(reason: Sentence) -> Judgement:
    return Judgement(is_proven=False, title=reason)


def _digest_of(credential: str) -> str:
    """Return the SHA-256 of a token's payload, as the register keeps it."""
    return hashlib.sha256(vc_jwt.read(credential)[0].payload).hexdigest()


def _compare(digest: str, registration: Registration) -> Sentence | None:
    if digest == registration.credential_digest:
        return _SAME_CREDENTIAL
    replaced = registration.replaced or ()
    return _REPLACED if digest in {one.credential_digest for one in replaced} else None


def _say(registration: Registration) -> tuple[Sentence, ...]:
    state = _STATES[registration.status]
    one = registration
    return (
        Sentence(
            f"Registratie {one.registration_id}, versie {one.record_version}: {state.nl}.",
            f"Registration {one.registration_id}, version {one.record_version}: {state.en}.",
        ),
        Sentence(
            f"Uitgereikt door {one.organisation}, behaald op {one.awarded_on}.",
            f"Awarded by {one.organisation}, earned on {one.awarded_on}.",
        ),
    )


def _say_where(shown: LoggedEntry) -> Sequence[Sentence]:
    return [
        Sentence(
            f"Regel {shown.index + 1} van logboek {shown.origin}, toen {shown.size} regels lang.",
            f"Entry {shown.index + 1} of the log {shown.origin}, then {shown.size} entries long.",
        )
    ]


def _say_when(shown: LoggedEntry) -> Sequence[Sentence]:
    moments = [(datetime.fromtimestamp(at, UTC), name) for at, name in shown.witnessed]
    return [
        Sentence(
            f"Het bestond op {at:%d-%m-%Y %H:%M:%S} UTC, zegt getuige {name}.",
            f"It existed on {at:%Y-%m-%d %H:%M:%S} UTC, says the witness {name}.",
        )
        for at, name in moments
    ] or [_UNWITNESSED]
