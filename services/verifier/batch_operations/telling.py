"""Telling of a batch, to whoever has its address; and wiping it, when they ask or in time.

Apart from receiving, because this is asked over and over, and of any process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from anyio import to_thread

from services.verifier.batch_operations.desk import BatchDesk
from services.verifier.batches.address import Address
from services.verifier.batches.refusals import BatchNotDoneError, BatchNotFoundError
from services.verifier.batches.rows import Row, read_row
from services.verifier.domain.verdict import State
from services.verifier.repository import batches
from services.verifier.repository.batches import KeptBatch
from shared.proofs.sealing import open_sealed
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a batch is."""

    total: int
    done: int
    states: Mapping[State, int]
    received_at: datetime
    wiped_at: datetime

    @property
    def is_done(self) -> bool:
        """Say whether every entry has its row."""
        return self.done == self.total


async def read_progress(desk: BatchDesk, address: Address, *, now: datetime) -> Progress:
    """Say how far a batch is, and go on with it when nobody does; raises BatchNotFoundError."""
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        kept = await batches.find_batch(straight, address.place, now=now)
    return _progress_of(desk, address, kept)


async def read_rows(desk: BatchDesk, address: Address, *, now: datetime) -> Sequence[Row]:
    """Return every row in order; raises BatchNotDoneError while one is missing."""
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        kept = await batches.find_batch(straight, address.place, now=now)
        sealed = await _rows_of(straight, address, kept)
    if not _progress_of(desk, address, kept).is_done:
        raise BatchNotDoneError(retry_after=1)
    return await to_thread.run_sync(_open, address, sealed)


async def wipe_batch(desk: BatchDesk, address: Address, *, now: datetime) -> None:
    """Wipe a batch with all that was sent and found; raises BatchNotFoundError."""
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        was_there = await batches.wipe_batch(straight, address.place, now=now)
    if not was_there:
        raise BatchNotFoundError


async def wipe_old_batches(database: Database, *, now: datetime) -> None:
    """Wipe every batch whose time is up; for the worker, which can do no more with one."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        await batches.wipe_old(straight, now=now)


async def _rows_of(
    straight: Straight, address: Address, kept: KeptBatch | None
) -> list[tuple[int, bytes]]:
    # Not the rows of a batch that is under way: it may be asked every second.
    if kept is None or None in kept.states:
        return []
    return await batches.list_rows(straight, address.place)


def _progress_of(desk: BatchDesk, address: Address, kept: KeptBatch | None) -> Progress:
    if kept is None:
        raise BatchNotFoundError
    if kept.free:
        desk.crew.call(address)
    states = {State(state): count for state, count in kept.states.items() if state is not None}
    return Progress(
        total=kept.entries,
        done=sum(states.values()),
        states={state: states[state] for state in State if state in states},
        received_at=kept.received_at,
        wiped_at=kept.wipe_at,
    )


def _open(address: Address, sealed: Sequence[tuple[int, bytes]]) -> list[Row]:
    key = address.key
    return [
        read_row(open_sealed(row, key=key, context=address.context("row", number)))
        for number, row in sealed
    ]
