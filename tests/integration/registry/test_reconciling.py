"""Tallies of the register: what it holds of each organisation and day, counted again and again."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, date, timedelta
from itertools import islice
from typing import Any

import httpx
import pytest

from services.registry.app import create_app
from services.registry.domain.tallies import Standing, Sum, day_of
from services.registry.operations import reconciling
from shared.contracts.registration import Registration
from shared.runtime.database import Database
from tests.support.awards import (
    DELFT,
    NOW,
    TWENTE,
    an_award,
    erased,
    granted,
    revoked,
    suspended,
)
from tests.support.copies import hear, known_to, lives_of
from tests.support.registering import put_in_log, register_settings

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
TODAY = NOW.astimezone(UTC).date()
Tallies = dict[tuple[str, date], tuple[int, str]]


@pytest.fixture
async def http(register: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(register_settings(register.url, log_key=None), register)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://register") as client:
        yield client


async def counted(register: Database) -> Tallies:
    await reconciling.tally_up(register)
    _, found = await reconciling.read_tallies(
        register, organisation=None, first=None, last=None, after=None, limit=10_000
    )
    return {(one.organisation, one.day): (one.registrations, one.digest.hex()) for one in found}


def recomputed(states: Iterable[Mapping[str, Any]]) -> Tallies:
    """Count states once more, in the plainest way."""
    sums: dict[tuple[str, date], Sum] = {}
    for state in states:
        registration = Registration.model_validate_json(json.dumps(state))
        place = registration.organisation, day_of(registration.recorded_at)
        sums.setdefault(place, Sum()).add(Standing.of(state))
    return {place: (one.registrations, one.digest.hex()) for place, one in sums.items()}


async def test_tallies_are_of_each_organisation_and_day_of_recording(register: Database) -> None:
    awards = [an_award(), an_award(), an_award(organisation=DELFT)]
    await hear(register, *map(granted, awards[:1]), now=NOW - DAY)
    await hear(register, *map(granted, awards[1:]))
    await hear(register, revoked(awards[0].award_id), now=NOW + DAY)
    await put_in_log(register)

    found = await counted(register)

    # A revocation is counted under the day of the recording, not under its own.
    assert {place: count for place, (count, _) in found.items()} == {
        (TWENTE, TODAY - DAY): 1,
        (TWENTE, TODAY): 1,
        (DELFT, TODAY): 1,
    }
    assert found == recomputed((await known_to(register)).values())


async def test_counting_now_and_then_comes_to_what_counting_once_does(
    register: Database,
) -> None:
    events, chance = lives_of(random.Random(5)), random.Random(6)
    for number in range(40):
        moment = NOW + timedelta(hours=7 * number)
        await hear(register, *islice(events, chance.randint(1, 12)), now=moment)
        await put_in_log(register)
        if chance.random() < 0.6:
            await counted(register)

    living = {place: one for place, one in (await counted(register)).items() if one[0]}
    assert living == recomputed((await known_to(register)).values())
    assert len(living) > 5


async def test_a_clock_that_went_back_puts_nothing_under_another_day(register: Database) -> None:
    for moment in (NOW + DAY, NOW, NOW + DAY, NOW):
        await hear(register, granted(an_award()), now=moment)
    await put_in_log(register)

    found = await counted(register)

    assert found == recomputed((await known_to(register)).values())
    assert {count for count, _ in found.values()} == {2}


async def test_what_is_recorded_but_not_logged_is_not_counted_yet(register: Database) -> None:
    stays, goes = an_award(), an_award()
    await hear(register, granted(stays), granted(goes))
    await put_in_log(register)
    before = await counted(register)
    await hear(register, granted(an_award()), revoked(stays.award_id))

    assert await counted(register) == before
    await put_in_log(register)
    assert (await counted(register))[TWENTE, TODAY][0] == 3


async def test_several_count_at_once_and_nothing_is_counted_twice(register: Database) -> None:
    await put_in_log(register)
    await counted(register)
    await hear(register, *(granted(an_award()) for _ in range(30)))
    await put_in_log(register)

    counts = await asyncio.gather(*(reconciling.tally_up(register) for _ in range(4)))
    assert set(counts) <= {30, None}

    assert await counted(register) == recomputed((await known_to(register)).values())


async def test_all_that_was_erased_leaves_a_count_of_nothing(register: Database) -> None:
    award = an_award()
    await hear(register, granted(award))
    await put_in_log(register)
    await counted(register)
    await hear(register, erased(award.award_id))
    await put_in_log(register)

    assert await counted(register) == {(TWENTE, TODAY): (0, "0" * 64)}


async def test_tallies_are_read_by_pages_and_by_day(
    register: Database, http: httpx.AsyncClient
) -> None:
    for days in range(3):
        await hear(
            register,
            granted(an_award()),
            granted(an_award(organisation=DELFT)),
            now=NOW + days * DAY,
        )
    await put_in_log(register)
    found = await counted(register)

    items, cursor = [], None
    while True:
        asked = {"limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = (await http.get("/v1/reconciliations", params=asked)).json()
        assert page["sequence"] == "0000000000000006"
        items += page["items"]
        if not (cursor := page.get("next")):
            break
    some = await http.get(
        "/v1/reconciliations",
        params={"organisation": DELFT, "fromDay": "2026-11-23", "untilDay": "2026-11-23"},
    )

    assert {
        (one["organisation"], date.fromisoformat(one["day"])): (
            one["registrations"],
            one["digest"],
        )
        for one in items
    } == found
    assert [(one["organisation"], one["day"]) for one in some.json()["items"]] == [
        (DELFT, "2026-11-23")
    ]


async def test_a_tally_is_opened_to_what_it_is_made_of(
    register: Database, http: httpx.AsyncClient
) -> None:
    goes, stays, changes, other = (an_award() for _ in range(4))
    await hear(register, *map(granted, (goes, stays, changes)))
    await hear(register, granted(other), now=NOW + DAY)
    await put_in_log(register)
    await counted(register)
    await hear(register, suspended(changes.award_id), erased(goes.award_id))
    await put_in_log(register)
    await counted(register)

    address, items, cursor = f"/v1/reconciliations/{TWENTE}/2026-11-22", [], None
    while True:
        page = (await http.get(address, params={"limit": "1"} | (cursor or {}))).json()
        items += page["items"]
        if not page.get("next"):
            break
        cursor = {"cursor": page["next"]}

    about = {one["registrationId"]: one for one in items}
    assert about[str(stays.award_id)]["status"] == "active"
    assert about[str(stays.award_id)]["credentialDigest"] == "a" * 64
    assert about[str(changes.award_id)]["sequence"] == "0000000000000005"
    assert str(other.award_id) not in about
    assert about[str(goes.award_id)] == {
        "registrationId": str(goes.award_id),
        "recordVersion": 2,
        "status": "erased",
        "sequence": "0000000000000006",
    }


@pytest.mark.parametrize(
    "address",
    [
        "/v1/reconciliations?cursor=WzFd",
        "/v1/reconciliations?cursor=WyJ4IiwieSJd",
        "/v1/reconciliations?fromDay=yesterday",
        f"/v1/reconciliations/{TWENTE}/today",
        f"/v1/reconciliations/{TWENTE}/2026-11-22?cursor=WyJ4Il0",
        f"/v1/reconciliations/{TWENTE}/2026-11-22?cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
    ],
)
async def test_what_is_no_cursor_and_no_day_is_refused(
    http: httpx.AsyncClient, address: str
) -> None:
    answer = await http.get(address)

    assert answer.status_code == 400
    assert answer.json()["errors"]
