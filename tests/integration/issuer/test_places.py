"""Places in status lists: taken by many at once, each given once, and lists follow each other."""

import asyncio
import multiprocessing
from collections import Counter

import pytest

from services.issuer import status
from services.issuer.operations.status_lists import (
    MOST_PLACES_AT_ONCE,
    NoListOpenError,
    reserve_places,
    take_places,
)
from services.issuer.status import ListFullError, Place
from tests.integration.issuer.conftest import Issuer, recorded
from tests.support.allocating import take_many
from tests.support.issuing import NHL, UTWENTE, a_provider

pytestmark = pytest.mark.anyio
PROCESSES = 3
PLACES = 50_001


async def reserve(issuer: Issuer, count: int, organisation: str = UTWENTE) -> list[Place]:
    return await reserve_places(
        issuer.desk, organisation=organisation, count=count, now=issuer.clock.now
    )


async def move_on(issuer: Issuer, position: int) -> None:
    await issuer.ask(
        f"SELECT setval(CAST('status_position_' || list_id AS regclass), {position - 1})"
        " FROM status_list"
    )


async def test_three_processes_take_50_000_places_and_none_twice(issuer: Issuer) -> None:
    await move_on(issuer, status.FULL_ENOUGH - 10_000)
    context = multiprocessing.get_context("spawn")
    start, taken = context.Barrier(PROCESSES), context.Queue()
    takers = [
        context.Process(target=take_many, args=(issuer.settings, PLACES // PROCESSES, start, taken))
        for _ in range(PROCESSES)
    ]
    for taker in takers:
        taker.start()

    shares = [await asyncio.to_thread(taken.get, timeout=120) for _ in takers]
    for taker in takers:
        await asyncio.to_thread(taker.join)

    places = [place for share in shares for place in share]
    assert len(places) == PLACES
    assert len(set(places)) == PLACES
    assert max(place & 0xFFFF_FFFF for place in places) < status.LIST_SIZE
    lists = await issuer.ask(
        "SELECT list_id, is_open, pg_sequence_last_value(CAST('status_position_' || list_id AS"
        f" regclass)) FROM status_list WHERE organisation = '{UTWENTE}'"
    )
    assert sum(bool(is_open) for _id, is_open, _last in lists) == 2
    assert len(lists) >= 4, "both first lists were filled and followed"
    given = Counter(place >> 32 for place in places)
    assert all(given[list_id] <= status.FULL_ENOUGH for list_id, _open, _last in lists)


async def test_a_block_comes_from_every_open_list_in_no_order(issuer: Issuer) -> None:
    places = await reserve(issuer, 400)

    lists = Counter(place.list_id for place in places)
    assert len(lists) == 2
    assert min(lists.values()) > 120
    assert places != sorted(places, key=lambda one: one.index)
    assert {place.url.rpartition("/")[0] for place in places} == {
        f"{issuer.settings.public_url}/status-lists/{UTWENTE}"
    }


async def test_no_place_beyond_half_is_given(issuer: Issuer) -> None:
    await move_on(issuer, status.FULL_ENOUGH - 10)

    places = await reserve(issuer, 200)

    first = await issuer.ask("SELECT min(list_id), max(list_id) FROM status_list")
    assert len({(place.list_id, place.index) for place in places}) == 200
    assert Counter(place.list_id for place in places)[int(str(first[0][0]))] <= 10


async def test_a_list_that_fills_is_told_by_who_took_from_it(issuer: Issuer) -> None:
    await move_on(issuer, status.FULL_ENOUGH)

    async with issuer.database.acting_for(UTWENTE) as straight:
        with pytest.raises(ListFullError):
            await take_places(straight, issuer.desk.signer, organisation=UTWENTE, count=1)


async def test_an_award_that_comes_to_nothing_wastes_its_place(issuer: Issuer) -> None:
    async def give_up() -> None:
        async with issuer.database.acting_for(UTWENTE) as straight:
            wasted.extend(
                await take_places(straight, issuer.desk.signer, organisation=UTWENTE, count=50)
            )
            raise RuntimeError

    wasted: list[Place] = []
    with pytest.raises(RuntimeError):
        await give_up()

    later = await reserve(issuer, 50)
    assert not {(one.list_id, one.index) for one in wasted} & {
        (one.list_id, one.index) for one in later
    }


@pytest.mark.parametrize("count", [0, -1, MOST_PLACES_AT_ONCE + 1])
async def test_nobody_takes_no_places_or_too_many(issuer: Issuer, count: int) -> None:
    with pytest.raises(ValueError, match="by 1 to"):
        await reserve(issuer, count)


async def test_without_an_open_list_there_are_no_places(issuer: Issuer) -> None:
    with pytest.raises(NoListOpenError):
        await reserve(issuer, 1, organisation="00000099000000770000")


async def test_an_organisation_that_lacks_lists_gets_them_when_it_is_heard_of(
    issuer: Issuer,
) -> None:
    await issuer.ask(
        f"UPDATE status_list SET is_open = false WHERE organisation = '{NHL}' AND number = 1"
        " RETURNING list_id"
    )

    await issuer.hear(recorded(a_provider(NHL)))

    lists = f"SELECT number FROM status_list WHERE organisation = '{NHL}' AND is_open ORDER BY 1"
    assert await issuer.ask(lists) == [(2,), (3,)]


async def test_awards_of_one_organisation_are_spread_over_its_open_lists(issuer: Issuer) -> None:
    for _ in range(24):
        assert (await issuer.award()).status_code == 201

    lists = await issuer.ask("SELECT list_id, count(*) FROM credential GROUP BY list_id")
    assert len(lists) == 2
