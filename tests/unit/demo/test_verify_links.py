"""`waarmerk verify` with a link or a short code instead of a file: a verifier opens it."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from services.demo.commands import command

LINK = "https://verifier.waarmerk.example/s/b1Yx0u9cQ2mXk3sVr7tJ5A#q1J3Yb0yq4n2m5cX"


def verify(*words: str) -> Result:
    return CliRunner().invoke(command, ["verify", *words])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """Answer as a verifier; return what was asked of it."""
    questions: list[tuple[str, object]] = []

    def answer(address: str, *, json: object, timeout: float) -> httpx.Response:
        questions.append((address, json))
        assert timeout > 0
        title = {"nl": "Echt en geldig", "en": "Genuine and valid"}
        told = {"verdict": {"state": "valid", "title": title}, "checks": []}
        return httpx.Response(200, json=told, request=httpx.Request("POST", address))

    monkeypatch.setattr(httpx, "post", answer)
    return questions


@pytest.mark.parametrize("given", [LINK, "7Q4K-M2XD-9HT7", "7q4k m2xd 9ht7"], ids=range(3))
def test_a_link_or_a_code_is_handed_to_the_verifier(
    asked: list[tuple[str, object]], given: str
) -> None:
    told = verify(given, "--verifier", "https://verifier.example.nl/")

    assert told.exit_code == 0, told.output
    assert told.output.startswith("VALID: Echt en geldig / Genuine and valid")
    assert asked == [("https://verifier.example.nl/v1/verifications", {"credential": given})]


def test_a_file_that_has_the_name_of_a_code_is_a_file(
    asked: list[tuple[str, object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("7Q4K-M2XD-9HT7").write_text("eyJ")
    verify("7Q4K-M2XD-9HT7", "--offline", "--log", "x")

    assert asked == []


def test_a_file_that_is_not_there_is_said_to_be_missing() -> None:
    told = verify("bewijs.jwt")

    assert told.exit_code == 2
    assert "There is no file bewijs.jwt." in told.output


def test_a_verifier_that_refuses_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: str, **_: object) -> httpx.Response:
        body = json.dumps({"detail": "You ask more often than is allowed."})
        return httpx.Response(429, text=body, request=httpx.Request("POST", address))

    monkeypatch.setattr(httpx, "post", refuse)
    told = verify("7Q4K-M2XD-9HT7")

    assert told.exit_code == 2
    assert "more often than is allowed" in told.output
