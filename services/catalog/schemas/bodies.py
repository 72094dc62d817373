"""What callers send to the catalogue, and what a provider sees of its own work."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AnyHttpUrl, Field, StringConstraints

from services.catalog.domain.reviews import Stage
from shared.contracts.identifiers import Oin
from shared.contracts.microcredential import Approval, Description, Microcredential, PolicyPin
from shared.contracts.model import Credits
from shared.contracts.vocabulary import Element, LocalText, Sector, StudyLoadUnit
from shared.runtime.api_model import ApiAnswer, ApiModel

RequiredElements = Annotated[tuple[Element, ...], Field(max_length=len(Element))]
DocumentText = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class PublishFramework(ApiModel):
    """The quality framework document, as the text itself: its digest is of something real."""

    name: LocalText
    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    document: DocumentText = Field(description="Markdown, kept and served byte for byte")


class PublishPolicyVersion(ApiModel):
    """The next version of a policy; it replaces the one before from its first day on."""

    sector: Sector
    valid_from: date
    valid_until: Annotated[
        date | None,
        Field(
            description="last day the policy holds; a policy with one goes before one without",
            json_schema_extra={"format": "date"},
        ),
    ] = None
    unit: StudyLoadUnit
    minimum: Credits
    maximum: Credits | None = None
    step: Credits
    guideline: Credits | None = None
    required_elements: RequiredElements
    framework: PublishFramework


class DraftMicrocredential(ApiModel):
    """A draft; a title is enough to begin with."""

    content: Description
    on_behalf_of: Oin | None = Field(
        default=None,
        description="the organisation whose microcredential you award, by its mandate to you",
    )


class ArchiveMicrocredential(ApiModel):
    """Which version can no longer be awarded; without one, every version still open."""

    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class ArchivedMicrocredential(ApiAnswer):
    """The versions that can no longer be awarded from now on."""

    archived: list[Microcredential]


class MicrocredentialState(StrEnum):
    """How far a microcredential is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class FindingAnswer(ApiAnswer):
    """What one rule says of the draft, why it is asked and who uses it."""

    code: str
    pointer: str = Field(description="RFC 6901 pointer into this microcredential's draft")
    passed: bool
    advice: bool = Field(description="advice never stands in the way of publication")
    sentence: LocalText


class RejectionAnswer(ApiAnswer):
    """Why the quality body sent the draft back."""

    reason: LocalText
    body: LocalText | None = None
    rejected_at: datetime


class DraftAnswer(ApiAnswer):
    """The draft and every rule it is judged by; only its own provider sees this."""

    state: Stage
    content: Description
    on_behalf_of: Oin | None = None
    changed_at: datetime
    submitted_at: datetime | None = None
    approval: Approval | None = None
    rejection: RejectionAnswer | None = Field(
        default=None, description="why it was sent back, until it is changed or submitted again"
    )
    publishable: bool
    findings: list[FindingAnswer]


class CopiedFrom(ApiAnswer):
    """What a draft was copied from: a version, or the draft of that moment."""

    microcredential_id: UUID
    version: int | None = None


class CopyMicrocredential(ApiModel):
    """Which version to copy; without one, the draft, or else the latest version."""

    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class MicrocredentialAnswer(ApiAnswer):
    """A microcredential: its latest published version, and to its provider the draft."""

    microcredential_id: UUID
    state: MicrocredentialState = Field(
        description="of the latest version if there is one; `draft.state` is that of the draft"
    )
    provider: str
    on_behalf_of: Oin | None = Field(
        default=None, description="the organisation whose microcredential the provider awards"
    )
    version: int | None = Field(default=None, description="the latest published version")
    page: AnyHttpUrl | None = None
    content: Description | None = None
    policy: PolicyPin | None = None
    approval: Approval | None = None
    published_at: datetime | None = None
    archived_at: datetime | None = None
    copied_from: CopiedFrom | None = None
    draft: DraftAnswer | None = None
