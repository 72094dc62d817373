"""What every OEAPI answer has: its version, its page, and only the members that were asked for.

Apart from the routes, because v5 and v6 share it. OEAPI negotiates its version by media type
(`application/vnd.oeapi+json;version=6`); plain JSON is fine too.
"""

import math
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any, ClassVar, Final

from fastapi import Depends, Query, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from pydantic_core import to_json
from starlette.datastructures import QueryParams

from services.catalog.oeapi import Audience
from services.catalog.oeapi.fields import FieldsUnreadableError, Tree, choose, read_fields
from services.catalog.operations.oeapi import Slice
from shared.runtime.faults import Place, RequestFault
from shared.runtime.http import public_headers
from shared.runtime.problems import (
    InvalidRequestError,
    NotAcceptableError,
    problem_response,
)
from shared.strict_json import JsonObject

OEAPI_JSON: Final = "application/vnd.oeapi+json"
_JSON: Final = "application/json"
_KEPT_SECONDS: Final = 60
_READABLE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,2}")
_REFUSED: Final = re.compile(r"0(\.0{0,3})?")
"""The weight of what is not acceptable (RFC 9110 12.4.2)."""
_HARMLESS: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_NAMED: Final = 20
_LAST_PAGE: Final = 100_000


class VersionNotAcceptableError(NotAcceptableError):
    """This version of OEAPI is not served here; see supportedVersions."""

    code: ClassVar[str] = "version-not-acceptable"
    dutch: ClassVar[str] = "Deze versie van OEAPI is hier niet te krijgen; zie supportedVersions."

    def __init__(self, requested: str, supported: Sequence[str]) -> None:
        """Keep what was asked, if it is a version at all, and what there is."""
        super().__init__()
        self.requested = requested if _READABLE.fullmatch(requested) else "unknown"
        self.supported = [*supported]


async def answer_version(request: Request, error: Exception) -> Response:
    """Answer with OEAPI's own problem: which version was asked, and which there are."""
    if not isinstance(error, VersionNotAcceptableError):
        raise TypeError(type(error).__name__)
    return _with_members(
        problem_response(error, scope=request.scope),
        {"requestedVersion": error.requested, "supportedVersions": error.supported},
    )


def _with_members(response: Response, members: Mapping[str, Any]) -> Response:
    body = bytes(response.body)[:-1] + b"," + to_json(members)[1:]
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Response(body, response.status_code, headers)


def choose_media_type(accept: str | None, versions: Sequence[str], own: str | None) -> str:
    """Return the media type to answer in, or raise: OEAPI's own when it is named or all will do."""
    asked = [_read_range(part) for part in (accept or "*/*")[:1000].split(",")]
    refused = ""
    for media_type, parameters in asked:
        if _REFUSED.fullmatch(parameters.get("q", "")):
            continue
        if own is not None and media_type in {own, "application/*+json"}:
            version = parameters.get("version", versions[0])
            if version in versions:
                return f"{own};version={versions[0]}"
            refused = version
        elif media_type in {_JSON, "text/html", "application/*"}:
            return _JSON
        elif media_type == OEAPI_JSON:
            refused = parameters.get("version", "")
        elif media_type == "*/*":
            return _JSON if own is None else f"{own};version={versions[0]}"
    raise VersionNotAcceptableError(refused, versions)


def _read_range(text: str) -> tuple[str, dict[str, str]]:
    media_type, *rest = [part.strip() for part in text.split(";")]
    pairs = [part.partition("=") for part in rest]
    return media_type.lower(), {name.strip().lower(): value.strip(' "') for name, _, value in pairs}


class PageSize(IntEnum):
    """How many items a page may have (OEAPI pageSize)."""

    TEN = 10
    TWENTY = 20
    FIFTY = 50
    HUNDRED = 100
    MOST = 250


@dataclass(frozen=True, slots=True)
class Paged:
    """Which page of a collection is wanted."""

    size: int
    number: int

    @property
    def slice(self) -> Slice:
        """Return the page as the database counts."""
        return Slice(limit=self.size, offset=(self.number - 1) * self.size)

    def around(self, items: Sequence[JsonObject], total: int) -> JsonObject:
        """Return the items with what surrounds them (OEAPI Pagination)."""
        pages = math.ceil(total / self.size)
        return {
            "pageSize": self.size,
            "pageNumber": self.number,
            "hasPreviousPage": self.number > 1,
            "hasNextPage": self.number < pages,
            "totalPages": pages,
            "items": [*items],
        }


