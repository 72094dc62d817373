"""What one process remembers is never older than the question, whoever changed what and when."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.operations.listing import list_again, rebuild, renew_listings
from services.catalog.operations.search import SearchMemory, search_microcredentials
from services.catalog.search import Facet, Found, Order, Question
from services.catalog.settings import Settings
from shared.runtime.database import Database, act_for
from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.integration.catalog.offers import Provider
from tests.support.bus import until
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio


async def find(
    catalogue: Catalogue, memory: SearchMemory, words: str | None = None, **asked: Any
) -> Found:
    """Search with the memory of some process."""
    async with catalogue.database.transaction() as session:
        return await search_microcredentials(
            session,
            Question(words=words, **asked),
            memory=memory,
            after=None,
            limit=10,
            now=catalogue.clock.moment,
        )


def ids(found: Found) -> set[str]:
    return {str(hit.microcredential.microcredential_id) for hit in found.hits}


def values(found: Found, facet: Facet) -> dict[str, int]:
    return {one.value: one.count for one in found.choices[facet] if one.count}


async def test_what_another_process_publishes_revises_or_archives_is_found_at_once(
    catalogue: Catalogue,
) -> None:
    memory = SearchMemory()
    assert (await find(catalogue, memory)).total == 0

    first = await catalogue.published(content(title={"nl": "Bodem"}))
    assert ids(await find(catalogue, memory, "bodem")) == {first}

    await catalogue.put(first, content(title={"nl": "Klimaat"}))
    assert ids(await find(catalogue, memory, "bodem")) == {first}
    await catalogue.publish(first)
    assert ids(await find(catalogue, memory, "bodem")) == set()
    assert ids(await find(catalogue, memory, "klimaat")) == {first}

    second = await catalogue.published(content(title={"nl": "Bodem en klimaat"}))
    assert ids(await find(catalogue, memory, "klimaat")) == {first, second}

    await catalogue.archive(first)
    assert ids(await find(catalogue, memory, "klimaat")) == {second}
    assert ids(await find(catalogue, memory)) == {second}


async def test_a_transaction_that_commits_late_is_not_missed(catalogue: Catalogue) -> None:
    first = await catalogue.published(content(title={"nl": "Bodem"}))
    second = await catalogue.published(content(title={"nl": "Bodem"}))
    memory = SearchMemory()
    assert values(await find(catalogue, memory), Facet.FIELD) == {}

    async with catalogue.database.transaction() as late:
        await _set_field(late, first, "06")
        async with catalogue.database.transaction() as early:
            await _set_field(early, second, "09")
        assert values(await find(catalogue, memory), Facet.FIELD) == {"09": 1}
        assert values(await find(catalogue, memory), Facet.FIELD) == {"09": 1}

    assert values(await find(catalogue, memory), Facet.FIELD) == {"06": 1, "09": 1}


async def _set_field(session: AsyncSession, microcredential_id: str, field: str) -> None:
    """Change a listing as `list_again` would."""
    await session.execute(
        text(
            "UPDATE listing SET changed_in = pg_current_xact_id()::text::bigint,"
            " facts = jsonb_set(facts, '{values,field}', jsonb_build_array(CAST(:field AS text)))"
            " WHERE microcredential_id = CAST(:id AS uuid)"
        ).bindparams(field=field, id=microcredential_id)
    )


async def test_what_was_rolled_back_is_not_remembered(catalogue: Catalogue) -> None:
    first = await catalogue.published(content(title={"nl": "Bodem"}))
    memory = SearchMemory()
    await find(catalogue, memory)

    async with catalogue.database.sessions() as session:
        await _set_field(session, first, "06")
        await search_microcredentials(
            session,
            Question(),
            memory=memory,
            after=None,
            limit=10,
            now=catalogue.clock.moment,
        )
        await session.rollback()

    assert values(await find(catalogue, memory), Facet.FIELD) == {}


async def test_an_offering_shows_at_once_in_facets_and_on_the_card(catalogue: Catalogue) -> None:
    provider = Provider(catalogue, await catalogue.published(content()))
    memory = SearchMemory()
    assert values(await find(catalogue, memory), Facet.PRICE) == {"unknown": 1}

    later = await provider.offered(primaryCode="QC-2", price={"amount": "0"})
    offering_id = await provider.offered(
        runs={"firstDay": "2026-11-30", "lastDay": "2026-12-18"},
        location={"city": "Zwolle", "region": "NL-OV"},
    )

    found = await find(catalogue, memory, "zwolle")
    [hit] = found.hits
    assert values(found, Facet.PRICE) == {"free": 1, "250-500": 1}
    assert values(found, Facet.REGION) == {"NL-OV": 1}
    assert values(found, Facet.START) == {"this-month": 1, "this-quarter": 1, "later": 1}
    assert hit.open_offerings == 2
    assert hit.next_offering is not None
    assert str(hit.next_offering.offering_id) == offering_id

    await provider.cancel(offering_id)
    found = await find(catalogue, memory)
    [hit] = found.hits
    assert values(found, Facet.PRICE) == {"free": 1}
    assert hit.open_offerings == 1
    assert hit.next_offering is not None
    assert str(hit.next_offering.offering_id) == later


async def test_days_pass_for_offerings_and_for_recognition(catalogue: Catalogue) -> None:
    await catalogue.record(
        recognitions=[{"recogniser": "OCW", "validFrom": "2021-10-01", "validUntil": "2026-12-01"}]
    )
    provider = Provider(catalogue, await catalogue.published(content()))
    await provider.offered(runs={"firstDay": "2026-11-28", "lastDay": "2026-12-18"})
    memory = SearchMemory()
    assert values(await find(catalogue, memory), Facet.PRICE) == {"250-500": 1}

    catalogue.clock.pass_(days=6)
    assert values(await find(catalogue, memory), Facet.PRICE) == {"unknown": 1}

    catalogue.clock.pass_(days=3)
    assert (await find(catalogue, memory)).total == 0
    assert (await find(catalogue, memory, earnable_only=False)).total == 1


async def test_a_recorded_organisation_changes_all_that_it_published(catalogue: Catalogue) -> None:
    await catalogue.published(content(title={"nl": "Bodem"}))
    await catalogue.published(content(title={"nl": "Klimaat"}))
    memory = SearchMemory()
    await find(catalogue, memory)

    await catalogue.record(
        name={"nl": "Hogeschool Voorbeeldstad"}, region="NL-ZE", sector="hbo", kind="private"
    )

    found = await find(catalogue, memory, "voorbeeldstad")
    assert found.total == 2
    assert values(found, Facet.REGION) == {"NL-ZE": 2}
    assert values(found, Facet.SECTOR) == {"hbo": 2}
    assert values(found, Facet.PROVIDER_KIND) == {"private": 2}


async def test_two_changes_of_one_listing_at_once_both_show(
    catalogue: Catalogue, settings: Settings, open_database: Callable[[str, str], Database]
) -> None:
    provider = Provider(catalogue, await catalogue.published(content()))
    memory = SearchMemory()
    other = open_database(settings.database_url, settings.source)

    async with other.transaction() as session:
        await session.execute(
            text(
                'UPDATE organisation SET state = state || \'{"region": "NL-DR"}\' WHERE oin = :oin'
            ).bindparams(oin=PROVIDER)
        )
        offering = asyncio.create_task(provider.offered(location=None, modesOfDelivery=["online"]))
        await until(lambda: _waits_for_a_lock(catalogue))
        await list_again(session, provider=PROVIDER, now=catalogue.clock.moment)
    await offering

    found = await find(catalogue, memory)
    assert values(found, Facet.REGION) == {"NL-DR": 1, "online": 1}


async def _waits_for_a_lock(catalogue: Catalogue) -> bool:
    async with catalogue.database.transaction() as session:
        waiting = await session.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        )
    return bool(waiting)


async def test_an_installation_from_before_finds_its_microcredentials_after_renewal(
    catalogue: Catalogue,
) -> None:
    first = await catalogue.published(content(title={"nl": "Bodem"}))
    async with catalogue.database.transaction() as session:
        for table in ("known_word", "listing_words", "listing"):
            await session.execute(text(f"DELETE FROM {table}"))
    memory = SearchMemory()
    assert (await find(catalogue, memory)).total == 0

    now = catalogue.clock.moment
    assert await renew_listings(catalogue.database, now=now) == 1
    assert await renew_listings(catalogue.database, now=now) == 0
    assert ids(await find(catalogue, memory, "bodem")) == {first}

    assert await rebuild(catalogue.database, now=now) == 1
    assert (await find(catalogue, memory, "bodme")).searched_for == "bodem"


async def test_a_database_restored_elsewhere_is_listed_anew_by_itself(catalogue: Catalogue) -> None:
    await catalogue.published(content())
    async with catalogue.database.transaction() as session:
        await session.execute(text("UPDATE listing SET changed_in = 1::bigint << 40"))

    now = catalogue.clock.moment
    assert await renew_listings(catalogue.database, now=now) == 1
    assert await renew_listings(catalogue.database, now=now) == 0


async def test_a_listing_keeps_its_place_in_every_set_however_often_it_changes(
    catalogue: Catalogue,
) -> None:
    first = await catalogue.published(content())
    for _ in range(3):
        await catalogue.record(region="NL-ZE")
        await catalogue.record(region="NL-DR")
    second = await catalogue.published(content())

    async with catalogue.database.transaction() as session:
        await act_for(session, PROVIDER)
        ordinals = {
            str(row.microcredential_id): row.ordinal
            for row in await session.execute(
                text("SELECT microcredential_id, ordinal FROM listing")
            )
        }
    assert (ordinals[first], ordinals[second]) == (1, 2)


async def test_many_searches_at_once_share_one_reading(catalogue: Catalogue) -> None:
    await catalogue.published(content())
    memory = SearchMemory()

    found = await asyncio.gather(*(find(catalogue, memory, "quantum") for _ in range(25)))

    assert {one.total for one in found} == {1}


async def test_the_newest_first_for_who_follows_a_search(catalogue: Catalogue) -> None:
    first = await catalogue.published(content())
    catalogue.clock.moment += timedelta(seconds=1)
    second = await catalogue.published(content())

    async with catalogue.database.transaction() as session:
        found = await search_microcredentials(
            session,
            Question(words="quantum"),
            memory=SearchMemory(),
            after=None,
            limit=1,
            now=catalogue.clock.moment,
            order=Order.NEWEST,
        )

    assert ids(found) == {second}
    assert found.after is not None
    assert found.after[1] == second != first
