"""HTTP bodies of the issuer's API: no request names an issuer, no answer names a learner.

Separate from the contracts, because these are promises to callers only, not to other services.
"""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from services.issuer.domain import AwardState, Learner, RecordedAward, WantedAward
from shared.contracts.award import Revocation, Suspension
from shared.contracts.learner import EduId, Email
from shared.contracts.requests import fault
from shared.contracts.vocabulary import RevocationReason, SuspensionReason
from shared.runtime.api_model import ApiAnswer, ApiModel

_NAME = r"^[^\x00-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069]+$"
_AWARD_EXAMPLE = "https://issuer.waarmerk.example/v1/awards/8f14e45f-ceea-467f-ab3e-5c1b2f0d9a67"
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_NAME),
    Field(examples=["Jo"]),
]
# No '@': an e-mail address is a person's, and this reference is kept in clear.
EnrolmentReference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[!-?A-~ ]+$"),
    Field(
        description="your own reference of the enrolment; no name or e-mail address",
        examples=["2026-QC-000123"],
    ),
]
Grade = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20, pattern=_NAME),
    Field(examples=["8.5"]),
]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    Field(examples=["Decided by the board of examiners on 3 March."]),
]


class LearnerBody(ApiModel):
    """The person who earned it: by eduID, or by e-mail address and names."""

    edu_id: EduId | None = None
    email: Email | None = None
    given_name: Name | None = None
    family_name: Name | None = None

    @model_validator(mode="after")
    def _is_known_one_way(self) -> Self:
        if (self.edu_id is None) == (self.email is None):
            raise fault(
                "learner-by-one",
                "Give either eduId or email.",
                "Geef eduId of email, niet allebei.",
            )
        if self.email is not None and not (self.given_name and self.family_name):
            raise fault(
                "learner-names",
                "With email, givenName and familyName are needed.",
                "Bij email zijn givenName en familyName nodig.",
            )
        return self

    def as_learner(self) -> Learner:
        """Return the person, in the words of the domain."""
        return Learner(
            edu_id=self.edu_id,
            email=self.email,
            given_name=self.given_name,
            family_name=self.family_name,
        )


class ResultBody(ApiModel):
    """How well the learner did."""

    grade: Grade


class AwardRequest(ApiModel):
    """What is awarded to whom; the awarding organisation is the caller."""

    microcredential_id: UUID
    microcredential_version: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="the newest one that is not archived, when left out"
    )
    enrolment_reference: EnrolmentReference
    awarded_on: date
    learner: LearnerBody
    result: ResultBody | None = None
    valid_until: AwareDatetime | None = None

    def as_wanted(self) -> WantedAward:
        """Return what is asked, in the words of the domain."""
        return WantedAward(
            microcredential_id=self.microcredential_id,
            microcredential_version=self.microcredential_version,
            enrolment_reference=self.enrolment_reference,
            awarded_on=self.awarded_on,
            learner=self.learner.as_learner(),
            grade=self.result.grade if self.result else None,
            valid_until=self.valid_until,
        )


class RevocationRequest(ApiModel):
    """Why an award no longer counts; only the reason is ever public, and the note is sealed."""

    reason: RevocationReason
    note: Note | None = None


class AwardLinks(ApiAnswer):
    """Where the award and its credential are."""

    self: str = Field(examples=[_AWARD_EXAMPLE])
    credential: str = Field(examples=[f"{_AWARD_EXAMPLE}/credential"])


class RevocationAnswer(ApiAnswer):
    """That an award no longer counts, and why."""

    reason: RevocationReason
    revoked_at: datetime


class SuspensionAnswer(ApiAnswer):
    """That an award does not count for now, and why."""

    reason: SuspensionReason
    suspended_at: datetime


class AwardAnswer(ApiAnswer):
    """An award, without anything about the learner."""

    award_id: UUID
    credential_id: UUID
    status: AwardState
    microcredential_id: UUID
    microcredential_version: int
    awarded_on: date
    valid_until: datetime | None = None
    recorded_at: datetime
    revocation: RevocationAnswer | None = None
    suspension: SuspensionAnswer | None = None
    links: AwardLinks

    @classmethod
    def of(cls, recorded: RecordedAward, *, public_url: str) -> Self:
        """Return what the caller may read of its award."""
        award = recorded.award
        address = award_url(public_url, award.award_id)
        return cls(
            award_id=award.award_id,
            credential_id=award.credential_id,
            status=recorded.state,
            microcredential_id=award.microcredential_id,
            microcredential_version=award.microcredential_version,
            awarded_on=award.awarded_on,
            valid_until=award.valid_until,
            recorded_at=award.recorded_at,
            revocation=_revocation(recorded.revocation),
            suspension=_suspension(recorded.suspension),
            links=AwardLinks(self=address, credential=f"{address}/credential"),
        )

    def to_bytes(self) -> bytes:
        """Return the answer as it is sent and kept, so that a repeated request reads the same."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def _revocation(revocation: Revocation | None) -> RevocationAnswer | None:
    if revocation is None:
        return None
    return RevocationAnswer(reason=revocation.reason, revoked_at=revocation.revoked_at)


def _suspension(suspension: Suspension | None) -> SuspensionAnswer | None:
    if suspension is None:
        return None
    return SuspensionAnswer(reason=suspension.reason, suspended_at=suspension.suspended_at)


def award_url(public_url: str, award_id: UUID) -> str:
    """Return where an award is found by its organisation."""
    return f"{public_url}/v1/awards/{award_id}"
