"""HTTP bodies of the issuer's API, private to it. By subject."""

from services.issuer.schemas.awards import (
    AwardAnswer,
    AwardLinks,
    AwardRequest,
    LearnerBody,
    ResultBody,
    RevocationAnswer,
    RevocationRequest,
    award_url,
)
from services.issuer.schemas.changes import (
    CorrectionRequest,
    DifferenceAnswer,
    DifferencesAnswer,
    ErasureAnswer,
    ErasureLinks,
    ErasureRequest,
    ReinstatementRequest,
    SuspensionRequest,
    VersionAnswer,
    VersionsAnswer,
)

__all__ = [
    "AwardAnswer",
    "AwardLinks",
    "AwardRequest",
    "CorrectionRequest",
    "DifferenceAnswer",
    "DifferencesAnswer",
    "ErasureAnswer",
    "ErasureLinks",
    "ErasureRequest",
    "LearnerBody",
    "ReinstatementRequest",
    "ResultBody",
    "RevocationAnswer",
    "RevocationRequest",
    "SuspensionRequest",
    "VersionAnswer",
    "VersionsAnswer",
    "award_url",
]
