"""What a process works at batches with: a way to take parts apart, a way to judge, and its crew.

Apart from the desk of single verifications, because a batch asks nothing of that but its verdicts.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from services.verifier.batch_operations.allowance import Allowance
from services.verifier.batch_operations.crew import LANES, Crew
from services.verifier.batch_operations.judging import Judge
from services.verifier.batches.entries import Unpack
from shared.runtime import clock
from shared.runtime.database import Database

KEPT: Final = timedelta(minutes=59)
"""With the worker's round of at most a minute, nothing is there for longer than an hour."""
STORED_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True)
class BatchDesk:
    """What a process works at batches with."""

    database: Database
    unpack: Unpack
    crew: Crew
    allowance: Allowance
    storing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(STORED_AT_ONCE))
    """Who stores a large batch has a connection of the pool meanwhile: never many of them."""


def open_batch_desk(
    database: Database,
    *,
    judge: Judge,
    unpack: Unpack,
    allowance: Allowance,
    read_clock: Callable[[], datetime] = clock.now,
    lanes: int = LANES,
) -> BatchDesk:
    """Return the batch desk of a process, with nothing at hand yet; without lanes it only takes."""
    crew = Crew(database, judge, read_clock=read_clock, lanes=lanes)
    return BatchDesk(database, unpack, crew, allowance)
