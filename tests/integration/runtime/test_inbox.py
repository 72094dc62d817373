"""Receiving without Kafka: duplicates, old news, gaps, poison and zombies have no second effect."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import AwardGranted, AwardRevoked
from shared.contracts.topics import AWARDS
from shared.errors import NotFoundError
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.inbox import Subscriptions
from shared.runtime.letters import Message, Place
from shared.runtime.receipt import FencedError, NotHeardError, Taken, take
from shared.runtime.schema import consumer_offset, outbox, parked, subject_version
from tests.support.bus import SOURCE, a_key_event, an_award_event, in_envelope, messages_of
from tests.support.ledger.hearing import Moods, subscribe, write
from tests.support.ledger.tables import entry
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio
AWARD = UUID(int=1)


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    opened = Database(make_database("tests.support.ledger"), source=SOURCE)
    yield opened
    await opened.dispose()


async def receive(
    database: Database,
    messages: list[Message],
    *,
    moods: Moods | None = None,
    refused: dict[Place, str] | None = None,
    subscriptions: Subscriptions | None = None,
) -> Taken:
    async with database.transaction() as session:
        return await take(
            session,
            messages,
            consumer="ledger",
            subscriptions=subscriptions or subscribe(moods),
            refused=refused,
        )


async def versions_written(database: Database, subject: object = AWARD) -> list[int]:
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        query = select(entry.c.version).where(entry.c.subject == str(subject)).order_by(entry.c.id)
        return list(await session.scalars(query))


async def next_offset(database: Database) -> int | None:
    async with database.transaction() as session:
        return await session.scalar(select(consumer_offset.c.next_offset))


async def count_parked(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(select(func.count()).select_from(parked)) or 0)


async def dead_letters(database: Database) -> list[tuple[str, str, dict[str, str]]]:
    async with database.transaction() as session:
        query = select(outbox.c.topic, outbox.c.key, outbox.c.headers).order_by(outbox.c.id)
        return [(topic, key, headers) for topic, key, headers in await session.execute(query)]


def award_envelopes(*versions: int, award_id: UUID = AWARD) -> list[CloudEvent]:
    return [in_envelope(an_award_event(award_id, version=version)) for version in versions]


async def test_an_event_delivered_three_times_has_one_effect(database: Database) -> None:
    [envelope] = award_envelopes(1)
    await receive(database, messages_of(envelope, envelope))
    taken = await receive(database, messages_of(envelope, first=2))

    assert await versions_written(database) == [1]
    assert taken.ignored == 1
    assert await next_offset(database) == 3


async def test_an_old_version_in_a_new_envelope_is_ignored(database: Database) -> None:
    await receive(database, messages_of(*award_envelopes(1, 2)))
    taken = await receive(database, messages_of(*award_envelopes(1, 2), first=2))

    assert await versions_written(database) == [1, 2]
    assert taken.ignored == 2


async def test_a_history_out_of_order_is_parked_and_heard_in_order(database: Database) -> None:
    taken = await receive(database, messages_of(*award_envelopes(3, 2)))
    assert (taken.parked, taken.heard) == (2, 0)
    assert await versions_written(database) == []

    await receive(database, messages_of(*award_envelopes(1), first=2))

    assert await versions_written(database) == [1, 2, 3]
    assert await count_parked(database) == 0


async def test_a_gap_within_one_batch_is_closed_without_parking(database: Database) -> None:
    await receive(database, messages_of(*award_envelopes(2, 1)))

    assert await versions_written(database) == [1, 2]
    assert await count_parked(database) == 0


async def test_what_is_parked_twice_is_heard_once(database: Database) -> None:
    await receive(database, messages_of(*award_envelopes(3)))
    await receive(database, messages_of(*award_envelopes(3, 2, 1), first=1))

    assert await versions_written(database) == [1, 2, 3]


async def test_whole_state_events_may_skip_versions_but_never_go_back(database: Database) -> None:
    envelopes = [in_envelope(a_key_event("key", version=version)) for version in (3, 2, 5)]
    await receive(database, messages_of(*envelopes, topic="issuer-keys"))

    assert await versions_written(database, "key") == [3, 5]


async def test_after_a_tombstone_older_states_stay_away(database: Database) -> None:
    tombstone = Message("registrations-state", 0, 0, b"subject", None)
    again = Message("registrations-state", 0, 1, b"subject", None)
    await receive(database, [tombstone, again])

    assert await versions_written(database, "subject") == [0]


async def test_an_event_nobody_here_hears_still_counts_as_a_version(database: Database) -> None:
    first, second = award_envelopes(1, 2)
    unheard = first.model_copy(update={"type": "nl.microcredentials.award-admired.v1"})
    taken = await receive(database, messages_of(unheard, second))

    assert await versions_written(database) == [2]
    assert (taken.parked, taken.dead) == (0, 0)


POISON = (
    "not-a-cloudevent",
    "unknown-major-version",
    "foreign-type",
    "breaks-its-schema",
    "wrong-topic",
    "key-is-not-subject",
    "no-record-version",
    "subject-is-not-of-event",
    "no-key",
)


def poisoned(reason: str, *, offset: int) -> Message:
    [good] = award_envelopes(1, award_id=UUID(int=offset + 100))
    changes: dict[str, object] = {
        "unknown-major-version": {"type": "nl.microcredentials.award-revoked.v2"},
        "foreign-type": {"type": "org.example.thing.v1"},
        "breaks-its-schema": {"data": {"recordVersion": 1}},
        "no-record-version": {"data": {}},
        "subject-is-not-of-event": {"subject": "somebody else"},
    }
    change = changes.get(reason, {})
    assert isinstance(change, dict)
    bad = good.model_copy(update=change)
    if reason == "wrong-topic":
        bad = in_envelope(a_key_event("key"))
    key = {"key-is-not-subject": b"other", "no-key": b""}.get(reason, bad.subject.encode())
    value = b"{" if reason == "not-a-cloudevent" else bad.to_bytes()
    return Message("awards", 0, offset, key, value)


async def test_what_cannot_be_read_goes_to_the_dead_letters_and_the_rest_goes_on(
    database: Database,
) -> None:
    poison = [poisoned(reason, offset=offset) for offset, reason in enumerate(POISON)]
    good = messages_of(*award_envelopes(1), first=len(poison))
    await receive(database, [*poison, *good])

    letters = await dead_letters(database)
    assert [headers["reason"] for _topic, _key, headers in letters] == list(POISON)
    assert {topic for topic, _key, _headers in letters} == {"awards.dead-letters"}
    assert letters[0][1] == (poison[0].key or b"").decode()
    assert letters[0][2] == {
        "reason": "not-a-cloudevent",
        "origin": "awards/0/0",
        "consumer": "ledger",
    }
    assert await versions_written(database) == [1]


async def test_a_refused_event_is_a_dead_letter_and_its_successors_wait(database: Database) -> None:
    messages = messages_of(*award_envelopes(1, 2, 3))
    moods = Moods()
    moods.poisonous.add(str(AWARD))
    with pytest.raises(NotHeardError):
        await receive(database, messages, moods=moods)
    assert await next_offset(database) is None

    taken = await receive(database, messages, refused={(0, 0): "not-found"})

    assert (taken.dead, taken.parked) == (1, 2)
    assert [letter[1] for letter in await dead_letters(database)] == [str(AWARD)]


async def test_a_dead_letter_sent_again_is_heard_with_all_that_waited(database: Database) -> None:
    first, second, third = award_envelopes(1, 2, 3)
    await receive(database, messages_of(first, second, third), refused={(0, 0): "not-found"})
    await receive(database, messages_of(first, first=3))

    assert await versions_written(database) == [1, 2, 3]
    assert await count_parked(database) == 0


async def test_a_parked_event_that_is_poison_can_be_sent_again(database: Database) -> None:
    first, second = award_envelopes(1, 2)
    await receive(database, messages_of(second))
    taken = await receive(database, messages_of(first, first=1), refused={(0, 0): "not-found"})
    assert (taken.heard, taken.dead) == (1, 1)
    await receive(database, messages_of(second, first=2))

    assert await versions_written(database) == [1, 2]


async def test_a_zombie_that_was_overtaken_changes_nothing(database: Database) -> None:
    await receive(database, messages_of(*award_envelopes(1, 2)))
    other = uuid4()
    zombies_batch = messages_of(*award_envelopes(1, award_id=other), first=1)

    with pytest.raises(FencedError):
        await receive(database, zombies_batch)

    assert await versions_written(database, other) == []
    assert await next_offset(database) == 2


async def test_a_failed_effect_leaves_offset_and_versions_as_they_were(
    database: Database,
) -> None:
    moods = Moods()
    moods.database_is_down = True
    messages = messages_of(*award_envelopes(1))
    with pytest.raises((NotHeardError, DBAPIError)):
        await receive(database, messages, moods=moods)

    assert await next_offset(database) is None
    taken = await receive(database, messages)
    assert (taken.heard, taken.ignored) == (1, 0)


async def test_partitions_and_consumers_do_not_disturb_each_other(database: Database) -> None:
    [envelope] = award_envelopes(1)
    [message] = messages_of(envelope, first=7)
    elsewhere = Message("awards", 1, 3, message.key, message.value)
    await receive(database, [message])
    taken = await receive(database, [elsewhere])
    async with database.transaction() as session:
        second = await take(session, [message], consumer="rebuilt", subscriptions=subscribe())

    assert taken.ignored == 1
    assert second.heard == 1


def in_any_order(*, poisonous: bool = False) -> Subscriptions:
    """Hear of revocations whenever they come, and of nothing else on that topic."""
    subscriptions = Subscriptions()

    @subscriptions.on_many(AwardRevoked, in_any_order=True)
    async def keep_revoked(events: Sequence[AwardRevoked], session: AsyncSession) -> None:
        if poisonous:
            raise NotFoundError
        for event in events:
            await write(session, event.subject, event.record_version, event.name)

    return subscriptions


async def count_versions(database: Database) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(select(func.count()).select_from(subject_version)) or 0)


async def test_what_is_heard_in_any_order_is_heard_as_it_comes_and_again(
    database: Database,
) -> None:
    hearing = in_any_order()
    third, first, second = award_envelopes(3, 1, 2)
    unheard = second.model_copy(update={"type": AwardGranted.type_()})
    gone = Message("awards", 0, 3, str(AWARD).encode(), None)
    messages = [*messages_of(third, first, unheard), gone]
    taken = await receive(database, messages, subscriptions=hearing)
    again = await receive(database, messages_of(third, first=4), subscriptions=hearing)

    assert await versions_written(database) == [3, 1, 3]
    assert (taken.heard, taken.ignored, taken.parked, taken.dead) == (2, 2, 0, 0)
    assert again.heard == 1
    assert await count_versions(database) == await count_parked(database) == 0
    assert await next_offset(database) == 5


async def test_a_zombie_is_fenced_also_where_order_does_not_matter(database: Database) -> None:
    messages = messages_of(*award_envelopes(1, 2))
    await receive(database, messages, subscriptions=in_any_order())

    with pytest.raises(FencedError):
        await receive(database, messages[1:], subscriptions=in_any_order())

    assert await versions_written(database) == [1, 2]


async def test_poison_is_a_dead_letter_also_where_order_does_not_matter(
    database: Database,
) -> None:
    first, second = award_envelopes(1, 2)
    messages = [*messages_of(first, second), poisoned("foreign-type", offset=2)]
    with pytest.raises(NotHeardError):
        await receive(database, messages, subscriptions=in_any_order(poisonous=True))
    refused = {(0, 0): "not-found"}
    taken = await receive(database, messages, refused=refused, subscriptions=in_any_order())
    letters = await dead_letters(database)
    await receive(database, messages_of(first, first=3), subscriptions=in_any_order())

    assert (taken.heard, taken.dead) == (1, 2)
    assert [headers["reason"] for _, _, headers in letters] == ["foreign-type", "not-found"]
    assert await versions_written(database) == [2, 1]


def test_order_matters_as_soon_as_it_does_to_one_who_hears_of_the_topic() -> None:
    of_all, of_tombstones, of_one = in_any_order(), in_any_order(), in_any_order()

    @of_tombstones.on_gone(AWARDS)
    async def forget(key: str, session: AsyncSession) -> None: ...

    @of_one.on_many(AwardGranted)
    async def keep(events: Sequence[AwardGranted], session: AsyncSession) -> None: ...

    assert of_all.is_in_any_order("awards")
    assert not of_tombstones.is_in_any_order("awards")
    assert not of_one.is_in_any_order("awards")
    assert not of_all.is_in_any_order("registrations")
