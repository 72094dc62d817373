"""Batches of awards over HTTP: a file in, checked, agreed to, run and followed.

For the organisation whose token it is; another's batch looks like none.
"""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import Field

from services.issuer.batches.refusals import FileRefusedError
from services.issuer.batches.rows import LIMITS
from services.issuer.domain import (
    MicrocredentialArchivedError,
    MicrocredentialNotKnownYetError,
    OrganisationNotKnownYetError,
)
from services.issuer.domain.batches import (
    BatchClosedError,
    BatchNotCheckedError,
    BatchNotFoundError,
    BatchWipedError,
    RowOutcome,
)
from services.issuer.operations.batches import deciding, exporting, receiving, telling
from services.issuer.operations.batches.receiving import WantedBatch
from services.issuer.routes import batches_files as files
from services.issuer.routes.awards import AwardsReader, AwardsWriter, ConfiguredDesk, asking_of
from services.issuer.routes.batches_choices import (
    BINARY,
    FILE,
    BatchMode,
    Choices,
    read_choices,
)
from services.issuer.routes.batches_files import (
    NDJSON,
    XLSX,
    choose_type,
    download,
    opened_body,
    pieces_of_file,
    read_mapping,
    spool,
    written,
)
from services.issuer.routes.batches_rendering import (
    batch_url,
    show_batch,
    show_row,
    show_summary,
)
from services.issuer.schemas.batches import (
    BatchAnswer,
    BatchRowAnswer,
    BatchRunRequest,
    BatchSummary,
)
from shared.runtime.clock import Now
from shared.runtime.idempotency import (
    IdempotencyKey,
    IdempotencyKeyReusedError,
    StillRunningError,
)
from shared.runtime.json_body import RequestJson
from shared.runtime.language import Language, language_of
from shared.runtime.paging import Page, PageRequest, WantedPage, no_cursor
from shared.runtime.problems import NotAcceptableError, UnsupportedMediaTypeError, refusals

MOST_BYTES: Final = LIMITS.file_bytes + 64 * 1024

router = APIRouter(prefix="/award-batches", tags=["award-batches"])

BatchId = Annotated[
    UUID,
    Field(description="the batch's id", examples=["5b6f8f0e-1d2c-4b3a-9c8d-7e6f5a4b3c2d"]),
]


@router.post(
    "",
    status_code=202,
    response_model_exclude_none=True,
    max_body_size=MOST_BYTES,
    openapi_extra=FILE,
    responses=refusals(
        FileRefusedError,
        OrganisationNotKnownYetError,
        MicrocredentialNotKnownYetError,
        MicrocredentialArchivedError,
        IdempotencyKeyReusedError,
        StillRunningError,
        UnsupportedMediaTypeError,
    ),
)
async def send_award_batch(
    request: Request,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    now: Now,
    response: Response,
    choices: Annotated[Choices, Depends(read_choices)],
) -> BatchAnswer:
    """Send a file of awards: it is checked row by row, and nothing is signed before that.

    With `mode=run` everything that is ready is awarded after the check, and rows with errors stay
    behind; when your organisation wants a second person, it waits for one.
    """
    async with opened_body(request) as (chunks, content_type, sent_mapping):
        wanted = WantedBatch(
            organisation=caller.organisation,
            subject=caller.subject,
            key=idempotency_key,
            content_type=content_type,
            is_run=choices.mode is BatchMode.RUN,
            with_corrections=choices.corrections,
            mapping=read_mapping(sent_mapping or choices.mapping),
            microcredential_id=choices.microcredential_id,
            microcredential_version=choices.microcredential_version,
            awarded_on=choices.awarded_on,
            reading=choices.reading,
        )
        batch = await receiving.receive_batch(desk, wanted, chunks, spool=spool, now=now)
    told = await telling.read_batch(desk, batch.batch_id, organisation=caller.organisation)
    response.headers["Location"] = batch_url(desk, batch)
    return show_batch(desk, told)


@router.get("", response_model_exclude_none=True)
async def list_award_batches(
    caller: AwardsReader, desk: ConfiguredDesk, wanted: WantedPage
) -> Page[BatchSummary]:
    """Return your own batches by pages, the newest first."""
    found = await telling.read_batches(
        desk,
        organisation=caller.organisation,
        before=number_after(wanted),
        limit=wanted.limit + 1,
    )
    return wanted.page(
        found, key=lambda one: (one.number,), item=lambda one: show_summary(desk, one)
    )


