"""Places in status lists."""

from datetime import timedelta

import pytest

from services.issuer import status
from services.issuer.status import OpenList, is_due, is_full, list_url, take_place
from tests.support.issuing import ISSUING_NOW, UTWENTE

OPEN = OpenList(
    list_id=7, url="https://i.example.nl/status-lists/x/1", wrapped_key=b"", sealed_key=b""
)


def test_no_two_awards_share_a_place_and_none_tells_its_turn() -> None:
    taken = [take_place(OPEN, key=b"k" * 32, position=n).index for n in range(3000)]

    assert len(set(taken)) == 3000
    assert max(taken) > 100_000
    assert taken != sorted(taken)
    assert taken != [take_place(OPEN, key=b"l" * 32, position=n).index for n in range(3000)]


def test_a_list_is_full_when_half_is_given_out() -> None:
    assert not is_full(status.LIST_SIZE // 2 - 1)
    assert is_full(status.LIST_SIZE // 2)


@pytest.mark.parametrize(
    ("changed", "age", "due"),
    [
        (True, timedelta(0), True),
        (False, timedelta(hours=11, minutes=59), False),
        (False, timedelta(hours=12), True),
    ],
)
def test_a_list_is_due_when_it_changed_or_grew_old(
    *, changed: bool, age: timedelta, due: bool
) -> None:
    assert is_due(changed=changed, signed_at=ISSUING_NOW - age, now=ISSUING_NOW) is due


def test_a_list_is_found_under_its_issuer() -> None:
    url = list_url("https://i.example.nl/issuer", organisation=UTWENTE, number=3)

    assert url == f"https://i.example.nl/issuer/status-lists/{UTWENTE}/3"
