"""Sharing in a real browser: made by keyboard, opened with and without script, ended, on paper."""

from collections.abc import Iterator

import pytest
from anyio import to_thread
from playwright.sync_api import Page
from pydantic import SecretStr

from services.verifier.app import create_app
from services.verifier.settings import Settings
from tests.integration.verifier.browsing import (
    PHONE,
    SCREENSHOTS,
    browsing,
    look_at,
    serving,
    tab_to,
)
from tests.support.shares import PEPPER
from tests.unit.verifier.forge import NOW

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


@pytest.fixture
def shop(signing: Settings, chromium: str) -> Iterator[str]:
    """Give the address of a verifier that gives links, codes and receipts."""
    assert chromium
    app = create_app(signing.model_copy(update={"share_pepper": SecretStr(PEPPER)}))
    app.state.clock = lambda: NOW
    with serving(app) as address:
        yield address


def make_link(page: Page, address: str, token: str, *, language: str = "nl") -> str:
    """Check a credential, ask for a link with a code, and return the link."""
    page.goto(f"{address}/?lang={language}")
    page.locator("#credential").fill(token)
    with page.expect_navigation():
        page.locator("#box > button").click()
    page.locator("#with-code").check()
    with page.expect_navigation():
        page.locator(".share button").click()
    return page.locator("#link").input_value()


def look_at_every_page(program: str, address: str, token: str, language: str) -> list[str]:
    """Look at the page of a link, of its making and of its end."""
    said: list[str] = []
    with browsing(program) as page:
        page.on("console", lambda told: said.append(f"{page.url}: {told.text}"))
        link = make_link(page, address, token, language=language)
        said += look_at(page, f"shared-{language}")
        page.emulate_media(media="print")
        page.screenshot(path=SCREENSHOTS / f"shared-{language}-paper.png", full_page=True)
        if not page.get_by_text(link, exact=True).last.is_visible():
            said.append("the link is not on paper")
        page.emulate_media(media="screen")
        with page.expect_navigation():
            page.locator(".mind button").click()
        said += look_at(page, f"withdrawn-{language}")
        page.goto(f"{address}/s/AAAAAAAAAAAAAAAAAAAAAA?lang={language}")
        said += look_at(page, f"link-page-{language}")
        page.goto(f"{address}/withdrawals?lang={language}")
        page.locator("#link").fill("x")
        page.locator("#withdrawal").fill("x")
        with page.expect_navigation():
            page.locator("form button").last.click()
        said += look_at(page, f"withdrawal-{language}")
    return [one for one in said if "400 (Bad Request)" not in one]


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_axe_objects_to_no_page_of_sharing_at_any_width(
    shop: str, chromium: str, token: str, language: str
) -> None:
    said = await to_thread.run_sync(lambda: look_at_every_page(chromium, shop, token, language))

    assert said == []


def open_with_script(program: str, address: str, token: str) -> list[str]:
    """Open a link as a message has it; return the heading, the address, and the one before it."""
    with browsing(program, viewport=PHONE) as page:
        link = make_link(page, address, token)
        page.goto("about:blank")
        with page.expect_navigation(url=f"{address}/"):
            page.goto(address + link[link.index("/s/") :])
        seen = [page.get_by_role("heading", level=1).inner_text(), page.url]
        page.go_back()
        return [*seen, page.url]


async def test_a_link_opens_by_itself_and_leaves_its_key_in_no_address(
    shop: str, chromium: str, token: str
) -> None:
    seen = await to_thread.run_sync(lambda: open_with_script(chromium, shop, token))

    assert seen == ["Echt en geldig", f"{shop}/", "about:blank"]


def share_without_script(program: str, address: str, token: str) -> list[str]:
    """Make a link, open it by pasting it, and end it, all without script."""
    with browsing(program, script=False, viewport=PHONE) as page:
        link = make_link(page, address, token)
        secret = page.locator(".mind code").inner_text()
        seen = [page.get_by_role("heading", level=1).inner_text(), page.url]
        page.goto(address + link[link.index("/s/") :])
        seen.append(page.get_by_role("heading", level=1).inner_text())
        page.locator("#credential").fill(link)
        with page.expect_navigation():
            page.locator("#link button").click()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        page.goto(f"{address}/withdrawals")
        page.locator("#link").fill(link)
        page.locator("#withdrawal").fill(secret)
        with page.expect_navigation():
            page.locator("form.card button").click()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        page.goto(address)
        page.locator("#credential").fill(link)
        with page.expect_navigation():
            page.locator("#box > button").click()
        return [*seen, page.get_by_role("heading", level=1).inner_text()]


async def test_sharing_needs_no_script(shop: str, chromium: str, token: str) -> None:
    seen = await to_thread.run_sync(lambda: share_without_script(chromium, shop, token))

    assert seen == [
        "Uw link is klaar",
        f"{shop}/shares?lang=nl",
        "Iemand deelt een bewijs met u",
        "Echt en geldig",
        "U deelt dit bewijs niet meer",
        "De eigenaar deelt dit bewijs niet (meer). Vraag een nieuwe link.",
    ]


def share_by_keyboard(program: str, address: str, token: str) -> str:
    """Check, choose days and a code, and make the link with a keyboard only."""
    with browsing(program, viewport=PHONE) as page:
        page.goto(address)
        tab_to(page, "credential")
        page.keyboard.insert_text(token)
        tab_to(page, "Controleer")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tab_to(page, "days")
        page.keyboard.press("3")
        tab_to(page, "with-code")
        page.keyboard.press("Space")
        tab_to(page, "Maak de link")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        return (
            f"{page.get_by_role('heading', level=1).inner_text()} {page.locator('.code').count()}"
        )


async def test_a_link_is_made_with_a_keyboard_only(shop: str, chromium: str, token: str) -> None:
    assert await to_thread.run_sync(lambda: share_by_keyboard(chromium, shop, token)) == (
        "Uw link is klaar 1"
    )
