"""Receiving events with exactly one effect: what to do with each message, and doing it.

Separate from the bus, so that it is tried without Kafka. In one transaction, in this order:
(1) the offset moves on, fenced: who was overtaken by another worker changes nothing;
(2) versions we had are ignored: every event counts the facts about its subject, so that what comes
again says a number we know; of a first event the service may remember by itself that it came;
(3) a history out of turn is parked until its predecessors came;
(4) what remains is heard, in order; (5) the new versions are kept, and dead letters announced.
Of a topic on which order and repetition matter to nobody here, no versions are kept: only (1), (4)
and the dead letters are left, and what concerns nobody is passed over by its head.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.events import Event
from shared.contracts.topics import DEAD_LETTERS
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.inbox import Subscriptions
from shared.runtime.letters import (
    Letter,
    Message,
    Place,
    UnreadableError,
    is_passed_over,
    read_message,
)
from shared.runtime.schema import outbox

LARGEST_DEAD_LETTER: Final = 512 * 1024


class FencedError(Exception):
    """Another worker has read on in this partition; what we did is undone."""


class NotHeardError(Exception):
    """The service failed on these letters; the cause is chained."""

    def __init__(self, letters: Sequence[Letter]) -> None:
        super().__init__(f"{len(letters)} letters")
        self.letters = letters


@dataclass(slots=True)
class Plan:
    """What is to be done with runs of messages of one topic."""

    versions: dict[str, int]
    waiting: dict[str, dict[int, Letter]]
    refused: Mapping[Place, str] = field(default_factory=dict)
    remembered: type[Event] | None = None
    """What the service remembers by itself when it is the first about a subject."""
    heard: list[Letter] = field(default_factory=list)
    dead: list[tuple[Message, str]] = field(default_factory=list)
    newly_parked: dict[Place, Letter] = field(default_factory=dict)
    no_longer_parked: list[Letter] = field(default_factory=list)
    moved: set[str] = field(default_factory=set)
    ignored: int = 0

    def place_anywhere(self, letter: Letter) -> None:
        """Decide about one letter of a topic where order and repetition do not matter."""
        if letter.event is None:
            self.ignored += 1
        elif letter.message.place in self.refused:
            self.dead.append((letter.message, self.refused[letter.message.place]))
        else:
            self.heard.append(letter)

    def place(self, letter: Letter) -> None:
        """Decide about one letter, and about what waited for it."""
        known = self.versions.get(letter.subject, 0)
        if letter.version <= known or letter.version in self.waiting.get(letter.subject, {}):
            self.ignored += 1
        elif letter.waits_its_turn and letter.version > known + 1:
            self.waiting.setdefault(letter.subject, {})[letter.version] = letter
            self.newly_parked[letter.message.place] = letter
        elif letter.message.place in self.refused:
            self.dead.append((letter.message, self.refused[letter.message.place]))
        else:
            self.heard.append(letter)
            self.versions[letter.subject] = letter.version
            if not self.is_remembered(letter):
                self.moved.add(letter.subject)
            self._place_next(letter)

    def is_remembered(self, letter: Letter) -> bool:
        """Return whether nobody needs to keep its version, once it is heard."""
        return letter.version == 1 and type(letter.event) is self.remembered

    def _place_next(self, letter: Letter) -> None:
        waiting = self.waiting.get(letter.subject)
        if not waiting:
            return
        due = sorted(waiting) if letter.is_gone else [letter.version + 1]
        for one in [waiting.pop(version) for version in due if version in waiting]:
            if self.newly_parked.pop(one.message.place, None) is None:
                self.no_longer_parked.append(one)
            self.place(one)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a run of messages."""

    heard: int
    ignored: int
    parked: int
    dead: int


