"""The page in a real browser: by axe at every width, by keyboard, in forced colours, on paper."""

from collections.abc import Mapping

import pytest
from anyio import to_thread
from playwright.sync_api import expect

from tests.integration.verifier.browsing import (
    ACTIVE,
    CONTRASTED,
    PHONE,
    SCREENSHOTS,
    browsing,
    follow,
    hand_in,
    look_at,
    objections_to,
    tab_to,
)
from tests.integration.verifier.conftest import Hear
from tests.integration.verifier.gallery import Case, Gallery, who_left

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


def look_at_everything(
    program: str, address: str, cases: Mapping[str, Case], language: str
) -> list[str]:
    """Look at the box, at the box with nothing in it, and at every verdict."""
    said: list[str] = []
    with browsing(program) as page:
        page.on("console", lambda told: said.append(f"{page.url}: {told.text}"))
        page.goto(f"{address}/?lang={language}")
        page.locator("summary").click()
        said += look_at(page, f"box-{language}")
        hand_in(page, Case(next(iter(cases.values())).look, ""))
        said += look_at(page, f"nothing-{language}")
        for name, case in cases.items():
            page.goto(f"{address}/?lang={language}")
            hand_in(page, case)
            if page.locator("summary").count():
                page.locator("summary").click()
            said += look_at(page, f"{name}-{language}")
    return [one for one in said if "400 (Bad Request)" not in one]


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_axe_objects_to_no_page_at_any_width(
    chromium: str, address: str, gallery: Gallery, language: str
) -> None:
    said = await to_thread.run_sync(
        lambda: look_at_everything(chromium, address, gallery.cases, language)
    )

    assert said == []


async def test_axe_objects_to_nothing_about_an_issuer_that_left(
    chromium: str, address: str, hear: Hear, gallery: Gallery
) -> None:
    await hear(who_left())
    cases = {"issuer-left": gallery.cases["valid"]}

    said = await to_thread.run_sync(lambda: look_at_everything(chromium, address, cases, "nl"))

    assert said == []


def look_in_forced_colours(program: str, address: str, cases: Mapping[str, Case]) -> list[str]:
    """Look at one verdict of each look as who chooses their own colours and wants no motion."""
    said: list[str] = []
    with browsing(program, **CONTRASTED) as page:
        for name in ("valid", "expired", "altered", "cannot-check", "several"):
            page.goto(address)
            hand_in(page, cases[name])
            page.screenshot(path=SCREENSHOTS / f"{name}-forced-colours.png", full_page=True)
            # The colours are the reader's own; axe takes ours from `-webkit-text-fill-color`.
            said += objections_to(page, name, besides=["color-contrast"])
            stroke, fill = page.evaluate(
                """() => [['.sign path:last-of-type', 'stroke'], ['.sign', 'color']].map(
                  ([where, what]) => getComputedStyle(document.querySelector(where))[what])"""
            )
            if stroke == fill:
                said.append(f"{name}: the sign is all of one colour")
    return said


async def test_who_chooses_their_own_colours_sees_every_sign(
    chromium: str, address: str, gallery: Gallery
) -> None:
    said = await to_thread.run_sync(
        lambda: look_in_forced_colours(chromium, address, gallery.cases)
    )

    assert said == []


def check_by_keyboard(program: str, address: str, token: str, words: Mapping[str, str]) -> str:
    """Send nothing, follow the error to the field, paste, read, unfold, and read in another."""
    with browsing(program, viewport=PHONE) as page:
        page.goto(f"{address}/?lang={words['lang']}")
        tab_to(page, words["check"])
        follow(page)
        assert page.evaluate("document.activeElement.className") == "errors"
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate(ACTIVE) == "credential"
        page.keyboard.insert_text(token)
        tab_to(page, words["whose"])
        page.keyboard.press("Enter")
        tab_to(page, "holder-kind")
        page.keyboard.press("N")
        tab_to(page, "holder")
        page.keyboard.insert_text("Sam de Vries")
        tab_to(page, words["check"])
        follow(page)
        expect(page.get_by_role("heading", level=1)).to_have_text(words["title"])
        expect(page.get_by_role("status")).to_contain_text(words["title"])
        expect(page.locator("html")).to_have_attribute("lang", words["lang"])
        tab_to(page, words["technical"])
        page.keyboard.press("Enter")
        expect(page.get_by_text("valid / registered")).to_be_visible()
        page.locator("body").press("Home")
        page.locator(".skip").focus()
        tab_to(page, words["other"])
        follow(page)
        return page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (
            {
                "lang": "nl",
                "check": "Controleer",
                "whose": "Wilt u weten of het van deze persoon is?",
                "title": "Echt en geldig",
                "technical": "Technische gegevens",
                "other": "English",
            },
            "Genuine and valid",
        ),
        (
            {
                "lang": "en",
                "check": "Check",
                "whose": "Do you want to know whether it is this person's?",
                "title": "Genuine and valid",
                "technical": "Technical details",
                "other": "Nederlands",
            },
            "Echt en geldig",
        ),
    ],
    ids=["nl", "en"],
)
async def test_checking_takes_a_keyboard_only(
    chromium: str, address: str, token: str, words: dict[str, str], title: str
) -> None:
    seen = await to_thread.run_sync(lambda: check_by_keyboard(chromium, address, token, words))

    assert seen == title


def print_a_verdict(program: str, address: str, case: Case) -> list[bool]:
    """Lay a verdict out for paper; say what of it is there."""
    with browsing(program) as page:
        page.goto(address)
        hand_in(page, case)
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.screenshot(path=SCREENSHOTS / "valid-paper.png", full_page=True)
        seen = [
            page.get_by_role("heading", level=1).is_visible(),
            page.get_by_text("valid / registered").is_visible(),
            page.get_by_text("Gecontroleerd op https://verifier.waarmerk.example").is_visible(),
            page.get_by_text("Afgedrukt op").is_visible(),
            page.get_by_role("button").first.is_visible(),
            page.get_by_role("navigation").is_visible(),
        ]
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.emulate_media(media="screen")
        return [*seen, page.get_by_text("valid / registered").is_visible()]


async def test_paper_has_what_one_reads_unfolded_and_nothing_one_clicks(
    chromium: str, address: str, gallery: Gallery
) -> None:
    seen = await to_thread.run_sync(
        lambda: print_a_verdict(chromium, address, gallery.cases["valid"])
    )

    assert seen == [True, True, True, True, False, False, False]
