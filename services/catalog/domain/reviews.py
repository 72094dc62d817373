"""Reviews: before a draft is published, somebody else approves exactly that draft (four eyes).

Apart from the desk, because who counts as a second person is a rule of its own. Who acts is the
token's `sub` (RFC 9068 2.2); it stays on the desk, and no name leaves the institution.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from shared.contracts.microcredential import Description
from shared.contracts.vocabulary import LocalText
from shared.errors import ConflictError, NotPermittedError
from shared.strict_json import canonical


class FourEyesError(NotPermittedError):
    """Somebody else must approve this: you submitted it, or you were the last to change it."""

    code: ClassVar[str] = "four-eyes"
    dutch: ClassVar[str] = (
        "Iemand anders moet dit goedkeuren: u hebt het ingediend of als laatste gewijzigd."
    )


class NothingToSubmitError(ConflictError):
    """There is no draft to submit; what was on the desk is published. Put a new draft first."""

    code: ClassVar[str] = "nothing-to-submit"
    dutch: ClassVar[str] = (
        "Er is geen concept om in te dienen; het vorige is gepubliceerd. Zet eerst een nieuw"
        " concept neer."
    )


class AlreadySubmittedError(ConflictError):
    """This draft was submitted already; it waits for approval, or has it."""

    code: ClassVar[str] = "already-submitted"
    dutch: ClassVar[str] = "Dit concept is al ingediend; het wacht op goedkeuring of heeft die al."


class NotSubmittedError(ConflictError):
    """This draft does not wait for approval; submit it first."""

    code: ClassVar[str] = "not-submitted"
    dutch: ClassVar[str] = "Dit concept wacht niet op goedkeuring; dien het eerst in."


class AlreadyApprovedError(ConflictError):
    """This draft is approved already; it can be published."""

    code: ClassVar[str] = "already-approved"
    dutch: ClassVar[str] = "Dit concept is al goedgekeurd; het kan worden gepubliceerd."


class NotApprovedError(ConflictError):
    """The quality body has not approved exactly this draft; submit it and have it approved."""

    code: ClassVar[str] = "not-approved"
    dutch: ClassVar[str] = (
        "Het kwaliteitsorgaan heeft niet precies dit concept goedgekeurd; dien het in en laat het"
        " goedkeuren."
    )


class Stage(StrEnum):
    """How far a draft is on its way to publication."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"


class Deed(StrEnum):
    """What can be done at a desk."""

    DRAFTED = "drafted"
    COPIED = "copied"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    REJECTED = "rejected"
    DISCARDED = "discarded"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts for an organisation: a person working through a client, or that client itself."""

    client: str
    subject: str

    def may_be(self, other: "Actor") -> bool:
        """Say whether both may be one person; a client by itself is anybody who works through it.

        So a system may send in what a person approves in it, but never approve for that person.
        """
        return self.subject == other.subject or self.subject == self.client == other.client


@dataclass(frozen=True, slots=True)
class Submission:
    """Somebody asked for approval of exactly the draft with this digest."""

    by: Actor
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class BoardApproval:
    """Somebody approved exactly the draft with this digest, for a quality body."""

    by: Actor
    at: datetime
    digest: str
    body: LocalText


@dataclass(frozen=True, slots=True)
class Rejection:
    """Somebody sent the draft back, and why."""

    by: Actor
    at: datetime
    reason: LocalText
    body: LocalText | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """How far the review of the present draft is; of a new draft nothing is said yet."""

    submission: Submission | None = None
    approval: BoardApproval | None = None
    rejection: Rejection | None = None

    @property
    def stage(self) -> Stage:
        """Return how far the draft is."""
        if self.submission is None:
            return Stage.DRAFT
        return Stage.SUBMITTED if self.approval is None else Stage.APPROVED

    def submitted(self, digest: str, *, by: Actor, now: datetime) -> "Review":
        """Return the review of a draft that waits for approval."""
        if self.submission is not None:
            raise AlreadySubmittedError
        return Review(Submission(by=by, at=now, digest=digest))

    def withdrawn(self) -> "Review":
        """Return the review of a draft that no longer waits, nor is approved."""
        if self.submission is None:
            raise NotSubmittedError
        return Review()

    def approved(
        self,
        digest: str,
        *,
        by: Actor,
        edited_by: Actor | None,
        body: LocalText,
        now: datetime,
    ) -> "Review":
        """Return the review of an approved draft, or refuse who submitted or changed it."""
        submission = self.submission
        if submission is None or submission.digest != digest:
            raise NotSubmittedError
        if self.approval is not None:
            raise AlreadyApprovedError
        if by.may_be(submission.by) or (edited_by is not None and by.may_be(edited_by)):
            raise FourEyesError
        return Review(submission, BoardApproval(by=by, at=now, digest=digest, body=body))

    def rejected(
        self, reason: LocalText, *, by: Actor, body: LocalText | None, now: datetime
    ) -> "Review":
        """Return the review of a draft that was sent back; also an approval can be taken back."""
        if self.submission is None:
            raise NotSubmittedError
        return Review(rejection=Rejection(by=by, at=now, reason=reason, body=body))

    def approval_of(self, digest: str) -> BoardApproval:
        """Return the approval of exactly the draft with this digest, or refuse."""
        if self.approval is None or self.approval.digest != digest:
            raise NotApprovedError
        return self.approval


NOT_REVIEWED: Final = Review()


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What was done at a desk, when and by whom; only its own provider sees this."""

    deed: Deed
    at: datetime
    by: Actor
    version: int | None = None
    body: LocalText | None = None
    remark: LocalText | None = None
    number: int = 0


def digest_of(content: Description, on_behalf_of: str | None) -> str:
    """Return the SHA-256 of a draft; members a later release adds leave it as it is."""
    said = content.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(canonical({"content": said, "onBehalfOf": on_behalf_of})).hexdigest()
