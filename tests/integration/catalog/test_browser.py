"""The shop window in a real browser: keyboard only, on a phone, and axe objects to nothing."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from anyio import to_thread
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from services.catalog.app import create_app
from services.catalog.settings import Settings
from tests.integration.catalog.conftest import NOW, PROVIDER, Catalogue
from tests.integration.catalog.offers import Provider
from tests.support.material import ROOT, need_command
from tests.unit.catalog.builders import content

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

WIDE = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=640)
"""Also what is left of 1280 pixels at 400% (WCAG 1.4.10)."""
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SKILL = "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"
SCREENSHOTS = ROOT / ".build" / "screenshots"
"""What every page looked like, for who wants to see it after a run."""
MOST_TABS = 90
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
ACTIVE = """() => (document.activeElement.innerText || document.activeElement.id || '')
  .replace(/\\s+/g, ' ').trim()"""
SEEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.width > 0;
}"""
SMALL = """() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')]
  .filter(one => one.checkVisibility() && !one.closest('p, dd, li:not(.card li), h1, h2, h3'))
  .map(one => [one.innerText || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
  .map(([name]) => name)"""


@dataclass(frozen=True)
class Window:
    """A catalogue that answers a browser, and what is in it."""

    address: str
    ids: Sequence[str]

    def page(self, path: str, language: str) -> str:
        return f"{self.address}{path}{'&' if '?' in path else '?'}lang={language}"

    @property
    def pages(self) -> list[str]:
        """Every kind of page there is."""
        compared = "&".join(f"id={one}" for one in self.ids)
        return [
            "/",
            f"/?form=online&q=zorg&level=eqf_99&compare={self.ids[0]}",
            "/?q=quantumconputing",
            "/?q=quantumcomputing&form=work_based&level=eqf_7",
            f"/microcredentials/{self.ids[0]}",
            f"/microcredentials/{self.ids[1]}/versions/1",
            f"/compare?{compared}",
            "/compare",
            "/organisations",
            f"/organisations/{PROVIDER}",
            "/policies",
            "/policies/wo/versions/1",
            "/dcat",
            "/microcredentials/nobody",
        ]


@pytest.fixture
def chromium() -> str:
    return need_command("chromium")


@pytest.fixture
async def window(catalogue: Catalogue, chromium: str) -> Window:
    """Fill a catalogue with what pages have to cope with."""
    ids = [
        await catalogue.published(content()),
        await catalogue.published(
            content(
                title={"nl": "Zorgverantwoordelijkheidsontwikkelingsprogramma online"},
                description={"nl": "Zorgen.\n\nVoor iedereen."},
                modesOfDelivery=["online"],
                inLanguage="nl",
                skills=[{"uri": SKILL, "label": {"en": "care"}}],
            )
        ),
        await catalogue.published(
            content(
                title={"en": "Welding at work"},
                modesOfDelivery=["work_based"],
                level={"value": "eqf_5", "basis": "self-declared"},
            )
        ),
    ]
    provider = Provider(catalogue, ids[0])
    await provider.offered(enrolAt="https://www.example.nl/")
    await provider.offered(primaryCode="full", placesLeft=0)
    past = {"firstDay": "2026-01-01", "lastDay": "2026-02-01"}
    await provider.offered(primaryCode="past", runs=past)
    return Window("", ids)


@pytest.fixture
def served(window: Window, settings: Settings) -> Iterator[Window]:
    """Serve it on a free port, from a thread, because the browser waits for answers."""
    app = create_app(settings)
    app.state.clock = lambda: NOW
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield Window(f"http://127.0.0.1:{listener.getsockname()[1]}", window.ids)
        server.should_exit = True
        thread.join()


@contextmanager
def browsing(program: str, viewport: ViewportSize, *, script: bool = True) -> Iterator[Page]:
    """Open a page in a fresh browser."""
    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        context = browser.new_context(viewport=viewport, java_script_enabled=script, locale="nl-NL")
        yield context.new_page()


def objections_to(page: Page) -> list[str]:
    """Return what axe objects to on this page."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def look_at_everything(program: str, window: Window, language: str) -> list[str]:
    """Look at every page, wide and narrow; return all there is to say against it."""
    said: list[str] = []
    with browsing(program, WIDE) as page:
        page.on("console", lambda told: said.append(f"{page.url}: {told.text}"))
        for number, path in enumerate(window.pages):
            page.set_viewport_size(WIDE)
            page.goto(window.page(path, language))
            said += objections_to(page)
            for size in (WIDE, PHONE, NARROW):
                page.set_viewport_size(size)
                picture = SCREENSHOTS / f"{number:02}-{language}-{size['width']}.png"
                page.screenshot(path=picture, full_page=True)
                if page.evaluate(SIDEWAYS):
                    said.append(f"{path} scrolls sideways at {size['width']}")
            said += [f"{path}: {name!r} is a small target" for name in page.evaluate(SMALL)]
            said += objections_to(page)
    return [one for one in said if "404 (Not Found)" not in one]


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_axe_objects_to_no_page_wide_or_narrow(
    chromium: str, served: Window, language: str
) -> None:
    said = await to_thread.run_sync(lambda: look_at_everything(chromium, served, language))

    assert said == []


def tab_to(page: Page, name: str) -> None:
    """Press Tab until this has the focus; every stop on the way can be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), f"the focus is out of sight: {page.evaluate(ACTIVE)}"
        if str(page.evaluate(ACTIVE)).startswith(name):
            return
    raise AssertionError(f"no {name} within {MOST_TABS} stops")


