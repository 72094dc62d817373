"""A verification over HTTP: the question, and the answer a machine and a person can both read."""

from datetime import date, datetime
from functools import lru_cache
from typing import Self
from uuid import UUID

from pydantic import Field

from services.verifier.checks.judgement import Verification
from services.verifier.domain import text
from services.verifier.domain.findings import Check, Code, Finding, Outcome, Source
from services.verifier.domain.knowledge import Held, KnownIssuer
from services.verifier.domain.text import Text
from services.verifier.domain.titles import (
    CHECK_NAMES,
    TEST_BANNER,
    Occasion,
    plain_title,
    title_of,
)
from services.verifier.domain.verdict import Look, State, Verdict
from services.verifier.domain.words import CORRECTION_REASONS, REASONS, SUSPENSION_REASONS
from services.verifier.schemas.explaining import explanation_of
from services.verifier.schemas.sealing import SealsOfPaper, ShownEuropean, advice_of, tell_seals
from services.verifier.schemas.shown import ShownCredential, Words, words
from shared.contracts.credential import AchievementCredential, moment
from shared.contracts.policy import Recognition
from shared.contracts.registration import Registration, ReplacedCredential
from shared.contracts.vocabulary import (
    AwardElement,
    CorrectionReason,
    Recogniser,
    RegistrationStatus,
    RevocationReason,
    Sector,
    SuspensionReason,
)
from shared.runtime.api_model import ApiAnswer

_THE_ISSUER = Text(nl="de uitgever", en="the issuer")
SOURCES = {
    Source.CATALOGUE: Text(nl="landelijke catalogus", en="national catalogue"),
    Source.ISSUER_KEYS: Text(nl="sleutels van uitgevers", en="keys of issuers"),
    Source.STATUS_LIST: Text(
        nl="lijst met intrekkingen van de uitgever", en="the issuer's list of revocations"
    ),
    Source.REGISTER: Text(nl="landelijk register", en="national register"),
    Source.ISSUER_ADDRESS: Text(
        nl="het eigen adres van de uitgever", en="the issuer's own address"
    ),
}


class VerdictAnswer(ApiAnswer):
    """The verdict: never greener than the weakest check."""

    state: State
    code: Code
    title: Words
    look: Look

    @classmethod
    def of(cls, verdict: Verdict, title: Text) -> Self:
        """Tell a verdict."""
        return cls(state=verdict.state, code=verdict.code, title=words(title), look=verdict.look)


class LookedUp(ApiAnswer):
    """Where something was looked up, and up to when that copy is complete."""

    where: Source
    name: Words
    as_of: datetime | None = None


class CheckAnswer(ApiAnswer):
    """One check and what came out."""

    number: int = Field(ge=1, le=13)
    name: Check
    title: Words
    outcome: Outcome
    code: Code
    explanation: Words
    looked_up: LookedUp | None = None


@lru_cache(maxsize=1024)
def explain(finding: Finding, as_of: datetime | None) -> CheckAnswer:
    """Explain a finding; most verifications find the same, so most are explained already."""
    source = finding.source
    return CheckAnswer(
        number=finding.check.number,
        name=finding.check,
        title=words(CHECK_NAMES[finding.check]),
        outcome=finding.outcome,
        code=finding.code,
        explanation=words(explanation_of(finding)),
        looked_up=(
            LookedUp(where=source, name=words(SOURCES[source]), as_of=as_of) if source else None
        ),
    )


class RecognitionAnswer(ApiAnswer):
    """Who vouches for the issuer, and in which period."""

    recogniser: Recogniser
    valid_from: date
    valid_until: date | None = Field(default=None, description="first day without recognition")

    @classmethod
    def of(cls, recognition: Recognition) -> Self:
        """Take a recognition over from the catalogue."""
        return cls(
            recogniser=recognition.recogniser,
            valid_from=recognition.valid_from,
            valid_until=recognition.valid_until,
        )


class IssuerAnswer(ApiAnswer):
    """The issuer as the catalogue knows it: never in the credential's own words."""

    oin: str
    did: str
    name: Words
    sector: Sector
    website: str | None = None
    country: str
    recognitions: tuple[RecognitionAnswer, ...]

    @classmethod
    def of(cls, issuer: KnownIssuer | None) -> Self | None:
        """Show an issuer the catalogue knows."""
        if issuer is None or issuer.organisation is None:
            return None
        known = issuer.organisation
        return cls(
            oin=known.oin,
            did=issuer.did,
            name=words(text.of(known.name)),
            sector=known.sector,
            website=str(known.website) if known.website else None,
            country=known.country,
            recognitions=tuple(map(RecognitionAnswer.of, known.recognitions)),
        )


class RevocationAnswer(ApiAnswer):
    """When and why it was revoked."""

    reason: RevocationReason
    name: Words
    revoked_at: datetime


class SuspensionAnswer(ApiAnswer):
    """Since when and why it does not count for now."""

    reason: SuspensionReason
    name: Words
    suspended_at: datetime