def read_page(
    size: Annotated[PageSize, Query(alias="pageSize")] = PageSize.TEN,
    number: Annotated[int, Query(alias="pageNumber", ge=1, le=_LAST_PAGE)] = 1,
) -> Paged:
    """Read which page is wanted."""
    return Paged(int(size), number)


WantedPage = Annotated[Paged, Depends(read_page)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every request for OEAPI may ask."""

    media_type: str
    audience: Audience | None
    alliance: str | None
    fields: Tree | None

    @property
    def shown_to(self) -> Audience:
        """Return for whom the consumer member is filled: RIO, unless another asks."""
        return self.audience or Audience.RIO

    def one(self, members: JsonObject, kind: str) -> Response:
        """Answer with one object."""
        return self._answer(members if self.fields is None else choose(members, self.fields, kind))

    def many(self, paged: Paged, items: Sequence[JsonObject], total: int, kind: str) -> Response:
        """Answer with a page."""
        chosen = items
        if self.fields is not None:
            chosen = [choose(one, self.fields, kind) for one in items]
        return self._answer(paged.around(chosen, total))

    def _answer(self, body: JsonObject) -> Response:
        headers = public_headers(max_age=_KEPT_SECONDS) | {"Vary": "Accept"}
        return Response(to_json(body), headers=headers, media_type=self.media_type)


def reader_of(versions: Sequence[str], own: str | None) -> Callable[..., Awaitable[Asked]]:
    """Return what reads a request for these versions."""

    async def read_asked(
        request: Request,
        consumer: Annotated[Audience | None, Query()] = None,
        fields: Annotated[str | None, Query(min_length=1, max_length=1000)] = None,
        alliance: Annotated[
            str | None, Query(alias="alliances.name", pattern=r"^[a-z0-9-]{1,40}$")
        ] = None,
    ) -> Asked:
        media_type = choose_media_type(request.headers.get("accept"), versions, own)
        _refuse_filters(request.query_params)
        if own is not None:
            _refuse_unknown(request)
        tree = None if fields is None else _read_fields(fields)
        return Asked(media_type, consumer, alliance, tree)

    return read_asked


def _read_fields(text: str) -> Tree:
    try:
        return read_fields(text)
    except FieldsUnreadableError as error:
        fault = RequestFault(
            Place.QUERY, "/fields", error.code, error.detail, error.detail_in_dutch
        )
        raise InvalidRequestError(found=[fault]) from None


def _refuse_filters(query: QueryParams) -> None:
    """Refuse a filter we do not know: passed over, it would give what was not asked for."""
    if any(name.startswith("filter_query") for name in query):
        fault = RequestFault(
            Place.QUERY,
            "/filter_query",
            "not-supported",
            "filter_query is not served here; use the named filters of each list.",
            "filter_query is hier niet mogelijk; gebruik de filters die elke lijst noemt.",
        )
        raise InvalidRequestError(found=[fault])


def _refuse_unknown(request: Request) -> None:
    """Refuse what a path of v6 does not take, such as `sort`; v5 tells its readers to pass it over.

    Unknown names inside `fields` are no fault: OEAPI says to ignore those.
    """
    asked = get_flat_params(request.scope["route"].dependant)
    known = {each.alias for each in asked if isinstance(each.field_info, params.Query)}
    unknown = sorted(request.query_params.keys() - known)
    if unknown:
        listed = ", ".join(sorted(known))
        english = f"This is not asked of this path, which takes: {listed}."
        dutch = f"Dit kan op dit pad niet worden gevraagd; wel: {listed}."
        raise InvalidRequestError(
            found=[
                RequestFault(Place.QUERY, _pointer_to(name), "unknown-parameter", english, dutch)
                for name in unknown[:_MOST_NAMED]
            ]
        )


def _pointer_to(name: str) -> str:
    """Point to a query key, unless it may be a person's."""
    return f"/{name}" if _HARMLESS.fullmatch(name) else ""


VERSIONS: Final = ("6", "6.0")
V6 = Annotated[Asked, Depends(reader_of(VERSIONS, OEAPI_JSON))]