def follow(page: Page) -> None:
    """Press Enter on what leads elsewhere, and wait until one is there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def shop_by_keyboard(program: str, window: Window, words: dict[str, str]) -> str:
    """Search, filter, drop a filter, compare two and read one, without a mouse."""
    with browsing(program, WIDE) as page:
        page.goto(window.page("/", words["lang"]))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        tab_to(page, "q")
        page.keyboard.insert_text(words["search"])
        follow(page)
        expect(page.get_by_role("status")).to_contain_text("2 microcredentials")
        tab_to(page, "form-1")
        page.keyboard.press("Space")
        tab_to(page, words["apply"])
        follow(page)
        expect(page.get_by_role("status")).to_contain_text("1 microcredential")
        tab_to(page, words["without"])
        follow(page)
        expect(page.get_by_role("status")).to_contain_text("2 microcredentials")
        for _ in range(2):
            tab_to(page, words["compare"])
            follow(page)
        tab_to(page, words["beside"])
        follow(page)
        expect(page.get_by_role("table").get_by_role("columnheader")).to_have_count(2)
        expect(page.get_by_role("rowheader").first).to_contain_text(words["same"])
        tab_to(page, words["title"])
        follow(page)
        return page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize(
    "words",
    [
        {
            "lang": "nl",
            "search": "qubits",
            "apply": "Toon wat past",
            "without": "Zonder Vorm",
            "compare": "Vergelijk",
            "beside": "Zet naast elkaar",
            "same": "gelijk",
            "title": "Introductie",
        },
        {
            "lang": "en",
            "search": "qubits",
            "apply": "Show what fits",
            "without": "Without Form",
            "compare": "Compare",
            "beside": "Put side by side",
            "same": "the same",
            "title": "Introduction",
        },
    ],
    ids=["nl", "en"],
)
async def test_shopping_takes_a_keyboard_only(
    chromium: str, served: Window, words: dict[str, str]
) -> None:
    heading = await to_thread.run_sync(lambda: shop_by_keyboard(chromium, served, words))

    assert heading.startswith(words["title"])


def shop_on_a_phone_without_script(program: str, window: Window) -> list[str]:
    """Unfold the filters, choose, apply, and unfold the rest of the page; return what was seen."""
    with browsing(program, PHONE, script=False) as page:
        page.goto(window.page("/", "nl"))
        online = page.get_by_role("checkbox", name="Online", exact=False).first
        seen = [f"folded: {not online.is_visible()}"]
        page.get_by_text("Filters", exact=True).first.click()
        online.check()
        page.get_by_role("button", name="Toon wat past").click()
        seen.append(page.get_by_role("status").inner_text())
        page.get_by_role("link", name="Zorgverantwoordelijkheids").first.click()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        framework = page.get_by_text("Lees het kwaliteitskader")
        framework.click()
        seen.append(f"text: {page.locator('.document').first.is_visible()}")
        page.get_by_role("link", name="English").click()
        seen.append(page.get_by_role("heading", level=2).first.inner_text())
        return seen


async def test_a_phone_without_script_is_enough(chromium: str, served: Window) -> None:
    seen = await to_thread.run_sync(lambda: shop_on_a_phone_without_script(chromium, served))

    assert seen == [
        "folded: True",
        "1 microcredential",
        "Zorgverantwoordelijkheidsontwikkelingsprogramma online",
        "text: True",
        "What you can do afterwards",
    ]


def print_a_page(program: str, window: Window) -> list[bool]:
    """Lay a page out for paper; say what of it is there."""
    with browsing(program, WIDE) as page:
        page.goto(window.page(f"/microcredentials/{window.ids[0]}", "nl"))
        page.emulate_media(media="print")
        return [
            page.get_by_role("navigation").first.is_visible(),
            page.get_by_role("link", name="Vergelijk met andere").is_visible(),
            page.get_by_role("heading", level=1).is_visible(),
            page.get_by_text("Waarom u erop kunt vertrouwen").is_visible(),
        ]


async def test_paper_has_what_one_reads_and_nothing_one_clicks(
    chromium: str, served: Window
) -> None:
    seen = await to_thread.run_sync(lambda: print_a_page(chromium, served))

    assert seen == [False, False, True, True]
