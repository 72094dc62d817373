"""The bodies of edubadges' direct-award call, as its callers send them, and of badge classes here.

Members are snake_case and unknown ones are passed over, because that is how it is there.
"""

from datetime import datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.learner import Email
from shared.runtime.api_model import ApiAnswer, ApiModel

MOST_IN_BUNDLE: Final = 1000
NOT_KEPT: Final = ("narrative", "evidence_url", "name", "description")
"""Members that have no place here; which of them were sent is told in the answer's header."""
_TEXT = Annotated[str, Field(max_length=4000)]


class _EdubadgesModel(BaseModel):
    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )


class DirectAwardBody(_EdubadgesModel):
    """One learner of a bundle."""

    recipient_email: Email
    eppn: Annotated[str, StringConstraints(max_length=254)] | None = None
    first_name: Annotated[str, StringConstraints(max_length=200)] | None = None
    surname: Annotated[str, StringConstraints(max_length=200)] | None = None
    grade_achieved: Annotated[str, StringConstraints(max_length=20)] | None = None
    narrative: _TEXT | None = None
    evidence_url: _TEXT | None = None
    name: _TEXT | None = None
    description: _TEXT | None = None


class BundleBody(_EdubadgesModel):
    """A bundle of direct awards of one badge class."""

    badgeclass: Annotated[str, Field(min_length=1, max_length=255)]
    direct_awards: Annotated[
        tuple[DirectAwardBody, ...], Field(min_length=1, max_length=MOST_IN_BUNDLE)
    ]
    identifier_type: Literal["eppn", "email"] = "eppn"
    scheduled_at: AwareDatetime | None = None
    notify_recipients: bool | None = None
    batch_mode: bool | None = None
    sis_user_id: _TEXT | None = None

    @property
    def not_kept(self) -> tuple[str, ...]:
        """Return which members were sent that have no place here."""
        return tuple(
            name for name in NOT_KEPT if any(getattr(one, name) for one in self.direct_awards)
        )


class UnsuccessfulDirectAward(BaseModel):
    """A learner of the bundle to whom nothing was awarded, and why."""

    error: str
    eppn: str | None
    email: str


class BundleAnswer(BaseModel):
    """What edubadges answers a bundle with; without failures there is no list of them."""

    entity_id: str
    badgeclass: str
    un_successful_direct_award: tuple[UnsuccessfulDirectAward, ...] | None = None

    def to_bytes(self) -> bytes:
        """Return the answer as it is sent."""
        left_out = {"un_successful_direct_award"} if not self.un_successful_direct_award else None
        return self.model_dump_json(exclude=left_out).encode()


class BadgeClassRequest(ApiModel):
    """Which of your microcredentials a badge class of edubadges is here."""

    microcredential_id: UUID = Field(examples=["6b0f3a52-1c88-4a44-9f0b-0d0d5e1f7a01"])


class BadgeClassAnswer(ApiAnswer):
    """Which of your microcredentials a badge class of edubadges is here."""

    entity_id: str = Field(examples=["Q7w2ZkTqSg2zUe3h1rJ0Pw"])
    microcredential_id: UUID
    changed_at: datetime | None = Field(
        default=None, description="absent when the catalogue's import from edubadges told it"
    )

    @classmethod
    def of(cls, entity_id: str, microcredential_id: UUID, changed_at: datetime | None) -> Self:
        """Return what is known of a badge class."""
        return cls(
            entity_id=entity_id, microcredential_id=microcredential_id, changed_at=changed_at
        )
