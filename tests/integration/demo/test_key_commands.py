"""`waarmerk keys`, as an operator uses it when a key is to be renewed, and when one is lost."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.demo.commands import command
from services.issuer import consumers
from services.issuer.operations.desk import Desk
from services.issuer.repository import issuers
from services.issuer.settings import Settings
from shared.contracts.events import OrganisationRecorded
from shared.runtime.database import Database
from shared.runtime.observability import configure_logging
from tests.support.issuing import UTWENTE, a_provider
from tests.support.postgres import MakeDatabase, in_own_loop

SECRET = "a2V5LWVuY3J5cHRpb24ta2V5LWZvci10ZXN0cy1vbmw"
PUBLIC_URL = "https://issuer.example.nl"


@pytest.fixture(autouse=True)
def _usual_log() -> Iterator[None]:
    yield
    configure_logging()


@pytest.fixture
def url(make_database: MakeDatabase) -> str:
    """Give the database of an issuer that heard of one provider."""
    url = make_database("services.issuer")

    async def hear() -> None:
        async with _issuer(url) as desk, desk.database.transaction() as session:
            event = OrganisationRecorded(record_version=1, organisation=a_provider())
            await consumers.subscribe(desk).hear([event], session)

    in_own_loop(hear)
    return url


@asynccontextmanager
async def _issuer(url: str) -> AsyncIterator[Desk]:
    settings = Settings(
        database_url=url,
        public_url=PUBLIC_URL,
        key_encryption_key=SecretStr(SECRET),
        pseudonym_key=SecretStr(SECRET),
    )
    database = Database(url, source=settings.source)
    try:
        yield Desk.of(settings, database)
    finally:
        await database.dispose()


def waarmerk(url: str, *words: str, answer: str = "") -> Result:
    told = {
        "WAARMERK_DATABASE_URL": url,
        "WAARMERK_PUBLIC_URL": PUBLIC_URL,
        "WAARMERK_KEY_ENCRYPTION_KEY": SECRET,
        "WAARMERK_PSEUDONYM_KEY": SECRET,
    }
    return CliRunner().invoke(command, ["keys", *words], env=told, input=answer)


def present_kid(url: str) -> str:
    found: list[str] = []

    async def ask() -> None:
        async with _issuer(url) as desk, desk.database.transaction() as session:
            key = await issuers.find_key(session, UTWENTE)
            found.append(key.kid if key else "")

    in_own_loop(ask)
    return found[0]


def test_keys_are_shown_and_renewed(url: str) -> None:
    assert waarmerk(url, "list", UTWENTE).output.count("current") == 2

    rotated = waarmerk(url, "rotate", UTWENTE)

    assert (rotated.exit_code, rotated.output.count("next")) == (0, 2)
    assert waarmerk(url, "list").output.count("next") == 2
    assert present_kid(url) in waarmerk(url, "list").output
    assert "no keys" in waarmerk(url, "list", "123").output


def test_a_lost_key_is_asked_about_first_and_then_replaced(url: str) -> None:
    kid = present_kid(url)

    refused = waarmerk(url, "compromise", kid, "--reason", "stolen", answer="n\n")
    assert refused.exit_code == 1
    assert "cannot be undone" in refused.output
    assert present_kid(url) == kid

    done = waarmerk(url, "compromise", kid, "--reason", "stolen", "--since", "2026-11-01")
    assert done.exit_code == 1
    done = waarmerk(
        url, "compromise", kid, "--reason", "stolen", "--since", "2026-11-01", answer="y\n"
    )
    assert done.exit_code == 0, done.output
    assert "not published beforehand" in done.output
    assert present_kid(url) != kid

    again = waarmerk(url, "compromise", kid, "--reason", "stolen", "--yes")
    assert (again.exit_code, "0 signed anew" in again.output) == (0, True)


def test_a_key_of_nobody_is_refused(url: str) -> None:
    refused = waarmerk(url, "compromise", "did:web:x#y", "--reason", "stolen", "--yes")

    assert refused.exit_code == 2
    assert "no such key" in refused.output


def test_signatures_are_compared_and_the_exit_code_tells(url: str) -> None:
    kid = present_kid(url)
    sound = waarmerk(url, "signatures", kid)
    assert sound.exit_code == 0, sound.output

    async def forge() -> None:
        async with _issuer(url) as desk, desk.database.transaction() as session:
            await session.execute(
                text(
                    "INSERT INTO signature (organisation, kid, digest, purpose, forms, reference,"
                    " signed_at) VALUES (:oin, :kid, repeat('f', 64), 'credential', 'jwt vc+jwt',"
                    " 'f', :now)"
                ),
                {"oin": UTWENTE, "kid": kid, "now": datetime(2026, 11, 20, tzinfo=UTC)},
            )

    in_own_loop(forge)
    found = waarmerk(url, "signatures", kid)
    assert found.exit_code == 1
    assert "f" * 64 in found.output
