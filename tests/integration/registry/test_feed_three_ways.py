"""The register told three ways, by a whole worker: Kafka, HTTP and webhooks say the same."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import httpx
import pytest

from services.registry.app import create_app, create_worker
from services.registry.domain.feed import EVERYTHING
from services.registry.operations import subscriptions
from services.registry.operations.feed import Start
from services.registry.operations.subscriptions import Webhooks
from shared.contracts.topics import REGISTRATIONS
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.embedded import EmbeddedBroker
from tests.support.awards import TWENTE, an_award, erased, granted, revoked
from tests.support.bus import Heard, at_work, in_envelope, read_topic, send_events, until
from tests.support.feed import follow
from tests.support.postgres import MakeDatabase
from tests.support.receiver import Receiver, receiving
from tests.support.registering import REGISTER, register_settings

pytestmark = pytest.mark.anyio

SEALING_KEY = "c2VhbGluZy1rZXktZm9yLXRlc3RzLW9ubHktYWFhYWE"


@dataclass(frozen=True, slots=True)
class Told:
    """What each of the three said."""

    kafka: list[Heard]
    feed: bytes
    webhooks: Receiver


@pytest.fixture
async def told(
    make_database: MakeDatabase, open_database: Callable[..., Database], broker: EmbeddedBroker
) -> AsyncIterator[Told]:
    register = open_database(
        make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
    )
    settings = register_settings(
        register.url,
        kafka_servers=broker.servers,
        webhook_sealing_key=SEALING_KEY,
        fetch_anywhere=True,
    )
    awards = [an_award() for _ in range(20)]
    about = awards[0].award_id
    transport = httpx.ASGITransport(app=create_app(settings, register))
    async with receiving() as receiver, at_work(create_worker(settings, register).run):
        async with register.transaction() as session:
            await subscriptions.subscribe(
                session,
                Webhooks.of(settings),
                organisation=TWENTE,
                target=receiver.url,
                wanted=EVERYTHING,
                start=Start(after_sequence=0),
                now=clock.now(),
            )
        events = [*map(granted, awards), revoked(awards[1].award_id)]
        await send_events(broker.servers, *((event, in_envelope(event)) for event in events))
        await until(lambda: _has(receiver, 21))
        gone = erased(about, record_version=2)
        await send_events(broker.servers, (gone, in_envelope(gone)))
        await until(lambda: _has(receiver, 22))
        async with httpx.AsyncClient(transport=transport, base_url=REGISTER) as http:
            assert len(await follow(http, limit=5)) == 22
            feed = (await http.get("/v1/events", params={"limit": 1000})).content
        yield Told(await read_topic(broker.servers, REGISTRATIONS.name), feed, receiver)


async def test_all_three_say_the_same_in_one_order_without_a_gap(told: Told) -> None:
    on_kafka = sorted(told.kafka, key=lambda one: str(one.envelope.sequence))
    sent = [one.body for one in told.webhooks.sent]

    assert [one.envelope.sequence for one in on_kafka] == [f"{n:016}" for n in range(1, 23)]
    assert {one.headers["content-type"] for one in on_kafka} == {
        "application/cloudevents+json; charset=UTF-8"
    }
    assert sent == [one.value for one in on_kafka]
    erased_one = next(one.key for one in on_kafka if b"registration-erased" in (one.value or b""))
    kept = [one.value for one in on_kafka if one.key != erased_one]
    assert all(value is not None and value in told.feed for value in kept)
    assert told.feed.count(b"registration-erased.v1") == 2


async def _has(receiver: Receiver, count: int) -> bool:
    return len(receiver.sent) >= count
