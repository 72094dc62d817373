"""RIO over HTTP: a dry run, and a list of changes of which no reader ever misses one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.repository.rio import number_changes
from services.catalog.rio import afwijkingen
from services.catalog.settings import Settings
from services.catalog.tables import rio_change
from shared.runtime import migrations
from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue
from tests.integration.catalog.offers import Provider
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio
CODE = "100A123"


@pytest.fixture
async def coded(empty: Catalogue) -> Catalogue:
    """Give a catalogue with a university that RIO knows as an offerer."""
    await empty.record(educationOffererCode=CODE)
    await empty.publish_policy()
    return empty


async def report_of(catalogue: Catalogue, microcredential_id: str, **asked: Any) -> Any:
    """Return the dry run of a microcredential."""
    answer = await catalogue.http.get(
        f"/v1/microcredentials/{microcredential_id}/rio-report", **asked
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def changes_after(catalogue: Catalogue, after: str | None = None, **asked: Any) -> Any:
    """Return a page of changes."""
    params = {"after": after, **asked} if after else asked
    answer = await catalogue.http.get("/v1/rio-changes", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def named(page: Any) -> list[tuple[str, str, str]]:
    """Return what a page says changed."""
    return [
        (one["microcredentialId"], one["mainObject"], one["soortWijziging"])
        for one in page["items"]
    ]


async def test_a_draft_is_tried_out_by_its_own_provider_only(coded: Catalogue) -> None:
    half = content(studyLoad={"unit": "ects", "value": 3.5})
    microcredential_id = (await coded.draft(half)).json()["microcredentialId"]
    path = f"/v1/microcredentials/{microcredential_id}/rio-report"

    own = await report_of(coded, microcredential_id, headers=coded.headers())
    public = await coded.http.get(path)
    strange = await coded.http.get(path, headers=coded.headers(STRANGER))

    assert (own["ready"], own["soort"], own.get("version")) == (True, "HoOnderwijseenheid", None)
    assert own["opleidingseenheid"]["begindatum"] == "2026-11-22"
    assert [one["pointer"] for one in own["findings"] if one["code"] == "study-load-not-whole"] == [
        "/content/studyLoad/value"
    ]
    assert (public.status_code, strange.status_code) == (404, 404)
    assert public.json()["code"] == "microcredential-unknown"


async def test_a_published_version_is_tried_out_by_everybody_with_its_offerings(
    coded: Catalogue,
) -> None:
    microcredential_id = await coded.published(content())
    provider = Provider(coded, microcredential_id)
    await provider.offer(enrolmentPeriods=[{"firstDay": "2026-12-01", "lastDay": "2027-01-15"}])
    await provider.offer(primaryCode="QC-CONCEPT", state="concept")

    public = await report_of(coded, microcredential_id)
    own = await report_of(coded, microcredential_id, headers=coded.headers())

    assert (public["version"], public["ready"]) == (1, True)
    assert list(afwijkingen(public["soort"], public["opleidingseenheid"])) == []
    [cohort] = public["aangebodenOpleiding"]["aangebodenOpleidingCohort"]
    assert cohort["cohortstatus"] == "O"
    assert not [one for one in public["findings"] if one["code"] == "concept"]
    assert len([one for one in own["findings"] if one["code"] == "concept"]) == 1


async def test_without_an_offerer_code_the_report_says_who_records_it(catalogue: Catalogue) -> None:
    report = await report_of(catalogue, await catalogue.published(content()))

    assert report["ready"] is False
    assert report["findings"][0]["code"] == "no-offerer-code"
    assert "beheerder" in report["findings"][0]["sentence"]["nl"]


async def test_changes_come_in_order_each_object_once_and_a_reader_knows_it_has_all(
    coded: Catalogue,
) -> None:
    assert (await changes_after(coded))["lag"] == 0
    first = await coded.published(content())
    second = await coded.published(content())
    page = await changes_after(coded, limit=3)
    rest = await changes_after(coded, page["next"])

    assert named(page) == [
        (first, "opleidingseenheid", "toegevoegd"),
        (first, "aangebodenOpleiding", "toegevoegd"),
        (second, "opleidingseenheid", "toegevoegd"),
    ]
    assert (page["lag"], rest["lag"]) == (1, 0)
    assert named(rest) == [(second, "aangebodenOpleiding", "toegevoegd")]
    assert rest["next"] == rest["head"] == page["head"]
    assert page["items"][0]["state"]["opleidingseenheidPeriode"][0]["studielast"] == 5

    await Provider(coded, first).offer()
    await coded.archive(second)
    news = await changes_after(coded, rest["next"])
    again = await changes_after(coded)

    assert named(news) == [
        (first, "aangebodenOpleiding", "gewijzigd"),
        (second, "opleidingseenheid", "beeindigd"),
        (second, "aangebodenOpleiding", "beeindigd"),
    ]
    assert news["items"][1]["state"]["einddatum"] == "2026-11-23"
    assert named(again) == [
        (first, "opleidingseenheid", "toegevoegd"),
        (first, "aangebodenOpleiding", "toegevoegd"),
        (second, "opleidingseenheid", "beeindigd"),
        (second, "aangebodenOpleiding", "beeindigd"),
    ]


async def test_one_offerers_queue_is_asked_for_by_its_code(coded: Catalogue) -> None:
    microcredential_id = await coded.published(content())

    own = await changes_after(coded, educationOffererCode=CODE)
    other = await changes_after(coded, educationOffererCode="999A999")

    assert {one["microcredentialId"] for one in own["items"]} == {microcredential_id}
    assert (other["items"], other["next"], other["lag"]) == ([], own["head"], 0)


async def test_another_offerer_code_changes_every_object_and_the_same_none(
    coded: Catalogue,
) -> None:
    await coded.published(content())
    before = await changes_after(coded)
    await coded.record(educationOffererCode=CODE, website="https://www.example.nl")
    same = await changes_after(coded, before["next"])
    await coded.record(educationOffererCode="200A200")
    after = await changes_after(coded, before["next"])

    assert same["items"] == []
    assert [one["mainObject"] for one in after["items"]] == [
        "opleidingseenheid",
        "aangebodenOpleiding",
    ]
    assert after["items"][1]["state"]["onderwijsaanbiedercode"] == "200A200"


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"after": "nonsense"}, "/after"),
        ({"after": "WyJ4Il0"}, "/after"),
        ({"limit": 501}, "/limit"),
        ({"educationOffererCode": "100B123"}, "/educationOffererCode"),
    ],
)
async def test_a_wrong_question_is_refused(
    coded: Catalogue, asked: dict[str, Any], pointer: str
) -> None:
    answer = await coded.http.get("/v1/rio-changes", params=asked)

    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_a_cursor_of_another_life_is_ahead(coded: Catalogue) -> None:
    answer = await coded.http.get("/v1/rio-changes", params={"after": "Wzk5XQ"})

    assert (answer.status_code, answer.json()["code"]) == (409, "cursor-ahead")


async def test_a_catalogue_of_before_begins_its_list_with_what_it_has(
    coded: Catalogue, settings: Settings
) -> None:
    first = await coded.published(content())
    coded.clock.pass_(hours=1)
    second = await coded.published(content())
    await migrations.downgrade(settings.database_url, "services.catalog", "0006")
    await migrations.upgrade(settings.database_url, "services.catalog")
    await coded.database.dispose()

    assert named(await changes_after(coded)) == [
        (one, kind, "toegevoegd")
        for one in (first, second)
        for kind in ("opleidingseenheid", "aangebodenOpleiding")
    ]


@asynccontextmanager
async def noting(catalogue: Catalogue, microcredential_id: str) -> AsyncIterator[AsyncSession]:
    """Open a transaction that has noted a change and not committed yet."""
    async with catalogue.database.transaction() as session:
        await note(session, microcredential_id)
        yield session


async def note(session: AsyncSession, microcredential_id: str) -> None:
    """Note a change, as the database's own triggers do."""
    await session.execute(
        insert(rio_change).values(
            microcredential_id=UUID(microcredential_id),
            main_object="aangebodenOpleiding",
            provider=PROVIDER,
        )
    )


