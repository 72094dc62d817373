"""What callers send to the catalogue, and what a provider sees of its own work."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AnyHttpUrl, Field

from services.catalog.domain.reviews import Stage
from shared.contracts.identifiers import Oin
from shared.contracts.microcredential import Approval, Description, Microcredential, PolicyPin
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer, ApiModel


class NoMembers(ApiModel):
    """Nothing is asked in the body; what is sent there all the same would be passed over."""


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
    pending: bool = Field(description="there is nothing to judge yet: mend another rule first")
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
