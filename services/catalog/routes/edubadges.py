"""Imports from edubadges over HTTP: badge classes in, drafts and reports out."""

from collections import Counter
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Query, Response, status
from pydantic import BaseModel, Field

from services.catalog.edubadges import EdubadgesRefusedError
from services.catalog.operations import edubadges
from services.catalog.operations.edubadges import ImportedDraft
from services.catalog.routes.edge import Configured, OnceOnly, Provider, actor_of
from services.catalog.schemas import examples
from services.catalog.schemas import examples_edubadges as shown
from services.catalog.schemas.edubadges import (
    EdubadgesImportAnswer,
    ImportedDraftAnswer,
    ImportMode,
    MemberAnswer,
)
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.json_body import RequestJson
from shared.runtime.problems import refusals

router = APIRouter(prefix="/edubadges-imports", tags=["edubadges"])

MOST_BADGE_CLASSES: Final = 100
MAX_BODY: Final = 2 * 1024 * 1024
BadgeClass = dict[str, Any]
BadgeClasses = Annotated[list[BadgeClass], Field(min_length=1, max_length=MOST_BADGE_CLASSES)]


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=EdubadgesImportAnswer,
    max_body_size=MAX_BODY,
    responses=examples.answer(shown.IMPORTED, status=status.HTTP_201_CREATED)
    | examples.answer(shown.CHECKED)
    | refusals(EdubadgesRefusedError, IdempotencyKeyReusedError, StillRunningError),
)
async def import_badge_classes(
    badge_classes: Annotated[
        BadgeClass | BadgeClasses,
        Body(
            description="one badge class (the API's JSON, Open Badges 2.0 or an Open Badges 3.0"
            f" achievement), or a list of up to {MOST_BADGE_CLASSES}",
            examples=[shown.PUBLIC, shown.API],
        ),
    ],
    body: RequestJson,
    caller: Provider,
    once: OnceOnly,
    settings: Configured,
    mode: Annotated[
        ImportMode, Query(description="`check` makes nothing, and answers 200")
    ] = ImportMode.DRAFT,
) -> Response:
    """Make drafts of badge classes, and say of each member what became of it.

    A badge class that was imported before is not drafted again: the answer names what it became.
    All of them are drafted, or, when one is no badge class, none.
    """
    is_list = isinstance(badge_classes, list)
    members = [one for one in (body if isinstance(body, list) else [body]) if isinstance(one, dict)]

    async def make() -> EdubadgesImportAnswer:
        found = await edubadges.import_badge_classes(
            once.session,
            members,
            is_list=is_list,
            provider=caller.organisation,
            by=actor_of(caller),
            now=once.now,
            only_check=mode is ImportMode.CHECK,
        )
        return EdubadgesImportAnswer(mode=mode, imported=[_render(one) for one in found])

    if mode is ImportMode.CHECK:
        text = (await make()).model_dump_json(by_alias=True, exclude_none=True)
        return Response(text, media_type="application/json")

    async def act() -> tuple[BaseModel, str]:
        made = await make()
        where = f"/v1/microcredentials/{made.imported[0].microcredential_id}"
        return made, settings.public_url + where

    return await once.answer(caller, body, act)


def _render(one: ImportedDraft) -> ImportedDraftAnswer:
    entries = one.imported.entries
    return ImportedDraftAnswer(
        microcredential_id=one.microcredential_id,
        is_new=one.is_new,
        content=one.imported.content,
        counts=dict(Counter(entry.outcome for entry in entries)),
        members=[
            MemberAnswer(
                pointer=entry.pointer,
                outcome=entry.outcome,
                code=entry.code,
                became=entry.became,
                sentence=entry.sentence,
            )
            for entry in entries
        ],
    )
