"""Requests to revoke many awards, row by row: what was asked, agreed to, and done."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState
from services.issuer.domain.revocations import (
    RevocationBatch,
    RevocationBatchNotFoundError,
    RowOutcome,
)
from services.issuer.tables import award as awards
from services.issuer.tables import batch_row as award_batch_rows
from services.issuer.tables import revocation_batch as batches
from services.issuer.tables import revocation_batch_row as rows
from shared.contracts.vocabulary import RevocationReason
from shared.runtime.database import of_caller

# A statement has seconds, and a disk may be busy.
ROWS_AT_ONCE = 10_000
_NO_AWARD = (AwardState.INTENDED.value, AwardState.VOIDED.value)


async def list_own(session: AsyncSession, award_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these are awards of the acting organisation."""
    found = await session.scalars(_OWN, {"ids": list(award_ids), "no_award": list(_NO_AWARD)})
    return set(found)


async def list_of_batch(session: AsyncSession, award_batch_id: UUID) -> list[UUID]:
    """Return the awards that a batch of the acting organisation made."""
    query = (
        select(awards.c.award_id)
        .join(award_batch_rows, award_batch_rows.c.award_id == awards.c.award_id)
        .where(
            award_batch_rows.c.batch_id == award_batch_id,
            awards.c.state.not_in(_NO_AWARD),
            of_caller(awards.c.organisation),
        )
    )
    return list(await session.scalars(query))


async def add_batch(
    session: AsyncSession,
    batch_id: UUID,
    award_ids: Sequence[UUID],
    *,
    organisation: str,
    reason: RevocationReason,
    asked_by: str,
    now: datetime,
) -> None:
    """Keep what is asked; nothing happens yet."""
    await session.execute(
        insert(batches).values(
            batch_id=batch_id,
            organisation=organisation,
            reason=reason.value,
            asked_by=asked_by,
            asked_at=now,
        )
    )
    for first in range(0, len(award_ids), ROWS_AT_ONCE):
        some = list(award_ids[first : first + ROWS_AT_ONCE])
        await session.execute(
            _ADD_ROWS, {"batch": batch_id, "organisation": organisation, "ids": some}
        )


async def get_batch(
    session: AsyncSession, batch_id: UUID, *, lock: bool = False
) -> RevocationBatch:
    """Return a request of the acting organisation, with its progress counted now."""
    query = select(batches).where(batches.c.batch_id == batch_id, of_caller(batches.c.organisation))
    row = (await session.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise RevocationBatchNotFoundError
    counting = (
        select(rows.c.outcome, func.count().label("awards"))
        .where(rows.c.batch_id == batch_id)
        .group_by(rows.c.outcome)
    )
    counted = {one.outcome: one.awards for one in await session.execute(counting)}
    return _batch(row, counted)


async def approve_batch(
    session: AsyncSession, batch_id: UUID, *, approved_by: str, now: datetime
) -> None:
    """Keep that a second person agreed."""
    await session.execute(
        update(batches)
        .where(batches.c.batch_id == batch_id)
        .values(approved_by=approved_by, approved_at=now)
    )


async def find_waiting(session: AsyncSession) -> RevocationBatch | None:
    """Return the oldest approved request with awards still to revoke."""
    waiting = (
        select(rows.c.batch_id)
        .where(rows.c.batch_id == batches.c.batch_id, rows.c.outcome.is_(None))
        .exists()
    )
    query = (
        select(batches)
        .where(batches.c.approved_at.is_not(None), waiting)
        .order_by(batches.c.number)
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _batch(row, {})


async def take_slice(session: AsyncSession, batch_id: UUID, *, limit: int) -> list[UUID]:
    """Return awards to revoke next, and hold them; what others hold is theirs."""
    query = (
        select(rows.c.award_id)
        .where(rows.c.batch_id == batch_id, rows.c.outcome.is_(None))
        .order_by(rows.c.award_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(await session.scalars(query))


async def keep_outcomes(
    session: AsyncSession, batch_id: UUID, award_ids: Sequence[UUID], *, revoked: Sequence[UUID]
) -> None:
    """Keep what became of these: revoked now, or what they were before."""
    await session.execute(
        _KEEP_OUTCOMES,
        {
            "batch": batch_id,
            "ids": list(award_ids),
            "revoked": list(revoked),
            "done": RowOutcome.REVOKED.value,
            "before": RowOutcome.ALREADY_REVOKED.value,
            "erased": RowOutcome.ERASED.value,
        },
    )


def _batch(row: Row[tuple[object, ...]], counted: dict[str | None, int]) -> RevocationBatch:
    return RevocationBatch(
        batch_id=row.batch_id,
        number=row.number,
        organisation=row.organisation,
        reason=RevocationReason(row.reason),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        approved_at=row.approved_at,
        awards=sum(counted.values()),
        revoked=counted.get(RowOutcome.REVOKED.value, 0),
        already_revoked=counted.get(RowOutcome.ALREADY_REVOKED.value, 0),
        erased=counted.get(RowOutcome.ERASED.value, 0),
    )


_OWN = text(
    """
    SELECT award_id FROM award
    WHERE award_id = ANY(CAST(:ids AS uuid[])) AND state <> ALL(CAST(:no_award AS text[]))
      AND organisation = acting_organisation()
    """
)
_ADD_ROWS = text(
    """
    INSERT INTO revocation_batch_row (batch_id, award_id, organisation)
    SELECT CAST(:batch AS uuid), award_id, :organisation
    FROM unnest(CAST(:ids AS uuid[])) AS asked (award_id)
    """
)
_KEEP_OUTCOMES = text(
    """
    UPDATE revocation_batch_row SET outcome = CASE
        WHEN revocation_batch_row.award_id = ANY(CAST(:revoked AS uuid[])) THEN :done
        WHEN award.state = 'erased' THEN :erased
        ELSE :before
    END
    FROM award
    WHERE revocation_batch_row.batch_id = CAST(:batch AS uuid)
    AND revocation_batch_row.award_id = ANY(CAST(:ids AS uuid[]))
    AND award.award_id = revocation_batch_row.award_id
    """
)
