"""Signing anew, in bulk and from our own record, whatever a lost key signed (Boulder's habit).

Slice by slice: each award gets a new credential of the same content, in a place of its own, and the
bit of the old one is raised. Who does a slice keeps the key's awards to themselves meanwhile, so
the command and the worker may both be at it. Killed, it goes on where the last slice ended.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from services.issuer.domain.changes import CorrectionUnderWayError
from services.issuer.domain.corrections import WantedCorrection
from services.issuer.domain.reissues import Outcome, Reissue
from services.issuer.operations.corrections import reissue_award
from services.issuer.operations.desk import Desk
from services.issuer.repository import reissues
from shared.contracts.vocabulary import CorrectionReason
from shared.errors import ConflictError, RuleError, UnavailableError
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.observability import get_logger

SLICE = 100
AT_ONCE = 4

Clock = Callable[[], datetime]

log = get_logger(__name__)


async def reissue_all(desk: Desk, read_clock: Clock = clock.now) -> int:
    """Go on with every lost key until nothing is left; return how many awards were signed anew."""
    async with desk.database.transaction() as session:
        unfinished = await reissues.list_unfinished(session)
    count = 0
    for kid in unfinished:
        count += await reissue(desk, kid, read_clock)
    return count


async def reissue(
    desk: Desk,
    kid: str,
    read_clock: Clock = clock.now,
    *,
    tell: Callable[[Reissue], None] = lambda _: None,
) -> int:
    """Sign anew what a lost key signed, until nothing is left or somebody else is at it."""
    count = 0
    while True:
        before = await read_reissue(desk, kid)
        after = await _do_slice(desk, kid, now=read_clock())
        if after is None:
            return count
        count += after.reissued - (before.reissued if before else 0)
        tell(after)
        if after.finished_at is not None or after.last_number == 0:
            return count


async def read_reissue(desk: Desk, kid: str) -> Reissue | None:
    """Return how far we are with a key; None when there is nothing to sign anew."""
    async with desk.database.transaction() as session:
        return await reissues.find_reissue(session, kid)


async def count_left(desk: Desk, kid: str, *, organisation: str) -> int:
    """Return how many credentials that still count stand on a key."""
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        return await reissues.count_signed(session, kid, organisation=organisation)


async def _do_slice(desk: Desk, kid: str, *, now: datetime) -> Reissue | None:
    """Sign a slice anew; None when it is finished, or somebody else does it at this moment."""
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        if not await reissues.try_lock(session, kid):
            return None
        known = await reissues.find_reissue(session, kid)
        if known is None or known.finished_at is not None:
            return None
        found = await reissues.list_signed(session, known, limit=SLICE, now=now)
        if not found:
            known = known.after_pass(now=now)
        else:
            gate = asyncio.Semaphore(AT_ONCE)
            outcomes = await asyncio.gather(
                *(
                    _within(gate, _reissue(desk, award_id, known.organisation, now=now))
                    for _, award_id in found
                )
            )
            known = known.after(outcomes, last_number=found[-1][0])
        await reissues.keep_reissue(session, known)
    return known


async def _reissue(desk: Desk, award_id: UUID, organisation: str, *, now: datetime) -> Outcome:
    wanted = WantedCorrection(award_id=award_id, reason=CorrectionReason.KEY_COMPROMISED)
    try:
        await reissue_award(desk, wanted, organisation=organisation, now=now)
    except (CorrectionUnderWayError, UnavailableError):
        return Outcome.UNDER_WAY
    except (ConflictError, RuleError) as refusal:
        log.warning("award not signed anew", award_id=str(award_id), reason=refusal.code)
        return Outcome.LEFT_ALONE
    return Outcome.REISSUED


async def _within(gate: asyncio.Semaphore, doing: Awaitable[Outcome]) -> Outcome:
    async with gate:
        return await doing
