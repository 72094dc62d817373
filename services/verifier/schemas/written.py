"""The answer to a verification as JSON, of which most was written before.

Apart from the models, which say what an answer is: making and writing those took 130 us of a
verification, and this takes 25. The same is said of nearly every credential: thirteen checks and
what they mean, who the issuer is, what was earned. A test holds both against each other.
"""

from datetime import datetime
from functools import lru_cache
from typing import Final
from weakref import WeakKeyDictionary

from pydantic_core import to_json

from services.verifier.checks.judgement import Verification
from services.verifier.domain.findings import Finding
from services.verifier.domain.knowledge import Held, KnownIssuer
from services.verifier.domain.meaning import advice_for
from services.verifier.domain.text import Text
from services.verifier.domain.verdict import Verdict
from services.verifier.schemas.shown import words, write_shown
from services.verifier.schemas.verification import (
    IssuerAnswer,
    KnowledgeAnswer,
    RegistrationAnswer,
    VerdictAnswer,
    VerificationAnswer,
    explain,
    title_for,
)
from shared.contracts.credential import AchievementCredential
from shared.contracts.registration import Registration

_ISSUERS: Final = WeakKeyDictionary[KnownIssuer, bytes]()
"""What is told of issuers, as long as the memory holds them."""
_NOTHING_SINCE: Final = dict.fromkeys(("revocation", "suspension", "supersededBy"))


def write_answer(verification: Verification) -> bytes:
    """Return as JSON what a `VerificationAnswer` says, of which most was written before."""
    judgement, shown = verification.judgement, verification.judgement.credential
    if verification.seals is not None or judgement.european is not None:
        return to_json(VerificationAnswer.of(verification))  # seals are of few, and never the same
    constant = _write_constant(judgement.findings, verification.knowledge.as_of)
    changing = {
        "verificationId": verification.verification_id,
        "test": verification.is_test,
        "registration": _tell(verification.registration, shown) if shown else None,
        "checkedAt": verification.checked_at,
    }
    return b"".join(
        (
            to_json(changing)[:-1],
            b',"verdict":',
            _write_verdict(judgement.verdict, title_for(verification)),
            b',"advice":',
            _write_advice(judgement.verdict, is_test=verification.is_test),
            b',"credential":',
            write_shown(shown, judgement.said) if shown else b"null",
            b',"european":null,"seals":null',
            b',"issuer":',
            _write_issuer(verification.issuer),
            b",",
            constant,
            b"}",
        )
    )


def _tell(held: Held | None, shown: AchievementCredential) -> object:
    if not isinstance(held, Registration) or held.revocation or held.suspension or held.replaced:
        return RegistrationAnswer.of(held, shown=shown)
    return {  # as it is of nearly all
        "registrationId": held.registration_id,
        "recordVersion": held.record_version,
        "status": held.status,
        "recordedAt": held.recorded_at,
        "changedAt": held.changed_at,
        **_NOTHING_SINCE,
    }


@lru_cache(maxsize=1024)
def _write_constant(findings: tuple[Finding, ...], as_of: datetime | None) -> bytes:
    """Write what is told of the checks, and how fresh our copies are."""
    checks = [explain(finding, as_of) for finding in findings]
    return to_json({"checks": checks, "knowledge": KnowledgeAnswer(as_of=as_of)})[1:-1]


@lru_cache(maxsize=1024)
def _write_verdict(verdict: Verdict, title: Text) -> bytes:
    return to_json(VerdictAnswer.of(verdict, title))


@lru_cache(maxsize=1024)
def _write_advice(verdict: Verdict, *, is_test: bool) -> bytes:
    return to_json(tuple(map(words, advice_for(verdict, is_test=is_test))))


def _write_issuer(issuer: KnownIssuer | None) -> bytes:
    if issuer is None:
        return b"null"
    written = _ISSUERS.get(issuer)
    if written is None:
        written = _ISSUERS[issuer] = to_json(IssuerAnswer.of(issuer))
    return written
