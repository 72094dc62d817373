"""Letting go of what has been kept long enough, and telling how far an erasure is.

1. What ages by itself goes piece by piece, each a transaction: consultations, keys of requests.
2. One walk through the outbox, window by window: states that were replaced, tellings older than the
   topic keeps, and what is still said there of registrations that were erased since. The last are
   overwritten with what the log says of them now, so that a replay has no hole in its sequence.
3. Only after the walk an erasure is complete, and the term of the backups begins.
4. What a law no longer makes us keep is destroyed.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.profiles import ErasureTerm, backups_gone
from services.registry.domain.registrations import ErasureUnknownError
from services.registry.domain.retention import Kept, RetentionReport, Terms, terms_at
from services.registry.repository import retention as repository
from services.registry.repository.retention import PIECE, WINDOW, Copy
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight, act_for
from shared.runtime.observability import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What a run works on: a database, and for how long its backups are kept."""

    database: Database
    backups_kept: timedelta


async def keep_terms(retention: Retention, *, now: datetime, dry: bool = False) -> RetentionReport:
    """Let go of everything that is old enough, or only count it."""
    terms, gone = terms_at(now), Counter[Kept]()
    aging = (
        (Kept.CONSULTATIONS, terms.consultations),
        (Kept.IDEMPOTENCY, terms.idempotency),
        (Kept.WORKERS, terms.workers),
    )
    for kept, before in aging:  # 1
        gone[kept] = await _let_age(retention.database, kept, before, dry=dry)
    await _walk_outbox(retention, terms, gone, dry=dry)  # 2
    if not dry:
        await _complete(retention, terms, now=now)  # 3
    gone[Kept.RESTRICTED] = await _destroy_restricted(retention, now=now, dry=dry)  # 4
    report = RetentionReport(now, dry, {kept: gone[kept] for kept in Kept})
    log.info("what is old enough was let go of", count=sum(report.gone.values()))
    return report


async def read_term(session: AsyncSession, registration_id: UUID) -> ErasureTerm:
    """Return how far the erasure of a registration is, to anybody who knows its id."""
    await act_for(session, EVERY_ORGANISATION)
    term = await repository.find_term(session, registration_id)
    if term is None:
        raise ErasureUnknownError
    return term


@asynccontextmanager
async def _piece(database: Database) -> AsyncIterator[Straight]:
    """Open the transaction of one piece; two workers take turns, and so never wait in a ring."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        await repository.take_turn(straight)
        yield straight


async def _let_age(database: Database, kept: Kept, before: datetime, *, dry: bool) -> int:
    total = 0
    while True:
        async with _piece(database) as straight:
            if dry:
                return await repository.count_old(straight, kept, before)
            gone = await repository.delete_old(straight, kept, before)
        total += gone
        if gone < PIECE:
            return total


async def _walk_outbox(
    retention: Retention, terms: Terms, gone: Counter[Kept], *, dry: bool
) -> None:
    """Go through the outbox once, as far as it is now."""
    async with retention.database.acting_for(EVERY_ORGANISATION) as straight:
        last = await repository.last_of_outbox(straight)
        erasures = await repository.has_open_terms(straight, settled=terms.settled)
    after = 0
    while True:
        async with retention.database.acting_for(EVERY_ORGANISATION) as straight:
            first = await repository.next_of_outbox(straight, after)
        if first is None or first > last:
            return
        gone.update(await _clear_window(retention, terms, first, erasures=erasures, dry=dry))
        after = first + WINDOW - 1


async def _clear_window(
    retention: Retention, terms: Terms, first: int, *, erasures: bool, dry: bool
) -> Counter[Kept]:
    async with _piece(retention.database) as straight:
        states = await repository.list_replaced_states(straight, first, before=terms.states)
        tellings = await repository.list_old_tellings(straight, first, before=terms.tellings)
        stale: list[Copy] = []
        shown: list[int] = []
        if erasures:
            shown = await repository.list_gone_states(straight, first, settled=terms.settled)
            told = await repository.list_copies(straight, first, settled=terms.settled)
            facts = await repository.find_facts(straight, [_index_in(copy) for copy in told])
            for copy in told:
                index = _index_in(copy)
                value = facts[index].as_event(index, source=retention.database.source)
                if value != copy.value and copy.number not in tellings:
                    stale.append(Copy(copy.number, value))
        if not dry:
            await repository.delete_from_outbox(straight, [*{*states, *tellings, *shown}])
            await repository.overwrite(straight, stale)
    states = [number for number in states if number not in set(shown)]
    return Counter(
        {
            Kept.STATES: len(states),
            Kept.TELLINGS: len(tellings),
            Kept.COPIES: len(stale) + len(shown),
        }
    )


async def _complete(retention: Retention, terms: Terms, *, now: datetime) -> None:
    async with retention.database.acting_for(EVERY_ORGANISATION) as straight:
        await repository.complete_terms(
            straight,
            settled=terms.settled,
            now=now,
            backups_gone=backups_gone(now, backups_kept=retention.backups_kept),
        )


async def _destroy_restricted(retention: Retention, *, now: datetime, dry: bool) -> int:
    total = 0
    gone_at = backups_gone(now, backups_kept=retention.backups_kept)
    while True:
        async with _piece(retention.database) as straight:
            if dry:
                return await repository.count_restricted(straight, now=now)
            gone = await repository.destroy_restricted(straight, now=now, backups_gone=gone_at)
        total += gone
        if gone < PIECE:
            return total


def _index_in(copy: Copy) -> int:
    """Return the place in the log that a telling names: its sequence counts from one."""
    return int(json.loads(copy.value)["sequence"]) - 1