@router.get("/{batchId}", response_model_exclude_none=True, responses=refusals(BatchNotFoundError))
async def read_award_batch(
    batch_id: Annotated[BatchId, Path(alias="batchId")], caller: AwardsReader, desk: ConfiguredDesk
) -> BatchAnswer:
    """Return one of your own batches: how it is read, what its rows come to, how far they are."""
    told = await telling.read_batch(desk, batch_id, organisation=caller.organisation)
    return show_batch(desk, told)


@router.get(
    "/{batchId}/rows", response_model_exclude_none=True, responses=refusals(BatchNotFoundError)
)
async def list_award_batch_rows(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    wanted: WantedPage,
    outcome: Annotated[RowOutcome | None, Query(description="of this outcome only")] = None,
) -> Page[BatchRowAnswer]:
    """Return the checked rows of a batch by pages, in the order of the file."""
    found = await telling.read_rows(
        desk,
        batch_id,
        organisation=caller.organisation,
        outcome=outcome,
        after=number_after(wanted) or 0,
        limit=wanted.limit + 1,
    )
    return wanted.page(found, key=lambda one: (one.row.line,), item=show_row)


@router.get(
    "/{batchId}/failures",
    response_class=Response,
    responses={
        200: {
            "description": "The failed rows as they came in, with reasons.",
            "content": {XLSX: BINARY},
        },
        **refusals(BatchNotFoundError, BatchWipedError),
    },
)
async def read_award_batch_failures(
    request: Request,
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
) -> Response:
    """Return the rows that failed, as they came in, each with its reasons in a last column.

    Mend them and send the file again: what was awarded is passed over.
    """
    batch = await exporting.find_exportable(desk, batch_id, organisation=caller.organisation)
    language = language_of(request.scope, otherwise=Language.NL)
    file = await written(
        lambda file: exporting.write_failures(desk, batch, file, language=language.value)
    )
    return download(pieces_of_file(file), XLSX, f"failures-{batch_id}.xlsx")


@router.get(
    "/{batchId}/results",
    response_class=Response,
    responses={
        200: {
            "description": "Every row exactly once.",
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "Row,Outcome,State,Code,Award,Explanation\r\n",
                },
                NDJSON: {"schema": {"type": "string"}, "example": '{"line":2,"outcome":"ready"}\n'},
                XLSX: BINARY,
            },
        },
        **refusals(BatchNotFoundError, NotAcceptableError),
    },
)
async def read_award_batch_results(
    request: Request,
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    accept: Annotated[str | None, Header(max_length=1000, description="The form you want.")] = None,
) -> Response:
    """Return what became of every row, each exactly once: CSV, NDJSON or XLSX, as you accept.

    CSV and XLSX have headers and explanations in the language you accept; the CSV is in UTF-8 with
    a byte order mark, and in Dutch has semicolons, so that a spreadsheet opens it as a table.
    """
    batch = await exporting.find_exportable(desk, batch_id, organisation=caller.organisation)
    language = language_of(request.scope, otherwise=Language.NL).value
    match choose_type(accept):
        case files.XLSX:
            file = await written(
                lambda file: exporting.write_results(desk, batch, file, language=language)
            )
            return download(pieces_of_file(file), XLSX, f"results-{batch_id}.xlsx")
        case files.NDJSON:
            rows = exporting.results_as_ndjson(desk, batch)
            return download(rows, NDJSON, f"results-{batch_id}.ndjson")
        case _:
            rows = exporting.results_as_csv(desk, batch, language=language)
            return download(rows, "text/csv; header=present", f"results-{batch_id}.csv")


@router.post(
    "/{batchId}/runs",
    status_code=202,
    response_model_exclude_none=True,
    responses=refusals(
        BatchNotFoundError,
        BatchNotCheckedError,
        BatchClosedError,
        IdempotencyKeyReusedError,
        StillRunningError,
    ),
)
async def run_award_batch(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    wanted: BatchRunRequest,
    body: RequestJson,
    idempotency_key: IdempotencyKey,
    caller: AwardsWriter,
    desk: ConfiguredDesk,
    now: Now,
) -> BatchAnswer:
    """Award everything in a checked batch that is ready; rows with errors stay behind.

    When your organisation wants a second person for so many rows, it waits for one.
    """
    await deciding.run_batch(
        desk,
        batch_id,
        asking=asking_of(caller, idempotency_key, body),
        subject=caller.subject,
        with_corrections=wanted.corrections,
        now=now,
    )
    told = await telling.read_batch(desk, batch_id, organisation=caller.organisation)
    return show_batch(desk, told)


def number_after(wanted: PageRequest) -> int | None:
    """Return the number in a cursor of ours, or None for the first page."""
    match wanted.after:
        case None:
            return None
        case (int(number),) if 0 <= number < 2**31:
            return number
        case _:
            raise no_cursor()
