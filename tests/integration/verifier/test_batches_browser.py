"""The pages of a batch in a real browser: at phone width, and nothing axe objects to."""

from pathlib import Path

import pytest
from anyio import to_thread
from fastapi import FastAPI
from playwright.sync_api import expect

from tests.integration.verifier.browsing import PHONE, browsing, look_at
from tests.support.material import need_command
from tests.support.serving import serving

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


def look_on(program: str, place: str, files: list[Path], language: str) -> list[str]:
    """Choose files, wait for the rows and wipe them; return what there is to say of each page."""
    with browsing(program, viewport=PHONE) as page:
        page.goto(f"{place}/batches?lang={language}")
        objections = look_at(page, f"batch-box-{language}")
        page.locator("#files").set_input_files([str(file) for file in files])
        page.get_by_role("button", name={"nl": "Controleer alles", "en": "Check"}[language]).click()
        heading = {"nl": "De resultaten", "en": "The results"}[language]
        expect(page.get_by_role("heading", level=1)).to_have_text(heading, timeout=20_000)
        expect(page.locator("tbody tr")).to_have_count(len(files))
        objections += look_at(page, f"batch-results-{language}")
        page.get_by_role("button", name={"nl": "Wis", "en": "Wipe"}[language]).click()
        expect(page.get_by_role("status")).to_be_visible()
        return objections + look_at(page, f"batch-wiped-{language}")


@pytest.mark.parametrize("language", ["nl", "en"])
async def test_a_person_checks_a_heap_of_files_and_axe_objects_to_nothing(
    app: FastAPI, token: str, tmp_path: Path, language: str
) -> None:
    program = need_command("chromium")
    files = []
    for name, content in (("a.jwt", token), ("b.jwt", token[:-8] + "AAAAAAAA"), ("c.txt", "niets")):
        files.append(tmp_path / name)
        files[-1].write_text(content, encoding="utf-8")

    async with serving(app) as place:
        objections = await to_thread.run_sync(look_on, program, place, files, language)

    assert objections == []
