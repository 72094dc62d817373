"""A microcredential as the API shows it; pages and routes show the same thing."""

from services.catalog.domain import Desk, dutch_day
from services.catalog.domain.reviews import Review
from services.catalog.operations.judging import Shown
from services.catalog.policy import Finding, broken
from services.catalog.schemas import (
    DraftAnswer,
    FindingAnswer,
    MicrocredentialAnswer,
    MicrocredentialState,
)
from services.catalog.schemas.bodies import CopiedFrom, RejectionAnswer
from shared.contracts.microcredential import Approval, Microcredential
from shared.runtime.preconditions import tag_of_revision


def render_shown(shown: Shown) -> MicrocredentialAnswer:
    """Show the latest version, and the draft when the reader may see it."""
    published = shown.published
    if published is None:
        return _render_draft_only(shown)
    return MicrocredentialAnswer(
        microcredential_id=published.microcredential_id,
        state=state_of_version(published),
        provider=published.provider,
        on_behalf_of=published.on_behalf_of,
        version=published.version,
        page=published.page,
        content=published.content,
        policy=published.policy,
        approval=published.approval,
        published_at=published.published_at,
        archived_at=published.archived_at,
        copied_from=_render_source(shown.desk),
        draft=_render_draft(shown),
    )


def tag_of(shown: Shown) -> str:
    """Return the entity tag of what its own provider sees."""
    if shown.desk is None:
        raise AssertionError("only a desk has states that somebody may act on")
    return tag_of_revision(shown.desk.revision)


def state_of_version(published: Microcredential) -> MicrocredentialState:
    """Return how far a published version is."""
    if published.archived_at is not None:
        return MicrocredentialState.ARCHIVED
    return MicrocredentialState.PUBLISHED


def _render_draft_only(shown: Shown) -> MicrocredentialAnswer:
    desk = shown.desk
    if desk is None or desk.stage is None:
        raise AssertionError("what is neither published nor on a desk is never shown")
    return MicrocredentialAnswer(
        microcredential_id=desk.microcredential_id,
        state=MicrocredentialState(desk.stage),
        provider=desk.organisation,
        on_behalf_of=desk.on_behalf_of,
        copied_from=_render_source(desk),
        draft=_render_draft(shown),
    )


def _render_source(desk: Desk | None) -> CopiedFrom | None:
    if desk is None or desk.copied_from is None:
        return None
    source = desk.copied_from
    return CopiedFrom(microcredential_id=source.microcredential_id, version=source.version)


def _render_draft(shown: Shown) -> DraftAnswer | None:
    desk = shown.desk
    if desk is None or desk.draft is None:
        return None
    review = desk.review
    return DraftAnswer(
        state=review.stage,
        content=desk.draft,
        on_behalf_of=desk.on_behalf_of,
        changed_at=desk.changed_at,
        submitted_at=review.submission.at if review.submission else None,
        approval=_render_approval(review),
        rejection=_render_rejection(review),
        publishable=not broken(shown.findings),
        findings=[_render_finding(finding) for finding in shown.findings],
    )


def _render_approval(review: Review) -> Approval | None:
    """Show that the draft is approved, as the version will show it: without who did."""
    if review.approval is None:
        return None
    return Approval(body=review.approval.body, approved_on=dutch_day(review.approval.at))


def _render_rejection(review: Review) -> RejectionAnswer | None:
    if review.rejection is None:
        return None
    rejection = review.rejection
    return RejectionAnswer(reason=rejection.reason, body=rejection.body, rejected_at=rejection.at)


def _render_finding(finding: Finding) -> FindingAnswer:
    return FindingAnswer(
        code=finding.code,
        pointer=finding.pointer,
        passed=finding.passed,
        advice=finding.advice,
        pending=finding.pending,
        sentence=finding.sentence,
    )
