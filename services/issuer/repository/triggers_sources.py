"""Where results are pulled from, how far each round came, and what a round asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.tables import association_source as sources
from services.issuer.tables import offering as offerings
from shared.runtime.database import of_caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An institution's own OEAPI, as a source of results."""

    source_id: UUID
    organisation: str
    url: str
    wrapped_key: bytes = field(repr=False)
    sealed_secret: bytes | None = field(repr=False)
    interval_seconds: int
    cursor: str | None = None
    next_at: datetime
    failures: int = 0
    problem: str | None = None
    completed_at: datetime | None = None
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOffering:
    """An offering to ask a source about, and what it may be called there."""

    offering_id: UUID
    codes: tuple[str, ...]


async def add_source(session: AsyncSession, source: Source) -> bool:
    """Add a source; False when its organisation has one at this address."""
    added = await session.scalar(
        insert(sources)
        .values(
            source_id=source.source_id,
            organisation=source.organisation,
            url=source.url,
            wrapped_key=source.wrapped_key,
            sealed_secret=source.sealed_secret,
            interval_seconds=source.interval_seconds,
            next_at=source.next_at,
            failures=0,
            registered_at=source.registered_at,
        )
        .on_conflict_do_nothing()
        .returning(sources.c.source_id)
    )
    return added is not None


async def list_sources(session: AsyncSession, organisation: str) -> list[Source]:
    """Return the sources of an organisation, oldest first."""
    query = (
        select(sources)
        .where(sources.c.organisation == organisation, of_caller(sources.c.organisation))
        .order_by(sources.c.registered_at, sources.c.source_id)
    )
    return [_read(row) for row in await session.execute(query)]


async def remove_source(session: AsyncSession, organisation: str, source_id: UUID) -> bool:
    """Forget a source and what it lets us in with; say whether it was known."""
    removed = await session.scalar(
        delete(sources)
        .where(
            sources.c.source_id == source_id,
            sources.c.organisation == organisation,
            of_caller(sources.c.organisation),
        )
        .returning(sources.c.source_id)
    )
    return removed is not None


async def claim_source(
    session: AsyncSession, *, now: datetime, lease_until: datetime
) -> Source | None:
    """Take the source that is due longest and that nobody pulls from."""
    due = (
        select(sources.c.source_id)
        .where(
            sources.c.next_at <= now,
            or_(sources.c.lease_until.is_(None), sources.c.lease_until < now),
        )
        .order_by(sources.c.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    row = (
        await session.execute(
            update(sources)
            .where(sources.c.source_id == due)
            .values(lease_until=lease_until)
            .returning(sources)
        )
    ).one_or_none()
    return None if row is None else _read(row)


async def keep_cursor(
    session: AsyncSession, source_id: UUID, cursor: str, *, lease_until: datetime
) -> bool:
    """Remember how far a round came; False when the source was removed meanwhile."""
    kept = await session.scalar(
        update(sources)
        .where(sources.c.source_id == source_id)
        .values(cursor=cursor, lease_until=lease_until, failures=0, problem=None)
        .returning(sources.c.source_id)
    )
    return kept is not None


async def end_round(
    session: AsyncSession, source_id: UUID, *, completed_at: datetime, next_at: datetime
) -> None:
    """Remember that a round came to its end."""
    await session.execute(
        update(sources)
        .where(sources.c.source_id == source_id)
        .values(
            cursor=None,
            lease_until=None,
            failures=0,
            problem=None,
            completed_at=completed_at,
            next_at=next_at,
        )
    )


async def let_go(
    session: AsyncSession,
    source_id: UUID,
    *,
    next_at: datetime,
    problem: str | None,
) -> None:
    """Let go of a source in the middle of a round, with why if something failed."""
    failures = sources.c.failures + 1 if problem else sources.c.failures
    await session.execute(
        update(sources)
        .where(sources.c.source_id == source_id)
        .values(lease_until=None, next_at=next_at, problem=problem, failures=failures)
    )


async def list_offerings(
    session: AsyncSession, provider: str, *, after: UUID | None, since: date, limit: int
) -> Sequence[AskedOffering]:
    """Return a provider's offerings that ended after a day or go on, in a fixed order."""
    query = (
        select(offerings.c.offering_id, offerings.c.codes)
        .where(
            offerings.c.provider == provider,
            or_(offerings.c.ends_on.is_(None), offerings.c.ends_on >= since),
        )
        .order_by(offerings.c.offering_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(offerings.c.offering_id >= after)
    return [
        AskedOffering(offering_id=row.offering_id, codes=tuple(row.codes))
        for row in await session.execute(query)
    ]


def _read(row: Row[tuple[object, ...]]) -> Source:
    return Source(
        source_id=row.source_id,
        organisation=row.organisation,
        url=row.url,
        wrapped_key=row.wrapped_key,
        sealed_secret=row.sealed_secret,
        interval_seconds=row.interval_seconds,
        cursor=row.cursor,
        next_at=row.next_at,
        failures=row.failures,
        problem=row.problem,
        completed_at=row.completed_at,
        registered_at=row.registered_at,
    )
