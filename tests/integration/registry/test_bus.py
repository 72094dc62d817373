"""The register at work on the embedded broker: what it hears, tells, and refuses to believe."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.registry.app import create_worker
from services.registry.operations import registrations as operations
from services.registry.operations.telling import find_backlog as find_untold
from services.registry.repository.feed import read_head
from shared.contracts.events import (
    AwardGranted,
    Event,
    RegistrationRecorded,
    RegistrationState,
    RegistrationStatusChanged,
)
from shared.contracts.topics import AWARDS, REGISTRATIONS, REGISTRATIONS_STATE
from shared.contracts.vocabulary import RegistrationStatus
from shared.runtime.database import EVERY_ORGANISATION, Database
from shared.runtime.embedded import EmbeddedBroker
from shared.runtime.outbox import find_backlog
from shared.runtime.schema import outbox, subject_version
from shared.runtime.settings import TEST_OIN
from tests.support.awards import DELFT, an_award, corrected, erased, granted, revoked
from tests.support.bus import at_work, in_envelope, read_topic, send_events, until
from tests.support.postgres import MakeDatabase
from tests.support.registering import register_settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    source = f"urn:nld:oin:{TEST_OIN}:systeem:registry"
    opened = Database(make_database("services.registry"), source=source)
    yield opened
    await opened.dispose()


@pytest.fixture
async def register(database: Database, broker: EmbeddedBroker) -> AsyncIterator[Database]:
    settings = register_settings(database.url, kafka_servers=broker.servers)
    async with at_work(create_worker(settings, database).run):
        yield database


async def tell(broker: EmbeddedBroker, *events: Event) -> None:
    await send_events(broker.servers, *((event, in_envelope(event)) for event in events))


async def heard(broker: EmbeddedBroker, topic: str) -> list[Event]:
    found = [one.envelope.event() for one in await read_topic(broker.servers, topic)]
    return [event for event in found if event is not None]


async def test_awards_are_told_on_as_history_and_as_state(
    register: Database, broker: EmbeddedBroker
) -> None:
    awards = [an_award() for _ in range(40)]
    first = awards[0]

    await tell(broker, *map(granted, awards), revoked(first.award_id))
    await until(lambda: _published(register, 41))

    history = await heard(broker, REGISTRATIONS.name)
    states = await heard(broker, REGISTRATIONS_STATE.name)
    assert {type(event) for event in history} == {RegistrationRecorded, RegistrationStatusChanged}
    assert {type(event) for event in states} == {RegistrationState}
    for told in (history, states):
        ours = [event for event in told if event.subject == str(first.award_id)]
        assert [event.record_version for event in ours] == [1, 2]
        assert len(told) == 41
    last = next(event for event in reversed(states) if event.subject == str(first.award_id))
    assert isinstance(last, RegistrationState)
    assert last.registration.status is RegistrationStatus.REVOKED


async def test_what_is_sent_again_is_not_told_again(
    register: Database, broker: EmbeddedBroker
) -> None:
    events = [granted(an_award()) for _ in range(5)]

    for _ in range(3):
        await tell(broker, *events)
    await tell(broker, granted(an_award()))

    await until(lambda: _published(register, 6))
    assert len(await heard(broker, REGISTRATIONS.name)) == 6


async def test_a_revocation_that_overtook_its_award_waits_for_it(
    register: Database, broker: EmbeddedBroker
) -> None:
    award = an_award()

    await tell(broker, revoked(award.award_id))
    await tell(broker, granted(award))
    await until(lambda: _published(register, 2))

    async with register.transaction() as session:
        registration = await operations.read_registration(session, award.award_id)
    assert registration.status is RegistrationStatus.REVOKED


async def test_what_contradicts_itself_or_us_goes_to_the_dead_letters_alone(
    register: Database, broker: EmbeddedBroker
) -> None:
    known = an_award()
    stranger = AwardGranted(record_version=1, award_id=uuid4(), award=an_award())
    stolen = corrected(an_award(known.award_id, organisation=DELFT))
    taken = granted(an_award(credential_id=known.credential_id))
    good = [granted(an_award()) for _ in range(10)]

    await tell(broker, granted(known))
    await until(lambda: _published(register, 1))
    await tell(broker, *good[:5], stranger, stolen, taken, *good[5:])
    await until(lambda: _published(register, 11))
    await until(lambda: _buried(register, 3))  # each is tried again before it is given up

    dead = await read_topic(broker.servers, AWARDS.dead_letters.name)
    assert {one.key: one.headers["reason"] for one in dead} == {
        str(stranger.award_id): "another-award",
        str(known.award_id): "award-differs",
        taken.subject: "credential-taken",
    }


async def test_that_an_award_came_is_remembered_by_its_registration(
    register: Database, broker: EmbeddedBroker
) -> None:
    award, gone = an_award(), an_award()
    await tell(broker, granted(award), granted(gone))
    await until(lambda: _published(register, 2))
    assert await _versions(register) == {}

    await tell(broker, erased(gone.award_id), granted(award), granted(gone))
    await until(lambda: _published(register, 3))
    assert await _versions(register) == {str(gone.award_id): 2}

    await tell(broker, granted(gone), revoked(award.award_id), granted(award), granted(an_award()))
    await until(lambda: _published(register, 5))
    assert await _versions(register) == {str(gone.award_id): 2, str(award.award_id): 2}
    assert await _buried(register, 0)


async def _versions(register: Database) -> dict[str, int]:
    async with register.transaction() as session:
        kept = await session.execute(select(subject_version))
        return {row.subject: row.version for row in kept}


async def _buried(register: Database, count: int) -> bool:
    """Say whether so many letters left by the outbox: a register sends nothing else there."""
    async with register.transaction() as session:
        sent = await session.scalars(select(outbox.c.published_at))
        moments = sent.all()
    return len(moments) == count and None not in moments


async def _published(register: Database, count: int) -> bool:
    """Say whether so many facts were told, and nothing waits."""
    async with register.transaction() as session:
        waiting = await find_backlog(session)
    untold = await find_untold(register)
    async with register.acting_for(EVERY_ORGANISATION) as straight:
        return await read_head(straight) == count and not waiting.beside(untold).events
