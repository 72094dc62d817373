"""`waarmerk retention` at a terminal: what it tells, and what it asks for."""

import pytest
from typer.testing import CliRunner

from services.demo.commands import command
from services.registry.domain.retention import Kept
from tests.support.postgres import MakeDatabase


def test_the_command_tells_what_it_let_go_of(
    make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAARMERK_DATABASE_URL", make_database("services.registry"))
    monkeypatch.setenv("WAARMERK_PUBLIC_URL", "https://register.example.nl")

    dry = CliRunner().invoke(command, ["retention", "--dry-run"])
    wet = CliRunner().invoke(command, ["retention"])

    assert (dry.exit_code, wet.exit_code) == (0, 0)
    assert "Would go" in dry.output
    for kept in Kept:
        assert kept in wet.output


def test_the_command_says_what_it_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAARMERK_DATABASE_URL", raising=False)
    monkeypatch.delenv("WAARMERK_PUBLIC_URL", raising=False)

    outcome = CliRunner().invoke(command, ["retention"])

    assert outcome.exit_code == 2
    assert "WAARMERK_DATABASE_URL" in outcome.output
