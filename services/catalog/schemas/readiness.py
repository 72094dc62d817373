"""The readiness meter as the API shows it."""

from typing import Any
from uuid import UUID

from pydantic import Field

from services.catalog.readiness import PartName
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer


class GapAnswer(ApiAnswer):
    """A field that is missing, or that its reader does not accept."""

    pointer: str = Field(
        description="RFC 6901 pointer into `{content, provider}`; `-` is the place after the last",
        examples=["/content/learningOutcomes"],
    )
    name: LocalText
    called: str = Field(description="what the reader calls it", examples=["Learning outcomes"])
    mandatory: bool
    why: LocalText
    used_by: LocalText
    example: Any = Field(description="a value that fits at the pointer")
    example_reads: LocalText = Field(description="that value for people")


class RemarkAnswer(ApiAnswer):
    """Something to know that is no gap."""

    pointer: str
    sentence: LocalText


class ReadingAnswer(ApiAnswer):
    """One part of the meter."""

    part: PartName
    title: LocalText
    summary: LocalText
    present: int
    total: int
    ready: bool = Field(description="everything mandatory is there")
    missing: list[GapAnswer]
    remarks: list[RemarkAnswer]


class ReadinessAnswer(ApiAnswer):
    """The readiness meter of one microcredential."""

    microcredential_id: UUID
    version: int | None = Field(default=None, description="absent: your draft")
    parts: list[ReadingAnswer]
