"""The life of a microcredential: drafted, submitted, approved, published, revised, archived.

Pure, and as values: each step returns the desk after it or raises the rule that forbids it, so
that "nothing is published that nobody else approved" can be tested over every path.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from pydantic import AnyHttpUrl

from services.catalog.domain.days import dutch_day
from services.catalog.domain.reviews import (
    NOT_REVIEWED,
    Actor,
    NothingToSubmitError,
    NotSubmittedError,
    Review,
    Stage,
    digest_of,
)
from shared.contracts.microcredential import (
    Approval,
    Description,
    Level,
    Microcredential,
    PolicyPin,
)
from shared.contracts.vocabulary import LevelBasis, LocalText
from shared.errors import ConflictError, Fault, NotFoundError, RuleError

LONGEST_CONTENT: Final = 48 * 1024
"""What leaves room for the rest of an event, which is at most 64 KiB (NL GOV CloudEvents)."""


class MicrocredentialUnknownError(NotFoundError):
    """There is no such microcredential, or it is not published."""

    code: ClassVar[str] = "microcredential-unknown"
    dutch: ClassVar[str] = "Deze microcredential is er niet, of zij is niet gepubliceerd."


class NothingToPublishError(ConflictError):
    """There is no draft to publish: the last one is published already. Put a new one first."""

    code: ClassVar[str] = "nothing-to-publish"
    dutch: ClassVar[str] = (
        "Er is geen concept om te publiceren: het vorige is al gepubliceerd. Zet eerst een nieuw"
        " concept neer."
    )


class NothingToDiscardError(ConflictError):
    """There is no draft to throw away; what was published stays, and can be archived."""

    code: ClassVar[str] = "nothing-to-discard"
    dutch: ClassVar[str] = (
        "Er is geen concept om weg te gooien; wat gepubliceerd is blijft, en kan worden"
        " gearchiveerd."
    )


class NothingToArchiveError(ConflictError):
    """No published version is left to archive."""

    code: ClassVar[str] = "nothing-to-archive"
    dutch: ClassVar[str] = "Er is geen gepubliceerde versie meer om te archiveren."


class TooLongToPublishError(RuleError):
    """The description is longer than a microcredential can be: 48 KiB of JSON."""

    code: ClassVar[str] = "too-long-to-publish"
    dutch: ClassVar[str] = "De beschrijving is te lang voor een microcredential: 48 KiB aan JSON."


class OnBehalfOfItselfError(RuleError):
    """Who awards for another names that other, not itself."""

    code: ClassVar[str] = "on-behalf-of-itself"
    dutch: ClassVar[str] = "Wie namens een ander uitreikt, noemt die ander en niet zichzelf."


@dataclass(frozen=True, slots=True)
class Source:
    """What a draft was copied from: a version, or the draft of that moment."""

    microcredential_id: UUID
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """A microcredential as its provider has it on the desk: the draft, and how often published.

    `revision` counts the changes of the desk: who acts on what they read names it in If-Match.
    `on_behalf_of` is of the draft, or of the last version when there is no draft.
    """

    microcredential_id: UUID
    organisation: str
    draft: Description | None
    versions: int
    changed_at: datetime
    first_published_at: datetime | None = None
    on_behalf_of: str | None = None
    revision: int = 1
    edited_by: Actor | None = None
    review: Review = NOT_REVIEWED
    copied_from: Source | None = None

    @property
    def stage(self) -> Stage | None:
        """Return how far the draft is, if there is one."""
        return None if self.draft is None else self.review.stage

    def drafted(
        self,
        draft: Description,
        *,
        now: datetime,
        on_behalf_of: str | None = None,
        by: Actor | None = None,
    ) -> "Desk":
        """Return the desk with this draft on it; what was said of the one before is void."""
        changed = replace(
            self,
            draft=draft,
            on_behalf_of=check_behalf(on_behalf_of, provider=self.organisation),
            edited_by=by,
            review=NOT_REVIEWED,
        )
        return changed.touched(now=now)

    def reviewed(self, review: Review, *, now: datetime) -> "Desk":
        """Return the desk after the next step of its review."""
        return replace(self, review=review).touched(now=now)

    def published(self, *, now: datetime) -> "Desk":
        """Return the desk after its draft became the next version."""
        changed = replace(
            self,
            draft=None,
            review=NOT_REVIEWED,
            versions=self.versions + 1,
            first_published_at=self.first_published_at or now,
        )
        return changed.touched(now=now)

    def touched(self, *, now: datetime) -> "Desk":
        """Return the desk as changed: whoever read it before has an old state."""
        return replace(self, changed_at=now, revision=self.revision + 1)


def check_behalf(on_behalf_of: str | None, *, provider: str) -> str | None:
    """Refuse a provider that awards on behalf of itself."""
    if faults := tuple(find_behalf_faults(on_behalf_of, provider=provider)):
        raise OnBehalfOfItselfError(faults=faults)
    return on_behalf_of


def find_behalf_faults(on_behalf_of: str | None, *, provider: str) -> Iterator[Fault]:
    """Say whether a provider awards on behalf of itself."""
    if on_behalf_of == provider:
        error = OnBehalfOfItselfError()
        yield Fault("/onBehalfOf", error.code, error.detail, error.dutch)


def decide_submission(desk: Desk, *, by: Actor, now: datetime) -> Desk:
    """Ask for approval of exactly the present draft."""
    if desk.draft is None:
        raise NothingToSubmitError
    _check_length(desk.draft)
    digest = digest_of(desk.draft, desk.on_behalf_of)
    return desk.reviewed(desk.review.submitted(digest, by=by, now=now), now=now)


def decide_withdrawal(desk: Desk, *, now: datetime) -> Desk:
    """Take a submission back, or an approval that was not used yet."""
    return desk.reviewed(desk.review.withdrawn(), now=now)


def decide_approval(desk: Desk, *, by: Actor, body: LocalText, now: datetime) -> Desk:
    """Approve exactly the present draft, as somebody who neither submitted nor changed it."""
    if desk.draft is None:
        raise NotSubmittedError
    review = desk.review.approved(
        digest_of(desk.draft, desk.on_behalf_of),
        by=by,
        edited_by=desk.edited_by,
        body=body,
        now=now,
    )
    return desk.reviewed(review, now=now)


def decide_rejection(
    desk: Desk, *, by: Actor, reason: LocalText, body: LocalText | None, now: datetime
) -> Desk:
    """Send the draft back to who works on it, with the reason."""
    return desk.reviewed(desk.review.rejected(reason, by=by, body=body, now=now), now=now)


def decide_discard(desk: Desk, *, latest: Microcredential | None, now: datetime) -> Desk | None:
    """Throw the draft away, however far it was; without a published version nothing is left."""
    if desk.draft is None:
        raise NothingToDiscardError
    if latest is None:
        return None
    changed = replace(desk, draft=None, review=NOT_REVIEWED, on_behalf_of=latest.on_behalf_of)
    return changed.touched(now=now)


def require_approved(desk: Desk) -> Description:
    """Return the draft when exactly this one is approved, or refuse."""
    if desk.draft is None:
        raise NothingToPublishError
    desk.review.approval_of(digest_of(desk.draft, desk.on_behalf_of))
    return desk.draft


def decide_publication(
    desk: Desk, *, pin: PolicyPin, public_url: str, now: datetime
) -> Microcredential:
    """Make the approved draft the next version; it will never change."""
    content = require_approved(desk)
    approval = desk.review.approval_of(digest_of(content, desk.on_behalf_of))
    _check_length(content)
    version = desk.versions + 1
    return Microcredential(
        microcredential_id=desk.microcredential_id,
        version=version,
        provider=desk.organisation,
        on_behalf_of=desk.on_behalf_of,
        page=AnyHttpUrl(page_of(public_url, desk.microcredential_id, version)),
        content=content,
        policy=pin,
        approval=Approval(body=approval.body, approved_on=dutch_day(approval.at)),
        published_at=now,
    )


def _check_length(content: Description) -> None:
    if len(content.model_dump_json(exclude_none=True).encode()) > LONGEST_CONTENT:
        raise TooLongToPublishError


def page_of(public_url: str, microcredential_id: UUID, version: int) -> str:
    """Return the address of a version's own page: the achievement id in every credential."""
    return f"{public_url}/microcredentials/{microcredential_id}/versions/{version}"


def decide_archival(
    versions: Sequence[Microcredential], *, wanted: int | None, now: datetime
) -> list[Microcredential]:
    """Archive the wanted version, or every version still open; what was awarded stays good."""
    if wanted is not None and wanted not in {found.version for found in versions}:
        raise MicrocredentialUnknownError
    archived = [
        found.model_copy(update={"archived_at": now})
        for found in versions
        if found.archived_at is None and wanted in {None, found.version}
    ]
    if not archived:
        raise NothingToArchiveError
    return archived


def copy_of(content: Description) -> Description:
    """Return a description for another one: without what others call or registered this one as.

    A level that was registered for this one is, of another, its provider's own word until it is.
    """
    level = content.level
    if level is not None and level.registration_id is not None:
        is_registered = level.basis is LevelBasis.NCP_REGISTERED
        basis = LevelBasis.SELF_DECLARED if is_registered else level.basis
        level = Level(value=level.value, basis=basis)
    return content.model_copy(update={"primary_code": None, "other_codes": (), "level": level})
