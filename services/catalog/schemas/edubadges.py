"""What came of badge classes, as the API shows it."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from services.catalog.edubadges import Outcome
from shared.contracts.microcredential import Description
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer


class ImportMode(StrEnum):
    """Whether drafts are made."""

    DRAFT = "draft"
    CHECK = "check"


class MemberAnswer(ApiAnswer):
    """What became of one member of a badge class."""

    pointer: str = Field(
        description="RFC 6901 pointer into what was sent", examples=["/criteria_text"]
    )
    outcome: Outcome
    code: str
    became: str | None = Field(
        default=None, description="pointer into `content`", examples=["/assessment/description/nl"]
    )
    sentence: LocalText


class ImportedDraftAnswer(ApiAnswer):
    """What one badge class became."""

    microcredential_id: UUID | None = Field(
        default=None, description="absent when nothing was made: this was a check"
    )
    is_new: bool = Field(description="false: this badge class was imported before, as this one")
    content: Description
    counts: dict[Outcome, int] = Field(description="how many members had each outcome")
    members: list[MemberAnswer]


class EdubadgesImportAnswer(ApiAnswer):
    """What became of each badge class, in the order in which they were sent."""

    mode: ImportMode
    imported: list[ImportedDraftAnswer]
