"""What is kept of a share: nothing that who steals the database can read or try, nor for long."""

import asyncio
from datetime import datetime, timedelta

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

from services.verifier.app import create_app, create_worker
from services.verifier.settings import Settings
from services.verifier.shares import book
from shared.contracts.events import RegistrationErased
from shared.runtime.database import Database
from shared.runtime.observability import configure_logging
from tests.integration.verifier.conftest import Hear
from tests.support.canary import find, needles, read_tables
from tests.support.shares import PATH, PUBLIC, Sharing
from tests.unit.verifier.forge import NOW, OIN, REGISTRATION

pytestmark = pytest.mark.anyio

ERASED = RegistrationErased(
    record_version=2, registration_id=REGISTRATION, organisation=OIN, erased_at=NOW
)


async def rows(database: Database) -> list[tuple[object, ...]]:
    """Return every row of the table of shares."""
    async with database.transaction() as session:
        return [tuple(row) for row in await session.execute(text("SELECT * FROM share"))]


async def test_our_own_database_shows_nobody_what_is_shared_nor_by_which_link(
    sharing: Sharing, settings: Settings, token: str
) -> None:
    shared = await sharing.share(token, withCode=True)
    key = shared["link"].partition("#")[2]
    secrets = (key, shared["withdrawal"], shared["code"], shared["code"].replace("-", ""))
    wanted = needles("Sam de Vries", token[-60:], *secrets)

    tables = await read_tables(settings.database_url)

    assert {name: find(wanted, hay) for name, hay in tables.items() if find(wanted, hay)} == {}
    assert find(needles("kwantum"), tables["share"]) == []
    assert find(needles("kwantum"), tables["microcredential"]) != []
    assert len(tables["share"]) > len(token)


async def test_nothing_but_that_it_was_there_stays_of_what_was_withdrawn_or_erased(
    sharing: Sharing, hear: Hear, database: Database, token: str
) -> None:
    withdrawn = await sharing.share(token, withCode=True)
    await sharing.share(token, withCode=True)
    await sharing.withdraw(withdrawn)
    await hear(ERASED)

    for row in await rows(database):
        share_id, code_place, *emptied, ends_at = row
        assert (share_id, code_place) != (None, None)
        assert emptied == [None] * 4
        assert ends_at == NOW


async def test_an_erasure_that_is_heard_while_it_is_shared_leaves_nothing(
    sharing: Sharing, hear: Hear, database: Database, token: str
) -> None:
    async def try_to_share() -> None:
        await sharing.client.post(PATH, json={"credential": token})

    await asyncio.gather(*(try_to_share() for _ in range(8)), hear(ERASED))

    assert [row for row in await rows(database) if row[2] is not None] == []


async def test_the_worker_wipes_what_has_ended(
    peppered: Settings, sharing: Sharing, database: Database, token: str
) -> None:
    sharing.now = datetime.fromisoformat("2020-01-01T00:00:00Z")
    async with database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO share VALUES (decode('aa', 'hex'), NULL, 'sealed', NULL, 'hash',"
                " :award, :ended)"
            ),
            {"award": REGISTRATION, "ended": sharing.now},
        )
    running = asyncio.create_task(create_worker(peppered, database).run())

    async with asyncio.timeout(10):
        while await rows(database):
            await asyncio.sleep(0.01)
    running.cancel()
    assert token


async def test_what_was_shared_while_it_was_erased_is_found_by_the_chore(
    sharing: Sharing, database: Database, token: str
) -> None:
    await sharing.share(token)
    async with database.transaction() as session:
        await session.execute(text("UPDATE registration SET is_erased = true"))

    await book.forget_old(database, now=NOW)

    assert [row[2] for row in await rows(database)] == [None]


async def test_an_envelope_in_another_row_does_not_open(
    sharing: Sharing, database: Database, token: str
) -> None:
    one, two = await sharing.share(token), await sharing.share(token)
    async with database.transaction() as session:
        await session.execute(
            text(
                "UPDATE share AS one SET sealed = two.sealed FROM share AS two"
                " WHERE one.share_id <> two.share_id"
            )
        )

    assert await sharing.open(one["link"]) == ("not-found", "link-unknown")
    assert await sharing.open(two["link"]) == ("not-found", "link-unknown")


async def test_another_pepper_ends_codes_and_no_link(
    sharing: Sharing, settings: Settings, database: Database, token: str
) -> None:
    shared = await sharing.share(token, withCode=True)
    other = create_app(settings, database)
    other.state.clock = lambda: NOW
    async with AsyncClient(transport=ASGITransport(other), base_url=PUBLIC) as client:
        code, link = [
            (await client.post("/v1/verifications", json={"credential": one})).json()
            for one in (shared["code"], shared["link"])
        ]

    assert code["verdict"]["state"] == "not-found"
    assert link["verdict"]["state"] == "valid"


async def test_the_key_of_a_link_and_the_withdrawal_stand_in_no_log(
    sharing: Sharing, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(level="DEBUG")
    shared = await sharing.share(token, withCode=True)
    await sharing.open(shared["link"])
    await sharing.client.get(f"/s/{shared['shareId']}")
    await sharing.withdraw(shared)
    written = "".join(capsys.readouterr())

    assert "/v1/shares/{shareId}" in written
    secrets = (shared["link"].partition("#")[2], shared["withdrawal"], shared["code"])
    assert find(needles(*secrets, shared["shareId"], "Sam de Vries"), written.encode()) == []


async def test_one_address_makes_so_many_links_and_tries_so_many_codes_a_minute(
    peppered: Settings, database: Database, token: str
) -> None:
    few = {"share_quota_of_address": 2, "code_quota_of_address": 3}
    app = create_app(peppered.model_copy(update=few), database)
    app.state.clock = lambda: NOW
    transport = ASGITransport(app, client=("192.0.2.7", 1))
    async with AsyncClient(transport=transport, base_url=PUBLIC) as client:
        made = [await client.post(PATH, json={"credential": token}) for _ in range(3)]
        tried = [
            await client.post("/v1/verifications", json={"credential": "7Q4K-M2XD-9HT7"})
            for _ in range(4)
        ]
        page = await client.post("/", data={"credential": "7Q4K-M2XD-9HT7"})
        # What its check character shows to be wrong is nobody's guess.
        mistyped = await client.post("/v1/verifications", json={"credential": "7Q4K-M2XD-9HT8"})
        whole = await client.post("/v1/verifications", json={"credential": token})

    assert [one.status_code for one in made] == [201, 201, 429]
    assert [one.status_code for one in tried] == [200, 200, 200, 429]
    assert "retry-after" in tried[3].headers
    assert page.status_code == 429
    assert (mistyped.status_code, whole.status_code) == (200, 200)


async def test_a_share_made_late_lasts_as_many_whole_days(sharing: Sharing, token: str) -> None:
    sharing.now = NOW + timedelta(hours=11, minutes=59)

    assert (await sharing.share(token, days=1))["expiresAt"] == "2026-11-23T23:59:00Z"
