"""The review of a draft over HTTP: submitted by its provider, decided on by a second person.

Whoever acts names the state they read in If-Match, so that nobody approves what they did not see.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response, status

from services.catalog.domain.life_cycle import (
    MicrocredentialUnknownError,
    NothingToDiscardError,
    TooLongToPublishError,
)
from services.catalog.domain.reviews import (
    AlreadyApprovedError,
    AlreadySubmittedError,
    FourEyesError,
    HistoryEntry,
    NothingToSubmitError,
    NotSubmittedError,
)
from services.catalog.operations import reviews
from services.catalog.operations.judging import Shown
from services.catalog.operations.reviews import Acting
from services.catalog.policy import NoPolicyError, PolicyNotMetError
from services.catalog.routes.edge import (
    Board,
    Configured,
    NoBody,
    Once,
    OnceOnly,
    Provider,
    Staff,
    Tagged,
    actor_of,
    number_after,
)
from services.catalog.routes.rendering import render_shown, tag_of
from services.catalog.schemas import MicrocredentialAnswer, examples, examples_reviews
from services.catalog.schemas.reviews import ApproveDraft, HistoryAnswer, RejectDraft
from shared.errors import StaleError, UnconditionalError
from shared.runtime.access import Caller
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.paging import Page, WantedPage
from shared.runtime.preconditions import Condition, ExactMatchNeeded, IfMatch, IfMatchNeeded
from shared.runtime.problems import refusals
from shared.strict_json import JsonValue

router = APIRouter(prefix="/microcredentials", tags=["reviews"])

CREATED = status.HTTP_201_CREATED
Step = Callable[[Acting], Awaitable[Shown]]


async def _take(
    step: Step,
    microcredential_id: UUID,
    *,
    caller: Caller,
    expected: Condition,
    once: Once,
    body: JsonValue,
    public_url: str,
) -> Response:
    """Take a step once, and answer with the microcredential after it."""
    acting = Acting(
        provider=caller.organisation, by=actor_of(caller), now=once.now, expected=expected
    )

    async def act() -> Tagged:
        shown = await step(acting)
        where = f"{public_url}/v1/microcredentials/{microcredential_id}"
        return Tagged(render_shown(shown), where, tag_of(shown))

    return await once.answer(caller, body, act)


@router.post(
    "/{microcredentialId}/submissions",
    status_code=CREATED,
    response_model=MicrocredentialAnswer,
    responses=examples.tagged(examples_reviews.SUBMITTED, status=CREATED)
    | refusals(
        PolicyNotMetError,
        NoPolicyError,
        TooLongToPublishError,
        MicrocredentialUnknownError,
        NothingToSubmitError,
        AlreadySubmittedError,
        StaleError,
        UnconditionalError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def submit_draft(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    caller: Provider,
    expected: IfMatchNeeded,
    once: OnceOnly,
    settings: Configured,
    _nothing: NoBody = None,
) -> Response:
    """Ask the quality body to approve exactly this draft, or hear every reason why not; no body."""

    async def step(acting: Acting) -> Shown:
        return await reviews.submit_draft(once.session, microcredential_id, acting=acting)

    return await _take(
        step,
        microcredential_id,
        caller=caller,
        expected=expected,
        once=once,
        body=None,
        public_url=settings.public_url,
    )


@router.post(
    "/{microcredentialId}/withdrawals",
    status_code=CREATED,
    response_model=MicrocredentialAnswer,
    responses=examples.tagged(examples.DRAFTED, status=CREATED)
    | refusals(
        MicrocredentialUnknownError,
        NotSubmittedError,
        StaleError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def withdraw_submission(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    caller: Provider,
    expected: IfMatch,
    once: OnceOnly,
    settings: Configured,
    _nothing: NoBody = None,
) -> Response:
    """Take a submission back, or an approval that was not used yet; no body."""

    async def step(acting: Acting) -> Shown:
        return await reviews.withdraw_submission(once.session, microcredential_id, acting=acting)

    return await _take(
        step,
        microcredential_id,
        caller=caller,
        expected=expected,
        once=once,
        body=None,
        public_url=settings.public_url,
    )


@router.post(
    "/{microcredentialId}/approvals",
    status_code=CREATED,
    response_model=MicrocredentialAnswer,
    responses=examples.tagged(examples_reviews.APPROVED, status=CREATED)
    | refusals(
        FourEyesError,
        MicrocredentialUnknownError,
        NotSubmittedError,
        AlreadyApprovedError,
        StaleError,
        UnconditionalError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def approve_draft(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: Annotated[ApproveDraft, Body(examples=[examples_reviews.APPROVE])],
    body: RequestJson,
    caller: Board,
    expected: ExactMatchNeeded,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Approve exactly the draft you read, as somebody who neither submitted nor changed it."""

    async def step(acting: Acting) -> Shown:
        return await reviews.approve_draft(
            once.session, microcredential_id, body=wanted.body, note=wanted.note, acting=acting
        )

    return await _take(
        step,
        microcredential_id,
        caller=caller,
        expected=expected,
        once=once,
        body=body,
        public_url=settings.public_url,
    )


@router.post(
    "/{microcredentialId}/rejections",
    status_code=CREATED,
    response_model=MicrocredentialAnswer,
    responses=examples.tagged(examples_reviews.REJECTED, status=CREATED)
    | refusals(
        MicrocredentialUnknownError,
        NotSubmittedError,
        StaleError,
        UnconditionalError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def reject_draft(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    wanted: Annotated[RejectDraft, Body(examples=[examples_reviews.REJECT])],
    body: RequestJson,
    caller: Board,
    expected: IfMatchNeeded,
    once: OnceOnly,
    settings: Configured,
) -> Response:
    """Send the draft back to who works on it, with the reason; also after an approval."""

    async def step(acting: Acting) -> Shown:
        return await reviews.reject_draft(
            once.session, microcredential_id, reason=wanted.reason, body=wanted.body, acting=acting
        )

    return await _take(
        step,
        microcredential_id,
        caller=caller,
        expected=expected,
        once=once,
        body=body,
        public_url=settings.public_url,
    )


@router.delete(
    "/{microcredentialId}/draft",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(
        MicrocredentialUnknownError, NothingToDiscardError, StaleError, UnconditionalError
    ),
)
async def discard_draft(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    caller: Provider,
    expected: IfMatchNeeded,
    session: Session,
    now: Now,
) -> None:
    """Throw the draft away, also a submitted or approved one; published versions stay."""
    acting = Acting(provider=caller.organisation, by=actor_of(caller), now=now, expected=expected)
    await reviews.discard_draft(session, microcredential_id, acting=acting)


@router.get(
    "/{microcredentialId}/history",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(examples_reviews.HISTORY))
    | refusals(MicrocredentialUnknownError),
)
async def read_history(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    caller: Staff,
    wanted: WantedPage,
    session: Session,
) -> Page[HistoryAnswer]:
    """Return what was done at your own desk, when and by whom, oldest first."""
    found = await reviews.read_history(
        session,
        microcredential_id,
        provider=caller.organisation,
        after=number_after(wanted.after),
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=lambda one: (one.number,), item=_render_entry)


def _render_entry(entry: HistoryEntry) -> HistoryAnswer:
    return HistoryAnswer(
        deed=entry.deed,
        happened_at=entry.at,
        client=entry.by.client,
        subject=entry.by.subject,
        version=entry.version,
        body=entry.body,
        remark=entry.remark,
    )
