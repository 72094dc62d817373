"""Every sub-command of `waarmerk`, as somebody at a terminal uses it."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from services.demo.commands import command
from services.demo.operating import Service
from services.demo.sandbox import AUDIENCE, open_sandbox
from services.registry.operations import registrations as operations
from shared.runtime import migrations
from shared.runtime.access import TokenVerifier
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedBroker
from shared.runtime.observability import configure_logging
from tests.support.awards import NOW, TWENTE, an_award, granted
from tests.support.postgres import MakeDatabase, in_own_loop
from tests.support.registering import put_in_log

SOURCE = "urn:nld:oin:00000099000000000000:systeem:registry"


@pytest.fixture(autouse=True)
def _usual_log() -> Iterator[None]:
    yield
    configure_logging()


def waarmerk(*words: str | Path, **environment: str) -> Result:
    told = {f"WAARMERK_{name.upper()}": value for name, value in environment.items()}
    return CliRunner().invoke(command, [str(word) for word in words], env=told)


def token(folder: Path, *scopes: str) -> Result:
    asked = [word for scope in scopes for word in ("--scope", scope)]
    return waarmerk("token", "--data", folder, "--organisation", TWENTE, *asked)


def test_a_token_of_the_sandbox_is_taken_by_its_services(tmp_path: Path) -> None:
    sandbox = open_sandbox(tmp_path)
    minted = token(tmp_path, "awards:write", "awards:read").output.strip()
    verifier = TokenVerifier([sandbox.token_issuer], audience=AUDIENCE)

    async def check() -> None:
        caller = await verifier.verify(minted, now=datetime.now(UTC))
        assert caller.organisation == TWENTE
        assert caller.scopes == {"awards:write", "awards:read"}

    in_own_loop(check)


def test_a_token_may_be_of_a_person(tmp_path: Path) -> None:
    sandbox = open_sandbox(tmp_path)
    scope = ("--scope", "microcredentials:approve", "--subject", "board-member")
    minted = waarmerk("token", "--data", tmp_path, "--organisation", TWENTE, *scope).output.strip()
    verifier = TokenVerifier([sandbox.token_issuer], audience=AUDIENCE)

    async def check() -> None:
        assert (await verifier.verify(minted, now=datetime.now(UTC))).subject == "board-member"

    in_own_loop(check)


def test_a_scope_that_does_not_exist_is_refused_with_those_that_do(tmp_path: Path) -> None:
    open_sandbox(tmp_path)
    refused = token(tmp_path, "everything")

    assert refused.exit_code == 2
    assert "awards:write" in refused.output


def test_without_a_sandbox_there_is_no_token_and_none_is_made(tmp_path: Path) -> None:
    refused = token(tmp_path, "awards:write")

    assert refused.exit_code == 2
    assert "waarmerk demo" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_a_broken_sandbox_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "sandbox.json").write_text("{")

    assert token(tmp_path, "awards:write").exit_code == 2
    assert (tmp_path / "sandbox.json").read_text() == "{"


@pytest.mark.parametrize("service", list(Service))
def test_a_service_describes_itself_without_database_or_settings(service: Service) -> None:
    printed = waarmerk("openapi", service)

    assert printed.exit_code == 0
    assert json.loads(printed.output)["openapi"].startswith("3.")


def test_a_service_that_is_not_configured_says_everything_that_is_missing() -> None:
    refused = waarmerk("replay", "issuer")

    assert refused.exit_code == 2
    assert "WAARMERK_DATABASE_URL" in refused.output
    assert "WAARMERK_KEY_ENCRYPTION_KEY" in refused.output
    assert "Traceback" not in refused.output


def test_a_service_is_migrated_by_its_name(make_empty_database: Callable[[], str]) -> None:
    url = make_empty_database()
    told = waarmerk("migrate", "registry", database_url=url, public_url="http://127.0.0.1")

    assert told.exit_code == 0, told.output
    in_own_loop(lambda: migrations.check(url, "services.registry"))


@pytest.mark.parametrize("duty", ["serve", "work", "migrate"])
def test_a_service_that_does_not_exist_is_refused(duty: str) -> None:
    assert waarmerk(duty, "nothing").exit_code == 2


@pytest.fixture
def register(make_database: MakeDatabase) -> str:
    url = make_database("services.registry")

    async def fill() -> None:
        database = Database(url, source=SOURCE)
        async with database.transaction() as session:
            await operations.record_awards(session, [granted(an_award())], now=NOW)
        await put_in_log(database)
        await database.dispose()

    in_own_loop(fill)
    return url


def waiting_in(url: str) -> int:
    found: list[int] = []

    async def run() -> None:
        connection = await asyncpg.connect(url)
        found.append(
            await connection.fetchval("SELECT size - next FROM log_state CROSS JOIN log_telling")
        )
        await connection.close()

    in_own_loop(run)
    return found[0]


def run_sql(url: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    in_own_loop(run)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 1),
        (["--topic", "registrations-state"], 1),
        (["--since", "2026-01-01"], 1),
        (["--since", "2126-01-01"], 0),
    ],
)
def test_the_register_tells_again_from_a_moment_on(
    register: str, options: list[str], count: int
) -> None:
    run_sql(register, "UPDATE log_telling SET next = 1")

    told = waarmerk(
        "replay", "registry", *options, database_url=register, public_url="http://127.0.0.1"
    )

    assert told.output == f"{count} events will be sent again.\n"
    assert waiting_in(register) == count


def test_the_register_tells_again_to_the_end_or_not_at_all(register: str) -> None:
    run_sql(register, "UPDATE log_telling SET next = 1")

    refused = waarmerk(
        *("replay", "registry", "--until", "2126-01-01"),
        database_url=register,
        public_url="http://127.0.0.1",
    )

    assert refused.exit_code == 2
    assert refused.output.startswith("The register tells both its topics again, from a moment on")
    assert waiting_in(register) == 0


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 2),
        (["--topic", "awards"], 1),
        (["--since", "2026-11-02"], 1),
        (["--until", "2026-11-02"], 1),
    ],
)
def test_replay_sends_a_range_of_the_outbox_again(
    make_database: MakeDatabase, options: list[str], count: int
) -> None:
    issuer = make_database("services.issuer")
    run_sql(
        issuer,
        "INSERT INTO outbox (topic, key, value, created_at, published_at) VALUES"
        " ('awards', 'a', '', '2026-11-01', now()), ('issuer-keys', 'b', '', '2026-11-03', now())",
    )

    told = waarmerk(
        *("replay", "issuer", *options),
        database_url=issuer,
        public_url="http://127.0.0.1",
        key_encryption_key="A" * 43,
        pseudonym_key="A" * 43,
    )

    assert told.output == f"{count} events will be sent again.\n"


def test_replay_of_a_topic_that_does_not_exist_is_refused(register: str) -> None:
    refused = waarmerk(
        "replay", "registry", "--topic", "x", database_url=register, public_url="http://127.0.0.1"
    )

    assert refused.exit_code == 2
    assert refused.output == "There is no such topic.\n"


def doctor(url: str) -> Result:
    return waarmerk("doctor", "registry", database_url=url, public_url="http://127.0.0.1")


def test_the_doctor_sees_events_that_wait_and_finds_nothing_wrong_at_first(register: str) -> None:
    told = doctor(register)

    assert told.exit_code == 0, told.output
    assert re.search(r"registry +answers +1 ", told.output)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO outbox (topic, key, created_at) VALUES ('x', 'y', now() - interval '2 min')",
        (
            "ALTER TABLE log_entry DISABLE TRIGGER only_grow;"
            " GRANT UPDATE ON log_entry TO CURRENT_USER;"
            " UPDATE log_entry SET logged_at = now() - interval '2 min'"
        ),
        "INSERT INTO consumer_state VALUES ('registry', 'w', 12, 0, now(), now() - interval '1 h')",
        "INSERT INTO parked VALUES ('registry', 'awards', 'x', 2, '', 0, 7)",
    ],
)
def test_the_doctor_warns_of_what_stands_still(register: str, statement: str) -> None:
    run_sql(register, statement)

    assert doctor(register).exit_code == 1


def test_the_doctor_names_a_database_that_does_not_answer(register: str) -> None:
    told = doctor(re.sub(r":\d+/", ":1/", register))

    assert told.exit_code == 1
    assert "registry" in told.output
    assert "Traceback" not in told.output


def test_topics_are_refused_by_a_broker_that_lets_nobody_make_them() -> None:
    with EmbeddedBroker() as broker:
        told = waarmerk("topics", "--servers", broker.servers)

    assert told.exit_code in {0, 2}
    assert "Traceback" not in told.output


def test_the_help_names_every_command() -> None:
    told = waarmerk("--help").output

    for name in ("demo", "seed", "token", "serve", "work", "migrate", "replay", "verify", "doctor"):
        assert re.search(rf"^  {name} ", told, re.MULTILINE)
