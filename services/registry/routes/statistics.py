"""Figures of the register over HTTP: JSON, or CSV for who asks for it."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request, Response

from services.registry.operations import statistics
from services.registry.operations.statistics import NoStatisticsError
from services.registry.schemas.statistics import CSV, EXAMPLE, HEADERS, LICENCE, StatisticsAnswer
from shared.runtime.http import public_headers
from shared.runtime.negotiation import choose_form
from shared.runtime.preconditions import IfNoneMatch, tag_of_bytes
from shared.runtime.problems import NotAcceptableError, refusals

JSON: Final = "application/json"
FRESH_SECONDS: Final = 600
_TYPES: Final = {
    "*/*": JSON,
    "application/*": JSON,
    JSON: JSON,
    "text/*": CSV,
    CSV: CSV,
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "model": StatisticsAnswer,
        "content": {
            JSON: {"example": EXAMPLE},
            CSV: {
                "schema": {"type": "string"},
                "example": ",".join(HEADERS) + "\r\ntotal,,,,,4700,yes\r\n",
            },
        },
    },
    304: {"description": "The figures you have are the same."},
}

router = APIRouter(tags=["statistics"])


@router.get(
    "/statistics",
    response_class=Response,
    responses=_ANSWERS | refusals(NoStatisticsError, NotAcceptableError),
)
async def read_statistics(
    request: Request,
    known: IfNoneMatch,
    accept: Annotated[str | None, Header(max_length=1000, description="JSON or CSV.")] = None,
) -> Response:
    """Return how many registrations there are by sector, organisation, level, size and month.

    Counts below 10 are not shown, others are rounded to 5. Public domain (CC0 1.0).
    """
    media_type = choose_form(accept, _TYPES)
    return answer_statistics(
        await statistics.read_statistics(request.app.state.database), media_type, known
    )


def answer_statistics(figures: StatisticsAnswer, media_type: str, known: IfNoneMatch) -> Response:
    """Answer with figures in one of both forms."""
    is_csv = media_type == CSV
    text = figures.as_csv() if is_csv else figures.model_dump_json(by_alias=True)
    body = text.encode()
    headers = {
        **public_headers(max_age=FRESH_SECONDS),
        "ETag": tag_of_bytes(body),
        "Link": f'<{LICENCE}>; rel="license"',
        "Vary": "Accept",
    }
    if is_csv:
        headers["Content-Disposition"] = 'attachment; filename="statistics.csv"'
    if known.tags and known.holds_weakly(headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
