"""RIO over HTTP: a dry run of one microcredential, and the changes that a coupling follows."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query

from services.catalog.domain import MicrocredentialUnknownError, OrganisationUnknownError
from services.catalog.operations import rio
from services.catalog.operations.rio import CursorAheadError, RioChange
from services.catalog.routes.edge import Reader, number_after
from services.catalog.schemas import examples, examples_rio
from services.catalog.schemas.rio import (
    RioChangeAnswer,
    RioChangesAnswer,
    RioFindingAnswer,
    RioReportAnswer,
)
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.faults import Place, RequestFault
from shared.runtime.paging import read_cursor, write_cursor
from shared.runtime.problems import InvalidRequestError, refusals

router = APIRouter(tags=["rio"])

MOST_CHANGES: Final = 500


def read_after(
    after: Annotated[
        str | None, Query(max_length=512, description="The `next` of the page before.")
    ] = None,
) -> int:
    """Read after which place in the list a page begins; without one, at the beginning."""
    if after is None:
        return 0
    try:
        return number_after(read_cursor(after))
    except InvalidRequestError:
        fault = RequestFault(
            Place.QUERY,
            "/after",
            "cursor",
            "This is not a cursor that a page gave as its `next`.",
            "Dit is geen cursor die een pagina als `next` gaf.",
        )
        raise InvalidRequestError(found=[fault]) from None


@router.get(
    "/microcredentials/{microcredentialId}/rio-report",
    response_model_exclude_none=True,
    responses=examples.answer(examples_rio.REPORT)
    | refusals(MicrocredentialUnknownError, OrganisationUnknownError),
)
async def read_rio_report(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    reader: Reader,
    session: Session,
    now: Now,
) -> RioReportAnswer:
    """Try out what RIO would register, and read what it cannot hold; nothing is sent.

    Its own provider sees this of the draft, as if it were published today; everybody else of the
    published versions and the public offerings.
    """
    dry = await rio.read_rio_report(session, microcredential_id, reader=reader, now=now)
    return RioReportAnswer(
        microcredential_id=dry.microcredential_id,
        version=dry.version,
        soort=dry.report.soort,
        ready=dry.report.is_ready,
        opleidingseenheid=dry.report.opleidingseenheid,
        aangeboden_opleiding=dry.report.aangeboden_opleiding,
        findings=[
            RioFindingAnswer(
                code=one.code,
                severity=one.severity,
                pointer=one.pointer,
                offering_id=one.offering_id,
                sentence=one.sentence,
            )
            for one in dry.report.findings
        ],
    )


@router.get(
    "/rio-changes",
    response_model_exclude_none=True,
    responses=examples.answer(examples_rio.CHANGES) | refusals(CursorAheadError),
)
async def list_rio_changes(
    session: Session,
    after: Annotated[int, Depends(read_after)],
    offerer_code: Annotated[
        str | None,
        Query(
            alias="educationOffererCode",
            pattern=r"^[0-9]{3}A[0-9]{3}$",
            description="onderwijsaanbiedercode of the provider",
            examples=["100A123"],
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_CHANGES, description="How many at most.")] = 100,
) -> RioChangesAnswer:
    """Return what changed for RIO, oldest change first, each main object once and as a whole state.

    Keep `next`, and ask with it again: nothing is ever missed or told in another order. With
    `lag` 0 you have everything. Send a state only when it is `ready`.
    """
    found = await rio.list_rio_changes(session, after=after, offerer_code=offerer_code, limit=limit)
    return RioChangesAnswer(
        items=[_render_change(one) for one in found.items],
        next=write_cursor((found.upto,)),
        head=write_cursor((found.head,)),
        lag=found.lag,
    )


def _render_change(one: RioChange) -> RioChangeAnswer:
    soort = one.report.soort
    return RioChangeAnswer.model_validate(
        {
            "change": one.change,
            "recorded_at": one.recorded_at,
            "soort_wijziging": one.soort_wijziging.value,
            "main_object": one.main_object,
            "soort": soort.value if one.main_object == "opleidingseenheid" else soort.aangeboden,
            "microcredential_id": one.microcredential_id,
            "provider": one.provider.oin,
            "education_offerer_code": one.provider.education_offerer_code,
            "ready": one.report.is_ready,
            "state": one.state,
        }
    )
