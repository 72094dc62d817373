"""When an organisation may award, what becomes of an award, and what is stored of it. By subject.

Pure: no clock and no database, so that every rule can be read, and tested, as a sentence.
"""

from services.issuer.domain.awards import (
    DUTCH_GRADE,
    HERE,
    HIGHEST_GRADE,
    LOWEST_PASS,
    AlreadyAwardedError,
    AlreadyRevokedError,
    AwardNotAllowedError,
    AwardNotFoundError,
    AwardState,
    AwardVoidedError,
    Learner,
    MicrocredentialArchivedError,
    MicrocredentialIncompleteError,
    MicrocredentialNotKnownYetError,
    OrganisationNotKnownYetError,
    RecordedAward,
    WantedAward,
    check_award,
    choose_version,
    dutch_grade,
    today,
)
from services.issuer.domain.credentials import SealedCredential, Signatures
from services.issuer.domain.keys import SealedKey

__all__ = [
    "DUTCH_GRADE",
    "HERE",
    "HIGHEST_GRADE",
    "LOWEST_PASS",
    "AlreadyAwardedError",
    "AlreadyRevokedError",
    "AwardNotAllowedError",
    "AwardNotFoundError",
    "AwardState",
    "AwardVoidedError",
    "Learner",
    "MicrocredentialArchivedError",
    "MicrocredentialIncompleteError",
    "MicrocredentialNotKnownYetError",
    "OrganisationNotKnownYetError",
    "RecordedAward",
    "SealedCredential",
    "SealedKey",
    "Signatures",
    "WantedAward",
    "check_award",
    "choose_version",
    "dutch_grade",
    "today",
]
