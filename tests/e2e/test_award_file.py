"""`waarmerk award FILE` against the running demo: shown, checked, awarded, resumed, mended."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from services.catalog.settings import SEED_FOLDER
from services.demo.class_list import read_class_list
from services.demo.commands import command
from services.demo.story import QUANTUM, TWENTE, play
from services.demo.supervisor import RunningDemo, running_demo
from tests.support.folders import a_folder
from tests.support.life import Listener

pytestmark = pytest.mark.anyio
LISTED = read_class_list((SEED_FOLDER / "class-list.csv").read_bytes(), today=date(2026, 11, 22))
HEADER = "Studentnummer;Voornaam;Achternaam;E-mail;Cijfer;Datum\r\n"
GOOD = "".join(
    f"{number:07};Zoë;Voorbeeld{chr(97 + number)};s{number}@student.example.nl;7,5;13-11-2026\r\n"
    for number in range(20)
)
WRONG = "0000099;ZoÃ«;Verkeerd;s99@student.example.nl;7,5;02-13-2026\r\n"


async def invoked(words: Sequence[str], typed: str = "") -> Result:
    """Run the command in a thread, because the demo runs in this one."""
    return await asyncio.to_thread(lambda: CliRunner().invoke(command, words, input=typed))


class Place:
    """Where the demo runs, and what it can award."""

    def __init__(self, demo: RunningDemo, microcredential: str) -> None:
        self.demo = demo
        self.microcredential = microcredential

    async def award(self, file: Path, *options: str, typed: str = "") -> Result:
        words = ["award", str(file), "--issuer", self.demo.places.issuer]
        words += ["--organisation", TWENTE, "--data", str(self.demo.folder)]
        words += ["--microcredential", self.microcredential, *options]
        return await invoked(words, typed)


@pytest.fixture(scope="module")
async def place(anyio_backend: object) -> AsyncIterator[Place]:
    with a_folder() as folder:
        async with running_demo(folder, port=0) as demo:
            await play(demo.places, demo.sandbox, LISTED, teller=Listener())
            yield Place(demo, str(QUANTUM))


def a_file(folder: Path, text: str, encoding: str = "cp1252") -> Path:
    file = folder / "cijfers.csv"
    file.write_bytes(text.encode(encoding))
    return file


def results(folder: Path) -> list[list[str]]:
    text = (folder / "cijfers.results.csv").read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text else ","))


async def test_a_file_is_shown_checked_awarded_and_kept(place: Place, tmp_path: Path) -> None:
    file = a_file(tmp_path, HEADER + GOOD)
    checked = await place.award(file, "--check")
    declined = await place.award(file, typed="n\n")
    awarded = await place.award(file, "--yes")
    again = await place.award(file, "--yes", "--anew")

    assert checked.exit_code == 0, checked.output
    assert "Windows-1252" in checked.output
    assert "Zoë" in checked.output
    assert declined.exit_code == 1
    assert awarded.exit_code == 0, awarded.output
    assert len(results(tmp_path)) == 21
    assert again.exit_code == 0, again.output
    assert "niets toe te kennen" in again.output


async def test_what_is_wrong_is_named_by_cell_and_can_be_mended(
    place: Place, tmp_path: Path
) -> None:
    file = a_file(tmp_path, HEADER + WRONG, "utf-8")
    answer = await place.award(file, "--check")
    sheet = load_workbook(tmp_path / "cijfers.failures.xlsx").worksheets[0]

    assert answer.exit_code == 1, answer.output
    assert "B2" in answer.output
    assert "13-02-2026" in answer.output
    assert [cell.value for cell in sheet[2]][:3] == ["0000099", "ZoÃ«", "Verkeerd"]


async def test_a_file_that_is_no_list_is_refused_before_it_is_sent(
    place: Place, tmp_path: Path
) -> None:
    answer = await place.award(a_file(tmp_path, "%PDF-1.7"))

    assert answer.exit_code == 2
    assert "CSV" in answer.output


async def test_without_a_token_it_says_what_to_do(tmp_path: Path) -> None:
    words = ["award", str(a_file(tmp_path, HEADER + GOOD)), "--data", str(tmp_path)]
    answer = await invoked(words)

    assert answer.exit_code == 2
    assert "--client" in answer.output
