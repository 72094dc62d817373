"""A microcredential as the API shows it; pages and routes show the same thing."""

from services.catalog.operations.microcredentials import Shown
from services.catalog.policy import Finding, broken
from services.catalog.schemas import (
    DraftAnswer,
    FindingAnswer,
    MicrocredentialAnswer,
    MicrocredentialState,
)


def render_shown(shown: Shown) -> MicrocredentialAnswer:
    """Show the latest version, and the draft when the reader may see it."""
    published = shown.published
    if published is None:
        return _render_draft_only(shown)
    state = MicrocredentialState.PUBLISHED
    if published.archived_at is not None:
        state = MicrocredentialState.ARCHIVED
    return MicrocredentialAnswer(
        microcredential_id=published.microcredential_id,
        state=state,
        provider=published.provider,
        version=published.version,
        page=published.page,
        content=published.content,
        policy=published.policy,
        published_at=published.published_at,
        archived_at=published.archived_at,
        draft=_render_draft(shown),
    )


def _render_draft_only(shown: Shown) -> MicrocredentialAnswer:
    if shown.desk is None:
        raise AssertionError("what is neither published nor on a desk is never shown")
    return MicrocredentialAnswer(
        microcredential_id=shown.desk.microcredential_id,
        state=MicrocredentialState.DRAFT,
        provider=shown.desk.organisation,
        draft=_render_draft(shown),
    )


def _render_draft(shown: Shown) -> DraftAnswer | None:
    if shown.desk is None or shown.desk.draft is None:
        return None
    return DraftAnswer(
        content=shown.desk.draft,
        changed_at=shown.desk.changed_at,
        publishable=not broken(shown.findings),
        findings=[_render_finding(finding) for finding in shown.findings],
    )


def _render_finding(finding: Finding) -> FindingAnswer:
    return FindingAnswer(
        code=finding.code,
        pointer=finding.pointer,
        passed=finding.passed,
        advice=finding.advice,
        sentence=finding.sentence,
    )
