"""What `waarmerk award` says: in one language, and of every row that stays behind."""

import io
from typing import Any

import pytest
import typer
from rich.console import Console

from services.demo.award_screen import Screen
from services.issuer.batches import RawRow, propose_mapping
from services.issuer.batches.columns import Field


def a_screen(language: str) -> tuple[Screen, io.StringIO]:
    written = io.StringIO()
    return Screen(Console(file=written, width=200), language), written


def test_every_column_is_told_in_dutch_with_the_name_that_overrules_it() -> None:
    screen, written = a_screen("nl")
    header = RawRow(1, ("Studentnummer", "E-mail", "Onzin"))

    screen.show_reading(propose_mapping(header), (), ())

    assert "studentnummer (studentNumber)" in written.getvalue()
    assert "e-mail (email)" in written.getvalue()
    assert "(wordt niet gelezen)" in written.getvalue()


@pytest.mark.parametrize("field", Field)
def test_no_field_lacks_its_dutch_word(field: Field) -> None:
    screen, written = a_screen("nl")
    mapping = propose_mapping(RawRow(1, ("X",))).overruled({"X": field.value})

    screen.show_reading(mapping, (), ())

    assert field.value in written.getvalue()


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "De partij is afgewezen."), ("en", "The batch is rejected.")]
)
def test_the_end_is_said_in_one_language(language: str, said: str) -> None:
    screen, written = a_screen(language)

    screen.say_end("rejected")

    assert written.getvalue().strip() == said


@pytest.mark.parametrize(
    ("typed", "is_agreed"),
    [("j", True), ("Ja ", True), ("y", True), ("n", False), ("", False), ("nee", False)],
)
def test_a_dutch_yes_is_a_yes_and_silence_is_none(
    monkeypatch: pytest.MonkeyPatch, typed: str, *, is_agreed: bool
) -> None:
    asked: list[str] = []

    def prompt(text: str, **_options: Any) -> str:
        asked.append(text)
        return typed

    monkeypatch.setattr(typer, "prompt", prompt)
    screen, _written = a_screen("nl")

    assert screen.is_agreed(5) == is_agreed
    assert asked == ["5 toekennen? [j/N]"]


@pytest.mark.parametrize(("again", "is_said"), [(3, True), (0, False)])
def test_who_has_the_same_already_is_told_before_the_question(again: int, *, is_said: bool) -> None:
    screen, written = a_screen("nl")

    screen.show_outcomes({"outcomes": {"ready": 5}, "readyAgain": again})

    assert ("Let op: 3 rijen zijn gereed" in written.getvalue()) == is_said
