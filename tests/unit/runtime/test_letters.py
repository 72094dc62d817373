"""The head of a message, if it is as we write one, tells how to read it, or that nobody does."""

import re
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.events import AwardErased, AwardRevoked, Event
from shared.runtime import letters
from shared.runtime.inbox import Subscriptions
from shared.runtime.letters import (
    Letter,
    Message,
    UnreadableError,
    is_passed_over,
    read_message,
)
from tests.support.bus import MOMENT, an_award_event, in_envelope

ERASED = AwardErased(record_version=2, award_id=UUID(int=1), erased_at=MOMENT)
REVOKED = an_award_event(UUID(int=1))


def hearing(*, now: timedelta = timedelta(0)) -> Subscriptions:
    """Hear of erasures at once, of revocations when they are an hour old, and of nothing else."""
    subscriptions = Subscriptions(lambda: MOMENT + now)

    @subscriptions.on_many(AwardErased, in_any_order=True)
    async def erase(events: Sequence[AwardErased], session: AsyncSession) -> None: ...

    @subscriptions.on_many(AwardRevoked, in_any_order=True, when_older_than=timedelta(hours=1))
    async def revoke(events: Sequence[AwardRevoked], session: AsyncSession) -> None: ...

    return subscriptions


def message(event: Event, *, old: bytes = b"", new: bytes = b"", topic: str = "awards") -> Message:
    value = in_envelope(event).to_bytes()
    assert old in value
    return Message(topic, 0, 0, event.subject.encode(), value.replace(old, new, 1))


def test_what_is_heard_is_read_and_what_is_not_is_passed_over() -> None:
    unheard = message(REVOKED, old=b"award-revoked", new=b"award-granted")

    assert not is_passed_over(message(ERASED), hearing())
    assert is_passed_over(unheard, hearing())


def test_what_is_heard_of_the_past_only_is_passed_over_while_it_is_young() -> None:
    hour = timedelta(hours=1)

    assert is_passed_over(message(REVOKED), hearing())
    assert is_passed_over(message(REVOKED), hearing(now=hour - timedelta(microseconds=1)))
    assert not is_passed_over(message(REVOKED), hearing(now=hour))
    assert not is_passed_over(message(ERASED), hearing(now=hour))


OTHERS = {
    "another member first": message(REVOKED, old=b'{"spec', new=b'{"a":1,"spec'),
    "a space": message(REVOKED, old=b'{"spec', new=b'{ "spec'),
    "an escape": message(REVOKED, old=b"award-revoked", new=b"award\\u002drevoked"),
    "an unknown type": message(REVOKED, old=b"award-revoked", new=b"award-forgotten"),
    "another version": message(REVOKED, old=b"revoked.v1", new=b"revoked.v2"),
    "a type of another topic": message(REVOKED, topic="registrations"),
    "no moment": message(REVOKED, old=b'"time":"2026-', new=b'"time":"2026.'),
    "no zone": message(REVOKED, old=b'Z","data', new=b'","data'),
    "a tombstone": Message("awards", 0, 0, b"1", None),
    "nothing": Message("awards", 0, 0, b"1", b""),
    "no JSON": Message("awards", 0, 0, b"1", b"\xff\xfe"),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_whatever_we_did_not_write_so_is_read_whole(other: Message) -> None:
    assert not is_passed_over(other, hearing())


def hearing_all() -> Subscriptions:
    """Hear of what becomes of awards, one by one."""
    subscriptions = Subscriptions()

    @subscriptions.on(AwardErased, AwardRevoked)
    async def hear(event: AwardErased | AwardRevoked, session: AsyncSession) -> None: ...

    return subscriptions


def read_whole(one: Message, monkeypatch: pytest.MonkeyPatch) -> Letter | str:
    """Read a message without looking at its head, or say why it cannot be read."""
    with monkeypatch.context() as patched:
        patched.setattr(letters, "_HEAD", re.compile(b"(?!)"))
        return read(one)


def read(one: Message) -> Letter | str:
    try:
        return read_message(one, hearing_all())
    except UnreadableError as error:
        return error.reason


UNUSUAL = {
    "as it is": message(REVOKED),
    "another": message(ERASED),
    "of nobody's interest": message(REVOKED, old=b"award-revoked", new=b"award-corrected"),
    "a type said twice": message(REVOKED, old=b'"time"', new=b'"type":"x","time"'),
    "a subject said twice": message(REVOKED, old=b'"time"', new=b'"subject":"x","time"'),
    "a version said twice": message(REVOKED, old=b'"awardId"', new=b'"recordVersion":9,"awardId"'),
    "a version that is none": message(REVOKED, old=b'"recordVersion":1', new=b'"recordVersion":0'),
    "a version too far": message(
        REVOKED, old=b'"recordVersion":1', new=b'"recordVersion":4611686018427387904'
    ),
    "of another award": message(REVOKED, old=b'"awardId":"0', new=b'"awardId":"1'),
    "a broken member": message(REVOKED, old=b'"revokedAt":"2', new=b'"revokedAt":"x'),
    "a member more": message(REVOKED, old=b'"awardId"', new=b'"unknown":[1],"awardId"'),
}


@pytest.mark.parametrize("one", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_what_is_read_at_once_is_what_is_read_whole(
    one: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(one) == read_whole(one, monkeypatch)
