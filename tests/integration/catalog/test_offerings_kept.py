"""Offerings as the database keeps them: seen by whom, found by day, and nothing rewritten."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from services.catalog.domain.offerings import Phase, phase_on
from services.catalog.repository import offerings as repository
from services.catalog.repository.offerings import WantedOfferings
from services.catalog.tables import offering as offering_table
from shared.contracts.offering import Offering
from shared.runtime.database import act_for
from tests.integration.catalog.conftest import NOW, PROVIDER, STRANGER, Catalogue
from tests.integration.catalog.offers import RUN, Provider
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 22)


@pytest.fixture
async def provider(catalogue: Catalogue) -> Provider:
    """Give a provider with something to offer."""
    return Provider(catalogue, await catalogue.published(content()))


@pytest.mark.parametrize("method", ["get", "put", "delete"])
async def test_an_offering_that_is_not_there_is_not_found(
    catalogue: Catalogue, method: str
) -> None:
    answer = await catalogue.http.request(
        method,
        f"/v1/offerings/{uuid4()}",
        headers=catalogue.headers() | {"If-Match": "*"},
        json=RUN if method == "put" else None,
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "offering-unknown")


async def test_the_database_itself_hides_concepts_and_keeps_others_out(
    catalogue: Catalogue, provider: Provider
) -> None:
    await provider.offered(state="concept")
    public = UUID(await provider.offered(primaryCode="QC-2"))

    async def seen(organisation: str | None) -> int:
        async with catalogue.database.transaction() as session:
            if organisation:
                await act_for(session, organisation)
            return len((await session.scalars(select(offering_table.c.offering_id))).all())

    assert [await seen(one) for one in (None, STRANGER, PROVIDER)] == [1, 1, 2]
    async with catalogue.database.transaction() as session:
        await act_for(session, STRANGER)
        changed = update(offering_table).values(state="cancelled")
        assert (await session.execute(changed.returning(offering_table.c.state))).all() == []
    async with catalogue.database.transaction() as session:
        await act_for(session, PROVIDER)
        await session.execute(delete(offering_table))
    assert await seen(PROVIDER) == 1
    assert (await provider.read(str(public))).status_code == 200


async def test_sql_and_rule_agree_on_the_phase_of_every_day(
    catalogue: Catalogue, provider: Provider
) -> None:
    """Walk offerings of every shape through a year of days, in both languages."""
    shapes: list[dict[str, Any]] = [
        {"enrolmentPeriods": periods, **places, **days}
        for periods in (
            [],
            [{"firstDay": "2026-12-10", "lastDay": "2026-12-20"}],
            [{"firstDay": "2026-12-10", "lastDay": "2026-12-12"}, {"firstDay": "2027-01-20"}],
        )
        for places in ({"placesLeft": 7}, {"placesLeft": 0}, {"placesLeft": None})
        for days in (
            {},
            {"runs": None, "flexibleEntry": {"firstDay": "2027-01-01", "lastDay": "2027-06-30"}},
            {"runs": None, "flexibleEntry": {"firstDay": "2027-01-01"}},
        )
    ]
    for at, shape in enumerate(shapes):
        await provider.offered(primaryCode=f"S-{at}", **shape)
        await provider.offered(primaryCode=f"I-{at}", state="inactive", **shape)
    await provider.offered(primaryCode="C", state="concept", runs=None)
    await provider.cancel(await provider.offered(primaryCode="X"))

    async with catalogue.database.transaction() as session:
        await act_for(session, PROVIDER)
        everything = await repository.list_offerings(
            session, WantedOfferings(day=TODAY), after=None, limit=100
        )
        assert len(everything) == 2 * len(shapes) + 2
        for day in (TODAY + timedelta(days=step) for step in range(250)):
            query = select(offering_table.c.offering_id, repository.phase_in_sql(day))
            told = {row[0]: Phase(row[1]) for row in await session.execute(query)}
            assert told == {one.offering_id: phase_on(one, day) for one in everything}, day
        for day in (TODAY + timedelta(days=30 * step) for step in range(8)):
            for phase in Phase:
                wanted = WantedOfferings(phases=[phase], day=day)
                listed = await repository.list_offerings(session, wanted, after=None, limit=100)
                assert listed == [one for one in everything if phase_on(one, day) is phase]


async def test_others_ask_for_many_at_once_and_by_number(
    catalogue: Catalogue, provider: Provider
) -> None:
    other = UUID(await catalogue.published(content()))
    for code in ("A", "B", "C"):
        await provider.offered(primaryCode=code)
    await provider.offered(primaryCode="D", state="concept")
    mine = UUID(provider.microcredential_id)

    async with catalogue.database.transaction() as session:
        await act_for(session, PROVIDER)
        of_many = await repository.offerings_of(session, [mine, other])
        wanted = WantedOfferings(provider=PROVIDER, day=TODAY)
        count = await repository.count_offerings(session, wanted)
        last = await repository.page_offerings(session, wanted, offset=2, limit=2)

    assert {one.primary_code for one in of_many[mine]} == {"A", "B", "C"}
    assert of_many[other] == []
    assert (count, len(last)) == (3, 1)


async def test_an_offering_survives_the_database_as_it_was(
    catalogue: Catalogue, provider: Provider
) -> None:
    offered = (await provider.offer(price={"amount": "0.10", "vatAmount": "0.02"})).json()

    async with catalogue.database.transaction() as session:
        kept = await repository.find_offering(session, UUID(offered["offeringId"]))

    assert kept == Offering.model_validate(offered)
    assert kept is not None
    assert kept.recorded_at == NOW


async def test_published_versions_and_policies_are_written_in_stone(
    catalogue: Catalogue, provider: Provider
) -> None:
    await catalogue.archive(provider.microcredential_id)

    async def rewrite(statement: str) -> None:
        async with catalogue.database.transaction() as session:
            await act_for(session, PROVIDER)
            await (await session.connection()).exec_driver_sql(statement)

    for statement in (
        "UPDATE policy SET state = state || '{\"minimum\": 1}'",
        "UPDATE policy SET document = ''",
        "DELETE FROM policy",
        "TRUNCATE policy",
        "UPDATE microcredential SET state = jsonb_set(state, '{content,title,nl}', '\"Anders\"')",
        "UPDATE microcredential SET state = state - 'archivedAt'",
        "UPDATE microcredential SET provider = 'x'",
        "DELETE FROM microcredential",
        "TRUNCATE microcredential CASCADE",
    ):
        with pytest.raises(DBAPIError, match="written once and never changed"):
            await rewrite(statement)
