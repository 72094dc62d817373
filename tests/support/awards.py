"""Awards and their events as a test wants them: whole, and only what matters written down."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from shared.contracts.award import Award, Correction, Reinstatement, Revocation, Suspension
from shared.contracts.events import (
    AwardCorrected,
    AwardErased,
    AwardExpired,
    AwardGranted,
    AwardReinstated,
    AwardRevoked,
    AwardSuspended,
)
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.vocabulary import (
    AwardElement,
    CorrectionReason,
    LevelBasis,
    QualificationLevel,
    ReinstatementReason,
    RevocationReason,
    StudyLoadUnit,
    SuspensionReason,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TWENTE, DELFT = "00000099000000210000", "00000099000000220000"


def an_award(award_id: UUID | None = None, **changes: object) -> Award:
    """Return an award of 2.5 EC by Twente; what is given is different."""
    award = Award(
        award_id=award_id or uuid4(),
        organisation=TWENTE,
        microcredential_id=UUID(int=2),
        microcredential_version=1,
        learner="L" * 43,
        study_load=StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal("2.5")),
        level=Level(value=QualificationLevel.EQF_6, basis=LevelBasis.SELF_DECLARED),
        awarded_on=date(2026, 11, 13),
        valid_from=NOW,
        credential_id=uuid4(),
        credential_digest="a" * 64,
        recorded_at=NOW,
    )
    return award.model_copy(update=changes)


def granted(award: Award) -> AwardGranted:
    """Return the event that tells of an award."""
    return AwardGranted(record_version=1, award_id=award.award_id, award=award)


def a_revocation(reason: RevocationReason = RevocationReason.FRAUD) -> Revocation:
    """Return a revocation."""
    return Revocation(reason=reason, revoked_at=NOW)


def revoked(award_id: UUID, *, record_version: int = 2) -> AwardRevoked:
    """Return the event that tells of a revocation."""
    return AwardRevoked(record_version=record_version, award_id=award_id, revocation=a_revocation())


def corrected(award: Award, *, record_version: int = 2, version: int = 2) -> AwardCorrected:
    """Return the event that tells of an award that reads otherwise from now on."""
    correction = Correction(
        version=version,
        reason=CorrectionReason.REASSESSED,
        changed=(AwardElement.GRADE,),
        corrected_at=NOW,
    )
    return AwardCorrected(
        record_version=record_version,
        award_id=award.award_id,
        award=award,
        correction=correction,
    )


def suspended(award_id: UUID, *, record_version: int = 2) -> AwardSuspended:
    """Return the event that tells of a suspension."""
    suspension = Suspension(reason=SuspensionReason.UNDER_INVESTIGATION, suspended_at=NOW)
    return AwardSuspended(record_version=record_version, award_id=award_id, suspension=suspension)


def reinstated(award_id: UUID, *, record_version: int = 3) -> AwardReinstated:
    """Return the event that tells of the end of a suspension."""
    reinstatement = Reinstatement(reason=ReinstatementReason.CLEARED, reinstated_at=NOW)
    return AwardReinstated(
        record_version=record_version, award_id=award_id, reinstatement=reinstatement
    )


def expired(award_id: UUID, *, record_version: int = 2) -> AwardExpired:
    """Return the event that tells of an end."""
    return AwardExpired(record_version=record_version, award_id=award_id, expired_at=NOW)


def erased(award_id: UUID, *, record_version: int = 2) -> AwardErased:
    """Return the event that tells of an erasure."""
    return AwardErased(record_version=record_version, award_id=award_id, erased_at=NOW)
