"""Telling Kafka of the log: all of it, in its order, as it stands there, however often asked."""

from datetime import timedelta

import pytest

from services.registry.operations.telling import find_backlog, tell_again, untold_of
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Database
from shared.runtime.relay import Outgoing, Waiting
from tests.support.awards import an_award, erased, granted, revoked, suspended
from tests.support.feed import client_of, hear
from tests.support.registering import put_in_log, tell_all

pytestmark = pytest.mark.anyio


async def read(register: Database) -> Waiting:
    """Ask what waits, as the relay does."""
    async with register.acting_for(EVERY_ORGANISATION) as straight:
        return await untold_of(register.source)(straight.connection)


async def test_what_is_told_is_the_feed_byte_for_byte(register: Database) -> None:
    one, two = an_award(), an_award()
    await hear(register, granted(one), granted(two), suspended(one.award_id), revoked(two.award_id))
    await put_in_log(register)

    told = [one.value for one in await tell_all(register) if one.topic == "registrations"]

    async with client_of(register) as client:
        page = await client.get("/v1/events", params={"limit": 100})
    assert page.content == b"[" + b",".join(value or b"" for value in told) + b"]"
    assert len(told) == 4


async def test_each_fact_is_told_as_history_and_as_state_and_an_erasure_as_a_tombstone(
    register: Database,
) -> None:
    award = an_award()
    await hear(register, granted(award))
    await put_in_log(register)

    first = await tell_all(register)
    await hear(register, erased(award.award_id))
    await put_in_log(register)
    again = await tell_all(register)

    assert [one.topic for one in first] == ["registrations", "registrations-state"]
    assert [(one.topic, one.value is None) for one in again] == [
        ("registrations", False),
        ("registrations", False),
        ("registrations-state", True),
    ]
    assert all(one.key == str(award.award_id) for one in [*first, *again])


async def test_what_was_sent_and_not_marked_is_told_again_in_the_same_words(
    register: Database,
) -> None:
    await hear(register, granted(an_award()), granted(an_award()))
    await put_in_log(register)

    killed, after = await read(register), await read(register)

    assert killed.messages == after.messages
    assert len(killed.messages) == 4


async def test_who_asks_to_tell_again_is_not_overruled_by_the_batch_under_way(
    register: Database,
) -> None:
    await hear(register, granted(an_award()), granted(an_award()))
    await put_in_log(register)
    await tell_all(register)
    await hear(register, granted(an_award()))
    await put_in_log(register)

    async with register.acting_for(EVERY_ORGANISATION) as straight:
        under_way = await untold_of(register.source)(straight.connection)
        again = await tell_again(register)
        assert under_way.mark is not None
        await under_way.mark()

    assert again == 3
    assert len((await read(register)).messages) == 6


async def test_who_asks_to_tell_again_from_later_on_skips_nothing_that_waits(
    register: Database,
) -> None:
    await hear(register, granted(an_award()), granted(an_award()))
    await put_in_log(register)

    again = await tell_again(register, since=clock.now() + timedelta(days=1))

    assert again == 0
    assert len((await read(register)).messages) == 4


async def test_what_waits_is_counted_from_the_moment_it_was_logged(register: Database) -> None:
    await hear(register, granted(an_award()), granted(an_award()))
    nothing = await find_backlog(register)
    await put_in_log(register)

    waiting = await find_backlog(register)
    await tell_all(register)
    told = await find_backlog(register)

    assert (nothing.events, waiting.events, told.events) == (0, 2, 0)
    assert waiting.seconds > 0 == told.seconds


async def test_more_than_fits_in_one_batch_comes_in_its_order(
    register: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.registry.operations.telling.AT_ONCE", 2)
    awards = [an_award() for _ in range(5)]
    await hear(register, *map(granted, awards))
    await put_in_log(register)

    first = await read(register)
    told = await tell_all(register)

    assert not first.is_all
    assert keys(first.messages) == [str(award.award_id) for award in awards[:2]]
    assert keys(told) == [str(award.award_id) for award in awards]


def keys(told: object) -> list[str]:
    """Return whom the history was told of, in its order."""
    assert isinstance(told, list)
    return [one.key for one in told if isinstance(one, Outgoing) and one.topic == "registrations"]
