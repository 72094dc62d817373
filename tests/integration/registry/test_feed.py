"""The feed over HTTP: what Kafka was told, byte for byte, in one order, from any place on."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from services.registry.domain.feed import FeedType
from shared.contracts.envelopes import CloudEvent
from shared.runtime import clock
from shared.runtime.database import Database
from tests.support.awards import (
    an_award,
    granted,
)
from tests.support.feed import Query, client_of, erase_one, follow, hear, page, some_history, told
from tests.support.registering import REGISTER, put_in_log

pytestmark = pytest.mark.anyio


@pytest.fixture
async def http(register: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(register) as client:
        yield client


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_the_feed_is_what_kafka_was_told_byte_for_byte(
    register: Database, http: httpx.AsyncClient, limit: int
) -> None:
    await some_history(register)
    on_kafka = await told(register)

    answer = await http.get("/v1/events", params={"limit": 1000})
    found = await follow(http, limit=limit)

    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    assert answer.content == b"[" + b",".join(on_kafka) + b"]"
    assert found == json.loads(answer.content)
    assert [int(event["sequence"]) for event in found] == [*range(1, len(on_kafka) + 1)]


async def test_an_answer_says_how_far_it_looked_how_far_the_feed_is_and_where_to_go_on(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(5)))
    await put_in_log(register)

    answer = await http.get("/v1/events", params={"limit": 2, "type": FeedType.RECORDED.value})
    following = answer.headers["link"].partition(">")[0].removeprefix("<")
    rest = await http.get(following.removeprefix(REGISTER))

    assert answer.headers["feed-head"] == "0000000000000005"
    assert answer.headers["feed-position"] == "0000000000000002"
    assert answer.headers["feed-lag"] == "3"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert following == f"{REGISTER}/v1/events?afterSequence=2&limit=2&type={FeedType.RECORDED}"
    assert [one["sequence"][-1] for one in rest.json()] == ["3", "4"]


async def test_before_there_is_anything_the_feed_is_empty(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/events")

    assert answer.content == b"[]"
    assert answer.headers["feed-head"] == "0000000000000000"
    assert answer.headers["feed-lag"] == "0"


async def test_one_goes_on_after_a_sequence_as_after_an_event(
    register: Database, http: httpx.AsyncClient
) -> None:
    await some_history(register)
    everything = await page(http, ("limit", 1000))

    for number, event in enumerate(everything, start=1):
        by_id = await page(http, ("lastEventId", event["id"]))
        by_sequence = await page(http, ("afterSequence", event["sequence"]))
        assert by_id == by_sequence == everything[number:]


async def test_what_was_erased_is_told_as_that_erasure_and_nothing_of_it_is_left(
    register: Database, http: httpx.AsyncClient
) -> None:
    await erase_one(register)

    answer = await http.get("/v1/events")
    events = [CloudEvent.model_validate(one) for one in answer.json()]

    assert [event.type for event in events] == [FeedType.ERASED, FeedType.ERASED]
    assert [event.data["recordVersion"] for event in events] == [1, 2]
    assert b"credentialId" not in answer.content


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ([("lastEventId", str(uuid4()))], "last-event-unknown"),
        ([("afterSequence", 6)], "position-ahead"),
        ([("afterSequence", 1), ("since", "2026-11-22T12:00:00Z")], "one-position"),
        ([("lastEventId", "seven")], "invalid-request"),
        ([("afterSequence", -1)], "invalid-request"),
        ([("timeout", 30_001)], "invalid-request"),
        ([("limit", 1001)], "invalid-request"),
        ([("type", "registration-recorded")], "invalid-request"),
        ([("issuer", "seven")], "invalid-request"),
        ([("sector", "vwo")], "invalid-request"),
        ([("since", "2026")], "invalid-request"),
    ],
)
async def test_a_question_without_an_answer_is_refused(
    register: Database, http: httpx.AsyncClient, query: Query, code: str
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(5)))
    await put_in_log(register)

    answer = await http.get("/v1/events", params=query)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_replay_from_a_moment_begins_with_the_first_event_of_that_moment(
    register: Database, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = datetime(2026, 11, 22, 12, tzinfo=UTC)
    moments: list[datetime] = []
    for batch, count in enumerate((1, 3, 1, 6, 2)):
        moment = first + timedelta(minutes=batch)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        await hear(register, *(granted(an_award()) for _ in range(count)))
        await put_in_log(register)
        moments += [moment] * count

    for seconds in range(-30, 300, 15):
        asked = first + timedelta(seconds=seconds)
        found = await page(http, ("since", asked.isoformat().replace("+00:00", "Z")))
        assert len(found) == sum(moment >= asked for moment in moments), seconds


async def test_who_is_further_behind_than_the_feed_goes_is_sent_to_the_snapshot(
    register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = clock.now() - timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: long_ago)
    await hear(register, *(granted(an_award()) for _ in range(3)))
    await put_in_log(register)
    monkeypatch.undo()
    await hear(register, *(granted(an_award()) for _ in range(2)))
    await put_in_log(register)

    async with client_of(register, feed_retention_days=30) as http:
        begin = await http.get("/v1/events")
        too_old = await http.get("/v1/events", params={"afterSequence": 2})
        kept = await http.get("/v1/events", params={"afterSequence": 3})

    for answer in (begin, too_old):
        assert (answer.status_code, answer.json()["code"]) == (410, "before-retention")
        assert answer.headers["link"] == f'<{REGISTER}/v1/snapshots/latest>; rel="alternate"'
    assert [one["sequence"][-1] for one in kept.json()] == ["4", "5"]


async def test_the_same_page_is_sent_once_and_only_a_full_one_is_kept_by_caches(
    register: Database, http: httpx.AsyncClient
) -> None:
    await hear(register, *(granted(an_award()) for _ in range(3)))
    await put_in_log(register)

    full = await http.get("/v1/events", params={"limit": 2})
    rest = await http.get("/v1/events", params={"limit": 2, "afterSequence": 2})
    again = await http.get(
        "/v1/events", params={"limit": 2}, headers={"If-None-Match": full.headers["etag"]}
    )

    assert full.headers["cache-control"] == "public, max-age=60"
    assert rest.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == full.headers["etag"] != rest.headers["etag"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"lastEventId": "00000000-0000-4000-8000-000000000000"}, "/lastEventId"),
        ({"afterSequence": "9999"}, "/afterSequence"),
        ({"afterSequence": "1", "since": "2026-01-01T00:00:00Z"}, ""),
    ],
)
async def test_a_refusal_points_at_what_the_query_said(
    register: Database, query: dict[str, str], pointer: str
) -> None:
    await put_in_log(register)
    async with client_of(register) as http:
        answer = await http.get("/v1/events", params=query)

    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["in"], fault["pointer"]) == (400, "query", pointer)
