"""Handing in as people do, in a real browser: drag, paste, a phone, a ZIP, and without script."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from anyio import to_thread
from playwright.sync_api import Page, expect

from tests.integration.verifier.browsing import A_PHONE, PHONE, a_file, browsing, hand_in
from tests.integration.verifier.gallery import LINK, Case, Gallery
from tests.support.handing import a_page, a_pdf_with, a_zip, as_bytes

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

A_TRANSFER = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, type, content] of files) {
    const bytes = Uint8Array.from(atob(content), one => one.charCodeAt(0));
    transfer.items.add(new File([bytes], name, {type}));
  }
  return transfer;
}"""
PASTE = """(transfer) => document.body.dispatchEvent(
  new ClipboardEvent('paste', {clipboardData: transfer, bubbles: true, cancelable: true}))"""


def drop(page: Page, files: Sequence[tuple[str, str, bytes]], *, where: str) -> None:
    """Drop files on a part of the page."""
    transfer = transfer_of(page, files)
    page.dispatch_event(where, "dragover", {"dataTransfer": transfer})
    assert "over" in (page.locator("#box").get_attribute("class") or "")
    with page.expect_navigation():
        page.dispatch_event(where, "drop", {"dataTransfer": transfer})


def paste(page: Page, files: Sequence[tuple[str, str, bytes]]) -> None:
    """Paste files, wherever the focus is."""
    transfer = transfer_of(page, files)
    with page.expect_navigation():
        page.evaluate(PASTE, transfer)


def transfer_of(page: Page, files: Sequence[tuple[str, str, bytes]]) -> Any:
    packed = [[name, kind, base64.b64encode(content).decode()] for name, kind, content in files]
    return page.evaluate_handle(A_TRANSFER, packed)


def drop_and_paste(program: str, address: str, token: str) -> list[str]:
    """Hand in by drag and by paste; return the first heading each time."""
    pdf = ("bewijs.pdf", "application/pdf", a_pdf_with("bewijs.jwt", token.encode()))
    screenshot = ("image.png", "image/png", as_bytes(a_page(LINK)))
    text = ("bewijs.jwt", "application/jwt", token.encode())
    seen: list[str] = []
    with browsing(program) as page:
        for where, files in (
            ("#box", [pdf]),
            ("footer", [pdf]),
            ("", [screenshot]),
            ("#box", [text, pdf]),
        ):
            page.goto(address)
            if where:
                drop(page, files, where=where)
            else:
                paste(page, files)
            seen.append(page.get_by_role("heading", level=1).inner_text())
        page.goto(address)
        page.evaluate(
            """(text) => {
              const transfer = new DataTransfer();
              transfer.setData('text/plain', text);
              document.body.dispatchEvent(new ClipboardEvent('paste',
                {clipboardData: transfer, bubbles: true, cancelable: true}));
            }""",
            "eyJ",
        )
        seen.append(page.locator("#credential").input_value())
    return seen


async def test_a_file_can_be_dropped_or_pasted_and_several_become_a_batch(
    chromium: str, address: str, token: str
) -> None:
    seen = await to_thread.run_sync(lambda: drop_and_paste(chromium, address, token))

    assert seen[:3] == ["Echt en geldig", "Echt en geldig", "We vinden deze link niet."]
    assert seen[3] in {"De resultaten", "We controleren uw bewijzen"}
    assert seen[4] == "eyJ"


def check_without_script(program: str, address: str, cases: Mapping[str, Case]) -> list[str]:
    """Check, change language, open one of several, go back, and take a receipt along."""
    with browsing(program, script=False, viewport=PHONE) as page:
        page.goto(address)
        seen = [f"dragging is offered: {page.locator('.dropping').is_visible()}"]
        page.locator("#box > button").click()
        seen.append(page.get_by_role("alert").get_by_role("heading").inner_text())
        hand_in(page, cases["several"])
        seen.append(page.get_by_role("heading", level=1).inner_text())
        page.get_by_role("button", name="Bekijk alles 1. Echt en geldig").click()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        page.get_by_role("button", name="English").click()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        with page.expect_download() as download:
            page.get_by_role("button", name="PDF with name and result").click()
        seen.append(download.value.suggested_filename)
        page.get_by_role("button", name="Back to all credentials").click()
        seen.append(page.get_by_role("heading", level=1).inner_text())
        return seen