async def test_what_commits_late_is_never_stepped_over(coded: Catalogue) -> None:
    slow, quick = [await coded.published(content()) for _ in range(2)]
    start = (await changes_after(coded))["head"]

    async with noting(coded, slow):
        async with noting(coded, quick):
            pass
        meanwhile = await changes_after(coded, start)
    late = await changes_after(coded, meanwhile["next"])

    assert [one["microcredentialId"] for one in meanwhile["items"]] == [quick]
    assert [one["microcredentialId"] for one in late["items"]] == [slow]


async def test_a_place_once_given_is_never_given_again(coded: Catalogue) -> None:
    slow, quick = [await coded.published(content()) for _ in range(2)]
    start = (await changes_after(coded))["head"]

    async def number() -> int:
        async with coded.database.transaction() as session:
            return (await number_changes(session)).change

    async with AsyncExitStack() as late:
        await late.enter_async_context(noting(coded, slow))
        async with noting(coded, quick):
            pass
        async with coded.database.transaction() as first:
            given = (await number_changes(first)).change
            await late.aclose()
            second = asyncio.create_task(number())
            await somebody_waits(coded)
        after = await second
    found = (await changes_after(coded, start))["items"]

    assert after == given + 1
    assert [(one["microcredentialId"], one["change"] - given) for one in found] == [
        (quick, 0),
        (slow, 1),
    ]


