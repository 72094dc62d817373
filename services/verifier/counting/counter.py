"""Counting in memory, so that a verification never waits for it, and writing it down now and then.

Apart from telling, because this is in the way of every verification. What one process counted
between two writings, a few seconds, is lost when it is killed; several processes add up.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import date
from typing import Final
from uuid import UUID

from fastapi import FastAPI

from services.verifier.checks.judgement import Verification
from services.verifier.domain.counts import Checked, Tally, Way, month_of
from services.verifier.domain.verdict import State
from services.verifier.operations import Verified
from services.verifier.repository import counts
from shared.contracts.registration import Registration
from shared.runtime.database import Database
from shared.runtime.observability import get_logger
from shared.runtime.problems import reason_unavailable

FLUSH_SECONDS: Final = 5.0
MOST_CHECKED: Final = 50_000
"""So many awards between two writings; while the database is away, more are not counted."""
UNREAD: Final = "unread"
LAST_SECONDS: Final = 2.0

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[object]]
Counting = Callable[[FastAPI], AbstractAsyncContextManager[None]]

log = get_logger(__name__)


def find_counted(verification: Verification) -> UUID | None:
    """Return under which award a verification is counted: what its own issuer has registered.

    A stranger who signs somebody's credential id into something of their own counts for nobody.
    """
    held, issuer = verification.registration, verification.issuer
    if not isinstance(held, Registration) or issuer is None:
        return None
    if held.organisation != issuer.organisation_oin:
        return None
    is_altered = verification.judgement.verdict.state is State.ALTERED
    return None if is_altered else held.registration_id


class Counter:
    """What one process counted since it last wrote it down."""

    def __init__(self) -> None:
        self._ways: dict[Way, int] = {}
        self._checked: dict[Checked, int] = {}
        self._day = date.min
        self._month = date.min

    def note(self, verified: Verified) -> None:
        """Count a verification: its day, verdict and kind, and whose award it was of."""
        verification, handed = verified.verification, verified.handed
        day = verification.checked_at.date()
        if day != self._day:
            self._day, self._month = day, month_of(day)
        state = verification.judgement.verdict.state
        way = (
            (day, state, UNREAD, UNREAD)
            if handed is None
            else (day, state, handed.form, handed.container)
        )
        ways = self._ways
        ways[way] = ways.get(way, 0) + 1
        registration_id = find_counted(verification)
        if registration_id is None:
            return
        award, checked = (registration_id, self._month), self._checked
        known = checked.get(award)
        if known is not None or len(checked) < MOST_CHECKED:
            checked[award] = (known or 0) + 1

    async def flush(self, database: Database) -> None:
        """Write down what was counted; what could not be written is counted on."""
        ways, checked = self._ways, self._checked
        if not ways:
            return
        self._ways, self._checked = {}, {}
        try:
            async with database.transaction() as session:
                await counts.add_tally(session, Tally(ways, checked))
        except BaseException:
            for way, times in ways.items():
                self._ways[way] = self._ways.get(way, 0) + times
            for award, times in checked.items():
                self._checked[award] = self._checked.get(award, 0) + times
            raise

    async def keep_flushing(self, database: Database, *, seconds: float = FLUSH_SECONDS) -> None:
        """Write down what was counted, again and again, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.flush(database)
            except Exception as error:
                if reason_unavailable(error) is None:
                    raise
                log.warning("counts are not written yet", reason=type(error).__name__)


def counting(lifespan: Lifespan, counter: Counter, database: Database) -> Counting:
    """Return the lifespan of an application that counts: the rest is written down at its end."""

    @asynccontextmanager
    async def counting_(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            flushing = asyncio.create_task(counter.keep_flushing(database))
            try:
                yield
            finally:
                flushing.cancel()
                await asyncio.gather(flushing, return_exceptions=True)
                with suppress(Exception):  # who stops must stop, with a database or without
                    await asyncio.wait_for(counter.flush(database), LAST_SECONDS)

    return counting_
