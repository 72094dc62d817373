"""All thirteen checks in order, and the verdict they add up to.

Separate from the checks, because this is the one place that decides which are run at all.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.verifier.checks.claims import check_claims, check_dates, check_window
from services.verifier.checks.content import check_content, read_credential
from services.verifier.checks.endorsements import check_endorsements, find_endorsements
from services.verifier.checks.familiar import said_of
from services.verifier.checks.holder import AskedHolder, check_holder
from services.verifier.checks.reading import Reading
from services.verifier.checks.register import check_register
from services.verifier.checks.token_status import check_every_status
from services.verifier.domain.european import EuropeanCredential
from services.verifier.domain.findings import Check, Code, Finding, not_run, ok
from services.verifier.domain.handed import Form
from services.verifier.domain.knowledge import Evidence, Held, Knowledge, KnownIssuer
from services.verifier.domain.seals import JudgedSeal
from services.verifier.domain.verdict import Verdict, decide_verdict, shows_content
from shared.contracts.credential import AchievementCredential
from shared.contracts.microcredential import Microcredential


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Thirteen findings, their verdict, and the credential if its content may be shown."""

    findings: tuple[Finding, ...]
    verdict: Verdict
    credential: AchievementCredential | None = None
    european: EuropeanCredential | None = None
    said: bytes = field(default=b"", repr=False)
    """What it says was earned, by which that is known again (`familiar`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A judgement, with what we knew when we made it; kept nowhere."""

    verification_id: UUID
    judgement: Judgement
    is_test: bool
    issuer: KnownIssuer | None
    registration: Held | None
    microcredential: Microcredential | None
    knowledge: Knowledge
    checked_at: datetime
    seals: tuple[JudgedSeal, ...] | None = None
    """Of the PDF it stood in; None where it stood in anything else."""
    opened: str | None = field(default=None, repr=False)
    """The credential itself, where a link or a short code was handed in."""


def judge_refused(findings: tuple[Finding, ...]) -> Judgement:
    """Judge what did not come as far as a signature that holds: the other checks are not run."""
    made = {finding.check: finding for finding in findings}
    return _judgement([made.get(check) or not_run(check) for check in Check], None)


def judge_signed(
    reading: Reading,
    origin: tuple[Finding, ...],
    *,
    issuer: KnownIssuer,
    evidence: Evidence,
    knowledge: Knowledge,
    now: datetime,
    patience: timedelta,
    asked: AskedHolder | None = None,
) -> Judgement:
    """Judge a credential its issuer really signed: make checks 7 to 13 as well."""
    claims = reading.claims
    said = said_of(claims)
    credential = read_credential(claims, said)
    registered = check_register(
        evidence,
        credential_id=reading.credential_id,
        digest=reading.digest,
        issuer=issuer,
        is_old=knowledge.is_old(now=now, patience=patience),
    )
    findings = [
        *reading.findings,
        *origin,
        _check_claims(reading),  # 7
        _check_dates(reading, now=now),  # 8
        check_content(credential, evidence, said=said, is_listed=issuer.is_listed),  # 9
        check_every_status(  # 10
            reading, evidence, issuer=issuer.did, registered=registered.code, now=now
        ),
        registered,  # 11
        check_endorsements(  # 12
            find_endorsements(claims), evidence.endorsers, evidence.endorsers_lists, now=now
        ),
        check_holder(claims, asked, reading.binding),  # 13
    ]
    return _judgement(findings, credential, said)


def _check_claims(reading: Reading) -> Finding:
    if reading.form is Form.VC_JWT:
        return check_claims(reading.claims)
    return ok(Check.CLAIMS, Code.CLAIMS_ONCE)


def _check_dates(reading: Reading, *, now: datetime) -> Finding:
    if reading.window is not None and "validFrom" not in reading.claims:
        return check_window(reading.window, now=now)
    return check_dates(reading.claims, now=now)


def _judgement(
    findings: list[Finding], credential: AchievementCredential | None, said: bytes = b""
) -> Judgement:
    made = tuple(findings)
    verdict = decide_verdict(made)
    shown = credential if shows_content(verdict, made) else None
    return Judgement(findings=made, verdict=verdict, credential=shown, said=said if shown else b"")
