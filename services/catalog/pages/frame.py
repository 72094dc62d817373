"""What every page of the catalogue shares: its words, its own address, and a way to say nothing.

Apart from the pages, so that each of them only says what it shows.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlencode

from fastapi import Request, Response

from services.catalog.domain import MicrocredentialUnknownError
from services.catalog.pages import telling, words
from shared.runtime.pages import Query, page, read_language

if TYPE_CHECKING:
    from services.catalog.settings import Settings

BY_FORM: Final = "Accept, Accept-Language"
NOTHING: Final[Query] = ()


def read_settings(request: Request) -> "Settings":
    """Return what the catalogue was started with."""
    return cast("Settings", request.app.state.settings)


def public_url(request: Request) -> str:
    """Return the address of this catalogue as the world sees it."""
    return read_settings(request).public_url


def show(
    request: Request,
    template: str,
    *,
    path: str | None = None,
    query: Query = NOTHING,
    status_code: int = 200,
    varies: str = "Accept-Language",
    **context: object,
) -> Response:
    """Show a page; `path` and `query` are the one address it should be known by."""
    return page(
        request,
        template,
        status_code=status_code,
        varies=varies,
        words=words,
        telling=telling,
        addresses=None if path is None else addresses(public_url(request) + path, query, request),
        **context,
    )


def addresses(base: str, query: Query, request: Request) -> Mapping[str, str]:
    """Return the address of a page in each language, in no language, and of this one."""
    spoken = {
        language: f"{base}?{urlencode([*query, ('lang', language)])}" for language in ("nl", "en")
    }
    neutral = base + (f"?{urlencode(query)}" if query else "")
    return {**spoken, "x-default": neutral, "own": spoken[read_language(request)]}


def wants_json(request: Request) -> bool:
    """Tell whether a program asks, that wants the record and not the page."""
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def show_unknown(request: Request) -> Response:
    """Tell a person that there is no such microcredential; a program gets a problem."""
    if wants_json(request):
        raise MicrocredentialUnknownError
    return show(request, "unknown.html", status_code=404, varies=BY_FORM)
