"""How much was checked: numbers that add up, lead to nobody, and go when they must."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import text

from services.verifier import consumers, operations
from services.verifier.app import create_app
from services.verifier.counting import telling
from services.verifier.counting.counter import Counter, counting
from services.verifier.operations import Desk, Verified
from services.verifier.settings import Settings
from shared.contracts import topics
from shared.runtime.database import Database
from shared.runtime.settings import TokenIssuer
from tests.integration.verifier.conftest import Hear
from tests.integration.verifier.news import a_state
from tests.support import toy
from tests.unit.verifier.forge import NOW, OTHER_KEY, REGISTRATION, a_token, changed, header, sign

pytestmark = pytest.mark.anyio

COUNTS = "/v1/verification-counts"
LONG_AGO = date(2024, 10, 1)


@pytest.fixture
async def asking(settings: Settings, database: Database) -> AsyncIterator[AsyncClient]:
    """Give a client of a verifier that takes tokens, a day later."""
    jwks = {"keys": [toy.SIGNING_KEY.as_dict(private=False)]}
    issuer = TokenIssuer.model_validate({"issuer": toy.ISSUER, "jwks": jwks})
    app = create_app(settings.model_copy(update={"token_issuers": (issuer,)}), database)
    app.state.clock = lambda: NOW + timedelta(hours=23)
    async with AsyncClient(
        transport=ASGITransport(app), base_url="https://verifier.example"
    ) as client:
        yield client


async def verified(app: FastAPI, content: str) -> Verified:
    desk: Desk = app.state.desk
    return await operations.verify_one(desk, content.encode(), now=NOW)


async def count(app: FastAPI, database: Database, content: str, times: int) -> None:
    """Count a verification so often, and write it down."""
    counter, one = Counter(), await verified(app, content)
    for _ in range(times):
        counter.note(one)
    await counter.flush(database)


async def rows(database: Database, table: str) -> list[tuple[object, ...]]:
    async with database.transaction() as session:
        found = await session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))
        return [tuple(row) for row in found]


async def ask_as(client: AsyncClient, credential: str, *scopes: str) -> Response:
    token = toy.a_token(scopes=scopes, now=NOW + timedelta(hours=23))
    return await client.post(
        f"{COUNTS}/_search",
        json={"credential": credential},
        headers={"Authorization": f"Bearer {token}"},
    )


async def test_a_verification_is_counted_by_day_verdict_and_kind_and_by_nothing_else(
    app: FastAPI, database: Database, token: str
) -> None:
    await count(app, database, token, 3)
    await count(app, database, "just some words", 2)
    await count(app, database, token, 1)

    assert await rows(database, "verification_count") == [
        (date(2026, 11, 22), "not-a-credential", "unknown", "text", 2),
        (date(2026, 11, 22), "valid", "vc-jwt", "text", 4),
    ]
    assert await rows(database, "checked_registration") == [(REGISTRATION, date(2026, 11, 1), 4)]


async def test_several_processes_add_up_also_when_they_write_at_once(
    app: FastAPI, database: Database, token: str
) -> None:
    await asyncio.gather(*(count(app, database, token, n) for n in (1, 2, 3, 4)))

    assert (await rows(database, "verification_count"))[0][-1] == 10
    assert (await rows(database, "checked_registration"))[0][-1] == 10


async def test_counting_takes_two_microseconds(app: FastAPI, token: str) -> None:
    counter, one = Counter(), await verified(app, token)
    best = 1.0
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(1000):
            counter.note(one)
        best = min(best, (time.perf_counter() - began) / 1000)

    # Twice what is promised, for a machine that does other things as well.
    assert best < 4e-6


async def test_what_could_not_be_written_is_written_later_and_once(
    app: FastAPI, database: Database, token: str
) -> None:
    counter, one = Counter(), await verified(app, token)
    counter.note(one)
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing", source="nowhere")

    flushing = asyncio.create_task(counter.keep_flushing(nowhere, seconds=0.01))
    await asyncio.sleep(0.1)
    assert not flushing.done()
    flushing.cancel()
    counter.note(one)
    await counter.flush(database)
    await counter.flush(database)

    assert (await rows(database, "verification_count"))[0][-1] == 2
    assert (await rows(database, "checked_registration"))[0][-1] == 2


async def test_who_stops_writes_down_what_is_left(
    app: FastAPI, database: Database, token: str
) -> None:
    counter = Counter()
    async with counting(lambda _: nullcontext(), counter, database)(app):
        counter.note(await verified(app, token))

    assert (await rows(database, "verification_count"))[0][-1] == 1


async def test_a_process_never_remembers_more_awards_than_it_may(
    app: FastAPI, database: Database, hear: Hear, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hear(a_state(token))
    monkeypatch.setattr("services.verifier.counting.counter.MOST_CHECKED", 0)
    counter = Counter()
    counter.note(await verified(app, token))
    await counter.flush(database)

    assert await rows(database, "checked_registration") == []
    assert (await rows(database, "verification_count"))[0][-1] == 1


async def test_everybody_sees_rounded_numbers_of_days_that_are_over(
    app: FastAPI, verifier: AsyncClient, database: Database, token: str
) -> None:
    await count(app, database, token, 14)
    await count(app, database, "just some words", 3)
    today = (await verifier.get(COUNTS, params={"until": "2026-11-22"})).json()

    app.state.clock = lambda: NOW + timedelta(days=1)
    answer = await verifier.get(COUNTS, params={"from": "2026-11-21"})

    assert "2026-11-22" not in str(today)
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.json()["roundedTo"] == 10
    assert answer.json()["days"] == [
        {
            "day": "2026-11-21",
            "verifications": 0,
            "byState": {},
            "byForm": {},
            "byContainer": {},
        },
        {
            "day": "2026-11-22",
            "verifications": 20,
            "byState": {"valid": 10},
            "byForm": {"vc-jwt": 10},
            "byContainer": {"text": 20},
        },
    ]


@pytest.mark.parametrize(
    "period",
    [
        {"from": "2026-11-02", "until": "2026-11-01"},
        {"from": "2020-01-01"},
        {"from": "0001-01-01", "until": "0001-01-02"},
        {"until": "0001-01-01"},
        {"from": "yesterday"},
        {"from": "2027-01-01"},
    ],
)
async def test_a_strange_period_is_no_fault_of_ours(
    asking: AsyncClient, period: dict[str, str]
) -> None:
    assert (await asking.get(COUNTS, params=period)).status_code in {200, 400}


async def test_who_acts_for_the_learner_and_has_the_credential_is_told_the_sum(
    app: FastAPI, asking: AsyncClient, database: Database, token: str
) -> None:
    await count(app, database, token, 7)
    async with database.transaction() as session:
        for month in (date(2026, 10, 1), LONG_AGO):
            await session.execute(
                text("INSERT INTO checked_registration VALUES (:id, :month, 100)"),
                {"id": REGISTRATION, "month": month},
            )

    answer = await ask_as(asking, token, "learners:access")
    again = await ask_as(asking, token, "learners:access")

    assert answer.json() == {"checked": 107, "since": "2024-11-01"}
    assert again.json() == answer.json()  # asking is not checking


async def test_nobody_else_is_told_how_often(asking: AsyncClient, token: str) -> None:
    answers = [
        await ask_as(asking, token, scope)
        for scope in ("registrations:read", "consultations:read", "verifications:write")
    ]
    anonymous = await asking.post(f"{COUNTS}/_search", json={"credential": token})

    assert {answer.status_code for answer in answers} == {403}
    assert anonymous.status_code == 401


@pytest.mark.parametrize(
    "credential",
    [
        "just some words",
        sign(changed(), head=header(), key=OTHER_KEY),
        a_token(lambda payload: payload.update(name="Something else")),
    ],
    ids=["nothing", "forged", "not what was registered"],
)
async def test_what_is_not_the_credential_itself_counts_for_nobody_and_is_told_nothing(
    app: FastAPI, asking: AsyncClient, database: Database, token: str, credential: str
) -> None:
    await count(app, database, token, 2)
    await count(app, database, credential, 5)

    assert (await rows(database, "checked_registration"))[0][-1] == 2
    answer = await ask_as(asking, credential, "learners:access")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-counted")


async def test_the_numbers_of_an_award_go_with_it(
    app: FastAPI, asking: AsyncClient, database: Database, token: str
) -> None:
    late = await verified(app, token)
    await count(app, database, token, 2)
    async with database.transaction() as session:
        await consumers.subscribe().hear_gone(
            topics.REGISTRATIONS_STATE.name, str(REGISTRATION), session
        )
    assert await rows(database, "checked_registration") == []

    counter = Counter()
    counter.note(late)  # in the memory of another process when the erasure was heard
    await counter.flush(database)
    assert await rows(database, "checked_registration") == []
    assert (await ask_as(asking, token, "learners:access")).status_code == 404


async def test_numbers_are_kept_for_two_years(
    app: FastAPI, database: Database, hear: Hear, token: str
) -> None:
    await hear(a_state(token))
    await count(app, database, token, 1)
    async with database.transaction() as session:
        await session.execute(
            text("INSERT INTO checked_registration VALUES (:id, :month, 5)"),
            {"id": REGISTRATION, "month": LONG_AGO},
        )

    await telling.forget_old(database, now=NOW)

    assert await rows(database, "checked_registration") == [(REGISTRATION, date(2026, 11, 1), 1)]
