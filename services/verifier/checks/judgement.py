"""All ten checks in order, and the verdict they add up to.

Separate from the checks, because this is the one place that decides which are run at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.verifier.checks.claims import check_claims, check_dates
from services.verifier.checks.content import check_content, read_credential
from services.verifier.checks.register import check_register
from services.verifier.checks.status import check_status
from services.verifier.checks.token import Reading
from services.verifier.domain.findings import Check, Finding, not_run
from services.verifier.domain.knowledge import Evidence, Held, Knowledge, KnownIssuer
from services.verifier.domain.verdict import Verdict, decide_verdict, shows_content
from shared.contracts.credential import AchievementCredential
from shared.contracts.microcredential import Microcredential


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Ten findings, their verdict, and the credential if its content may be shown."""

    findings: tuple[Finding, ...]
    verdict: Verdict
    credential: AchievementCredential | None = None


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
) -> Judgement:
    """Judge a credential its issuer really signed: make checks 6 to 10 as well."""
    claims = reading.claims
    credential = read_credential(reading.jws.payload if reading.jws else b"", claims)
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
        check_claims(claims),  # 6
        check_dates(claims, now=now),  # 7
        check_content(credential, evidence),  # 8
        check_status(  # 9
            claims.get("credentialStatus"),
            evidence.status_list,
            issuer=issuer.did,
            registered=registered.code,
            now=now,
        ),
        registered,  # 10
    ]
    return _judgement(findings, credential)


def _judgement(findings: list[Finding], credential: AchievementCredential | None) -> Judgement:
    verdict = decide_verdict(findings)
    shown = credential if shows_content(verdict, findings) else None
    return Judgement(findings=tuple(findings), verdict=verdict, credential=shown)
