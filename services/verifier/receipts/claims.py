"""From a verification to what its receipt says; pure, and the one place that decides what goes in.

Of a credential whose content is not shown nothing is said but digest, verdict and checks. Of a
person only what the checker saw, and only when that was asked. Issuers are in the words of the
catalogue; what an issuer wrote itself is cut to a length that leaves a receipt a receipt.
"""

from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from uuid import UUID

from services.verifier.schemas.shown import ShownCredential, Words
from services.verifier.schemas.verification import (
    CheckAnswer,
    IssuerAnswer,
    LookedUp,
    RegistrationAnswer,
    VerificationAnswer,
)
from shared.contracts.receipt import (
    URN,
    CheckedAgainst,
    HandedIn,
    Receipt,
    Said,
    SaidCheck,
    SaidFile,
    SaidFramework,
    SaidIssuer,
    SaidKnowledge,
    SaidLookup,
    SaidMicrocredential,
    SaidPerson,
    SaidPolicy,
    SaidRegistration,
    SaidVerdict,
    Software,
)
from shared.proofs import ProofRefusedError, base64url
from shared.proofs.receipts import digest_of
from shared.strict_json import JsonRefusedError, load_object

DISTRIBUTION: Final = "waarmerk"
LONGEST_NAME: Final = 300
LONGEST_WORD: Final = 60


def describe(
    answer: VerificationAnswer,
    *,
    verifier: str,
    receipt_id: UUID,
    handed: bytes,
    found: str | None,
    file: SaidFile | None = None,
    with_person: bool,
    now: datetime,
) -> Receipt:
    """Say what a verification came to, of what was handed in and what was found inside it."""
    verdict = answer.verdict
    shown = answer.credential
    return Receipt(
        iss=verifier,
        jti=f"{URN}{receipt_id}",
        iat=int(now.timestamp()),
        verification_id=answer.verification_id,
        checked_at=answer.checked_at,
        handed_in=_handed_in(handed, found, file),
        verdict=SaidVerdict(
            state=str(verdict.state), code=str(verdict.code), title=_said(verdict.title)
        ),
        test=answer.test,
        checks=tuple(map(_check, answer.checks)),
        knowledge=SaidKnowledge(as_of=answer.knowledge.as_of),
        checked_against=(
            None
            if shown is None
            else CheckedAgainst(
                microcredential=_microcredential(shown),
                policy=_policy(shown),
                quality_framework=_framework(shown),
                issuer=_issuer(answer.issuer, key_named_in(found or "")),
                registration=_registration(answer.registration),
            )
        ),
        person=_person(shown) if shown is not None and with_person else None,
        software=Software(version=_own_version()),
    )


def key_named_in(credential: str) -> str | None:
    """Return the key a credential names, by `kid` or in its one proof; None when there is none.

    Only worth something of a credential whose signature holds: nothing is checked here.
    """
    try:
        if credential.lstrip().startswith("{"):
            proof = load_object(credential).get("proof")
            named = proof.get("verificationMethod") if isinstance(proof, dict) else None
        else:
            named = load_object(base64url.decode_text(credential.partition(".")[0])).get("kid")
    except (ProofRefusedError, JsonRefusedError):
        return None
    return named if isinstance(named, str) and named else None


def _handed_in(handed: bytes, found: str | None, file: SaidFile | None) -> HandedIn:
    whole = digest_of(handed)
    inside = whole if found is None else digest_of(found.encode(errors="replace"))
    inner = None if inside == whole else inside
    return HandedIn(sha256=whole, credential_sha256=inner, file=file)


@cache
def _own_version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:  # run from its folder, without having been installed
        return "unknown"


def _check(check: CheckAnswer) -> SaidCheck:
    return SaidCheck(
        number=check.number,
        name=str(check.name),
        title=_said(check.title),
        outcome=str(check.outcome),
        code=str(check.code),
        looked_up=_lookup(check.looked_up),
    )


def _lookup(looked_up: LookedUp | None) -> SaidLookup | None:
    if looked_up is None:
        return None
    return SaidLookup(where=str(looked_up.where), name=_said(looked_up.name), as_of=looked_up.as_of)


def _microcredential(shown: ShownCredential) -> SaidMicrocredential:
    earned = shown.achievement
    return SaidMicrocredential(
        id=_short(earned.id),
        version=None if earned.version is None else _short(earned.version, LONGEST_WORD),
        name=_short(earned.name),
    )


def _policy(shown: ShownCredential) -> SaidPolicy | None:
    named = shown.quality_framework.policy if shown.quality_framework else None
    if named is None:
        return None
    policy_id, _, edition = named.rpartition("@")
    return SaidPolicy(
        policy_id=_short(policy_id, LONGEST_WORD), version=_short(edition, LONGEST_WORD)
    )


def _framework(shown: ShownCredential) -> SaidFramework | None:
    pin = shown.quality_framework
    if pin is None:
        return None
    return SaidFramework(
        name=_short(pin.name),
        version=_short(pin.version, LONGEST_WORD),
        url=_short(pin.url),
        sha256=pin.sha256,
    )


def _issuer(issuer: IssuerAnswer | None, key_id: str | None) -> SaidIssuer | None:
    if issuer is None:
        return None
    return SaidIssuer(
        oin=issuer.oin,
        did=issuer.did,
        name=_said(issuer.name),
        kid=None if key_id is None else _short(key_id),
    )


def _registration(held: RegistrationAnswer | None) -> SaidRegistration | None:
    if held is None:
        return None
    return SaidRegistration(
        registration_id=held.registration_id, record_version=held.record_version
    )


def _person(shown: ShownCredential) -> SaidPerson | None:
    name, result = shown.who.name, shown.result
    if name is None and result is None:
        return None
    return SaidPerson(
        name=None if name is None else _short(name),
        result=None if result is None else _short(result),
    )


def _said(words: Words) -> Said:
    return Said(nl=_short(words.nl), en=_short(words.en))


def _short(text: str, longest: int = LONGEST_NAME) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
