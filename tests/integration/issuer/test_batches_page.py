"""The page of a batch in a real browser: both languages, at phone width, nothing axe objects to."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest
import uvicorn
from anyio import to_thread
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from services.issuer.app import create_app
from services.issuer.operations.batches.workshop import Workshop
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_row
from tests.support.material import need_command

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

NARROW = ViewportSize(width=320, height=640)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def address(issuer: Issuer) -> Iterator[str]:
    """Serve the page on a free port, from a thread, because the browser waits for answers."""
    app = create_app(issuer.settings)
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


async def test_the_page_of_a_batch_is_for_everybody(issuer: Issuer, address: str) -> None:
    institution = Institution(issuer, Workshop(issuer.desk))
    chromium = need_command("chromium")
    running = await institution.sent_and_checked([a_row(1), a_row(2)], mode="run")
    checked = await institution.sent_and_checked([a_row(3), a_row(4, Cijfer="3")])
    paths = [
        httpx.URL(one["links"]["page"]).path.removeprefix("/issuer") for one in (running, checked)
    ]

    def look() -> None:
        with (
            sync_playwright() as play,
            closing(play.chromium.launch(executable_path=chromium, args=list(QUIET))) as browser,
        ):
            page: Page = browser.new_page(viewport=NARROW, java_script_enabled=True)
            for path in paths:
                for language, word in (("nl", "In het bestand"), ("en", "In the file")):
                    page.goto(f"{address}{path}?lang={language}")
                    expect(page.get_by_text(word, exact=True)).to_be_visible()
                    found = Axe().run(page, options=RULES).response["violations"]
                    assert [one["id"] for one in found] == []
                    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
            page.goto(f"{address}{paths[0]}?lang=nl")
            page.get_by_role("link", name="Zet dat stil").press("Enter")
            expect(page.get_by_text("Deze pagina staat stil.")).to_be_visible()

    await to_thread.run_sync(look)
