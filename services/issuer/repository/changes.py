"""What became of awards: one change with its row of history, or the same change of many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain import AwardState, RecordedAward
from services.issuer.domain.changes import RAISES_BITS, STATE_AFTER, Change
from services.issuer.repository.awards import read_award
from services.issuer.tables import award as awards
from services.issuer.tables import award_change as changes
from services.issuer.tables import credential as credentials

_LASTING = (AwardState.GRANTED.value, AwardState.SUSPENDED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One award of many that changed, with the number of the fact."""

    award_id: UUID
    record_version: int
    valid_until: datetime | None


async def keep_change(
    session: AsyncSession,
    recorded: RecordedAward,
    change: Change,
    *,
    reason: str | None,
    note: bytes | None,
    now: datetime,
) -> tuple[RecordedAward, list[int]]:
    """Record what became of a locked award; return it, and the lists that must show it."""
    award = recorded.award
    changing = (
        update(awards)
        .where(awards.c.award_id == award.award_id)
        .values(
            state=STATE_AFTER[change].value,
            record_version=recorded.record_version + 1,
            changed_at=now,
            reason=reason,
        )
        .returning(awards)
    )
    row = (await session.execute(changing)).one()
    await session.execute(
        insert(changes).values(
            award_id=award.award_id,
            record_version=row.record_version,
            organisation=award.organisation,
            kind=change.value,
            reason=reason,
            changed_at=now,
            learner_id=row.learner_id if note else None,
            sealed_note=note,
        )
    )
    if change in RAISES_BITS:
        return read_award(row), await raise_bits(session, [award.award_id])
    return read_award(row), await _lists_of(session, award.award_id)


async def change_many(
    session: AsyncSession,
    award_ids: Sequence[UUID],
    change: Change,
    *,
    among: Sequence[AwardState],
    reason: str | None,
    now: datetime,
) -> list[Changed]:
    """Record one change of those of these awards that are in such a state; return which."""
    rows = await session.execute(
        _CHANGE_MANY,
        {
            "ids": list(award_ids),
            "among": [state.value for state in among],
            "state": STATE_AFTER[change].value,
            "kind": change.value,
            "reason": reason,
            "now": now,
        },
    )
    return [
        Changed(
            award_id=row.award_id, record_version=row.record_version, valid_until=row.valid_until
        )
        for row in rows
    ]


async def list_ended(session: AsyncSession, *, now: datetime, limit: int) -> list[UUID]:
    """Return awards whose end has passed, and hold them; what others hold is for the next time."""
    query = (
        select(awards.c.award_id)
        .where(
            awards.c.valid_until.is_not(None),
            awards.c.valid_until <= now,
            awards.c.state.in_(_LASTING),
        )
        .order_by(awards.c.valid_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(await session.scalars(query))


async def raise_bits(session: AsyncSession, award_ids: Sequence[UUID]) -> list[int]:
    """Raise the bit of every credential of these awards; return the lists that must show it."""
    raised = (
        update(credentials)
        .where(credentials.c.award_id.in_(list(award_ids)), credentials.c.is_revoked.is_(False))
        .values(is_revoked=True)
        .returning(credentials.c.list_id)
    )
    return sorted({row.list_id for row in await session.execute(raised)})


async def _lists_of(session: AsyncSession, award_id: UUID) -> list[int]:
    query = select(credentials.c.list_id).where(
        credentials.c.award_id == award_id, credentials.c.is_revoked.is_(False)
    )
    return list(await session.scalars(query))


# Rows are locked in the order of their ids, or two who change many would wait for each other.
_CHANGE_MANY = text(
    """
    WITH due AS (
        SELECT award_id FROM award
        WHERE award_id = ANY(CAST(:ids AS uuid[])) AND state = ANY(CAST(:among AS text[]))
        ORDER BY award_id FOR UPDATE
    ), changed AS (
        UPDATE award SET state = :state, record_version = record_version + 1,
            changed_at = :now, reason = :reason
        FROM due WHERE award.award_id = due.award_id
        RETURNING award.award_id, award.organisation, award.record_version, award.valid_until
    ), noted AS (
        INSERT INTO award_change (
            award_id, record_version, organisation, kind, reason, changed_at
        )
        SELECT award_id, record_version, organisation, :kind, :reason, :now FROM changed
    )
    SELECT award_id, record_version, valid_until FROM changed
    """
)
