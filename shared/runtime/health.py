"""Is this service alive, and can it do its work: two questions with two answers.

Apart from the services; a broker that is down is told but fails nothing, because issuing and
verifying go on without it, while a consumer that died or stands still makes us unready.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.runtime.api_model import ApiAnswer
from shared.runtime.database import Database
from shared.runtime.observability import get_logger
from shared.runtime.problems import reason_unavailable
from shared.runtime.schema import consumer_state

FindHold = Callable[[Database], Awaitable[str | None]]
"""Says why a service must not do its own work, if so."""

log = get_logger(__name__)

SILENT_AFTER: Final = timedelta(seconds=30)
STUCK_AFTER: Final = timedelta(seconds=60)


class Health(StrEnum):
    """What a part of us is like."""

    OK = "ok"
    DOWN = "down"
    NEVER_SEEN = "never-seen"
    SILENT = "silent"
    STUCK = "stuck"
    FAULTY = "faulty"


class Liveness(ApiAnswer):
    """The process runs."""

    status: Health = Health.OK


class Readiness(ApiAnswer):
    """Whether the service can do its work, and which part cannot."""

    ready: bool
    database: Health
    consumer: Health | None = None
    lag: int | None = None
    hold: str | None = None


async def find_readiness(
    database: Database, *, consumer: str | None, find_hold: FindHold | None = None
) -> Readiness:
    """Ask the database, through it the consumer in the worker, and what may hold the service."""
    readiness = await _find_readiness(database, consumer=consumer)
    if find_hold is None or readiness.database is Health.DOWN:
        return readiness
    hold = await find_hold(database)
    ready = readiness.ready and hold is None
    return readiness.model_copy(update={"ready": ready, "hold": hold})


async def _find_readiness(database: Database, *, consumer: str | None) -> Readiness:
    try:
        async with database.transaction() as session:
            await session.execute(text("SELECT 1"))
            if consumer is None:
                return Readiness(ready=True, database=Health.OK)
            state, lag = await _judge_consumer(session, consumer)
    except Exception as error:
        if reason_unavailable(error) is None:
            raise
        log.warning("the database does not answer", exc_info=error)
        return Readiness(ready=False, database=Health.DOWN)
    ready = state in {Health.OK, Health.FAULTY}
    return Readiness(ready=ready, database=Health.OK, consumer=state, lag=lag)


async def _judge_consumer(session: AsyncSession, consumer: str) -> tuple[Health, int | None]:
    """Judge the workers whose heart still beats; a fault they report is told, not failed."""
    silence = func.clock_timestamp() - consumer_state.c.beat_at
    standstill = func.clock_timestamp() - consumer_state.c.progressed_at
    rows = (
        await session.execute(
            select(
                silence.label("silence"),
                standstill.label("standstill"),
                consumer_state.c.lag,
                consumer_state.c.fault,
            ).where(consumer_state.c.consumer == consumer)
        )
    ).all()
    if not rows:
        return Health.NEVER_SEEN, None
    alive = [row for row in rows if row.silence < SILENT_AFTER]
    if not alive:
        return Health.SILENT, None
    lag = sum(row.lag for row in alive)
    if any(row.lag > 0 and row.standstill > STUCK_AFTER for row in alive):
        return Health.STUCK, lag
    return (Health.FAULTY if any(row.fault for row in alive) else Health.OK), lag
