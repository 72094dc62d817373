"""The page in a real browser: keyboard only, at phone width, and nothing axe objects to."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn
from anyio import to_thread
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from services.verifier.app import create_app
from services.verifier.settings import Settings
from tests.support.material import need_command
from tests.unit.verifier.forge import NOW

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

PHONE = ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=640)
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


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    """Serve the page on a free port, from a thread, because the browser waits for answers."""
    app = create_app(settings)
    app.state.clock = lambda: NOW
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


@pytest.fixture
def chromium() -> str:
    return need_command("chromium")


def violations(page: Page) -> list[str]:
    """Return what axe objects to."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def open_browser(program: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=list(QUIET))


def scrolls_sideways(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


def check_by_keyboard(program: str, address: str, token: str, *, language: str) -> list[str]:
    """Paste, submit and read with the keyboard only; return what axe says of both pages."""
    for browser in open_browser(program):
        page = browser.new_page(viewport=PHONE)
        page.goto(f"{address}/?lang={language}")
        objections = violations(page)
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "credential":
                break
        page.keyboard.insert_text(token)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        title = {"nl": "Echt en geldig", "en": "Genuine and valid"}[language]
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.get_by_role("status")).to_contain_text(title)
        expect(page.locator("html")).to_have_attribute("lang", language)
        objections += violations(page)
        page.set_viewport_size(NARROW)
        if scrolls_sideways(page):
            objections.append("scrolls sideways")
        return objections
    return ["no browser"]


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_a_verdict_takes_a_keyboard_only_and_axe_objects_to_nothing(
    chromium: str, address: str, token: str, language: str
) -> None:
    objections = await to_thread.run_sync(
        lambda: check_by_keyboard(chromium, address, token, language=language)
    )

    assert objections == []


def read_refusals(program: str, address: str, token: str) -> list[str]:
    """Look at the red, amber and grey pages too, and change language on one."""
    for browser in open_browser(program):
        objections: list[str] = []
        for shown, english in (
            (token[:-8] + "AAAAAAAA", "Not to be trusted: altered. We do not show it."),
            ("geen bewijs", "This is not a credential we can check"),
            ("", ""),
        ):
            page = browser.new_page(viewport=PHONE, locale="nl-NL")
            page.goto(f"{address}/")
            page.locator("#credential").fill(shown)
            page.get_by_role("button", name="Controleer").click()
            objections += violations(page)
            if shown:
                page.get_by_role("button", name="English").click()
                expect(page.locator("html")).to_have_attribute("lang", "en")
                expect(page.get_by_role("heading", level=1)).to_have_text(english)
        return objections
    return ["no browser"]


async def test_every_other_verdict_is_as_accessible_and_keeps_its_answer_in_another_language(
    chromium: str, address: str, token: str
) -> None:
    assert await to_thread.run_sync(lambda: read_refusals(chromium, address, token)) == []
