"""`waarmerk doctor issuer` tells what is wrong with status lists, and what the register says."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from services.demo.commands import command
from services.issuer.app import create_app
from services.issuer.consumers import subscribe
from shared.runtime.database import Database
from shared.runtime.observability import configure_logging
from tests.integration.issuer.conftest import issuer_settings, recorded
from tests.support.issuing import a_provider
from tests.support.postgres import MakeDatabase
from tests.support.serving import serving

pytestmark = pytest.mark.anyio
STRANGE = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture(autouse=True)
def _usual_log() -> Iterator[None]:
    yield
    configure_logging()


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(
        make_database("services.issuer"), source="urn:nld:oin:00000099000000000000:systeem:issuer"
    )
    yield opened
    await opened.dispose()


@asynccontextmanager
async def an_issuer(database: Database) -> AsyncIterator[str]:
    """Serve an issuer that heard of one provider, and give its address."""
    front = Starlette()
    async with serving(front) as address:
        settings = issuer_settings(database.url).model_copy(update={"public_url": address})
        app = create_app(settings, database)
        front.mount("/", app)
        async with database.transaction() as session:
            await subscribe(app.state.desk).hear([recorded(a_provider())], session)
        yield address


async def doctor(database: Database, address: str, *options: str | Path) -> Result:
    settings = issuer_settings(database.url)
    told = {
        "WAARMERK_DATABASE_URL": database.url,
        "WAARMERK_PUBLIC_URL": address,
        "WAARMERK_KEY_ENCRYPTION_KEY": settings.key_encryption_key.get_secret_value(),
        "WAARMERK_PSEUDONYM_KEY": settings.pseudonym_key.get_secret_value(),
    }
    words = ["doctor", "issuer", *map(str, options)]
    return await asyncio.to_thread(lambda: CliRunner().invoke(command, words, env=told))


async def test_the_doctor_finds_the_lists_of_a_new_issuer_well(database: Database) -> None:
    async with an_issuer(database) as address:
        answer = await doctor(database, address, "--over-http")

    assert answer.exit_code == 0, answer.output
    assert re.search(r"^ *2 +0 +0 +record, served +0 *$", answer.output, re.MULTILINE)


async def test_the_doctor_names_what_is_wrong_and_where(database: Database) -> None:
    async with an_issuer(database) as address:
        async with database.transaction() as session:
            await session.execute(text("UPDATE status_list SET is_open = false WHERE number = 2"))
            await session.execute(text("UPDATE status_list SET signed_at = '2026-01-01'"))
        answer = await doctor(database, address)

    assert answer.exit_code == 1
    assert "too-few-lists-open" in answer.output
    assert answer.output.count("edition-overdue") == 2
    assert "1 of 2" in answer.output


async def test_a_list_that_nobody_is_given_is_found_over_http(database: Database) -> None:
    async with an_issuer(database):
        pass
    async with database.transaction() as session:
        [address] = await session.scalars(
            text("SELECT DISTINCT split_part(url, '/status-lists', 1) FROM status_list")
        )

    answer = await doctor(database, address, "--over-http")

    assert answer.exit_code == 1
    assert answer.output.count("not-served-as-published") == 4


@asynccontextmanager
async def a_register(*pages: dict[str, object]) -> AsyncIterator[str]:
    """Serve a register with these pages, to who brings the token."""

    async def answer(request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer mine":
            return PlainTextResponse("", 401)
        return JSONResponse(pages[int(request.query_params.get("cursor", "0"))])

    async with serving(Starlette(routes=[Route("/v1/registrations", answer)])) as address:
        yield address


async def test_the_doctor_compares_with_every_page_of_the_register(
    database: Database, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    await asyncio.to_thread(token.write_text, "mine\n")
    active, revoked = (
        {"registrationId": STRANGE, "status": status} for status in ("active", "revoked")
    )

    async with (
        an_issuer(database) as address,
        a_register({"items": [active], "next": "1"}, {"items": [revoked]}) as registry,
    ):
        answer = await doctor(database, address, "--registry", registry, "--token-file", token)

    assert answer.exit_code == 0, answer.output
    assert "record, register" in answer.output


async def test_a_register_that_refuses_is_told_and_nothing_is_called_well(
    database: Database, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    await asyncio.to_thread(token.write_text, "another's")

    async with an_issuer(database) as address, a_register() as registry:
        answer = await doctor(database, address, "--registry", registry, "--token-file", token)
        gone = registry
    silent = await doctor(database, address, "--registry", gone, "--token-file", token)

    assert (answer.exit_code, silent.exit_code) == (2, 2)
    assert "it answered 401" in answer.output
    assert "ConnectError" in silent.output
