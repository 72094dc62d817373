"""How often somebody may ask: the arithmetic, and what a service makes of it."""

from datetime import UTC, datetime

import pytest
from httpx import ASGITransport, AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime import quotas
from shared.runtime.quotas import WINDOW_SECONDS, Quota, Quotas, site_of
from tests.support.toy import a_client, a_token, bearer, create_toy

pytestmark = pytest.mark.anyio
STRANGER, NEIGHBOUR = "192.0.2.7", "192.0.2.8"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_quota(requests: int = 60) -> tuple[Quota, Clock]:
    clock = Clock()
    return Quota("address", requests, read_clock=clock), clock


def visitor(address: str = STRANGER, *, of_address: int = 3, of_client: int = 0) -> AsyncClient:
    app = create_toy()
    app.state.quotas = Quotas(address=of_address, client=of_client)
    return AsyncClient(transport=ASGITransport(app, client=(address, 5)), base_url="http://toy")


async def ask(client: AsyncClient, times: int, path: str = "/v1/openapi.json") -> list[Response]:
    return [await client.get(path) for _ in range(times)]


def test_a_whole_quota_may_be_used_at_once_and_not_one_more() -> None:
    quota, _ = a_quota(60)

    taken = [quota.take("a") for _ in range(61)]

    assert [left.requests for left in taken[:60]] == list(range(59, -1, -1))
    assert [left.retry_after for left in taken] == [0] * 60 + [1]


def test_what_is_waited_for_is_given_and_no_more() -> None:
    quota, clock = a_quota(60)
    for _ in range(60):
        quota.take("a")
    clock.now += 2

    assert [quota.take("a").retry_after for _ in range(3)] == [0, 0, 1]


def test_everybody_has_a_quota_of_their_own() -> None:
    quota, _ = a_quota(1)
    quota.take("a")

    assert quota.take("a").retry_after > 0
    assert quota.take("b").retry_after == 0


@given(
    requests=st.integers(1, 500),
    pauses=st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=300),
)
def test_nobody_gets_more_than_the_quota_and_what_was_waited_for(
    requests: int, pauses: list[float]
) -> None:
    quota, clock = a_quota(requests)
    start, granted = clock.now, 0
    for pause in pauses:
        clock.now += pause
        granted += quota.take("a").retry_after == 0

    waited = clock.now - start
    assert granted <= requests + waited * requests / WINDOW_SECONDS + 1e-6


@given(requests=st.integers(1, 500), asked=st.integers(1, 600))
def test_who_waits_as_long_as_was_said_is_heard(requests: int, asked: int) -> None:
    quota, clock = a_quota(requests)
    last = [quota.take("a") for _ in range(asked)][-1]
    clock.now += last.retry_after

    assert quota.take("a").retry_after == 0 or last.retry_after == 0
    assert quota.look("b").requests == requests


def test_it_forgets_whom_it_saw_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "MOST_KEPT", 2)
    quota, _ = a_quota(1)
    for key in ("a", "b", "c"):
        quota.take(key)

    assert quota.look("a").retry_after == 0
    assert quota.look("c").retry_after > 0


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", None),
        ("::1", None),
        ("testclient", None),
    ],
)
def test_a_visitor_is_known_by_what_one_visitor_holds(address: str, site: str | None) -> None:
    assert site_of({"type": "http", "client": (address, 1)}) == site


async def test_every_answer_says_what_is_left_and_a_refusal_when_to_come_back() -> None:
    async with visitor() as client:
        answers = await ask(client, 4)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"address";q=3;w=60'
    assert answers[0].headers["RateLimit"] == '"address";r=2;t=20'
    assert answers[3].headers["RateLimit"] == '"address";r=0;t=60'
    assert answers[3].headers["Retry-After"] == "20"
    assert answers[3].json()["type"].endswith("/too-many-requests")


async def test_monitoring_is_not_counted() -> None:
    async with visitor() as client:
        answers = await ask(client, 9, "/health/live")

    assert {answer.status_code for answer in answers} == {200}


async def test_the_machine_itself_is_not_counted() -> None:
    async with visitor("127.0.0.1") as client:
        answers = await ask(client, 9)

    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0].headers


async def test_a_client_pays_by_its_token_and_not_by_its_address() -> None:
    async with visitor(of_address=1, of_client=2) as client:
        client.headers = bearer(a_token(now=datetime.now(UTC)))
        answers = [await client.post("/v1/entries", json={}) for _ in range(3)]

    assert [answer.headers["RateLimit-Policy"] for answer in answers] == ['"client";q=2;w=60'] * 3
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]


async def test_tokens_that_do_not_hold_cost_the_address() -> None:
    async with visitor(of_address=2, of_client=100) as client:
        guesses = [
            await client.post("/v1/entries", json={}, headers=bearer(f"guess.{n}.x"))
            for n in range(3)
        ]

    assert [guess.status_code for guess in guesses] == [401, 401, 429]


async def test_without_a_number_nobody_is_counted() -> None:
    async with visitor(of_address=0) as client:
        answers = await ask(client, 9)

    assert {answer.status_code for answer in answers} == {200}


async def test_neighbours_do_not_pay_for_each_other() -> None:
    app = create_toy()
    app.state.quotas = Quotas(address=1, client=0)

    async def first_of(address: str) -> int:
        transport = ASGITransport(app, client=(address, 5))
        async with AsyncClient(transport=transport, base_url="http://toy") as client:
            return (await client.get("/v1/openapi.json")).status_code

    assert [await first_of(one) for one in (STRANGER, STRANGER, NEIGHBOUR)] == [200, 429, 200]


async def test_a_service_has_quotas_by_default() -> None:
    async with a_client(create_toy()) as client:
        client._transport = ASGITransport(create_toy(), client=(STRANGER, 5))  # noqa: SLF001
        assert '"address"' in (await client.get("/v1/openapi.json")).headers["RateLimit"]