async def take(
    session: AsyncSession,
    messages: Sequence[Message],
    *,
    consumer: str,
    subscriptions: Subscriptions,
    refused: Mapping[Place, str] | None = None,
    one_by_one: bool = False,
) -> Taken:
    """Receive runs of messages of one topic; `refused` ones go to the dead letters.

    Messages of a partition stand in their order; several partitions may stand one after another.
    """
    await act_for(session, EVERY_ORGANISATION)
    post = _Post(session, consumer, messages[0].topic)
    await post.advance(messages)
    remembered = subscriptions.remembered_first(messages[0].topic)
    plan = Plan(versions={}, waiting={}, refused=refused or {}, remembered=remembered)
    if subscriptions.is_in_any_order(messages[0].topic):
        ours = [one for one in messages if not is_passed_over(one, subscriptions)]
        plan.ignored = len(messages) - len(ours)
        for letter in list(_readable(ours, subscriptions, plan)):
            plan.place_anywhere(letter)
    else:
        letters = list(_readable(messages, subscriptions, plan))
        await post.load(plan, letters, subscriptions)
        for letter in letters:
            plan.place(letter)
    await _hear(session, plan, subscriptions, one_by_one=one_by_one)
    await post.close(plan)
    return Taken(
        heard=len(plan.heard),
        ignored=plan.ignored,
        parked=len(plan.newly_parked),
        dead=len(plan.dead),
    )


def _readable(
    messages: Sequence[Message], subscriptions: Subscriptions, plan: Plan
) -> Iterator[Letter]:
    for message in messages:
        try:
            yield read_message(message, subscriptions)
        except UnreadableError as error:
            plan.dead.append((message, error.reason))


async def _hear(
    session: AsyncSession, plan: Plan, subscriptions: Subscriptions, *, one_by_one: bool
) -> None:
    for run in _runs(plan.heard, subscriptions, one_by_one=one_by_one):
        try:
            if run[0].is_gone:
                await subscriptions.hear_gone(run[0].message.topic, run[0].subject, session)
            else:
                await subscriptions.hear([one.event for one in run if one.event], session)
            await session.flush()
        except Exception as error:
            raise NotHeardError(run) from error


def _runs(
    letters: Sequence[Letter], subscriptions: Subscriptions, *, one_by_one: bool
) -> Iterator[Sequence[Letter]]:
    concerning_us = [letter for letter in letters if letter.event or letter.is_gone]
    for kind, group in groupby(concerning_us, key=lambda letter: type(letter.event)):
        run = list(group)
        if not one_by_one and issubclass(kind, Event) and subscriptions.takes_many(kind):
            yield run
        else:
            yield from ([letter] for letter in run)


