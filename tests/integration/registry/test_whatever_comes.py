"""What the bus may do to a register: say it twice, backwards, in pieces, or say nonsense."""

import random
from collections.abc import Callable, Sequence
from itertools import islice
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.registry import consumers
from services.registry.app import create_worker
from services.registry.domain.registrations import RegistrationErasedError
from services.registry.operations import registrations
from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import AwardGranted, Event, OrganisationRecorded
from shared.contracts.topics import AWARDS
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.embedded import EmbeddedBroker
from shared.runtime.letters import Message
from shared.runtime.receipt import take
from tests.support.awards import NOW, an_award, granted
from tests.support.bus import at_work, in_envelope, read_topic, send, until
from tests.support.copies import hear, known_to, lives_of
from tests.support.issuing import a_provider
from tests.support.postgres import MakeDatabase
from tests.support.registering import register_settings

pytestmark = pytest.mark.anyio

SOURCE = "urn:nld:oin:00000099000000000000:systeem:registry"
AT_MOST = 20


async def receive(register: Database, envelopes: Sequence[CloudEvent]) -> None:
    """Take what lies on one partition, in pieces of any size."""
    subscriptions = consumers.subscribe(lambda: NOW)
    chance, left, first = random.Random(5), list(envelopes), 0
    while left:
        count = chance.randint(1, AT_MOST)
        messages = [
            Message("awards", 0, offset, envelope.subject.encode(), envelope.to_bytes())
            for offset, envelope in enumerate(left[:count], start=first)
        ]
        async with register.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)
            await take(session, messages, consumer="registry", subscriptions=subscriptions)
        first, left = first + len(messages), left[count:]


def twice(envelopes: list[CloudEvent]) -> list[CloudEvent]:
    """Say everything twice, and then all of it once more."""
    return [*(again for one in envelopes for again in (one, one)), *envelopes]


def backwards(envelopes: list[CloudEvent]) -> list[CloudEvent]:
    """Say the last first."""
    return envelopes[::-1]


def at_random(envelopes: list[CloudEvent]) -> list[CloudEvent]:
    """Say everything three times, in no order at all."""
    return random.Random(6).sample(envelopes * 3, 3 * len(envelopes))


@pytest.mark.parametrize("disorder", [twice, backwards, at_random], ids=lambda one: one.__name__)
async def test_whatever_the_bus_does_the_register_is_what_the_issuer_said(
    make_database: MakeDatabase,
    open_database: Callable[..., Database],
    disorder: Callable[[list[CloudEvent]], list[CloudEvent]],
) -> None:
    events = list(islice(lives_of(random.Random(9)), 250))
    told, disturbed = (open_database(make_database("services.registry"), SOURCE) for _ in range(2))
    await hear(told, *events)

    await receive(disturbed, disorder([in_envelope(event) for event in events]))

    assert await known_to(disturbed) == await known_to(told)
    async with disturbed.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        facts = await session.scalar(text("SELECT count(*) FROM fact"))
        parked = await session.scalar(text("SELECT count(*) FROM parked"))
    assert (facts, parked) == (len(events), 0)
    for event in events:
        if type(event).__name__ == "AwardErased":
            with pytest.raises(RegistrationErasedError):
                async with disturbed.transaction() as session:
                    await registrations.read_registration(session, UUID(event.subject))


def a_poison(kind: str) -> tuple[str, bytes | None, bytes | None]:
    """Return a message of which the register can make nothing, each kind under a key of its own."""
    award = an_award()
    event: Event = granted(award)
    if kind == "another-award":
        event = AwardGranted(record_version=1, award_id=uuid4(), award=award)
    if kind == "wrong-topic":
        event = OrganisationRecorded(record_version=1, organisation=a_provider())
    changes: dict[str, object] = {
        "unknown-major-version": {"type": "nl.microcredentials.award-granted.v2"},
        "breaks-its-schema": {"data": {"recordVersion": 1, "awardId": str(award.award_id)}},
    }
    change = changes.get(kind, {})
    assert isinstance(change, dict)
    envelope = in_envelope(event).model_copy(update=change)
    key = b"another" if kind == "key-is-not-subject" else envelope.subject.encode()
    return "awards", key, b"{" if kind == "not-a-cloudevent" else envelope.to_bytes()


KINDS = (
    "not-a-cloudevent",
    "unknown-major-version",
    "breaks-its-schema",
    "wrong-topic",
    "key-is-not-subject",
    "another-award",
)


async def test_each_of_six_kinds_of_poison_is_exactly_once_in_the_dead_letters(
    make_database: MakeDatabase, open_database: Callable[..., Database], broker: EmbeddedBroker
) -> None:
    register = open_database(make_database("services.registry"), SOURCE)
    settings = register_settings(register.url, kafka_servers=broker.servers)
    poison = {kind: a_poison(kind) for kind in KINDS}
    good = [granted(an_award()) for _ in range(60)]
    healthy = [("awards", one.subject.encode(), in_envelope(one).to_bytes()) for one in good]
    mixed = [one for at, kind in enumerate(KINDS) for one in (*healthy[at::6], poison[kind])]

    async def has(count: int) -> bool:
        return len(await known_to(register)) >= count

    # The worker is broken off in the middle, and begins again where its database says.
    async with at_work(create_worker(settings, register).run):
        await send(broker.servers, *mixed[: len(mixed) // 2])
        await until(lambda: has(5))
    await send(broker.servers, *mixed[len(mixed) // 2 :])
    letters = f"{AWARDS.name}.dead-letters"
    async with at_work(create_worker(settings, register).run):
        await until(lambda: has(len(good)))

        async def are_told() -> bool:
            return len(await read_topic(broker.servers, letters)) >= len(KINDS)

        await until(are_told)

    dead = await read_topic(broker.servers, letters)
    assert sorted((one.headers["reason"], one.value) for one in dead) == sorted(
        (kind, value) for kind, (_topic, _key, value) in poison.items()
    )
    assert set(await known_to(register)) == {one.subject for one in good}
