"""A browser that looks at the verifier's pages, and what it looks for.

Apart from the tests, because every test opens one, hands something in and moves about.
"""

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import FilePayload, Page, ViewportSize, sync_playwright

from tests.integration.verifier.gallery import Case
from tests.support.material import ROOT

WIDE = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=640)
"""Also what is left of 1280 pixels at 400% (WCAG 1.4.10)."""
A_PHONE: Final[Mapping[str, Any]] = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
CONTRASTED: Final[Mapping[str, Any]] = {
    "color_scheme": "dark",
    "forced_colors": "active",
    "reduced_motion": "reduce",
}
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
SCREENSHOTS = ROOT / ".build" / "screenshots" / "verifier"
"""What every page looked like, for who wants to see it after a run."""
MOST_TABS = 40
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input')]
  .filter(one => one.checkVisibility() && !one.closest('dd, p:not(.among)'))
  .map(one => [one.innerText || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
  .map(([name]) => name)"""
SEEN = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.width > 0;
}"""
ACTIVE = """() => document.activeElement.id || document.activeElement.innerText.trim()"""


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve pages on a free port, from a thread, because the browser waits for answers."""
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


@contextmanager
def browsing(program: str, *, script: bool = True, **told: Any) -> Iterator[Page]:
    """Open a page in a fresh browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        context = browser.new_context(
            java_script_enabled=script, locale="nl-NL", **{"viewport": WIDE, **told}
        )
        yield context.new_page()


def objections_to(page: Page, name: str, *, besides: Sequence[str] = ()) -> list[str]:
    """Return what axe objects to on this page, besides rules that do not count here."""
    rules = {**RULES, "rules": {rule: {"enabled": False} for rule in besides}}
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{name}: {one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def a_file(name: str, content: bytes) -> FilePayload:
    """Make a file to choose; what it is, is for its content to say."""
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


def hand_in(page: Page, case: Case) -> None:
    """Fill in the form as a person does, and send it."""
    if case.file:
        page.locator("#file").set_input_files(a_file(case.name, case.file))
    else:
        page.locator("#credential").fill(case.text)
    if case.holder:
        page.locator("summary").click()
        page.locator("#holder-kind").select_option(case.kind)
        page.locator("#holder").fill(case.holder)
    with page.expect_navigation():
        page.locator("#box > button").click()


def look_at(page: Page, name: str) -> list[str]:
    """Look at a page at every width; return all there is to say against it."""
    said: list[str] = []
    for size in (WIDE, PHONE, NARROW):
        page.set_viewport_size(size)
        page.screenshot(path=SCREENSHOTS / f"{name}-{size['width']}.png", full_page=True)
        said += objections_to(page, f"{name} at {size['width']}")
        if page.evaluate(SIDEWAYS):
            said.append(f"{name} scrolls sideways at {size['width']}")
    said += [f"{name}: {one!r} is a small target" for one in page.evaluate(SMALL)]
    page.set_viewport_size(WIDE)
    return said


def tab_to(page: Page, name: str) -> None:
    """Press Tab until this has the focus; every stop on the way can be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), f"the focus is out of sight: {page.evaluate(ACTIVE)}"
        if page.evaluate(ACTIVE) == name:
            return
    raise AssertionError(f"no {name} within {MOST_TABS} stops")


def follow(page: Page) -> None:
    """Press Enter on what leads elsewhere, and wait until one is there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
