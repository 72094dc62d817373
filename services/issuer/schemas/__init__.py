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

__all__ = [
    "AwardAnswer",
    "AwardLinks",
    "AwardRequest",
    "LearnerBody",
    "ResultBody",
    "RevocationAnswer",
    "RevocationRequest",
    "award_url",
]
