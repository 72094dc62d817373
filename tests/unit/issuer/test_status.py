"""Places in status lists."""

from datetime import timedelta

import pytest

from services.issuer import status
from services.issuer.status import (
    OpenList,
    deal,
    is_due,
    is_full,
    is_overdue,
    list_url,
    pick_lists,
    take_place,
    take_places,
    token_list_url,
    token_lists_url,
)
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


def test_a_block_gets_the_places_that_each_of_it_would_get_alone() -> None:
    block = take_places(OPEN, key=b"k" * 32, positions=range(100))

    assert block == [take_place(OPEN, key=b"k" * 32, position=n) for n in range(100)]


def test_every_open_list_is_picked_about_as_often() -> None:
    picks = pick_lists(3000, among=3)

    assert set(picks) == {0, 1, 2}
    assert all(picks.count(one) > 800 for one in range(3))
    assert picks != sorted(picks)
    assert pick_lists(5, among=1) == [0] * 5


def test_places_are_dealt_in_the_order_of_the_picks() -> None:
    first = take_places(OPEN, key=b"k" * 32, positions=range(2))
    second = take_places(OPEN, key=b"l" * 32, positions=range(1))

    assert deal([0, 1, 0], [first, second]) == [first[0], second[0], first[1]]


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


@pytest.mark.parametrize(
    ("changed", "age", "overdue"),
    [
        (None, timedelta(hours=12, minutes=5), False),
        (None, timedelta(hours=12, minutes=6), True),
        (timedelta(minutes=5), timedelta(hours=1), False),
        (timedelta(minutes=6), timedelta(hours=1), True),
    ],
)
def test_a_list_is_overdue_when_a_change_or_half_a_day_is_not_in_it(
    *, changed: timedelta | None, age: timedelta, overdue: bool
) -> None:
    changed_at = None if changed is None else ISSUING_NOW - changed

    found = is_overdue(changed_at=changed_at, signed_at=ISSUING_NOW - age, now=ISSUING_NOW)
    assert found is overdue


def test_a_list_is_found_under_its_issuer() -> None:
    url = list_url("https://i.example.nl/issuer", organisation=UTWENTE, number=3)

    assert url == f"https://i.example.nl/issuer/status-lists/{UTWENTE}/3"


def test_the_same_places_are_found_as_a_token_too() -> None:
    all_of_it = token_lists_url("https://i.example.nl/issuer", organisation=UTWENTE)

    assert all_of_it == f"https://i.example.nl/issuer/token-status-lists/{UTWENTE}"
    assert (
        token_list_url("https://i.example.nl/issuer", organisation=UTWENTE, number=3)
        == f"{all_of_it}/3"
    )
