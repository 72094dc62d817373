"""Receipts that are kept for some days: under a seal, and gone when their time is up."""

import asyncio
import json
from datetime import datetime, timedelta

import pytest
from httpx import Response
from sqlalchemy import text

from services.verifier.app import create_worker
from services.verifier.domain.receipts import ReceiptsFullError
from services.verifier.receipts import keeping
from services.verifier.settings import Settings
from shared.runtime.database import Database
from shared.runtime.observability import configure_logging
from tests.support.canary import find, needles, read_tables
from tests.support.receipts import PATH, PUBLIC, Office, count_kept
from tests.unit.verifier.forge import NOW, a_token
from tests.unit.verifier.test_receipts import PERSON
from tests.unit.verifier.test_receipts_paper import attachments

pytestmark = pytest.mark.anyio


def secret_of(answer: Response) -> str:
    return str(answer.json()["address"]).rpartition("/")[2]


async def test_what_is_kept_can_be_fetched_in_every_form_and_wiped(
    office: Office, database: Database, token: str
) -> None:
    made = await office.make(token, keepDays=7, withPerson="true")

    assert made.status_code == 201, made.text
    address = made.json()["address"]
    assert made.headers["location"] == address
    assert address.startswith(f"{PUBLIC}{PATH}/")
    assert made.json()["keptUntil"] == "2026-11-29T12:00:00Z"
    fetched = await office.client.get(address, headers={"Accept": "application/jwt"})
    assert fetched.text == made.json()["receipt"]
    paper = await office.client.get(address, headers={"Accept": "application/pdf"})
    assert [one for _, one in attachments(paper.content)] == [fetched.content]
    assert (await office.client.get(address)).json()["content"] == made.json()["content"]

    assert (await office.client.delete(address)).status_code == 204
    assert (await office.client.get(address)).json()["code"] == "receipt-unknown"
    assert (await office.client.delete(address)).status_code == 404
    assert await count_kept(database) == 0


async def test_a_kept_receipt_is_gone_when_its_time_is_up(
    office: Office, database: Database, token: str
) -> None:
    address = (await office.make(token, keepDays=1)).json()["address"]
    longer = (await office.make(token, keepDays=2)).json()["address"]

    office.now = NOW + timedelta(days=1) - timedelta(seconds=1)
    assert (await office.client.get(address)).status_code == 200
    assert await keeping.forget_old(database, now=office.now) == 0
    office.now = NOW + timedelta(days=1)
    assert (await office.client.get(address)).status_code == 404
    assert await keeping.forget_old(database, now=office.now) == 1
    assert await count_kept(database) == 1
    assert (await office.client.get(longer)).status_code == 200


async def test_the_worker_wipes_what_is_over(
    settings: Settings, office: Office, database: Database, token: str
) -> None:
    office.now = datetime.fromisoformat("2020-01-01T00:00:00Z")
    await office.make(token, keepDays=1)
    running = asyncio.create_task(create_worker(settings, database).run())

    async with asyncio.timeout(10):
        while await count_kept(database):
            await asyncio.sleep(0.01)
    running.cancel()


async def test_our_own_database_shows_nobody_what_was_checked(
    office: Office, database: Database, token: str
) -> None:
    made = await office.make(token, keepDays=30, withPerson="true")
    plain = made.json()

    async with database.transaction() as session:
        (row,) = (await session.execute(text("SELECT * FROM kept_receipt"))).all()
    held = b"".join(one for one in row if isinstance(one, bytes))
    wanted = needles(
        *PERSON[:1], secret_of(made), plain["receipt"][:40], plain["content"]["jti"][9:], "kwantum"
    )
    assert held
    assert find(wanted, held + str(row).encode()) == []
    assert len(find(needles("Sam de Vries"), json.dumps(plain).encode())) > 0


async def test_an_envelope_moved_to_another_address_does_not_open(
    office: Office, database: Database, token: str
) -> None:
    one, two = [(await office.make(token, keepDays=1)).json()["address"] for _ in range(2)]
    async with database.transaction() as session:
        await session.execute(
            text(
                "UPDATE kept_receipt AS one SET sealed = two.sealed FROM kept_receipt AS two"
                " WHERE one.name <> two.name"
            )
        )

    assert [(await office.client.get(each)).status_code for each in (one, two)] == [404, 404]


async def test_the_secret_of_an_address_stands_in_no_log(
    office: Office, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(level="DEBUG")
    made = await office.make(token, keepDays=1, withPerson="true")
    await office.client.get(made.json()["address"])
    written = "".join(capsys.readouterr())

    assert "/verifications/receipts/{secret}" in written
    assert find(needles(secret_of(made), "Sam de Vries"), written.encode()) == []


async def test_no_more_receipts_are_kept_than_there_is_room_for(database: Database) -> None:
    until = NOW + timedelta(days=1)
    for _ in range(2):
        async with database.transaction() as session:
            await keeping.keep(session, "a.b.c", until=until, most=2)

    async with database.transaction() as session:
        with pytest.raises(ReceiptsFullError):
            await keeping.keep(session, "a.b.c", until=until, most=2)


@pytest.mark.parametrize("days", ["-1", "31", "x", "1e1"])
async def test_nothing_is_kept_for_longer_than_thirty_days(
    office: Office, token: str, days: str
) -> None:
    answer = await office.make(token, keepDays=days)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request")


async def test_every_table_is_silent_about_the_person(
    office: Office, token: str, settings: Settings
) -> None:
    await office.make(token, keepDays=1, withPerson="true")
    tables = await read_tables(settings.database_url)

    assert tables["kept_receipt"]
    assert [name for name, hay in tables.items() if find(needles(*PERSON[:1]), hay)] == []
    assert a_token() not in str(tables)
