"""Following a batch: Server-Sent Events for a program, a page for a person, credentials to keep.

The page needs no token but its link, so it shows counts and nothing of what the file says.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from services.issuer.domain.batches import Batch, BatchNotFoundError, BatchState, Progress
from services.issuer.operations.batches import exporting, telling
from services.issuer.operations.desk import Desk
from services.issuer.routes.awards import AwardsReader, ConfiguredDesk
from services.issuer.routes.batches import BatchId
from services.issuer.routes.batches_files import NDJSON, download
from services.issuer.routes.batches_rendering import show_progress
from shared.runtime.clock import Now
from shared.runtime.pages import page
from shared.runtime.problems import refusals

EVENT_STREAM: Final = "text/event-stream"
POLL_SECONDS: Final = 1.0
BEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 600.0
REFRESH_SECONDS: Final = 5
_OVER: Final = frozenset({BatchState.REJECTED, BatchState.RECALLED, BatchState.LAPSED})
_STILL: Final = frozenset({BatchState.CHECKED, BatchState.WAITING_FOR_APPROVAL})

router = APIRouter(prefix="/award-batches", tags=["award-batches"])
pages = APIRouter()


@router.get(
    "/{batchId}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "`progress` whenever that changed, `waiting`, and at the end `done`.",
            "content": {
                EVENT_STREAM: {
                    "schema": {"type": "string"},
                    "example": 'id: 1f3a…\nevent: progress\ndata: {"signed":500,"toDo":5000}\n\n',
                }
            },
        },
        204: {"description": "It is done, or only checked, and you were told."},
        **refusals(BatchNotFoundError),
    },
)
async def follow_award_batch(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    last_event_id: Annotated[
        str | None, Header(max_length=200, description="The last event you had.")
    ] = None,
) -> Response:
    """Follow a batch as Server-Sent Events: each time it has come further, until it is done.

    `waiting` says that it comes no further by itself: one that waits for approval is followed on,
    one that was only checked ends here.
    """
    batch, progress = await telling.read_progress(desk, batch_id, organisation=caller.organisation)
    is_over = is_done(batch, progress) or batch.state is BatchState.CHECKED
    if is_over and last_event_id == _event_id(batch, progress):
        return Response(status_code=204)
    return StreamingResponse(
        _events(desk, batch, progress, last_event_id=last_event_id),
        media_type=EVENT_STREAM,
        headers={"X-Accel-Buffering": "no"},
    )


@router.get(
    "/{batchId}/credentials",
    response_class=Response,
    responses={
        200: {
            "description": "One object a line: row, awardId, and the signed credential.",
            "content": {
                NDJSON: {
                    "schema": {"type": "string"},
                    "example": '{"row":2,"awardId":"8f14…","credential":"eyJhbGciOiJFUzI1NiIs…"}\n',
                }
            },
        },
        **refusals(BatchNotFoundError),
    },
)
async def read_award_batch_credentials(
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    caller: AwardsReader,
    desk: ConfiguredDesk,
    now: Now,
) -> Response:
    """Return the signed credentials of a batch; from then on they are delivered, not recallable."""
    batch = await exporting.find_exportable(desk, batch_id, organisation=caller.organisation)
    lines = exporting.credentials_as_ndjson(desk, batch, now=now)
    return download(lines, NDJSON, f"credentials-{batch_id}.ndjson")


@pages.get("/batches/{batchId}/{secret}")
async def show_batch_page(
    request: Request,
    batch_id: Annotated[BatchId, Path(alias="batchId")],
    secret: Annotated[str, Path(max_length=100)],
    desk: ConfiguredDesk,
    still: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """Show how far a batch is, to whoever was given its link; it looks again by itself."""
    batch, progress = await telling.read_progress_by_link(desk, batch_id, secret=secret)
    shown = show_progress(batch, progress)
    goes_on = not (is_done(batch, progress) or batch.state in _STILL)
    answer = page(
        request,
        "batch.html",
        batch=batch,
        progress=shown,
        outcomes=progress.outcomes,
        goes_on=goes_on,
        is_still=still is not None,
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    if goes_on and still is None:
        # A header, and not a meta element: whoever reads slowly can follow the link that stops it.
        answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


def is_done(batch: Batch, progress: Progress) -> bool:
    """Say whether a batch comes no further by itself: all of it is registered, or never will be."""
    if batch.state in _OVER:
        return True
    # Of what was erased before it was registered, nobody says to which batch it belonged.
    followed = progress.registered + progress.erased
    return batch.state is BatchState.FINISHED and followed >= progress.signed


async def _events(
    desk: Desk, batch: Batch, progress: Progress, *, last_event_id: str | None
) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    ends, beats = loop.time() + LONGEST_SECONDS, loop.time() + BEAT_SECONDS
    told, waits = last_event_id, ""
    yield b"retry: 2000\n\n"
    while True:
        now_is = _event_id(batch, progress)
        if now_is != told:
            told = now_is
            yield _event("progress", now_is, batch, progress)
        if is_done(batch, progress):
            yield _event("done", now_is, batch, progress)
            return
        if batch.state in _STILL and now_is != waits:
            waits = now_is
            yield _event("waiting", now_is, batch, progress)
        if batch.state is BatchState.CHECKED:
            return
        if loop.time() > ends:
            return
        if loop.time() > beats:
            beats = loop.time() + BEAT_SECONDS
            yield b": still here\n\n"
        await asyncio.sleep(POLL_SECONDS)
        batch, progress = await telling.read_progress(
            desk, batch.batch_id, organisation=batch.organisation
        )


def _event(name: str, event_id: str, batch: Batch, progress: Progress) -> bytes:
    body = show_progress(batch, progress).model_dump_json(by_alias=True)
    told = f'{{"state":"{batch.state}",{body[1:]}'
    return f"id: {event_id}\nevent: {name}\ndata: {told}\n\n".encode()


def _event_id(batch: Batch, progress: Progress) -> str:
    """Name this very state: who has it already is not told again."""
    state = f"{batch.state}|{show_progress(batch, progress)!r}"
    return hashlib.sha256(state.encode()).hexdigest()[:16]
