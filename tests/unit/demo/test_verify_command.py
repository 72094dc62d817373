"""`waarmerk verify --proof`: a proof of the log goes to the verifier with the credential."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from services.demo.commands import command

SAID: dict[str, Any] = {
    "verdict": {"state": "valid", "title": {"nl": "Echt en geldig", "en": "Genuine and valid"}},
    "checks": [
        {"number": 5, "title": {"en": "key"}, "outcome": "ok", "code": "key-lost-later"},
    ],
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Give what is sent to a verifier that finds it all good."""
    asked: list[dict[str, Any]] = []

    def post(address: str, **given: Any) -> httpx.Response:
        asked.append({"address": address, **given})
        return httpx.Response(200, json=SAID, request=httpx.Request("POST", address))

    monkeypatch.setattr(httpx, "post", post)
    return asked


def verify(folder: Path, *words: str, credential: bytes = b"eyJ.e30.AA") -> Result:
    file, proof = folder / "one.jwt", folder / "one.tlog-proof"
    file.write_bytes(credential)
    proof.write_text("c2sp.org/tlog-proof@v1\n", encoding="utf-8")
    given = [str(proof) if word == "PROOF" else word for word in words]
    return CliRunner().invoke(command, ["verify", str(file), *given])


def test_both_are_sent_as_the_texts_they_are(tmp_path: Path, sent: list[dict[str, Any]]) -> None:
    told = verify(tmp_path, "--proof", "PROOF", "--verifier", "https://v.example/")

    assert told.exit_code == 0
    assert "key-lost-later" in told.stdout
    assert [one["address"] for one in sent] == ["https://v.example/v1/verifications"]
    assert sent[0]["json"] == {
        "credential": "eyJ.e30.AA",
        "logProof": "c2sp.org/tlog-proof@v1\n",
    }


def test_without_a_proof_the_file_is_sent_as_it_is(
    tmp_path: Path, sent: list[dict[str, Any]]
) -> None:
    assert verify(tmp_path, credential=b"\x89PNG").exit_code == 0
    assert sent[0]["content"] == b"\x89PNG"


@pytest.mark.parametrize(
    ("words", "credential"),
    [
        (("--proof", "PROOF"), b"\x89PNG"),
        (("--proof", "PROOF"), b""),
        (("--proof", "PROOF", "--offline", "--log", "x"), b"eyJ.e30.AA"),
        (("--proof", "PROOF", "--receipt"), b"eyJ.e30.AA"),
        (("--proof", "nowhere"), b"eyJ.e30.AA"),
    ],
    ids=["a picture", "nothing", "offline", "a receipt", "no file"],
)
def test_what_goes_with_no_proof_is_refused_and_nobody_is_asked(
    tmp_path: Path, sent: list[dict[str, Any]], words: tuple[str, ...], credential: bytes
) -> None:
    told = verify(tmp_path, *words, credential=credential)

    assert told.exit_code == 2
    assert sent == []
