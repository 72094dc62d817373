"""What the demo prints can be read without colour, in a file, and on a narrow screen."""

import io
import re
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from services.catalog.settings import SEED_FOLDER
from services.demo.class_list import ClassList, read_class_list
from services.demo.sandbox import Sandbox
from services.demo.supervisor import RunningDemo
from services.demo.tale import AwardedRow, Publication, Revocation, Verdict
from services.demo.telling import TerminalTeller

LISTED = read_class_list((SEED_FOLDER / "class-list.csv").read_bytes(), today=date(2026, 11, 22))
AWARD = "01890a5d-ac96-774b-bcce-b302099a8057"
DEMO = RunningDemo("http://127.0.0.1:8000", Path(".demo"), Sandbox({}, "", ""), 2.5)


def rows_of(listed: ClassList, *, refused: int = 0) -> list[AwardedRow]:
    rows = [
        AwardedRow(
            learner,
            0.05,
            award_id=AWARD,
            is_new=True,
            registered_after=0.2,
            verifiable_after=1.5,
        )
        for learner in listed.learners
    ]
    if refused:
        rows[0] = AwardedRow(listed.learners[0], 0.05, refusal="grade-insufficient")
    return rows


def tell(width: int = 120, *, refused: int = 0) -> str:
    output = io.StringIO()
    teller = TerminalTeller(Console(file=output, width=width, highlight=False))
    rows = rows_of(LISTED, refused=refused)
    valid = Verdict("valid", {"nl": "Echt en geldig", "en": "Genuine and valid"}, 0.02)
    gone = Verdict("revoked", {"nl": "Ingetrokken", "en": "Revoked"}, 0.6)
    teller.started(DEMO)
    teller.published(Publication("Introduction to Quantum Computing", 2, is_new=True, seconds=0.1))
    teller.awarded(LISTED, rows)
    teller.revoked(Revocation(2, AWARD, before=valid, after=gone, registered_after=0.3))
    teller.pointed(DEMO, rows)
    return output.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_row_is_listed_once_however_narrow_the_screen(width: int) -> None:
    told = tell(width)

    numbers = re.findall(r"^ (\d+) +(?:awarded|WRONG)", told, re.MULTILINE)
    assert numbers == [str(row) for row in range(2, 27)]


def test_nothing_is_said_by_colour_or_cut_off() -> None:
    told = tell(80)

    assert "\x1b" not in told
    assert "…" not in told
    assert "E10 award.date.absent" in told.replace("\n", " ")


def test_no_learner_is_named() -> None:
    told = tell()

    for learner in LISTED.learners:
        assert learner.family_name not in told
        assert str(learner.email) not in told


def test_a_refusal_by_the_issuer_stands_in_its_own_row() -> None:
    told = tell(refused=1)

    assert "grade-insufficient" in told
    assert "22 awarded and signed" in told


def test_nothing_left_to_revoke_is_said_plainly() -> None:
    output = io.StringIO()
    TerminalTeller(Console(file=output, width=120)).revoked(None)

    assert "Every award of this list is revoked by now" in output.getvalue()
