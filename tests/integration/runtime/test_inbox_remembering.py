"""Who remembers by its own rows of whom it heard: no version is kept of a first event."""

from collections.abc import AsyncIterator, Collection, Sequence
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import AwardRevoked
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.inbox import Subscriptions
from shared.runtime.letters import Message
from shared.runtime.receipt import take
from shared.runtime.schema import parked, subject_version
from tests.support.bus import SOURCE, an_award_event, in_envelope, messages_of
from tests.support.ledger.hearing import write
from tests.support.ledger.tables import entry
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(make_database("tests.support.ledger"), source=SOURCE)
    yield opened
    await opened.dispose()


def remembering() -> Subscriptions:
    """Remember by the ledger's own entries of whom the first was heard."""
    subscriptions = Subscriptions()

    async def find_known(session: AsyncSession, subjects: Collection[str]) -> set[str]:
        found = await session.scalars(select(entry.c.subject).where(entry.c.subject.in_(subjects)))
        return set(found)

    @subscriptions.on_many(AwardRevoked, remembered_by=find_known)
    async def keep_revoked(events: Sequence[AwardRevoked], session: AsyncSession) -> None:
        for event in events:
            await write(session, event.subject, event.record_version, event.name)

    return subscriptions


async def receive(database: Database, messages: Sequence[Message]) -> None:
    async with database.transaction() as session:
        await take(session, messages, consumer="ledger", subscriptions=remembering())


async def versions_heard(database: Database) -> list[int]:
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        return list(await session.scalars(select(entry.c.version).order_by(entry.c.id)))


async def versions_kept(database: Database) -> list[int]:
    async with database.transaction() as session:
        assert not (await session.execute(select(parked))).all()
        return list(await session.scalars(select(subject_version.c.version)))


def told(*versions: int) -> list[CloudEvent]:
    return [in_envelope(an_award_event(UUID(int=1), version=version)) for version in versions]


@pytest.mark.parametrize("together", [1, 2, 3, 7])
async def test_what_is_remembered_is_heard_once_and_in_turn(
    database: Database, together: int
) -> None:
    messages = messages_of(*told(3, 1, 1, 2, 1, 3, 4))
    for first in range(0, len(messages), together):
        await receive(database, messages[first : first + together])

    assert await versions_heard(database) == [1, 2, 3, 4]
    assert await versions_kept(database) == [4]


async def test_no_version_is_kept_before_the_second(database: Database) -> None:
    first, second, third = told(1, 2, 3)
    await receive(database, messages_of(first))
    assert await versions_kept(database) == []

    younger = second.model_copy(update={"type": "nl.microcredentials.award-praised.v1"})
    await receive(database, messages_of(younger, first=1))
    assert await versions_kept(database) == [2]

    await receive(database, messages_of(third, first=2))
    assert await versions_heard(database) == [1, 3]
