"""Awards and their events as a test wants them: whole, and only what matters written down."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from shared.contracts.award import Award, Revocation
from shared.contracts.events import AwardGranted, AwardRevoked
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.vocabulary import (
    LevelBasis,
    QualificationLevel,
    RevocationReason,
    StudyLoadUnit,
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


def revoked(award_id: UUID) -> AwardRevoked:
    """Return the event that tells of a revocation."""
    return AwardRevoked(record_version=2, award_id=award_id, revocation=a_revocation())
