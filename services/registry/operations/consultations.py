"""Asking the register about learners, and asking who asked; every time is remembered.

1. Why somebody asks is judged before anything is looked up.
2. Who asks by an identifier is answered by a name that is theirs alone, which tells nothing to
   another. That they were shown one and the same registration two consumers can see: its number is
   public, and what they have in common; of a learner without one in common they cannot tell.
3. A line is written for each learner, also of whom nothing is known, in the transaction of the
   answer; the answer leaves after its commit. No line, no answer.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.consultations import (
    ConsumerName,
    Known,
    Line,
    LineStatus,
    Reason,
    SearchClosedError,
    Trace,
    decide_reason,
    new_operation,
)
from services.registry.domain.pseudonyms import (
    KEY_BYTES,
    ConsumerKey,
    HmacPseudonymiser,
    Pseudonymiser,
)
from services.registry.repository import consultations as repository
from services.registry.repository.consultations import SealedConsumerKey
from services.registry.settings import Settings
from shared.contracts.award import Pseudonym
from shared.proofs.sealing import DataKey, open_sealed, read_secret, seal
from shared.runtime import idempotency
from shared.runtime.database import EVERY_ORGANISATION, act_for

SEARCH: Final = "search registrations"
READ: Final = "read consultations"
READ_OWN: Final = "read own consultations"
LEARNER_ACCESS: Final = "learner-access"
CONSULTATION_LOG: Final = "consultation-log"
ROTATE_ROUTE: Final = "POST /v1/pseudonym-keys"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where questions about learners are answered: what names them, and what seals those keys."""

    pseudonymiser: Pseudonymiser
    _seals: DataKey = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the counter of these settings, or raise SearchClosedError."""
        if settings.learner_key is None or settings.consumer_sealing_key is None:
            raise SearchClosedError
        key = read_secret(settings.learner_key.get_secret_value())
        seals = DataKey(read_secret(settings.consumer_sealing_key.get_secret_value()))
        return cls(HmacPseudonymiser(key), seals)

    def new_key(self, organisation: str, version: int, *, now: datetime) -> SealedConsumerKey:
        """Make a version of a consumer's key, as it is to be stored."""
        context = _context(organisation, version)
        sealed = seal(secrets.token_bytes(KEY_BYTES), key=self._seals, context=context)
        return SealedConsumerKey(version, sealed, now)

    def open_key(self, organisation: str, stored: SealedConsumerKey) -> ConsumerKey:
        """Open a version of a consumer's key; raise SealError when it is not theirs."""
        context = _context(organisation, stored.version)
        return ConsumerKey(
            stored.version, open_sealed(stored.sealed, key=self._seals, context=context)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, as part of which trace, since when, and what tells the moment of its end."""

    organisation: str
    client: str
    trace: Trace
    began_at: datetime
    read_clock: Callable[[], datetime]

    def line(
        self,
        name: str,
        *,
        activity: str,
        subject: str,
        found: int,
        operation_id: str | None = None,
        reason: Reason | None = None,
    ) -> Line:
        """Return the line to remember of this question about one learner."""
        return Line(
            trace=self.trace,
            operation_id=operation_id or self.trace.operation_id,
            name=name,
            status=LineStatus.OK,
            started_at=self.began_at,
            ended_at=max(self.read_clock(), self.began_at),
            organisation=self.organisation,
            client=self.client,
            activity=activity,
            subject=subject,
            reason=reason,
            found=found,
        )


async def search_registrations(
    session: AsyncSession,
    counter: Counter,
    identifiers: Sequence[str],
    *,
    reason: Reason,
    asking: Asking,
) -> list[Known]:
    """Return what is registered of learners, in the order in which they are asked for."""
    decide_reason(reason)  # 1
    namer = counter.pseudonymiser
    learners = [namer.register_name(identifier) for identifier in identifiers]
    await act_for(session, EVERY_ORGANISATION)
    newest, *earlier = await _keys_of(session, counter, asking)
    found = await repository.find_by_learners(session, learners)
    answers = [
        Known(
            name=namer.consumer_name(learner, newest),  # 2
            earlier=tuple(namer.consumer_name(learner, key) for key in earlier),
            registrations=tuple(found[learner]),
        )
        for learner in learners
    ]
    lines = [
        asking.line(
            SEARCH,
            activity=reason.purpose.value,
            subject=namer.log_name(learner),
            found=len(answer.registrations),
            operation_id=new_operation(),
            reason=reason,
        )
        for learner, answer in zip(learners, answers, strict=True)
    ]
    await repository.add_lines(session, lines)  # 3
    return answers


async def read_consultations(
    session: AsyncSession,
    counter: Counter,
    identifier: str,
    *,
    asking: Asking,
    for_learner: bool,
    before: int | None,
    limit: int,
) -> list[Line]:
    """Return who asked about a learner: to the learner everybody, to a consumer itself only."""
    learner = counter.pseudonymiser.register_name(identifier)
    await act_for(session, EVERY_ORGANISATION if for_learner else asking.organisation)
    subject = counter.pseudonymiser.log_name(learner)
    lines = await repository.list_lines(session, subject, before=before, limit=limit)
    mine = asking.line(
        READ if for_learner else READ_OWN,
        activity=LEARNER_ACCESS if for_learner else CONSULTATION_LOG,
        subject=subject,
        found=len(lines),
    )
    await repository.add_lines(session, [mine])
    return lines


async def rotate_key(
    session: AsyncSession,
    counter: Counter,
    *,
    organisation: str,
    request_key: str,
    now: datetime,
) -> SealedConsumerKey:
    """Name learners anew for one consumer from now on; a repeated request changes nothing."""
    await act_for(session, organisation)
    claim = await idempotency.claim(
        session,
        organisation=organisation,
        route=ROTATE_ROUTE,
        key=request_key,
        fingerprint=idempotency.fingerprint({}),
        now=now,
    )
    known = await repository.list_keys(session, organisation)
    if claim.answer is not None:
        made = int(claim.answer.resource or 0)
        return next(key for key in known if key.version == made)
    key = counter.new_key(organisation, known[0].version + 1 if known else 1, now=now)
    await repository.add_key(session, organisation, key)
    await idempotency.keep_resource(session, claim, str(key.version))
    await idempotency.keep_answer(session, claim, status=201, body=None)
    return key


async def names_for_consumers(
    session: AsyncSession, counter: Counter, learner: Pseudonym, consumers: Sequence[str]
) -> dict[str, list[ConsumerName]]:
    """Return by which names these consumers know a learner, of every version."""
    names: dict[str, list[ConsumerName]] = {}
    for consumer in consumers:
        stored = await repository.list_keys(session, consumer)
        keys = [counter.open_key(consumer, one) for one in stored]
        names[consumer] = [counter.pseudonymiser.consumer_name(learner, key) for key in keys]
    return names


async def _keys_of(session: AsyncSession, counter: Counter, asking: Asking) -> list[ConsumerKey]:
    """Return a consumer's keys, the newest first; the first time one is made."""
    organisation = asking.organisation
    stored = await repository.list_keys(session, organisation)
    if not stored:
        await repository.add_key(
            session, organisation, counter.new_key(organisation, 1, now=asking.began_at)
        )
        stored = await repository.list_keys(session, organisation)
    return [counter.open_key(organisation, key) for key in stored]


def _context(organisation: str, version: int) -> bytes:
    return f"consumer|{organisation}|{version}".encode()
