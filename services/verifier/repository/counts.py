"""The questions about how much was verified: numbers added up, and nothing that says whose.

Apart from the copies, because nobody announced these: they are ours, and of no use to a verdict.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.verifier.domain.counts import DayCount, Tally
from services.verifier.tables import CheckedRegistrationRow, RegistrationRow, VerificationCountRow


async def add_tally(session: AsyncSession, tally: Tally) -> None:
    """Add what one process counted, in one statement; of what was erased nothing is counted.

    Rows go in order, so that two processes never wait for each other.
    """
    ways, checked = sorted(tally.ways.items()), sorted(tally.checked.items())
    connection = await session.connection()
    await connection.exec_driver_sql(
        _ADD,
        (
            *_columns(ways, 4),
            [times for _, times in ways],
            *_columns(checked, 2),
            [times for _, times in checked],
        ),
    )


async def list_days(session: AsyncSession, *, first: date, last: date) -> list[DayCount]:
    """Return how many verifications there were on these days, by what and in which way."""
    rows = await session.execute(
        select(VerificationCountRow)
        .where(VerificationCountRow.day.between(first, last))
        .order_by(VerificationCountRow.day)
    )
    return [
        DayCount(
            day=row.day,
            state=row.state,
            form=row.form,
            container=row.container,
            times=row.times,
        )
        for row in rows.scalars()
    ]


async def count_checked(session: AsyncSession, registration_id: UUID, *, since: date) -> int:
    """Return how often an award was checked since the first day of a month."""
    times = await session.scalar(
        select(func.coalesce(func.sum(CheckedRegistrationRow.times), 0)).where(
            CheckedRegistrationRow.registration_id == registration_id,
            CheckedRegistrationRow.month >= since,
        )
    )
    return int(times or 0)


async def forget_checked(session: AsyncSession, registration_id: UUID) -> None:
    """Forget how often an award was checked."""
    await session.execute(
        delete(CheckedRegistrationRow).where(
            CheckedRegistrationRow.registration_id == registration_id
        )
    )


async def forget_old_checked(session: AsyncSession, *, before: date) -> None:
    """Forget the months that are over for so long, and what was counted while it was erased."""
    erased = select(RegistrationRow.registration_id).where(RegistrationRow.is_erased)
    for gone in (
        CheckedRegistrationRow.month < before,
        CheckedRegistrationRow.registration_id.in_(erased),
    ):
        await session.execute(delete(CheckedRegistrationRow).where(gone))


def _columns(rows: Sequence[tuple[tuple[object, ...], int]], width: int) -> list[list[object]]:
    return [[key[number] for key, _ in rows] for number in range(width)]


_ADD = """
    WITH ways AS (
        INSERT INTO verification_count AS known (day, state, form, container, times)
        SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::bigint[])
        ON CONFLICT (day, state, form, container)
        DO UPDATE SET times = known.times + excluded.times
    )
    INSERT INTO checked_registration AS known (registration_id, month, times)
    SELECT counted.* FROM unnest($6::uuid[], $7::date[], $8::bigint[])
        AS counted (registration_id, month, times)
    JOIN registration USING (registration_id) WHERE NOT registration.is_erased
    ORDER BY counted.registration_id, counted.month
    ON CONFLICT (registration_id, month) DO UPDATE SET times = known.times + excluded.times
    """
