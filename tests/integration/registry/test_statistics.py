"""Figures of the register: counted by the worker, published as a whole, read by everybody."""

import csv
import io
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta

import httpx
import pytest
import uvicorn
from anyio import to_thread
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, sync_playwright

from services.registry.app import create_app
from services.registry.operations import reconciling, statistics
from shared.contracts.award import Award
from shared.contracts.events import OrganisationRecorded
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText, Sector
from shared.runtime.database import Database
from tests.support.awards import DELFT, NOW, TWENTE, an_award, erased, granted, revoked
from tests.support.copies import hear
from tests.support.material import need_command
from tests.support.registering import put_in_log, register_settings

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
SMALL = "00000099000000230000"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
async def http(register: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(register_settings(register.url, log_key=None), register)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://register") as client:
        yield client


def recorded(oin: str, name: str, sector: Sector) -> OrganisationRecorded:
    organisation = Organisation(oin=oin, name=LocalText(nl=name), sector=sector)
    return OrganisationRecorded(record_version=1, organisation=organisation)


async def publish(register: Database, *, now: datetime = NOW) -> bool:
    await put_in_log(register)
    await reconciling.tally_up(register)
    return await statistics.publish_statistics(register, now=now, every=DAY) is not None


async def fill(register: Database) -> list[Award]:
    """Record 40 awards of Twente in two months, 30 of Delft, and 3 of a small one."""
    await hear(
        register,
        recorded(TWENTE, "Universiteit Twente", Sector.WO),
        recorded(DELFT, "TU Delft", Sector.WO),
        recorded(SMALL, "Klein", Sector.PRIVATE),
    )
    awards = [
        *(an_award(awarded_on=date(2026, 9 + number % 2, 13)) for number in range(40)),
        *(an_award(organisation=DELFT) for _ in range(30)),
        *(an_award(organisation=SMALL) for _ in range(3)),
    ]
    await hear(register, *map(granted, awards))
    await hear(register, *(revoked(one.award_id) for one in awards[:11]))
    return awards


def cells(answer: httpx.Response, dimension: str) -> dict[str, int | None]:
    [table] = [one for one in answer.json()["tables"] if one["dimension"] == dimension]
    return {one["key"]: one["registrations"] for one in table["cells"]}


async def test_the_figures_are_of_what_the_register_holds(
    register: Database, http: httpx.AsyncClient
) -> None:
    awards = await fill(register)
    await hear(register, *(erased(one.award_id, record_version=3) for one in awards[:1]))
    await publish(register)

    answer = await http.get("/v1/statistics")

    said = answer.json()
    assert (said["registrations"], said["sequence"]) == (70, "0000000000000085")
    assert said["licence"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    # The small one takes the others with it, lest it be what is left.
    assert cells(answer, "sector") == {
        "hbo": 0,
        "wo": None,
        "mbo": 0,
        "private": None,
        "unknown": 0,
    }
    assert cells(answer, "month") == {"2026-09": 20, "2026-10": 20, "2026-11": 35}
    assert cells(answer, "status") == {"active": 60, "suspended": 0, "revoked": 10, "expired": 0}
    assert cells(answer, "size")["under-3"] == 70
    assert set(cells(answer, "organisation").values()) == {None}


async def test_an_organisation_nobody_told_of_is_in_no_known_sector(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(20)))
    await publish(register)

    answer = await http.get("/v1/statistics")

    assert cells(answer, "sector")["unknown"] == 20
    assert cells(answer, "organisation") == {TWENTE: 20}


async def test_an_edition_lasts_unless_it_shows_nothing(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, granted(an_award()))
    assert await publish(register)
    few = (await http.get("/v1/statistics")).json()
    await hear(register, *(granted(an_award()) for _ in range(30)))
    assert await publish(register, now=NOW + timedelta(minutes=1))
    first = (await http.get("/v1/statistics")).json()
    await hear(register, *(granted(an_award()) for _ in range(30)))

    assert not await publish(register, now=NOW + DAY)
    assert (await http.get("/v1/statistics")).json() == first
    assert await publish(register, now=NOW + DAY + timedelta(minutes=1))
    later = (await http.get("/v1/statistics")).json()

    found = [one["registrations"] for one in (few, first, later)]
    assert found == [None, 30, 60]


async def test_the_figures_come_as_json_or_as_csv(
    register: Database, http: httpx.AsyncClient
) -> None:
    await fill(register)
    await publish(register)

    as_json = await http.get("/v1/statistics")
    as_csv = await http.get("/v1/statistics", headers={"Accept": "text/csv"})
    both = await http.get("/v1/statistics", headers={"Accept": "application/json;q=0.5, text/csv"})
    neither = await http.get("/v1/statistics", headers={"Accept": "image/png"})
    again = await http.get("/v1/statistics", headers={"If-None-Match": as_json.headers["etag"]})
    file = await http.get("/statistics.csv")

    rows = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert as_json.headers["content-type"] == "application/json"
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert as_csv.headers["link"].endswith('rel="license"')
    assert both.text == as_csv.text == file.text
    assert rows[0] == {
        "dimension": "total",
        "key": "",
        "name_nl": "",
        "name_en": "",
        "sector": "",
        "registrations": "75",
        "shown": "yes",
    }
    shown = {(one["dimension"], one["key"]): one["registrations"] for one in rows[1:]}
    for dimension in ("sector", "organisation", "level", "size", "month", "status"):
        for key, count in cells(as_json, dimension).items():
            assert shown[dimension, key] == ("" if count is None else str(count))
    assert [one["name_nl"] for one in rows if one["key"] == DELFT] == ["TU Delft"]
    assert (neither.status_code, neither.json()["code"]) == (406, "not-acceptable")
    assert again.status_code == 304


async def test_before_anything_was_counted_there_are_no_figures(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/statistics")
    page = await http.get("/statistics")

    assert (answer.status_code, answer.json()["code"]) == (404, "no-statistics")
    assert "Er zijn nog geen cijfers" in page.text


async def test_the_true_counts_are_nowhere_in_what_is_published(
    register: Database, http: httpx.AsyncClient
) -> None:
    await fill(register)
    await publish(register)

    for path in ("/v1/statistics", "/statistics", "/statistics?lang=en", "/statistics.csv"):
        answer = await http.get(path)
        for true in ("73", "62", "33"):
            assert f">{true}<" not in answer.text
            assert f",{true}," not in answer.text
            assert f": {true}" not in answer.text.replace('":', '": ')


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", ("Cijfers over het register", "Per sector", "niet getoond", "september 2026")),
        ("en", ("Figures about the register", "By sector", "not shown", "September 2026")),
    ],
)
async def test_the_page_shows_every_table_in_the_language_of_its_reader(
    register: Database, http: httpx.AsyncClient, language: str, words: tuple[str, ...]
) -> None:
    await fill(register)
    await publish(register)

    page = await http.get(f"/statistics?lang={language}")

    assert page.status_code == 200
    for word in (*words, "<svg", "<table", "CC0"):
        assert word in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text


@pytest.fixture
def address(register: Database) -> Iterator[str]:
    """Serve the page from a thread with its own connections, because the browser waits."""
    app = create_app(register_settings(register.url, log_key=None))
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def objections(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    sideways = ["it scrolls sideways"] if page.evaluate(wide) else []
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found] + sideways


def look(program: str, address: str) -> list[str]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        found: list[str] = []
        for language, width in (("nl", 1280), ("en", 390), ("nl", 320)):
            page = browser.new_page(viewport=ViewportSize(width=width, height=800))
            page.goto(f"{address}/statistics?lang={language}")
            page.locator("summary").click()
            found += objections(page)
        return found


@pytest.mark.browser
async def test_axe_objects_to_nothing_on_any_screen(register: Database, address: str) -> None:
    program = need_command("chromium")
    await fill(register)
    await publish(register)

    assert await to_thread.run_sync(lambda: look(program, address)) == []
