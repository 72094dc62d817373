"""Subscriptions over HTTP: an organisation's own, made once, changed, and ended without a trace."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.demo.sandbox import Sandbox, open_sandbox
from services.registry.domain import subscriptions as domain
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from tests.support.awards import DELFT, TWENTE, an_award, granted
from tests.support.feed import hear
from tests.support.registering import put_in_log
from tests.support.webhooks import bearer, client_of, once

pytestmark = pytest.mark.anyio

TARGET = "https://receiver.example.nl/hook"
WRITE, READ = "subscriptions:write", "subscriptions:read"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return open_sandbox(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture
async def http(register: Database, sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(register, sandbox) as client:
        client.headers["Authorization"] = f"Bearer {sandbox.token(TWENTE, [WRITE])}"
        yield client


async def subscribe(http: httpx.AsyncClient, **body: object) -> dict[str, Any]:
    answer = await http.post("/v1/subscriptions", json={"target": TARGET, **body}, headers=once())
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def everything_stored(register: Database) -> str:
    async with register.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        tables = ("subscription", "subscription_key", "idempotency")
        rows = [
            str([*await session.execute(text(f"SELECT CAST(t AS text) FROM {table} t"))])
            for table in tables
        ]
    return "".join(rows)


async def test_a_subscription_begins_with_what_is_new_and_waits_for_its_receiver(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(3)))
    await put_in_log(register)

    answer = await http.post("/v1/subscriptions", json={"target": TARGET}, headers=once())

    made = answer.json()
    assert answer.headers["location"] == made["links"]["self"]
    assert answer.headers["etag"] == '"1"'
    assert (made["state"], made["target"]) == ("validating", TARGET)
    assert (made["afterSequence"], made["lag"]) == ("0000000000000003", 0)
    assert made["filter"] == {"types": [], "issuers": [], "sectors": []}
    assert made["secret"].startswith("whsec_")
    assert made["publicKeys"][0].startswith("whpk_")


async def test_it_begins_after_a_sequence_or_at_a_moment_when_that_is_asked(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(3)))
    await put_in_log(register)
    before = (clock.now() - timedelta(hours=1)).isoformat()
    later = (clock.now() + timedelta(hours=1)).isoformat()

    starts = [{"afterSequence": 0}, {"afterSequence": 2}, {"since": before}, {"since": later}]
    made = [await subscribe(http, start=start) for start in starts]

    assert [int(one["afterSequence"]) for one in made] == [0, 2, 0, 3]
    assert [one["lag"] for one in made] == [3, 1, 3, 0]


async def test_the_secret_is_shown_once_and_stored_nowhere(
    register: Database, http: httpx.AsyncClient
) -> None:
    made = await subscribe(http)
    read = (await http.get(f"/v1/subscriptions/{made['subscriptionId']}")).json()
    listed = (await http.get("/v1/subscriptions")).json()

    assert "secret" not in read
    assert read == {name: value for name, value in made.items() if name != "secret"}
    assert listed == {"items": [read]}
    assert made["secret"].removeprefix("whsec_") not in await everything_stored(register)


async def test_the_same_request_makes_one_subscription_and_reads_the_same(
    register: Database, http: httpx.AsyncClient
) -> None:
    headers, body = once("a-key"), {"target": TARGET}

    answers = await asyncio.gather(
        *(http.post("/v1/subscriptions", json=body, headers=headers) for _ in range(5))
    )
    other = await http.post("/v1/subscriptions", json={"target": f"{TARGET}/2"}, headers=headers)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len((await http.get("/v1/subscriptions")).json()["items"]) == 1
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


@pytest.mark.parametrize(
    "target",
    [
        "http://receiver.example.nl/hook",
        "https://user@receiver.example.nl/hook",
        "https://receiver.example.nl/hook#part",
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/",
        "https://2130706433/",
        "ftp://receiver.example.nl/",
        "receiver.example.nl",
    ],
)
async def test_only_a_public_https_address_is_sent_to(http: httpx.AsyncClient, target: str) -> None:
    made = await subscribe(http)

    asked = await http.post("/v1/subscriptions", json={"target": target}, headers=once())
    moved = await http.patch(f"/v1/subscriptions/{made['subscriptionId']}", json={"target": target})

    for answer in (asked, moved):
        assert (answer.status_code, answer.json()["code"]) == (400, "address-refused")


async def test_a_sandbox_sends_to_this_machine(register: Database, sandbox: Sandbox) -> None:
    async with client_of(register, sandbox, fetch_anywhere=True) as http:
        http.headers["Authorization"] = f"Bearer {sandbox.token(TWENTE, [WRITE])}"

        made = await subscribe(http, target="http://127.0.0.1:9/hook")

    assert made["target"] == "http://127.0.0.1:9/hook"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/target"]),
        ({"target": 7}, ["/target"]),
        ({"target": TARGET, "secret": "mine"}, ["/secret"]),
        ({"target": TARGET, "filter": {"types": ["a"]}}, ["/filter/types/0"]),
        (
            {"target": TARGET, "filter": {"issuers": ["7"], "sectors": ["vwo"]}},
            ["/filter/issuers/0", "/filter/sectors/0"],
        ),
        ({"target": TARGET, "start": {}}, ["/start"]),
        ({"target": TARGET, "start": {"afterSequence": -1}}, ["/start/afterSequence"]),
        (
            {"target": TARGET, "start": {"afterSequence": 1, "since": "2026-11-22T12:00:00Z"}},
            ["/start"],
        ),
        ({"target": TARGET, "start": {"since": "2026-11-22T12:00:00"}}, ["/start/since"]),
    ],
)
async def test_every_fault_of_a_request_is_named(
    http: httpx.AsyncClient, body: dict[str, object], pointers: list[str]
) -> None:
    answer = await http.post("/v1/subscriptions", json=body, headers=once())

    assert answer.status_code == 400
    assert sorted({fault["pointer"] for fault in answer.json()["errors"]}) == pointers


async def test_a_start_beyond_the_feed_is_refused(http: httpx.AsyncClient) -> None:
    body = {"target": TARGET, "start": {"afterSequence": 1}}

    answer = await http.post("/v1/subscriptions", json=body, headers=once())

    assert (answer.status_code, answer.json()["code"]) == (400, "position-ahead")


async def test_what_is_of_another_organisation_is_not_there(
    register: Database, http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    made = await subscribe(http)
    address = f"/v1/subscriptions/{made['subscriptionId']}"
    http.headers.update(bearer(sandbox, DELFT, WRITE))

    answers = [
        await http.get(address),
        await http.patch(address, json={"state": "paused"}),
        await http.delete(address),
        await http.post(f"{address}/replays", json={"afterSequence": 0}, headers=once()),
        await http.post(f"{address}/key-rotations", json={}, headers=once()),
        await http.get(f"{address}/deliveries"),
    ]

    assert {(one.status_code, one.json()["code"]) for one in answers} == {
        (404, "subscription-unknown")
    }
    assert (await http.get("/v1/subscriptions")).json() == {"items": []}
    with pytest.raises(DBAPIError):
        async with register.transaction() as session:
            await session.execute(text("SELECT * FROM subscription"))


async def test_reading_and_writing_take_their_own_scopes(
    http: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    made = await subscribe(http)
    address = f"/v1/subscriptions/{made['subscriptionId']}"

    http.headers.update(bearer(sandbox, TWENTE, READ))
    assert (await http.get(address)).status_code == 200
    assert (await http.delete(address)).json()["code"] == "scope-missing"
    http.headers.update(bearer(sandbox, TWENTE, "registrations:read"))
    assert (await http.get(address)).status_code == 403
    del http.headers["Authorization"]
    assert (await http.get("/v1/subscriptions")).status_code == 401


async def test_a_change_acts_on_the_state_that_was_read(http: httpx.AsyncClient) -> None:
    made = await subscribe(http)
    address = f"/v1/subscriptions/{made['subscriptionId']}"
    wanted = {"types": ["nl.microcredentials.registration-corrected.v1"], "sectors": ["mbo", "wo"]}

    changed = await http.patch(address, json={"filter": wanted}, headers={"If-Match": '"1"'})
    stale = await http.patch(address, json={"state": "paused"}, headers={"If-Match": '"1"'})
    paused = await http.patch(address, json={"state": "paused"}, headers={"If-Match": '"2"'})
    resumed = await http.patch(address, json={"state": "active"})
    strange = await http.patch(address, json={"state": "disabled"})

    assert changed.json()["filter"] == {**wanted, "issuers": []}
    assert stale.status_code == 412
    assert (paused.json()["state"], paused.json()["reason"]) == ("paused", "asked")
    assert (resumed.json()["state"], resumed.headers["etag"]) == ("validating", '"4"')
    assert (strange.status_code, strange.json()["errors"][0]["code"]) == (400, "state-not-chosen")


async def test_a_new_key_signs_beside_the_one_before_until_the_overlap_is_over(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await subscribe(http)
    address = f"/v1/subscriptions/{made['subscriptionId']}"
    rotations = f"{address}/key-rotations"

    first = await http.post(rotations, json={"overlapHours": 48}, headers=once("r"))
    again = await http.post(rotations, json={"overlapHours": 48}, headers=once("r"))
    too_soon = await http.post(rotations, json={}, headers=once())
    known = (await http.get("/.well-known/webhook-keys")).json()["keys"]
    stolen = await http.post(rotations, json={"overlapHours": 0}, headers=once())

    assert first.status_code == 201
    assert again.json() == first.json()
    assert first.json()["publicKeys"][1:] == made["publicKeys"]
    assert first.json()["secret"] not in {made["secret"], None}
    assert (too_soon.status_code, too_soon.json()["code"]) == (409, "keys-overlap")
    assert len(known) == 2
    assert {key["crv"] for key in known} == {"Ed25519"}
    assert len(stolen.json()["publicKeys"]) == 1
    assert stolen.json()["publicKeys"][0] not in first.json()["publicKeys"]


async def test_what_is_ended_is_forgotten_with_its_keys(
    register: Database, http: httpx.AsyncClient
) -> None:
    made = await subscribe(http)

    ended = await http.delete(f"/v1/subscriptions/{made['subscriptionId']}")
    again = await http.delete(f"/v1/subscriptions/{made['subscriptionId']}")

    assert (ended.status_code, ended.content) == (204, b"")
    assert again.status_code == 404
    assert (await http.get("/.well-known/webhook-keys")).json() == {"keys": []}
    assert TARGET not in await everything_stored(register)


async def test_an_organisation_has_so_many_and_pages_through_them(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.registry.operations.subscriptions.MOST", 3)
    made = sorted([(await subscribe(http))["subscriptionId"] for _ in range(3)])

    more = await http.post("/v1/subscriptions", json={"target": TARGET}, headers=once())
    first = (await http.get("/v1/subscriptions", params={"limit": 2})).json()
    rest = (await http.get("/v1/subscriptions", params={"cursor": first["next"]})).json()
    strange = await http.get("/v1/subscriptions", params={"cursor": "WzFd"})

    assert (more.status_code, more.json()["code"]) == (409, "too-many-subscriptions")
    assert [one["subscriptionId"] for one in (*first["items"], *rest["items"])] == made
    assert strange.status_code == 400
    assert domain.MOST == 100


async def test_without_a_sealing_key_there_are_no_webhooks_and_all_else_works(
    register: Database, sandbox: Sandbox
) -> None:
    await put_in_log(register)
    async with client_of(register, sandbox, webhook_sealing_key=None) as http:
        http.headers.update(bearer(sandbox, TWENTE, WRITE))
        asked = await http.post("/v1/subscriptions", json={"target": TARGET}, headers=once())
        listed = await http.get("/v1/subscriptions")
        fed = await http.get("/v1/events")

    assert (asked.status_code, asked.json()["code"]) == (503, "webhooks-off")
    assert (listed.status_code, fed.status_code) == (200, 200)


@pytest.mark.parametrize("about", ["nothing", str(UUID(int=7))])
async def test_a_delivery_that_is_not_there_is_not_found(
    http: httpx.AsyncClient, about: str
) -> None:
    made = await subscribe(http)
    address = f"/v1/subscriptions/{made['subscriptionId']}/deliveries"

    read = await http.get(f"{address}/{about}")
    again = await http.post(f"{address}/{about}/attempts", headers=once())
    listed = await http.get(address)
    strange = await http.get(address, params={"cursor": "WyJhIl0"})

    assert {read.status_code, again.status_code} == {400 if about == "nothing" else 404}
    assert listed.json() == {"items": []}
    assert strange.status_code == 400
