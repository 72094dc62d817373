"""A list is read to its end page by page, each item once."""

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.paging import read_cursor, write_cursor
from shared.runtime.problems import InvalidRequestError

KEYS = st.lists(st.integers(-(2**53) + 1, 2**53 - 1) | st.text("abc-0é\N{SNOWMAN}"), min_size=1)


@given(KEYS)
def test_a_cursor_is_read_as_it_was_written(key: list[str | int]) -> None:
    assert read_cursor(write_cursor(tuple(key))) == tuple(key)


@pytest.mark.parametrize(
    "cursor", ["", "A", "AAAA", "W10", "W3RydWVd", "W251bGxd", "e30", "\udc00"]
)
def test_a_cursor_of_somebody_else_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequestError):
        read_cursor(cursor)


@pytest.mark.anyio
@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
async def test_every_item_is_on_one_page(toy: AsyncClient, limit: int) -> None:
    seen: list[int] = []
    cursor = ""
    while True:
        page = (await toy.get(f"/v1/things?limit={limit}{cursor}")).json()
        assert len(page["items"]) <= limit
        seen += [item["amount"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == [1, 2, 3, 4, 5, 6, 7]
