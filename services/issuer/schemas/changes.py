"""HTTP bodies of what becomes of an award: changes, corrections and their versions, erasures.

The reason is a word that everybody may read; the note is sealed, and never comes back.
"""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from services.issuer.domain import Learner
from services.issuer.domain.corrections import AwardVersion, Difference, WantedCorrection
from services.issuer.schemas.awards import LearnerBody, Note, ResultBody, award_url
from shared.contracts.learner import EduId, Email
from shared.contracts.requests import fault
from shared.contracts.vocabulary import (
    AwardElement,
    CorrectionReason,
    ErasureReason,
    ReinstatementReason,
    SuspensionReason,
)
from shared.runtime.api_model import ApiAnswer, ApiModel

_VERSION = "https://issuer.waarmerk.example/v1/awards/8f14e45f-ceea-467f-ab3e-5c1b2f0d9a67"
_GIVEN = {
    "learner": AwardElement.LEARNER_IDENTIFIER,
    "result": AwardElement.GRADE,
    "awarded_on": AwardElement.AWARDED_ON,
    "valid_until": AwardElement.VALID_UNTIL,
    "microcredential_version": AwardElement.MICROCREDENTIAL_VERSION,
}


class SuspensionRequest(ApiModel):
    """Why an award does not count for now."""

    reason: SuspensionReason
    note: Note | None = None


class ReinstatementRequest(ApiModel):
    """Why a suspended award counts again."""

    reason: ReinstatementReason
    note: Note | None = None


class CorrectionRequest(ApiModel):
    """How the award should read: only what is given changes, and null takes away."""

    learner: LearnerBody | None = Field(
        default=None, description="the whole learner as they should stand there"
    )
    result: ResultBody | None = Field(default=None, description="null: no result at all")
    awarded_on: date | None = None
    valid_until: AwareDatetime | None = Field(default=None, description="null: without end")
    microcredential_version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    reason: CorrectionReason
    note: Note | None = None

    @model_validator(mode="after")
    def _takes_away_no_more_than_it_may(self) -> Self:
        for name in ("learner", "awarded_on", "microcredential_version"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise fault(
                    "cannot-be-taken-away",
                    "Only result and validUntil can be null; leave out what stays the same.",
                    "Alleen result en validUntil mogen null zijn; laat weg wat gelijk blijft.",
                )
        return self

    def as_wanted(self, award_id: UUID) -> WantedCorrection:
        """Return what is asked, in the words of the domain."""
        given = {element for name, element in _GIVEN.items() if name in self.model_fields_set}
        return WantedCorrection(
            award_id=award_id,
            reason=self.reason,
            given=frozenset(given),
            learner=self.learner.as_learner() if self.learner else None,
            grade=self.result.grade if self.result else None,
            awarded_on=self.awarded_on,
            valid_until=self.valid_until,
            microcredential_version=self.microcredential_version,
            note=self.note,
        )


class VersionLinks(ApiAnswer):
    """Where a version, its credential and its award are."""

    self: str = Field(examples=[f"{_VERSION}/versions/2"])
    credential: str = Field(examples=[f"{_VERSION}/versions/2/credential"])
    award: str = Field(examples=[_VERSION])


class VersionAnswer(ApiAnswer):
    """An award as one of its credentials says it, without anything about the learner."""

    award_id: UUID
    version: int = Field(ge=1)
    credential_id: UUID
    microcredential_version: int
    awarded_on: date
    valid_until: datetime | None = None
    recorded_at: datetime
    reason: CorrectionReason | None = Field(
        default=None, description="why it was made; absent for the first"
    )
    changed: tuple[AwardElement, ...] | None = Field(
        default=None, description="what reads otherwise than in the version before"
    )
    replaced_at: datetime | None = Field(
        default=None, description="since when a later version counts; absent for the present one"
    )
    links: VersionLinks

    @classmethod
    def of(cls, version: AwardVersion, *, public_url: str) -> Self:
        """Return what the caller may read of a version."""
        award, correction = version.award, version.correction
        address = award_url(public_url, award.award_id)
        own = f"{address}/versions/{version.number}"
        return cls(
            award_id=award.award_id,
            version=version.number,
            credential_id=award.credential_id,
            microcredential_version=award.microcredential_version,
            awarded_on=award.awarded_on,
            valid_until=award.valid_until,
            recorded_at=award.recorded_at,
            reason=correction.reason if correction else None,
            changed=correction.changed if correction else None,
            replaced_at=version.replaced_at,
            links=VersionLinks(self=own, credential=f"{own}/credential", award=address),
        )

    def to_bytes(self) -> bytes:
        """Return the answer as it is sent and kept, so that a repeated request reads the same."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class VersionsAnswer(ApiAnswer):
    """Every version of an award, oldest first."""

    items: tuple[VersionAnswer, ...]


class DifferenceAnswer(ApiAnswer):
    """One element that two versions say differently; of an identifier only that it changed."""

    element: AwardElement
    before: str | None = Field(default=None, examples=["7.0"])
    after: str | None = Field(default=None, examples=["7.5"])

    @classmethod
    def of(cls, difference: Difference) -> Self:
        """Tell a difference to the organisation whose award it is."""
        hidden = difference.element is AwardElement.LEARNER_IDENTIFIER
        return cls(
            element=difference.element,
            before=None if hidden else difference.before,
            after=None if hidden else difference.after,
        )


class DifferencesAnswer(ApiAnswer):
    """What two versions of an award say differently."""

    before: int = Field(ge=1)
    after: int = Field(ge=1)
    items: tuple[DifferenceAnswer, ...]


class ErasureRequest(ApiModel):
    """Which learner to erase, by the identifier they were awarded under; it is kept nowhere."""

    edu_id: EduId | None = None
    email: Email | None = None
    reason: ErasureReason

    @model_validator(mode="after")
    def _is_known_one_way(self) -> Self:
        if (self.edu_id is None) == (self.email is None):
            raise fault(
                "learner-by-one",
                "Give either eduId or email.",
                "Geef eduId of email, niet allebei.",
            )
        return self

    @property
    def identifier(self) -> str:
        """What the learner's pseudonym is made of."""
        return Learner(edu_id=self.edu_id, email=self.email).identifier


class ErasureLinks(ApiAnswer):
    """Where an erasure can be read again."""

    self: str = Field(
        examples=[
            "https://issuer.waarmerk.example/v1/learner-erasures/3f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"
        ]
    )


class ErasureAnswer(ApiAnswer):
    """What an erasure did; it does not say to whom."""

    erasure_id: UUID
    reason: ErasureReason
    awards: int = Field(ge=0, description="how many awards were erased; 0 when there were none")
    erased_at: datetime
    backups_gone_at: datetime = Field(description="when the last backup with the key is gone too")
    links: ErasureLinks

    def to_bytes(self) -> bytes:
        """Return the answer as it is sent and kept, so that a repeated request reads the same."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()
