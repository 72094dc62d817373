"""The feed over HTTP (http-feeds.org): CloudEvents in batches, for anybody, with long polling."""

from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.registry.domain.facts import sequence_text
from services.registry.domain.feed import (
    EventFilter,
    FeedType,
    LastEventUnknownError,
    OnePositionError,
    PositionAheadError,
)
from services.registry.operations.feed import (
    BeforeRetentionError,
    Feed,
    FeedPage,
    Start,
    await_events,
)
from services.registry.schemas.feed import BATCH, PAGE
from shared.contracts.identifiers import Oin
from shared.contracts.vocabulary import Sector
from shared.runtime.clock import Now
from shared.runtime.preconditions import IfNoneMatch, tag_of_bytes
from shared.runtime.problems import problem_response, refusals
from shared.runtime.query import MomentInQuery

LONGEST_WAIT: Final = 30_000
LARGEST_PAGE: Final = 1_000
_FARTHEST: Final = 2**53
# An erasure changes what was told, so that no cache may keep a page for long.
_FULL: Final = "public, max-age=60"
_UNFULL: Final = "no-cache"
_POSITIONS: Final = frozenset({"lastEventId", "afterSequence", "since"})
_SHOWN: Final = "Feed-Head, Feed-Position, Feed-Lag, Link, ETag"

router = APIRouter(tags=["feed"])


def read_feed(request: Request) -> Feed:
    """Return what the feed is read with."""
    feed: Feed = request.app.state.feed
    return feed


def read_start(
    last_event_id: Annotated[
        UUID | None,
        Query(alias="lastEventId", description="The id of the last event you processed."),
    ] = None,
    after_sequence: Annotated[
        int | None,
        Query(
            alias="afterSequence",
            ge=0,
            le=_FARTHEST,
            description="The sequence of the last event you processed; 0 is the beginning.",
            examples=[4711],
        ),
    ] = None,
    since: Annotated[
        MomentInQuery | None,
        Query(description="Begin with the first event that was logged at this moment or later."),
    ] = None,
) -> Start:
    """Read where to begin; said in no way at all it is the beginning."""
    return Start(last_event=last_event_id, after_sequence=after_sequence, since=since)


def read_filter(
    types: Annotated[
        list[FeedType] | None,
        Query(
            alias="type",
            max_length=4,
            description="Only events of these types; erasures are told all the same.",
        ),
    ] = None,
    issuers: Annotated[
        list[Oin] | None,
        Query(alias="issuer", max_length=100, description="Only events about these awarders."),
    ] = None,
    sectors: Annotated[
        list[Sector] | None,
        Query(
            alias="sector",
            max_length=4,
            description="Only events about awarders in these sectors, or of unknown sector.",
        ),
    ] = None,
) -> EventFilter:
    """Read which events are asked for."""
    return EventFilter.of(types=types, issuers=issuers, sectors=sectors)


@router.get(
    "/events",
    response_class=Response,
    responses=PAGE
    | refusals(LastEventUnknownError, PositionAheadError, OnePositionError, BeforeRetentionError),
)
async def follow_events(
    request: Request,
    feed: Annotated[Feed, Depends(read_feed)],
    start: Annotated[Start, Depends(read_start)],
    wanted: Annotated[EventFilter, Depends(read_filter)],
    known: IfNoneMatch,
    now: Now,
    timeout: Annotated[  # noqa: ASYNC109 - http-feeds calls it so
        int,
        Query(
            ge=0, le=LONGEST_WAIT, description="Milliseconds to wait for news when there is none."
        ),
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many at most.")] = 100,
) -> Response:
    """Return the events after the last one you processed, in order, with none left out.

    Give the id of the last event of a page as `lastEventId` for the next; an empty page is the end
    of the feed for now. With `timeout` the answer waits for news.
    """
    public_url: str = request.app.state.settings.public_url
    try:
        page = await await_events(
            feed, start, wanted, limit=limit, wait=timedelta(milliseconds=timeout), now=now
        )
    except BeforeRetentionError as error:
        refused = problem_response(error, scope=request.scope)
        refused.headers["Link"] = f'<{public_url}/v1/snapshots/latest>; rel="alternate"'
        return refused
    body = b"[" + b",".join(page.events) + b"]"
    headers = {
        **_headers_of(page, _next_address(request, public_url, page)),
        "ETag": tag_of_bytes(body),
        "Cache-Control": _FULL if len(page.events) == limit and wanted.passes_all else _UNFULL,
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": _SHOWN,
    }
    if known.tags and known.holds_weakly(headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=BATCH, headers=headers)


def _headers_of(page: FeedPage, following: str) -> dict[str, str]:
    return {
        "Feed-Head": sequence_text(page.head - 1),
        "Feed-Position": sequence_text(page.position - 1),
        "Feed-Lag": str(page.lag),
        "Link": f'<{following}>; rel="next"',
    }


def _next_address(request: Request, public_url: str, page: FeedPage) -> str:
    """Return the address of the next page: the same question, from where this one ends."""
    asked = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in _POSITIONS
    ]
    return f"{public_url}/v1/events?{urlencode([('afterSequence', page.position), *asked])}"
