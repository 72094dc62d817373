"""Batches for people: choose files, look on while they are verified, and take the results along.

Works without JavaScript: the page that looks on asks the browser to come back, and has a link that
stops that. Its address is the secret that opens the batch; it is given to no other site, because a
page of ours sends no Referer and loads nothing from elsewhere.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.verifier.batch_operations import telling
from services.verifier.batch_routes.api import (
    BatchId,
    OwnBatchDesk,
    ResultForm,
    answer_results,
    take_batch,
)
from services.verifier.batch_routes.bodies import MOST_BYTES
from services.verifier.batches.address import Address
from services.verifier.batches.refusals import NoEntriesError, TooManyEntriesError
from services.verifier.batches.rows import find_repeats
from services.verifier.schemas.verification import TEST_BANNER
from shared.errors import RuleError
from shared.runtime.clock import Now
from shared.runtime.language import Language
from shared.runtime.pages import page, read_language, root_of
from shared.runtime.paging import PageRequest

REFRESH_SECONDS: Final = 2
_SEE_OTHER: Final = 303
_REFUSED: Final = 400
_ALL: Final = PageRequest(limit=500, after=None)

router = APIRouter()


@router.get("/batches")
async def show_batch_box(
    request: Request, wiped: Annotated[str | None, Query(max_length=10)] = None
) -> Response:
    """Show where files are chosen."""
    return page(request, "batch_box.html", refused=None, is_wiped=wiped is not None)


@router.post("/batches", max_body_size=MOST_BYTES)
async def take_files(request: Request, desk: OwnBatchDesk, now: Now) -> Response:
    """Take the files, and show the page of their batch; or say why not."""
    try:
        address = await take_batch(request, desk, now=now)
    except (NoEntriesError, TooManyEntriesError) as refused:
        return _box(request, refused)
    return RedirectResponse(_path(request, address), _SEE_OTHER)


@router.get("/batches/{batchId}")
async def show_batch(
    request: Request,
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    desk: OwnBatchDesk,
    now: Now,
    still: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """Show how far a batch is, and its rows once they are there."""
    address = Address.read(batch_id)
    progress = await telling.read_progress(desk, address, now=now)
    rows = await telling.read_rows(desk, address, now=now) if progress.is_done else []
    answer = page(
        request,
        "batch.html",
        progress=progress,
        rows=rows,
        repeats=find_repeats(rows),
        banner=TEST_BANNER,
        has_tests=any(row.is_test for row in rows),
        place=f"/batches/{address.text}",
        is_still=still is not None,
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    if not progress.is_done and still is None:
        # A header, and not a meta element: whoever reads slowly can follow the link that stops it.
        answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


@router.get("/batches/{batchId}/results")
async def download_results(
    request: Request,
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    desk: OwnBatchDesk,
    now: Now,
    form: Annotated[ResultForm, Query(alias="format")] = ResultForm.XLSX,
) -> Response:
    """Give the results as a file, in the language of the page."""
    address, language = Address.read(batch_id), read_language(request)
    return await answer_results(desk, address, form=form, wanted=_ALL, language=language, now=now)


@router.post("/batches/{batchId}/wipings")
async def wipe_files(
    request: Request,
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    desk: OwnBatchDesk,
    now: Now,
) -> Response:
    """Wipe a batch, and go back to where files are chosen."""
    await telling.wipe_batch(desk, Address.read(batch_id), now=now)
    return RedirectResponse(_with_language(request, "/batches?wiped=1"), _SEE_OTHER)


def _box(request: Request, refused: RuleError) -> Response:
    return page(request, "batch_box.html", status_code=_REFUSED, refused=refused, is_wiped=False)


def _path(request: Request, address: Address) -> str:
    return _with_language(request, f"/batches/{address.text}")


def _with_language(request: Request, path: str) -> str:
    asked = request.query_params.get("lang")
    if asked in set(Language):
        path += f"{'&' if '?' in path else '?'}lang={asked}"
    return root_of(request) + path
