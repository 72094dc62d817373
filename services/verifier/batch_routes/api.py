"""Batches for programs: send one, ask how far it is, get its rows, wipe it.

Nobody needs a token; who has one, with the scope verifications:write, may send more. The address of
a batch is all that opens it, so it stands in no log: paths are written down as their templates.
"""

from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response, status
from pydantic import Field
from pydantic_core import to_json

from services.verifier.batch_operations import receiving, telling
from services.verifier.batch_operations.allowance import TooBusyError
from services.verifier.batch_operations.desk import BatchDesk
from services.verifier.batch_operations.receiving import Sender, WantedBatch
from services.verifier.batch_operations.telling import Progress
from services.verifier.batch_routes.bodies import (
    BODY,
    JSON,
    MOST_BYTES,
    UploadTooSlowError,
    opened_parts,
)
from services.verifier.batches.address import Address
from services.verifier.batches.refusals import (
    BatchNotDoneError,
    BatchNotFoundError,
    NoEntriesError,
    TooManyEntriesError,
)
from services.verifier.batches.rows import find_repeats
from services.verifier.batches.writing import results_as_csv, results_as_xlsx
from services.verifier.schemas.batches import (
    AN_ADDRESS,
    VerificationBatchAnswer,
    VerificationBatchLinks,
    VerificationRow,
)
from shared.runtime.access import Caller
from shared.runtime.clock import Now
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError
from shared.runtime.language import Language, language_of
from shared.runtime.negotiation import choose_form
from shared.runtime.paging import Page, PageRequest, WantedPage, no_cursor
from shared.runtime.problems import (
    NotAcceptableError,
    TooManyRequestsError,
    UnsupportedMediaTypeError,
    refusals,
)
from shared.runtime.quotas import site_of
from shared.runtime.spreadsheet import CSV, XLSX
from shared.runtime.visitors import caller_if_any

SCOPE: Final = "verifications:write"

router = APIRouter(prefix="/verification-batches", tags=["verification-batches"])


