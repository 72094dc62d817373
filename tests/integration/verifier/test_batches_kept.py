"""What is kept of a batch: sealed, for an hour at most, and known again by its request."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from services.verifier.batch_operations.telling import wipe_old_batches
from services.verifier.settings import Settings
from shared.runtime import migrations
from shared.runtime.database import Database
from tests.integration.verifier.sending import (
    PATH,
    as_form,
    count_rows,
    desk_of,
    rows_of,
    send,
    without_hands,
)
from tests.support.canary import find, needles, read_tables
from tests.unit.verifier.forge import NOW

pytestmark = pytest.mark.anyio
KEY = "5f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"


@pytest.fixture(autouse=True)
async def at_rest(app: FastAPI) -> AsyncIterator[None]:
    """Wait until nothing is being judged any more, before the database goes."""
    crew = desk_of(app).crew
    yield
    await crew.settle()


async def test_a_batch_that_is_wiped_is_gone(
    app: FastAPI, verifier: AsyncClient, database: Database, token: str
) -> None:
    sent = await send(verifier, token)
    await desk_of(app).crew.settle()

    gone = await verifier.delete(sent.headers["location"])
    after = await verifier.get(sent.headers["location"])
    again = await verifier.delete(sent.headers["location"])

    assert (gone.status_code, after.status_code, again.status_code) == (204, 404, 404)
    assert await count_rows(database, "verification_batch_entry") == 0


async def test_a_batch_is_gone_within_the_hour_also_when_nobody_asks(
    app: FastAPI, verifier: AsyncClient, database: Database, token: str
) -> None:
    await send(verifier, token)
    await desk_of(app).crew.settle()

    await wipe_old_batches(database, now=NOW + timedelta(minutes=58))
    before = await count_rows(database, "verification_batch_entry")
    await wipe_old_batches(database, now=NOW + timedelta(minutes=59))

    assert before == 1
    assert await count_rows(database, "verification_batch") == 0
    assert await count_rows(database, "verification_batch_entry") == 0


async def test_who_asks_too_late_finds_nothing_and_leaves_nothing(
    app: FastAPI, verifier: AsyncClient, database: Database, token: str
) -> None:
    sent = await send(verifier, token)
    await desk_of(app).crew.settle()
    app.state.clock = lambda: NOW + timedelta(minutes=59)

    answer = await verifier.get(sent.json()["links"]["results"])

    assert answer.status_code == 404
    assert await count_rows(database, "verification_batch_entry") == 0


async def test_the_database_holds_nothing_that_can_be_read(
    app: FastAPI, verifier: AsyncClient, settings: Settings, token: str
) -> None:
    crew = desk_of(app).crew
    sought = needles("Sam de Vries", "Jansen", "kwantumcomputers", token[40:80])
    assert find(sought, b"..Sam de Vries..")  # Who finds nothing must be able to find something.

    app.state.batch_desk = without_hands(desk_of(app))
    sent = await verifier.post(PATH, files=as_form({"Jansen.jwt": token.encode()}))
    waiting = await read_tables(settings.database_url)
    app.state.batch_desk = replace(desk_of(app), crew=crew)
    await verifier.get(sent.headers["location"])
    await crew.settle()
    done = await read_tables(settings.database_url)

    secret = needles(sent.json()["batchId"])
    for tables in (waiting, done):
        batch = tables["verification_batch"] + tables["verification_batch_entry"]
        assert len(batch) > 100
        assert find(sought, batch) == []
        assert find(secret, batch) == []
    assert (await rows_of(verifier, sent))[0]["earnedBy"] == "Sam de Vries"


async def test_no_log_names_a_batch_a_file_or_a_person(
    app: FastAPI, verifier: AsyncClient, token: str, capfd: pytest.CaptureFixture[str]
) -> None:
    sent = await verifier.post(PATH, files=as_form({"Jansen.jwt": token.encode()}))
    await desk_of(app).crew.settle()
    await verifier.get(sent.headers["location"])
    await verifier.get(f"/batches/{sent.json()['batchId']}")
    said = "".join(capfd.readouterr())

    for secret in (sent.json()["batchId"], "Jansen", "Sam de Vries", token[:40]):
        assert secret not in said


async def test_a_repeated_request_is_one_batch_and_other_files_are_refused(
    verifier: AsyncClient, database: Database, token: str
) -> None:
    first = await send(verifier, token, Idempotency_Key=KEY)
    again = await send(verifier, token, Idempotency_Key=KEY)
    other = await send(verifier, token, token, Idempotency_Key=KEY)
    elsewhere = await send(verifier, token, Idempotency_Key=KEY[::-1])

    assert first.headers["location"] == again.headers["location"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert elsewhere.headers["location"] != first.headers["location"]
    assert await count_rows(database, "verification_batch") == 2


async def test_a_form_is_the_same_request_however_its_parts_are_bounded(
    verifier: AsyncClient, token: str
) -> None:
    files, headers = as_form({"a.jwt": token.encode()}), {"Idempotency-Key": KEY}

    first = await verifier.post(PATH, files=files, headers=headers)
    again = await verifier.post(PATH, files=files, headers=headers)

    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert first.headers["location"] == again.headers["location"]


async def test_a_key_that_can_be_guessed_is_refused(verifier: AsyncClient, token: str) -> None:
    answer = await send(verifier, token, Idempotency_Key="1")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["in"] == "header"


async def test_a_key_can_be_used_again_once_its_batch_is_wiped(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    await send(verifier, token, Idempotency_Key=KEY)
    app.state.clock = lambda: NOW + timedelta(hours=1)

    other = await send(verifier, token, token, Idempotency_Key=KEY)

    assert other.status_code == 202


async def test_the_migrations_make_the_tables_that_the_code_has(settings: Settings) -> None:
    await migrations.check(settings.database_url, "services.verifier")