async def somebody_waits(catalogue: Catalogue) -> None:
    """Wait until a transaction waits for another's lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    waiting = 0
    while not waiting:
        await asyncio.sleep(0.01)
        # What a transaction once saw of the others, it goes on seeing.
        async with catalogue.database.transaction() as session:
            waiting = int(await session.scalar(query) or 0)


async def test_under_a_race_of_writers_and_readers_nothing_is_missed(coded: Catalogue) -> None:
    ids = [await coded.published(content()) for _ in range(4)]
    start = (await changes_after(coded))["head"]
    writers, rounds = 8, 6
    gate = asyncio.Barrier(writers + 2)
    written: list[int] = []
    is_over = asyncio.Event()

    async def write(number: int) -> None:
        await gate.wait()
        for turn in range(rounds):
            async with noting(coded, ids[(number + turn) % len(ids)]) as session:
                await session.execute(text("SELECT pg_sleep(:s)"), {"s": (number % 3) / 200})
            written.append(number)

    async def read() -> dict[str, int]:
        seen: dict[str, int] = {}
        cursor, places = start, [0]
        await gate.wait()
        while True:
            was_over = is_over.is_set()
            page = await changes_after(coded, cursor, limit=2)
            for one in page["items"]:
                assert one["change"] > places[-1]
                places.append(one["change"])
                seen[one["microcredentialId"]] = one["change"]
            cursor = page["next"]
            if was_over and page["lag"] == 0:
                return seen
            await asyncio.sleep(0)

    readers = [asyncio.create_task(read()) for _ in range(2)]
    await asyncio.gather(*(write(number) for number in range(writers)))
    is_over.set()
    found = await asyncio.gather(*readers)

    assert len(written) == writers * rounds
    newest = {
        one["microcredentialId"]: one["change"]
        for one in (await changes_after(coded))["items"]
        if one["mainObject"] == "aangebodenOpleiding"
    }
    assert found == [newest, newest]


async def test_more_waiting_than_one_reader_numbers_is_said(
    coded: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.catalog.repository.rio.MOST_AT_ONCE", 3)
    await coded.published(content())
    await coded.published(content())

    first = await changes_after(coded)
    second = await changes_after(coded, first["next"])

    assert (len(first["items"]), first["lag"]) == (3, 1)
    assert (len(second["items"]), second["lag"]) == (1, 0)
