"""Lists a page at a time: an opaque cursor, at most 100 items, and where the next page is.

Apart from the services, so that every list is paged the same way and stays stable under inserts:
a cursor holds the sort key of the last item seen, never a row number.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import Field

from shared.runtime.api_model import ApiAnswer
from shared.runtime.faults import Place, RequestFault
from shared.runtime.problems import InvalidRequestError
from shared.strict_json import JsonRefusedError, JsonValue, canonical, load

MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 25
Item = TypeVar("Item")
Record = TypeVar("Record")
SortKey = tuple[str | int, ...]


class Page(ApiAnswer, Generic[Item]):
    """Some items of a list, and the cursor of the next page if there is one."""

    items: list[Item]
    next: str | None = Field(
        default=None, description="Give this as `cursor` for the next page.", examples=["WzQyXQ"]
    )


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted: so many items after this sort key."""

    limit: int
    after: SortKey | None

    def page(
        self,
        found: Sequence[Record],
        *,
        key: Callable[[Record], SortKey],
        item: Callable[[Record], Item],
    ) -> Page[Item]:
        """Make a page of what was found; look for `limit + 1`, to see whether there is more."""
        shown = found[: self.limit]
        more = len(found) > self.limit
        cursor = write_cursor(key(shown[-1])) if more else None
        return Page(items=[item(record) for record in shown], next=cursor)


def write_cursor(key: SortKey) -> str:
    """Write a sort key as a cursor."""
    return urlsafe_b64encode(canonical(list(key))).rstrip(b"=").decode()


def read_cursor(cursor: str) -> SortKey:
    """Read a cursor that we wrote, or raise."""
    try:
        key: JsonValue = load(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (JsonRefusedError, ValueError):
        key = None
    if not isinstance(key, list) or not key:
        raise no_cursor()
    parts = [part for part in key if isinstance(part, str | int) and not isinstance(part, bool)]
    if len(parts) != len(key):
        raise no_cursor()
    return tuple(parts)


def no_cursor() -> InvalidRequestError:
    """Return the refusal of a cursor that no page of ours gave."""
    fault = RequestFault(
        Place.QUERY,
        "/cursor",
        "cursor",
        "This is not a cursor that a page gave as its `next`.",
        "Dit is geen cursor die een pagina als `next` gaf.",
    )
    return InvalidRequestError(found=[fault])


def read_page_request(
    limit: Annotated[
        int, Query(ge=1, le=MAX_LIMIT, description="How many at most.")
    ] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=512, description="The `next` of the page before.")
    ] = None,
) -> PageRequest:
    """Read which part of a list is wanted."""
    return PageRequest(limit=limit, after=None if cursor is None else read_cursor(cursor))


WantedPage = Annotated[PageRequest, Depends(read_page_request)]