class SupersededAnswer(ApiAnswer):
    """Which version took the place of this credential; never what it says."""

    version: int = Field(ge=2, examples=[2])
    reason: CorrectionReason
    name: Words
    changed: tuple[AwardElement, ...]
    recorded_at: datetime


class RegistrationAnswer(ApiAnswer):
    """What the national register says of this credential."""

    registration_id: UUID
    record_version: int
    status: RegistrationStatus
    recorded_at: datetime
    changed_at: datetime
    revocation: RevocationAnswer | None = None
    suspension: SuspensionAnswer | None = None
    superseded_by: SupersededAnswer | None = None

    @classmethod
    def of(cls, held: Held | None, *, shown: AchievementCredential) -> Self | None:
        """Show a registration, if there is one."""
        if not isinstance(held, Registration):
            return None
        revoked, suspended = held.revocation, held.suspension
        replaced = _replacement_of(held, shown)
        return cls(
            registration_id=held.registration_id,
            record_version=held.record_version,
            status=held.status,
            recorded_at=held.recorded_at,
            changed_at=held.changed_at,
            revocation=(
                RevocationAnswer(
                    reason=revoked.reason,
                    name=words(REASONS[revoked.reason]),
                    revoked_at=revoked.revoked_at,
                )
                if revoked
                else None
            ),
            suspension=(
                SuspensionAnswer(
                    reason=suspended.reason,
                    name=words(SUSPENSION_REASONS[suspended.reason]),
                    suspended_at=suspended.suspended_at,
                )
                if suspended
                else None
            ),
            superseded_by=(
                SupersededAnswer(
                    version=replaced.correction.version,
                    reason=replaced.correction.reason,
                    name=words(CORRECTION_REASONS[replaced.correction.reason]),
                    changed=replaced.correction.changed,
                    recorded_at=replaced.correction.corrected_at,
                )
                if replaced
                else None
            ),
        )


class KnowledgeAnswer(ApiAnswer):
    """How fresh our copies of catalogue, keys, lists and register are."""

    as_of: datetime | None = Field(default=None, description="up to when we heard of everything")


class VerificationAnswer(ApiAnswer):
    """The verdict on a credential, why, and what the credential says if that can be believed."""

    verification_id: UUID
    verdict: VerdictAnswer
    test: bool = Field(description="issued by a test organisation: of no value, however genuine")
    checks: tuple[CheckAnswer, ...] = Field(min_length=13, max_length=13)
    credential: ShownCredential | None = None
    european: ShownEuropean | None = None
    seals: SealsOfPaper = None
    issuer: IssuerAnswer | None = None
    registration: RegistrationAnswer | None = None
    advice: tuple[Words, ...]
    knowledge: KnowledgeAnswer
    checked_at: datetime

    @classmethod
    def of(cls, verification: Verification) -> Self:
        """Tell a verification; of a credential that is not believed nothing is told."""
        judgement = verification.judgement
        shown = judgement.credential
        verdict = judgement.verdict
        as_of = verification.knowledge.as_of
        return cls(
            verification_id=verification.verification_id,
            verdict=VerdictAnswer.of(verdict, title_for(verification)),
            test=verification.is_test,
            checks=tuple([explain(finding, as_of) for finding in judgement.findings]),
            credential=ShownCredential.of(shown) if shown else None,
            european=ShownEuropean.of(judgement.european),
            seals=tell_seals(verification.seals),
            issuer=IssuerAnswer.of(verification.issuer),
            registration=(
                RegistrationAnswer.of(verification.registration, shown=shown) if shown else None
            ),
            advice=tuple(map(words, advice_of(verification))),
            knowledge=KnowledgeAnswer(as_of=as_of),
            checked_at=verification.checked_at,
        )


def title_for(verification: Verification) -> Text:
    """Return the sentence of the verdict on a credential, with its blanks filled."""
    judgement = verification.judgement
    return plain_title(judgement.verdict) or title_of(
        judgement.verdict, judgement.findings, _occasion(verification)
    )


def _occasion(verification: Verification) -> Occasion:
    issuer, known = verification.issuer, verification.registration
    shown: AchievementCredential | None = verification.judgement.credential
    ends = shown.valid_until if shown else None
    held = known if isinstance(known, Registration) else None
    replaced = _replacement_of(held, shown) if held and shown else None
    return Occasion(
        issuer=(
            text.of(issuer.organisation.name) if issuer and issuer.organisation else _THE_ISSUER
        ),
        now=verification.checked_at,
        revoked_at=held.revocation.revoked_at if held and held.revocation else None,
        valid_from=moment(shown.valid_from) if shown else None,
        valid_until=moment(ends) if ends else (held.expired_at if held else None),
        replaced_at=replaced.correction.corrected_at if replaced else None,
    )


def _replacement_of(held: Registration, shown: AchievementCredential) -> ReplacedCredential | None:
    if not held.replaced:
        return None
    return held.replacement_of(UUID(shown.id.removeprefix("urn:uuid:")))


__all__ = ["TEST_BANNER", "VerificationAnswer"]
