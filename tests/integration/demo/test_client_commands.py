"""The operator makes the first administrator at a terminal; the rest goes over the API."""

import json
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from httpx import ASGITransport, AsyncClient, Response
from typer.testing import CliRunner, Result

from services.catalog.app import create_app
from services.catalog.settings import Settings
from services.demo.commands import command
from shared.runtime.observability import configure_logging
from shared.runtime.settings import TEST_OIN
from tests.support.postgres import MakeDatabase
from tests.support.token_clients import a_token_request

PUBLIC_URL = "https://catalog.example.nl/catalog"


@pytest.fixture(autouse=True)
def _usual_log() -> Iterator[None]:
    yield
    configure_logging()


@pytest.fixture
def environment(make_database: MakeDatabase) -> dict[str, str]:
    """Give the settings of a catalogue with an empty database."""
    return {
        "WAARMERK_DATABASE_URL": make_database("services.catalog"),
        "WAARMERK_PUBLIC_URL": PUBLIC_URL,
        "WAARMERK_TOKEN_SEALING_KEY": "A" * 43,
    }


def clients(*words: str | Path, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(command, ["clients", *map(str, words)], env=env or {})


def a_key(folder: Path, name: str = "admin") -> tuple[Path, Path]:
    """Make a key at the terminal; return the files of both halves."""
    private, public = folder / f"{name}.json", folder / f"{name}.pub.json"
    public.write_text(clients("new-key", private).output)
    return private, public


def register(env: dict[str, str], public: Path, *more: str, scope: str = "clients:write") -> Result:
    words = ("--organisation", TEST_OIN, "--name", "Admin", "--scope", scope)
    return clients("register", *words, "--key", public, *more, env=env)


def ask(env: dict[str, str], assertion: str) -> Response:
    """Ask a token of a catalogue with these settings."""
    given = {name.removeprefix("WAARMERK_").lower(): value for name, value in env.items()}
    app = create_app(Settings.model_validate(given))

    async def send() -> Response:
        try:
            async with AsyncClient(transport=ASGITransport(app), base_url="http://catalog") as http:
                return await http.post("/v1/oauth/token", data=a_token_request(assertion))
        finally:
            await app.state.database.dispose()

    return anyio.run(send)


def test_the_first_administrator_is_made_without_a_token(
    environment: dict[str, str], tmp_path: Path
) -> None:
    private, public = a_key(tmp_path)

    client = register(environment, public).output.strip()
    made = clients("assertion", "--key", private, "--client", client, "--issuer", PUBLIC_URL)
    granted = ask(environment, made.output.strip())

    assert granted.status_code == 200, granted.text
    assert granted.json()["scope"] == "clients:write"
    ended = clients("end-token-keys", env=environment)
    assert ended.exit_code == 0


def test_what_cannot_be_registered_is_said_without_a_trace(
    environment: dict[str, str], tmp_path: Path
) -> None:
    private, public = a_key(tmp_path)
    nothing = tmp_path / "nothing"
    nothing.write_text("no JSON")

    refused = [
        register(environment, private),
        register(environment, nothing),
        register(environment, public, scope="everything"),
        register(environment, public, "--jwks-url", "https://127.0.0.1/jwks"),
        register({"WAARMERK_DATABASE_URL": "mysql://secret"}, public),
        clients("assertion", "--key", public, "--client", "x", "--issuer", PUBLIC_URL),
        clients("end-token-keys", env=environment | {"WAARMERK_TOKEN_SEALING_KEY": ""}),
    ]

    assert [one.exit_code for one in refused] == [2] * len(refused)
    assert all("Traceback" not in one.output for one in refused)
    assert "private key" in refused[0].output
    assert "secret" not in refused[4].output


def test_the_public_half_holds_no_private_part(tmp_path: Path) -> None:
    private, public = a_key(tmp_path)

    kept, shown = json.loads(private.read_text()), json.loads(public.read_text())
    assert {*kept} - {*shown} == {"d"}
