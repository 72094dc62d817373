"""What came of results, and where they are pulled from, for the organisation they are of."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status

from services.issuer.domain.triggers import AssociationNotFoundError, Outcome
from services.issuer.operations.triggers import receiving, sources
from services.issuer.operations.triggers.sources import SourceKnownError, SourceNotFoundError
from services.issuer.routes.awards import (
    AwardsReader,
    AwardsWriter,
    ConfiguredDesk,
    StrangeCursorError,
    asking_of,
    number_after,
)
from services.issuer.schemas.associations import (
    AssociationResultAnswer,
    SourceAnswer,
    SourceRequest,
    SourcesAnswer,
)
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.fetching import AddressRefusedError
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
    replayed,
)
from shared.runtime.json_body import RequestJson
from shared.runtime.paging import Page, WantedPage
from shared.runtime.problems import refusals

router = APIRouter(tags=["results"])


@router.get(
    "/association-results",
    response_model_exclude_none=True,
    responses=refusals(StrangeCursorError),
)
async def list_association_results(
    caller: AwardsReader,
    desk: ConfiguredDesk,
    wanted: WantedPage,
    session: Session,
    outcome: Annotated[Outcome | None, Query(description="only what came to this")] = None,
) -> Page[AssociationResultAnswer]:
    """Return what came of the results your systems sent or we pulled, in the order they came.

    Ask for `needs-decision` to see what waits for a person: nothing is revoked by itself.
    """
    found = await receiving.list_associations(
        session,
        organisation=caller.organisation,
        outcome=outcome,
        after=number_after(wanted),
        limit=wanted.limit + 1,
    )
    return wanted.page(
        found,
        key=lambda one: (one.number,),
        item=lambda one: AssociationResultAnswer.of(one, public_url=desk.public_url),
    )


@router.get(
    "/association-results/{associationId}",
    response_model_exclude_none=True,
    responses=refusals(AssociationNotFoundError),
)
async def read_association_result(
    association_id: Annotated[
        UUID,
        Path(
            alias="associationId",
            description="the association's id in your own system",
            examples=["3d0f2a86-5d2c-4c0a-9a57-7e3c6a1b9f10"],
        ),
    ],
    caller: AwardsReader,
    desk: ConfiguredDesk,
) -> AssociationResultAnswer:
    """Return what came of one association: waiting, awarded, corrected, refused, or a question."""
    received = await receiving.read_association(
        desk, association_id, organisation=caller.organisation
    )
    return AssociationResultAnswer.of(received, public_url=desk.public_url)


@router.post(
    "/association-sources",
    status_code=status.HTTP_201_CREATED,
    response_model=SourceAnswer,
    response_model_exclude_none=True,
    responses=refusals(
        AddressRefusedError, SourceKnownError, IdempotencyKeyReusedError, StillRunningError
    ),
)
async def register_association_source(
    wanted: SourceRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    session: Session,
    now: Now,
) -> Response:
    """Register where your own OEAPI v6 tells of results; it is pulled within moments."""
    asking = asking_of(caller, idempotency_key, body)
    return replayed(await sources.register_source(session, desk, wanted, asking=asking, now=now))


@router.get("/association-sources", response_model_exclude_none=True)
async def list_association_sources(caller: AwardsReader, session: Session) -> SourcesAnswer:
    """Return where results are pulled from, and how the last round went."""
    found = await sources.list_sources(session, organisation=caller.organisation)
    return SourcesAnswer(items=tuple(map(sources.answer_of, found)))


@router.delete(
    "/association-sources/{sourceId}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(SourceNotFoundError),
)
async def remove_association_source(
    source_id: Annotated[
        UUID,
        Path(
            alias="sourceId",
            description="the source's id",
            examples=["5b0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"],
        ),
    ],
    caller: AwardsWriter,
    session: Session,
) -> None:
    """Pull from there no more; what came of its results stays."""
    await sources.remove_source(session, source_id, organisation=caller.organisation)
