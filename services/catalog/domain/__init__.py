"""What is true of organisations, microcredentials and offerings, whoever asks and however.

Pure, because a rule about recognition or versions must be testable without a database or a clock.
By subject: `organisations`, `mandates`, `life_cycle`, `reviews`, `statements`, `days`.
"""

from services.catalog.domain.days import AMSTERDAM, dutch_day
from services.catalog.domain.life_cycle import (
    LONGEST_CONTENT,
    Desk,
    MicrocredentialUnknownError,
    NothingToArchiveError,
    NothingToPublishError,
    TooLongToPublishError,
    decide_archival,
    decide_publication,
    page_of,
)
from services.catalog.domain.organisations import (
    NotTheStewardError,
    OrganisationRefusedError,
    OrganisationUnknownError,
    OrganisationVersionUnknownError,
    RecognitionCodeTakenError,
    RecordedOrganisation,
    Standing,
    check_codes,
    decide_recording,
    standing_on,
)

__all__ = [
    "AMSTERDAM",
    "LONGEST_CONTENT",
    "Desk",
    "MicrocredentialUnknownError",
    "NotTheStewardError",
    "NothingToArchiveError",
    "NothingToPublishError",
    "OrganisationRefusedError",
    "OrganisationUnknownError",
    "OrganisationVersionUnknownError",
    "RecognitionCodeTakenError",
    "RecordedOrganisation",
    "Standing",
    "TooLongToPublishError",
    "check_codes",
    "decide_archival",
    "decide_publication",
    "decide_recording",
    "dutch_day",
    "page_of",
    "standing_on",
]
