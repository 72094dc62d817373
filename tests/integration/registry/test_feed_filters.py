"""Filters of the feed: what is not asked for is left out, and nothing else."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.registry.domain.feed import EventFilter, FeedType
from services.registry.repository import feed as repository
from shared.contracts.vocabulary import Sector
from shared.proofs.log_entries import EntryKind, LogEntry
from shared.runtime.database import Database
from tests.support.awards import (
    DELFT,
    TWENTE,
    an_award,
    erased,
    granted,
)
from tests.support.feed import (
    THIRD,
    Query,
    an_organisation,
    client_of,
    entries_of,
    erase_one,
    follow,
    hear,
    page,
    some_history,
)
from tests.support.registering import put_in_log

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http(register: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(register) as client:
        yield client


FILTERS = (
    EventFilter.of(types=[FeedType.STATUS_CHANGED]),
    EventFilter.of(types=[FeedType.CORRECTED]),
    EventFilter.of(types=[FeedType.RECORDED], issuers=[DELFT]),
    EventFilter.of(issuers=[DELFT, THIRD]),
    EventFilter.of(issuers=["00000099000000990000"]),
    EventFilter.of(sectors=[Sector.MBO]),
    EventFilter.of(sectors=[Sector.WO], types=[FeedType.STATUS_CHANGED]),
    EventFilter.of(sectors=[Sector.HBO]),
)
SECTORS = {TWENTE: Sector.WO, DELFT: Sector.MBO}


TOLD = {
    EntryKind.ISSUED: FeedType.RECORDED,
    EntryKind.SUSPENDED: FeedType.STATUS_CHANGED,
    EntryKind.REINSTATED: FeedType.STATUS_CHANGED,
    EntryKind.REVOKED: FeedType.STATUS_CHANGED,
    EntryKind.ERASED: FeedType.ERASED,
}


def passes(entry: LogEntry, wanted: EventFilter) -> bool:
    """Say whether an event is asked for, decided naively by what the log says of it."""
    sector = SECTORS.get(entry.issuer)
    return (
        (not wanted.types or TOLD[entry.kind] in {*wanted.types, FeedType.ERASED})
        and (not wanted.issuers or entry.issuer in wanted.issuers)
        and (not wanted.sectors or sector is None or sector in wanted.sectors)
    )


@pytest.mark.parametrize("stretch", [1, 4, 1000])
async def test_a_filter_leaves_out_what_is_not_asked_and_nothing_else(
    register: Database, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, stretch: int
) -> None:
    monkeypatch.setattr(repository, "STRETCH", stretch)
    await hear(register, *(an_organisation(oin, sector) for oin, sector in SECTORS.items()))
    await some_history(register, count=25, seed=stretch)
    award = an_award(organisation=DELFT)
    await hear(register, granted(award))
    await put_in_log(register)
    await hear(register, erased(award.award_id, record_version=2))
    await put_in_log(register)
    everything = await page(http, ("limit", 1000))
    entries = await entries_of(register)

    for wanted in FILTERS:
        query: Query = [
            *(("type", one.value) for one in wanted.types),
            *(("issuer", one) for one in wanted.issuers),
            *(("sector", one.value) for one in wanted.sectors),
        ]
        told = zip(everything, entries, strict=True)
        expected = [event for event, entry in told if passes(entry, wanted)]
        for limit in (1, 3, 1000):
            assert await follow(http, *query, limit=limit) == expected


async def test_an_erasure_is_told_to_who_asked_for_other_types(
    register: Database, http: httpx.AsyncClient
) -> None:
    about = await erase_one(register)

    found = await page(http, ("type", FeedType.CORRECTED.value))

    assert [(one["type"], one["subject"]) for one in found] == [(FeedType.ERASED, str(about))]


async def test_a_filter_finds_the_one_event_at_the_end_of_a_long_feed_at_once(
    register: Database, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "STRETCH", 10)
    await hear(register, *(granted(an_award()) for _ in range(200)))
    await hear(register, granted(an_award(organisation=DELFT)))
    await put_in_log(register)

    answer = await http.get("/v1/events", params={"issuer": DELFT})

    assert [one["sequence"] for one in answer.json()] == ["0000000000000201"]
    assert answer.headers["feed-lag"] == "0"