class ResultForm(StrEnum):
    """A form in which results can be had."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


_FORMS: Final = {
    "*/*": ResultForm.JSON,
    "application/*": ResultForm.JSON,
    JSON: ResultForm.JSON,
    "text/*": ResultForm.CSV,
    CSV: ResultForm.CSV,
    XLSX: ResultForm.XLSX,
}
_RESULTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Every row once, in order; CSV and XLSX name no person.",
        "content": {
            CSV: {"schema": {"type": "string"}, "example": "Number,File or line,Verdict\r\n"},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


async def find_batch_desk(request: Request) -> BatchDesk:
    """Return what this process works at batches with."""
    desk: BatchDesk = request.app.state.batch_desk
    return desk


OwnBatchDesk = Annotated[BatchDesk, Depends(find_batch_desk)]


BatchId = Annotated[str, Field(max_length=100, description="as in Location", examples=[AN_ADDRESS])]
RequestKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=16,
        max_length=255,
        pattern=r"^[!-~]+$",
        description=(
            "A key of your own, chosen at random (a UUID): with it the same files lead to the same "
            "batch until that is wiped. Without it, or with other files, to a new one or a 409."
        ),
        examples=["5f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"],
    ),
]


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    max_body_size=MOST_BYTES,
    openapi_extra={**BODY, "security": [{}]},
    responses=refusals(
        NoEntriesError,
        TooManyEntriesError,
        IdempotencyKeyReusedError,
        StillRunningError,
        TooManyRequestsError,
        TooBusyError,
        UploadTooSlowError,
        UnsupportedMediaTypeError,
    ),
)
async def send_verification_batch(
    request: Request,
    response: Response,
    desk: OwnBatchDesk,
    now: Now,
    caller: Annotated[Caller | None, Depends(caller_if_any(SCOPE))],
    request_key: RequestKey = None,
) -> VerificationBatchAnswer:
    """Verify up to 500 credentials at once; each gets one row, in your order.

    Keep the address in Location to yourself: it opens the batch, and nothing else does. All of it
    is wiped after an hour.
    """
    address = await take_batch(request, desk, caller=caller, request_key=request_key, now=now)
    progress = await telling.read_progress(desk, address, now=now)
    answer = show_progress(request, address, progress)
    response.headers["Location"] = _url(request, address)
    return answer


async def take_batch(
    request: Request,
    desk: BatchDesk,
    *,
    caller: Caller | None = None,
    request_key: str | None = None,
    now: Now,
) -> Address:
    """Receive the batch in a request, of a program or of a page."""
    sender = Sender(client=caller.client if caller else None, site=site_of(request.scope))
    # One file before anything is read: who has nothing left is not listened to for 64 MB.
    desk.allowance.charge(site=sender.site, client=sender.client, files=1)
    async with opened_parts(request, desk.allowance) as parts:
        wanted = WantedBatch(parts, sender, request_key)
        return await receiving.receive_batch(desk, wanted, now=now)


@router.get("/{batchId}", responses=refusals(BatchNotFoundError))
async def read_verification_batch(
    request: Request,
    response: Response,
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    desk: OwnBatchDesk,
    now: Now,
) -> VerificationBatchAnswer:
    """Say how far a batch is."""
    address = Address.read(batch_id)
    progress = await telling.read_progress(desk, address, now=now)
    if not progress.is_done:
        response.headers["Retry-After"] = "1"
    return show_progress(request, address, progress)


@router.get(
    "/{batchId}/results",
    response_model=Page[VerificationRow],
    responses={
        **_RESULTS,
        **refusals(BatchNotFoundError, BatchNotDoneError, NotAcceptableError),
    },
)
async def list_verification_batch_results(
    request: Request,
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    desk: OwnBatchDesk,
    now: Now,
    wanted: WantedPage,
    form: Annotated[
        ResultForm | None, Query(alias="format", description="else what Accept asks most")
    ] = None,
) -> Response:
    """Return the rows of a batch that is done: JSON by pages, or all of them as CSV or XLSX."""
    chosen = form or choose_form(request.headers.get("accept"), _FORMS)
    language = language_of(request.scope, otherwise=Language.EN)
    address = Address.read(batch_id)
    return await answer_results(
        desk, address, form=chosen, wanted=wanted, language=language, now=now
    )


async def answer_results(
    desk: BatchDesk,
    address: Address,
    *,
    form: ResultForm,
    wanted: PageRequest,
    language: Language,
    now: Now,
) -> Response:
    """Answer with the rows of a batch in one of the forms."""
    rows = await telling.read_rows(desk, address, now=now)
    if form is ResultForm.JSON:
        repeats = find_repeats(rows)
        after = _number_after(wanted)
        page = wanted.page(
            rows[after : after + wanted.limit + 1],
            key=lambda row: (row.number,),
            item=lambda row: VerificationRow.of(row, repeats),
        )
        return Response(to_json(page), media_type=JSON, headers={"Vary": "Accept"})
    is_csv = form is ResultForm.CSV
    write = results_as_csv if is_csv else results_as_xlsx
    # Its name says nothing: the address of the batch is a secret, and a download is left lying.
    name = "verifications.csv" if is_csv else "verifications.xlsx"
    return Response(
        write(rows, language=language),
        media_type=CSV if is_csv else XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Vary": "Accept, Accept-Language",
        },
    )


@router.delete(
    "/{batchId}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(BatchNotFoundError),
)
async def wipe_verification_batch(
    batch_id: Annotated[BatchId, Path(alias="batchId")], desk: OwnBatchDesk, now: Now
) -> None:
    """Wipe a batch: what was sent, and what was found."""
    await telling.wipe_batch(desk, Address.read(batch_id), now=now)


def show_progress(
    request: Request, address: Address, progress: Progress
) -> VerificationBatchAnswer:
    """Show how far a batch is."""
    root = request.app.state.settings.public_url
    return VerificationBatchAnswer(
        batch_id=address.text,
        done=progress.is_done,
        total=progress.total,
        verified=progress.done,
        states=dict(progress.states),
        received_at=progress.received_at,
        wiped_at=progress.wiped_at,
        links=VerificationBatchLinks(
            results=f"{_url(request, address)}/results", page=f"{root}/batches/{address.text}"
        ),
    )


def _url(request: Request, address: Address) -> str:
    root = request.app.state.settings.public_url
    return f"{root}/v1/verification-batches/{address.text}"


def _number_after(wanted: PageRequest) -> int:
    if wanted.after is None:
        return 0
    match wanted.after:
        case (int(number),) if number >= 0:
            return number
    raise no_cursor()