async def test_everything_works_without_script(
    chromium: str, address: str, gallery: Gallery
) -> None:
    seen = await to_thread.run_sync(lambda: check_without_script(chromium, address, gallery.cases))

    assert seen == [
        "dragging is offered: False",
        "Er is nog niets om te controleren",
        "Van de 6 bewijzen is er 1 goed",
        "Echt en geldig",
        "Genuine and valid",
        "receipt.pdf",
        "1 of the 6 credentials is good",
    ]


def upload_on_a_phone(program: str, address: str, name: str, content: bytes) -> list[str]:
    """Choose one file and send it, as an employer on a Dutch phone; return what was seen first."""
    with browsing(program, **A_PHONE) as page:
        page.goto(address)
        camera = page.get_by_label("Of maak een foto van de QR-code")
        seen = [f"camera: {camera.is_visible()} {camera.get_attribute('capture')}"]
        page.get_by_label("Kies een bestand").set_input_files(a_file(name, content))
        page.get_by_role("button", name="Controleer", exact=True).tap()
        first = page.locator("h1, h2, h3").first
        expect(page.get_by_role("status").get_by_role("heading")).to_be_in_viewport()
        look = page.get_by_role("status").get_attribute("class") or ""
        seen += [first.inner_text(), look, str(page.get_by_role("listitem").count() > 0)]
        return seen


async def test_an_employer_needs_one_upload_from_pdf_to_verdict_on_a_phone(
    chromium: str, address: str, token: str
) -> None:
    pdf = a_pdf_with("bewijs.jwt", token.encode())
    seen = await to_thread.run_sync(
        lambda: upload_on_a_phone(chromium, address, "sollicitant.pdf", pdf)
    )

    assert seen == ["camera: True environment", "Echt en geldig", "verdict-card green", "True"]


async def test_a_screenshot_of_595_pixels_takes_one_upload_too(
    chromium: str, address: str, token: str
) -> None:
    screenshot = as_bytes(a_page(LINK, width=595), "JPEG", quality=60)
    seen = await to_thread.run_sync(
        lambda: upload_on_a_phone(chromium, address, "scherm.jpg", screenshot)
    )

    # Until links are shared nobody knows what is behind it; that it was read is what counts.
    assert seen[1:3] == ["We vinden deze link niet.", "verdict-card grey"]


def count_rows(program: str, address: str, archive: bytes) -> int:
    with browsing(program) as page:
        page.goto(address)
        page.locator("#file").set_input_files(a_file("sollicitanten.zip", archive))
        with page.expect_navigation():
            page.locator("#box > button").click()
        return page.locator(".several > li").count()


async def test_fifty_files_in_an_archive_are_fifty_rows(
    chromium: str, address: str, token: str
) -> None:
    fifty = a_zip([(f"{number}.jwt", token.encode()) for number in range(50)])

    assert await to_thread.run_sync(lambda: count_rows(chromium, address, fifty)) == 50


@pytest.mark.parametrize("name", ["issuer-unknown", "not-recognised", "cannot-check", "link"])
async def test_an_issuer_nobody_knows_or_a_list_that_is_missing_is_never_green(
    chromium: str, address: str, gallery: Gallery, name: str
) -> None:
    case = gallery.cases[name]
    content = case.file or case.text.encode()
    seen = await to_thread.run_sync(lambda: upload_on_a_phone(chromium, address, "x", content))

    assert seen[1].startswith(case.title)
    assert seen[2] == f"verdict-card {case.look}"
    assert "green" not in seen[2]