class _Post:
    """The statements about one topic, each for all its messages at once."""

    def __init__(self, session: AsyncSession, consumer: str, topic: str) -> None:
        self._session = session
        self._about = {"consumer": consumer, "topic": topic}

    async def advance(self, messages: Sequence[Message]) -> None:
        """Move the offsets on, unless somebody did before us; holds others off until the commit."""
        first: dict[int, int] = {}
        following: dict[int, int] = {}
        for message in messages:
            first.setdefault(message.partition, message.offset)
            following[message.partition] = message.offset + 1
        partitions = sorted(first)
        moved = await self._session.execute(
            _ADVANCE,
            self._about
            | {
                "partitions": partitions,
                "first": [first[one] for one in partitions],
                "next": [following[one] for one in partitions],
            },
        )
        if len(moved.all()) != len(partitions):
            raise FencedError

    async def load(
        self, plan: Plan, letters: Sequence[Letter], subscriptions: Subscriptions
    ) -> None:
        """Fill in which version we have of each subject, and what waits."""
        if not letters:
            return
        subjects = {letter.subject for letter in letters}
        known = await subscriptions.find_known(self._session, self._about["topic"], subjects)
        plan.versions |= dict.fromkeys(known, 1)
        kept = {letter.subject for letter in letters if not plan.is_remembered(letter)}.union(known)
        if kept:
            about = self._about | {"subjects": list(kept)}
            for subject, version in await self._session.execute(_VERSIONS, about):
                plan.versions[subject] = version
        if not any(letter.waits_its_turn for letter in letters):
            return
        if not await self._session.scalar(_ANY_PARKED, self._about):
            return
        about = self._about | {"subjects": list(subjects)}
        for row in await self._session.execute(_PARKED, about):
            message = Message(
                self._about["topic"], row.partition, row.offset, row.subject.encode(), row.value
            )
            try:
                letter = read_message(message, subscriptions)
            except UnreadableError:
                continue  # readable when it was parked; it waits for code that reads it again
            plan.waiting.setdefault(letter.subject, {})[letter.version] = letter

    async def close(self, plan: Plan) -> None:
        """Keep versions, what was parked and what no longer is, and announce dead letters."""
        if plan.moved:
            moved = sorted(plan.moved)
            versions = [plan.versions[subject] for subject in moved]
            await self._session.execute(
                _KEEP_VERSIONS, self._about | {"subjects": moved, "versions": versions}
            )
        if plan.newly_parked:
            await self._session.execute(
                _PARK, [self._about | _as_row(letter) for letter in plan.newly_parked.values()]
            )
        if plan.no_longer_parked:
            await self._session.execute(
                _UNPARK, [self._about | _as_row(letter) for letter in plan.no_longer_parked]
            )
        if plan.dead:
            await self._bury(plan)

    async def _bury(self, plan: Plan) -> None:
        await self._session.execute(
            insert(outbox),
            [
                {
                    "topic": message.topic + DEAD_LETTERS,
                    "key": _as_text(message.key or b""),
                    "value": (message.value or b"")[:LARGEST_DEAD_LETTER],
                    "headers": {
                        "reason": reason,
                        "origin": f"{message.topic}/{message.partition}/{message.offset}",
                        "consumer": self._about["consumer"],
                    },
                }
                for message, reason in plan.dead
            ],
        )


def _as_text(key: bytes) -> str:
    return key.decode(errors="replace").replace("\0", "\ufffd")  # PostgreSQL has no zero in text


def _as_row(letter: Letter) -> dict[str, object]:
    return {
        "subject": letter.subject,
        "version": letter.version,
        "value": letter.message.value,
        "partition": letter.message.partition,
        "offset": letter.message.offset,
    }


_ADVANCE = text(
    """
    INSERT INTO consumer_offset AS known (consumer, topic, partition, next_offset)
    SELECT :consumer, :topic, *
    FROM unnest(CAST(:partitions AS integer[]), CAST(:next AS bigint[]))
    ON CONFLICT (consumer, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
    WHERE known.next_offset <= (CAST(:first AS bigint[]))[
        array_position(CAST(:partitions AS integer[]), known.partition)
    ]
    RETURNING 1
    """
)
_VERSIONS = text(
    """
    SELECT subject, version FROM subject_version
    WHERE consumer = :consumer AND topic = :topic AND subject = ANY(CAST(:subjects AS text[]))
    """
)
_ANY_PARKED = text(
    "SELECT EXISTS (SELECT FROM parked WHERE consumer = :consumer AND topic = :topic)"
)
_PARKED = text(
    """
    SELECT subject, value, partition, "offset" FROM parked
    WHERE consumer = :consumer AND topic = :topic AND subject = ANY(CAST(:subjects AS text[]))
    """
)
_KEEP_VERSIONS = text(
    """
    INSERT INTO subject_version (consumer, topic, subject, version)
    SELECT :consumer, :topic, *
    FROM unnest(CAST(:subjects AS text[]), CAST(:versions AS bigint[]))
    ON CONFLICT (consumer, topic, subject) DO UPDATE SET version = excluded.version
    """
)
_PARK = text(
    """
    INSERT INTO parked (consumer, topic, subject, version, value, partition, "offset")
    VALUES (:consumer, :topic, :subject, :version, :value, :partition, :offset)
    """
)
_UNPARK = text(
    """
    DELETE FROM parked
    WHERE consumer = :consumer AND topic = :topic AND subject = :subject AND version = :version
    """
)
