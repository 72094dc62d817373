"""A provider's own desks over HTTP; nobody else knows that they are there."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.catalog.domain.reviews import Stage
from services.catalog.operations import desks
from services.catalog.operations.desks import ListedDesk, WantedDesks
from services.catalog.routes.edge import Staff, moment_after
from services.catalog.routes.rendering import state_of_version
from services.catalog.schemas import MicrocredentialState, examples, examples_reviews
from services.catalog.schemas.desks import DeskAnswer, ListedDraftAnswer
from shared.runtime.database import Session
from shared.runtime.paging import Page, SortKey, WantedPage
from shared.runtime.preconditions import tag_of_revision

router = APIRouter(prefix="/desks", tags=["desks"])


@router.get(
    "",
    response_model_exclude_none=True,
    responses=examples.answer(examples.page_of(examples_reviews.DESK)),
)
async def list_desks(
    caller: Staff,
    wanted: WantedPage,
    session: Session,
    state: Annotated[
        MicrocredentialState | None,
        Query(description="of the draft or of the latest version, whichever has such a state"),
    ] = None,
) -> Page[DeskAnswer]:
    """Return your own microcredentials, drafts and published; what was touched last comes last."""
    found = await desks.list_desks(
        session,
        _wanted(state),
        provider=caller.organisation,
        after=moment_after(wanted.after),
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=_place_of, item=_render)


def _wanted(state: MicrocredentialState | None) -> WantedDesks:
    match state:
        case None:
            return WantedDesks()
        case MicrocredentialState.PUBLISHED | MicrocredentialState.ARCHIVED:
            return WantedDesks(is_open=state is MicrocredentialState.PUBLISHED)
        case _:
            return WantedDesks(stage=Stage(state))


def _place_of(listed: ListedDesk) -> SortKey:
    return listed.desk.changed_at.isoformat(), str(listed.desk.microcredential_id)


def _render(listed: ListedDesk) -> DeskAnswer:
    desk, published = listed.desk, listed.published
    draft = None
    if desk.draft is not None:
        draft = ListedDraftAnswer(
            state=desk.review.stage, title=desk.draft.title, on_behalf_of=desk.on_behalf_of
        )
    if published is not None:
        state, title = state_of_version(published), published.content.title
    elif draft is not None:
        state, title = MicrocredentialState(draft.state), draft.title
    else:
        raise AssertionError("a desk has a draft until its first version is published")
    return DeskAnswer(
        microcredential_id=desk.microcredential_id,
        state=state,
        title=title,
        version=published.version if published else None,
        draft=draft,
        changed_at=desk.changed_at,
        etag=tag_of_revision(desk.revision),
    )
