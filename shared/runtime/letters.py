"""Reading what comes off a topic: envelope first, then the event inside, or why it is unreadable.

Separate from receiving, because nothing here needs a database.
"""

import re
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from pydantic import ValidationError

from shared.contracts.envelopes import CloudEvent, Enveloped
from shared.contracts.events import EVENT_OF_TYPE, EVENTS, Event
from shared.runtime.inbox import Subscriptions

GONE: Final = 2**62
"""The version of a subject about which nothing will ever be said again."""

TOPICS_WITH_HISTORY: Final = frozenset(event.topic.name for event in EVENTS if event.history)
# An envelope as we write it ourselves; any other is read whole.
_HEAD: Final = re.compile(
    rb'\{"specversion":"1\.0","id":"[0-9a-f-]{36}","source":"[a-zA-Z0-9:]+",'
    rb'"type":"([a-z0-9.-]+)","subject":"[^"\\]+","time":"([0-9T:.+-]+Z?)"'
)
_TYPE: Final = re.compile(r"(nl\.microcredentials\.[a-z-]+)\.v[0-9]+")

Place = tuple[int, int]
"""Partition and offset."""


class Message(NamedTuple):
    """What came off a topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None

    @property
    def place(self) -> Place:
        """Return where in the topic it stood."""
        return self.partition, self.offset


class Letter(NamedTuple):
    """A message we can read; without an event it is a tombstone, or of a type we do not hear."""

    message: Message
    subject: str
    version: int
    event: Event | None = None

    @property
    def is_gone(self) -> bool:
        """Return whether this says that nothing is left to say."""
        return self.version == GONE

    @property
    def waits_its_turn(self) -> bool:
        """Return whether every version before this one must have been heard."""
        return self.message.topic in TOPICS_WITH_HISTORY and not self.is_gone


class UnreadableError(Exception):
    """This message will never be understood; `reason` says why, without quoting it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_passed_over(message: Message, subscriptions: Subscriptions) -> bool:
    """Say of a message, by its head alone, that nobody here does anything about it.

    For topics without versions; reading it whole takes ten times as long.
    """
    head = _HEAD.match(message.value) if message.value else None
    known = EVENT_OF_TYPE.get(head[1].decode()) if head else None
    if head is None or known is None or known.topic.name != message.topic:
        return False
    try:
        happened_at = datetime.fromisoformat(head[2].decode())
    except ValueError:
        return False
    return happened_at.tzinfo is not None and subscriptions.passes_over(
        known, happened_at=happened_at
    )


def read_message(message: Message, subscriptions: Subscriptions) -> Letter:
    """Read the envelope and, when the service hears it, the event inside."""
    try:
        key = (message.key or b"").decode()
        if not key or "\0" in key:  # PostgreSQL has no text with a zero in it
            raise UnreadableError("no-key")
        if message.value is None:
            return Letter(message, subject=key, version=GONE)
        at_once = _read_at_once(message, key, subscriptions)
        if at_once is not None:
            return at_once
        envelope = CloudEvent.model_validate_json(message.value)
    except (ValidationError, UnicodeDecodeError) as error:
        raise UnreadableError("not-a-cloudevent") from error
    if key != envelope.subject:
        raise UnreadableError("key-is-not-subject")
    version = envelope.data.get("recordVersion")
    if not isinstance(version, int) or not 0 < version < GONE:
        raise UnreadableError("no-record-version")
    event = _read_event(message, envelope, subscriptions)
    return Letter(message, key, version, event=event)


def _read_at_once(message: Message, key: str, subscriptions: Subscriptions) -> Letter | None:
    """Read envelope and event in one go, guided by the head; None when anything is unusual.

    Most messages are read so, in half the time. What is wrong with the others is told in words.
    """
    head = _HEAD.match(message.value) if message.value else None
    type_ = head[1].decode() if head else ""
    kind = EVENT_OF_TYPE.get(type_)
    if kind is None or kind.topic.name != message.topic or not subscriptions.hears(kind):
        return None
    try:
        told = _enveloped(kind).model_validate_json(message.value or b"")
    except ValidationError:
        return None
    event = told.data
    if told.type != type_ or not key == told.subject == event.subject:  # a member said twice
        return None
    version = event.record_version
    return Letter(message, key, version, event) if version < GONE else None


@cache  # a tenth of a second for all of them, and no service hears all
def _enveloped(kind: type[Event]) -> type[Enveloped[Event]]:
    return Enveloped[kind]  # type: ignore[valid-type] # known when it runs


def _read_event(
    message: Message, envelope: CloudEvent, subscriptions: Subscriptions
) -> Event | None:
    known = EVENT_OF_TYPE.get(envelope.type)
    if known is None:
        base = _TYPE.fullmatch(envelope.type)
        if base is None or f"{base[1]}.v1" in EVENT_OF_TYPE:
            raise UnreadableError("unknown-major-version" if base else "foreign-type")
        return None  # a younger sister of the types we know: consumers ignore what they do not know
    if known.topic.name != message.topic:
        raise UnreadableError("wrong-topic")
    if not subscriptions.hears(known):
        return None
    try:
        event = envelope.event()
    except ValidationError as error:
        raise UnreadableError("breaks-its-schema") from error
    if event is None or event.subject != envelope.subject:
        raise UnreadableError("subject-is-not-of-event")
    return event
