"""However often a request is sent, at once or later, it does its work once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import func, select, text

from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.idempotency import (
    Claim,
    IdempotencyKeyReusedError,
    StillRunningError,
    claim,
    fingerprint,
    forget_old,
    keep_answer,
    keep_resource,
)
from shared.runtime.schema import idempotency
from tests.support.ledger.tables import entry
from tests.support.postgres import MakeDatabase
from tests.support.toy import OIN, a_client, a_token, bearer, create_toy

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
THING = {"thingName": "Cup", "amount": 1}


@pytest.fixture
def database(make_database: MakeDatabase, open_database: Callable[[str], Database]) -> Database:
    return open_database(make_database("tests.support.ledger"))


@pytest.fixture
async def toy(database: Database) -> AsyncIterator[AsyncClient]:
    async with a_client(create_toy(database)) as client:
        yield client


async def send(
    toy: AsyncClient,
    body: object = THING,
    *,
    key: str | None = "key-1",
    organisation: str = OIN,
) -> Response:
    headers = bearer(a_token(organisation=organisation))
    if key is not None:
        headers["Idempotency-Key"] = key
    return await toy.post("/v1/entries", json=body, headers=headers)


async def entries(database: Database) -> int:
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        return int((await session.execute(select(func.count()).select_from(entry))).scalar_one())


async def test_ten_identical_requests_at_once_have_one_effect(
    toy: AsyncClient, database: Database
) -> None:
    start = asyncio.Barrier(10)

    async def send_together() -> Response:
        await start.wait()
        return await send(toy, {**THING, "thingName": "slow"})

    answers = await asyncio.gather(*(send_together() for _ in range(10)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await entries(database) == 1


async def test_a_repeated_request_gets_the_first_answer(
    toy: AsyncClient, database: Database
) -> None:
    first = await send(toy)
    second = await send(toy, {"amount": 1, "thingName": "Cup"})

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["content-type"] == first.headers["content-type"]
    assert await entries(database) == 1


async def test_a_key_is_not_used_for_another_body(toy: AsyncClient, database: Database) -> None:
    await send(toy)
    answer = await send(toy, {**THING, "amount": 2})

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")
    assert await entries(database) == 1


async def test_another_organisation_has_its_own_keys(toy: AsyncClient, database: Database) -> None:
    mine = await send(toy)
    theirs = await send(toy, organisation="00000099000000002000")

    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.content != theirs.content
    assert await entries(database) == 2


@pytest.mark.parametrize("key", [None, "", "x" * 256, "two words", "caf\xe9"])
async def test_a_key_is_needed_and_has_a_form(toy: AsyncClient, key: str | None) -> None:
    headers: Any = [(b"authorization", f"Bearer {a_token()}".encode())]
    if key is not None:
        headers.append((b"idempotency-key", key.encode("latin-1")))

    answer = await toy.post("/v1/entries", json=THING, headers=headers)

    assert answer.status_code == 400
    assert [(f["in"], f["pointer"]) for f in answer.json()["errors"]] == [
        ("header", "/Idempotency-Key")
    ]


async def test_faults_in_header_and_body_are_named_together(toy: AsyncClient) -> None:
    answer = await send(toy, {"thingName": "Cup"}, key=None)

    assert {(f["in"], f["pointer"]) for f in answer.json()["errors"]} == {
        ("header", "/Idempotency-Key"),
        ("body", "/amount"),
    }


async def test_a_refused_request_leaves_its_key_free(toy: AsyncClient, database: Database) -> None:
    refused = await send(toy, {**THING, "amount": 99})
    accepted = await send(toy, THING)

    assert (refused.status_code, accepted.status_code) == (400, 201)
    assert await entries(database) == 1


async def take(database: Database, *, now: datetime = NOW, body: str = "a") -> Claim:
    async with database.transaction() as session:
        return await claim(
            session,
            organisation=OIN,
            route="award",
            key="key-1",
            fingerprint=fingerprint({"body": body}),
            now=now,
        )


async def test_a_request_under_way_is_told_when_to_come_back(database: Database) -> None:
    await take(database)

    with pytest.raises(StillRunningError) as refused:
        await take(database, now=NOW + timedelta(seconds=4))

    assert refused.value.retry_after == 6


async def test_a_lease_that_ended_is_taken_over_where_it_was_left(database: Database) -> None:
    first = await take(database)
    async with database.transaction() as session:
        await keep_resource(session, first, "award-7")
    later = NOW + timedelta(seconds=11)

    second = await take(database, now=later)

    assert (second.answer, second.resource) == (None, "award-7")
    with pytest.raises(StillRunningError):
        await take(database, now=later + timedelta(seconds=9))


async def test_only_one_of_many_takes_over_a_lease(database: Database) -> None:
    await take(database)
    later = NOW + timedelta(seconds=11)

    async with database.transaction() as barrier:
        await barrier.execute(select(idempotency).with_for_update())
        taking = [asyncio.create_task(take(database, now=later)) for _ in range(8)]
        waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        for _ in range(300):
            if (await barrier.execute(waiting)).scalar_one() == len(taking):
                break
            await asyncio.sleep(0.01)
    taken = await asyncio.gather(*taking, return_exceptions=True)

    assert sum(isinstance(each, Claim) for each in taken) == 1
    assert sum(isinstance(each, StillRunningError) for each in taken) == 7


async def test_another_body_is_refused_even_while_the_first_runs(database: Database) -> None:
    await take(database)

    with pytest.raises(IdempotencyKeyReusedError):
        await take(database, body="b")


async def test_an_answer_that_names_a_person_need_not_be_kept(database: Database) -> None:
    first = await take(database)
    async with database.transaction() as session:
        await keep_resource(session, first, "award-7")
        await keep_answer(session, first, status=201, body=None)

    again = await take(database, now=NOW + timedelta(days=6))

    assert again.answer is not None
    assert (again.answer.status, again.answer.body, again.answer.resource) == (201, None, "award-7")


async def test_keys_are_forgotten_after_seven_days_and_no_sooner(database: Database) -> None:
    await take(database)

    async with database.transaction() as session:
        assert await forget_old(session, NOW + timedelta(days=7)) == 0
        assert await forget_old(session, NOW + timedelta(days=7, seconds=1)) == 1
        rows = await session.execute(select(func.count()).select_from(idempotency))
        assert rows.scalar_one() == 0
