"""Letting go of what has been kept long enough, and telling how far an erasure is.

1. What ages by itself goes piece by piece, each a transaction: consultations, keys of requests.
2. An erasure is complete once nobody can still be sending what it emptied; then the term of the
   backups begins.
3. What a law no longer makes us keep is destroyed.
"""

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
from services.registry.repository.retention import PIECE
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
    if not dry:
        await _complete(retention, terms, now=now)  # 2
    gone[Kept.RESTRICTED] = await _destroy_restricted(retention, now=now, dry=dry)  # 3
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
