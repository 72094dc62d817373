"""`waarmerk verify --receipt`: years later, with a receipt, some keys and the credential."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner, Result

from services.demo.commands import command
from services.demo.receipt_command import plain, token_in
from services.verifier.receipts.paper import ATTACHMENT, render_pdf
from services.verifier.receipts.uploads import describe_file
from shared.contracts.receipt import SaidPerson
from shared.proofs.keys import SigningKey
from shared.proofs.receipts import MAX_KEY_SET_BYTES, key_set, sign_receipt
from shared.runtime.language import Language
from tests.unit.verifier.forge import a_token, put
from tests.unit.verifier.test_receipts import a_receipt

KEY = SigningKey.generate()
TOKEN = a_token()
SIGNED = sign_receipt(a_receipt(TOKEN, with_person=True), key=KEY)


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        pytest.fail("with a receipt somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(key_set([KEY.public])))
    return file


@pytest.fixture
def credential(tmp_path: Path) -> Path:
    file = tmp_path / "credential.jwt"
    file.write_text(f"{TOKEN}\n")
    return file


def verify(folder: Path, held: bytes, *words: object) -> Result:
    file = folder / "held"
    file.write_bytes(held)
    return CliRunner().invoke(
        command, ["verify", "--receipt", str(file), *(str(one) for one in words)]
    )


def as_token() -> bytes:
    return SIGNED.token.encode() + b"\n"


def as_pdf() -> bytes:
    return render_pdf(SIGNED, Language.NL)


def as_answer() -> bytes:
    return json.dumps({"receipt": SIGNED.token, "content": {}}).encode()


FORMS = pytest.mark.parametrize("form", [as_token, as_pdf, as_answer])


@FORMS
def test_it_says_in_plain_sentences_what_was_checked(
    tmp_path: Path, keys: Path, credential: Path, form: Callable[[], bytes]
) -> None:
    told = verify(tmp_path, form(), "--jwks", keys, "--credential", credential)

    assert told.exit_code == 0, told.output
    assert told.output.startswith("GENUINE: This receipt was signed by https://verifier.example.nl")
    for words in (
        "It says VALID: Echt en geldig / Genuine and valid",
        "It is about a test credential, without any value.",
        "(signature-holds)",
        "Policy: wo, version 1",
        "Person: Sam de Vries, result: 8.0",
        "It is about the credential you gave.",
    ):
        assert words in told.output


def test_of_a_pdf_only_what_is_signed_is_believed(tmp_path: Path, keys: Path) -> None:
    told = verify(tmp_path, as_pdf(), "--jwks", keys)

    assert told.exit_code == 0
    assert "not the pages of the PDF" in told.output
    assert "About which credential was not checked" in told.output


@FORMS
def test_a_receipt_of_another_credential_is_not_well(
    tmp_path: Path, keys: Path, credential: Path, form: Callable[[], bytes]
) -> None:
    credential.write_text(a_token(put("name", "Iets anders")))

    told = verify(tmp_path, form(), "--jwks", keys, "--credential", credential)

    assert told.exit_code == 1
    assert told.output.startswith("NOT GENUINE: The receipt is genuine, and about something else")
    assert "Sam de Vries" not in told.output


@FORMS
def test_a_receipt_of_another_key_is_not_well(
    tmp_path: Path, keys: Path, form: Callable[[], bytes]
) -> None:
    keys.write_text(json.dumps(key_set([SigningKey.generate().public])))

    told = verify(tmp_path, form(), "--jwks", keys)

    assert told.exit_code == 1
    assert told.output.startswith("NOT GENUINE: The receipt was signed with a key that is not")


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"hello",
        b"{}",
        b"{",
        b'{"receipt": 1}',
        b'{"receipt": "\\u00e9"}',
        b"%PDF-1.7\nnothing",
        b"%PDF-",
        SIGNED.token.encode()[:-3],
        TOKEN.encode(),
    ],
)
def test_what_is_no_receipt_is_said_to_be_none(tmp_path: Path, keys: Path, held: bytes) -> None:
    told = verify(tmp_path, held, "--jwks", keys)

    assert told.exit_code == 1, told.output
    assert told.output.startswith("NOT GENUINE: ")
    assert "Sam de Vries" not in told.output


def test_a_pdf_without_a_receipt_is_said_to_have_none(tmp_path: Path, keys: Path) -> None:
    renamed = as_pdf().replace(ATTACHMENT.encode(), b"another.jwt")

    assert verify(tmp_path, renamed, "--jwks", keys).exit_code == 1


def test_the_file_that_was_handed_in_can_be_compared(tmp_path: Path, keys: Path) -> None:
    pdf, other = tmp_path / "bewijs.pdf", tmp_path / "ander.pdf"
    pdf.write_bytes(b"%PDF-1.7 about Sam")
    other.write_bytes(b"%PDF-1.7 about Bo")
    signed = sign_receipt(a_receipt(TOKEN, file=describe_file(pdf.read_bytes())), key=KEY)
    held = signed.token.encode()

    right = verify(tmp_path, held, "--jwks", keys, "--file", pdf)
    wrong = verify(tmp_path, held, "--jwks", keys, "--file", other)
    unstated = verify(tmp_path, as_token(), "--jwks", keys, "--file", pdf)

    assert right.exit_code == 0, right.output
    assert "It came in a file: application/pdf, SHA-256 " in right.output
    assert "It states exactly the file you gave." in right.output
    assert (wrong.exit_code, unstated.exit_code) == (1, 1)
    assert wrong.output.startswith("NOT GENUINE: The receipt is genuine, and another file was")
    assert unstated.output.startswith("NOT GENUINE: The receipt is genuine, and states no file")


def test_without_keys_the_question_cannot_be_answered(tmp_path: Path, keys: Path) -> None:
    without = verify(tmp_path, as_token())
    keys.write_text("{}")
    empty = verify(tmp_path, as_token(), "--jwks", keys)
    keys.write_text(" " * (MAX_KEY_SET_BYTES + 1))
    large = verify(tmp_path, as_token(), "--jwks", keys)

    assert [told.exit_code for told in (without, empty, large)] == [2, 2, 2]
    assert "/.well-known/jwks.json" in without.output
    assert "not a JWK Set" in empty.output
    assert "larger than" in large.output


def test_a_receipt_is_no_proof_of_the_log_and_the_other_way_round(
    tmp_path: Path, keys: Path
) -> None:
    both = verify(tmp_path, as_token(), "--jwks", keys, "--offline")
    policy = verify(tmp_path, as_token(), "--jwks", keys, "--quorum", "1")
    neither = CliRunner().invoke(command, ["verify", str(tmp_path / "held"), "--jwks", str(keys)])
    file = CliRunner().invoke(command, ["verify", str(tmp_path / "held"), "--file", str(keys)])

    assert [told.exit_code for told in (both, policy, neither, file)] == [2, 2, 2, 2]


def test_what_an_issuer_wrote_does_nothing_to_a_terminal(tmp_path: Path, keys: Path) -> None:
    content = a_receipt(TOKEN).model_copy(
        update={"person": SaidPerson(name="\x1b[2J\x1b]0;x\x07Sam\n- It is fine")}
    )
    signed = sign_receipt(content, key=KEY)

    told = verify(tmp_path, signed.token.encode(), "--jwks", keys)

    assert told.exit_code == 0
    assert "\x1b" not in told.output
    assert "\n- It is fine" not in told.output
    assert plain("a\x1bb\u202ec") == "a\ufffdb\ufffdc"


def test_the_token_comes_out_of_a_pdf_as_it_went_in() -> None:
    assert token_in(as_pdf()) == SIGNED.token.encode()
