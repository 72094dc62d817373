"""Who judges the entries of batches: a few lanes in each process, a small group at a time.

1. Who received a batch calls its crew at once; so does whoever is asked how far a batch is, when
   entries of it are nobody's. Only they have its address, hence its key: the worker cannot help.
2. A group is ours for `LEASE`; who needs longer puts down what is judged, and holds on to the rest.
   What a killed process had is anybody's afterwards, and is taken one by one.
3. After each group a batch goes to the back of the row: a small one never waits for a large one.
4. A row is written once: who was overtaken writes nothing.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from contextvars import Context
from datetime import datetime, timedelta
from typing import Final

from anyio import to_thread

from services.verifier.batch_operations.judging import Judge, judge_entry
from services.verifier.batches.address import Address
from services.verifier.batches.entries import Entry, unpack
from services.verifier.batches.rows import FAULT, refused, write_row
from services.verifier.repository import batches
from services.verifier.repository.batches import JudgedEntry, TakenEntry
from shared.errors import UnavailableError
from shared.proofs.sealing import SealError, open_sealed, seal
from shared.runtime.database import EVERY_ORGANISATION, Database
from shared.runtime.observability import get_logger

LEASE: Final = timedelta(seconds=30)
PUT_DOWN_AFTER: Final = 1.0
LANES: Final = 2
MOST_WAITING: Final = 1000
_LARGE: Final = 256 * 1024

log = get_logger(__name__)


class Crew:
    """The lanes of one process, and the batches that wait for them."""

    def __init__(
        self,
        database: Database,
        judge: Judge,
        *,
        read_clock: Callable[[], datetime],
        lanes: int = LANES,
    ) -> None:
        self._database = database
        self._judge = judge
        self._read_clock = read_clock
        self._most_lanes = lanes
        self._due: dict[bytes, Address] = {}
        self._lanes: set[asyncio.Task[None]] = set()

    def call(self, address: Address) -> None:
        """See to it that a batch is gone on with, unless so many wait that it must be asked again.

        Costs nothing when it waits already.
        """
        if address.place in self._due or len(self._due) >= MOST_WAITING:
            return
        self._due[address.place] = address
        if len(self._lanes) < self._most_lanes:
            # Not in the context of a request, whose id would stand at what is done for others.
            lane = asyncio.create_task(self._work(), name="batch-lane", context=Context())
            self._lanes.add(lane)
            lane.add_done_callback(self._lanes.discard)

    async def settle(self) -> None:
        """Wait until there is nothing left to do here."""
        while self._lanes:
            await asyncio.wait(self._lanes)

    async def leave(self) -> None:
        """Stop in the middle, and give back what is not judged."""
        lanes = list(self._lanes)
        self._due.clear()
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)

    async def _work(self) -> None:
        while self._due:
            address = self._due.pop(next(iter(self._due)))
            try:
                await self._judge_group(address)
            except Exception as error:  # noqa: BLE001 - whoever asks for this batch calls again
                log.warning("a batch was left for later", reason=type(error).__name__)

    async def _judge_group(self, address: Address) -> None:
        now = self._read_clock()
        async with self._database.acting_for(EVERY_ORGANISATION) as straight:
            taken = await batches.take_entries(straight, address.place, now=now, until=now + LEASE)
        if not taken:
            return
        self.call(address)  # At once: another lane may take the next group meanwhile.
        waiting, judged = deque(taken), list[JudgedEntry]()
        try:
            await self._judge_all(address, waiting, judged)
        except UnavailableError:
            self._due.pop(address.place, None)
            raise
        finally:
            await self._put_down(address, judged, left=waiting)

    async def _judge_all(
        self, address: Address, waiting: deque[TakenEntry], judged: list[JudgedEntry]
    ) -> None:
        loop = asyncio.get_running_loop()
        put_down = loop.time()
        while waiting:
            judged.append(await self._judge_one(address, waiting[0]))
            waiting.popleft()
            if waiting and loop.time() - put_down > PUT_DOWN_AFTER:
                await self._put_down(address, judged)
                judged.clear()
                if not await self._hold_on(address, waiting):
                    return
                put_down = loop.time()

    async def _hold_on(self, address: Address, waiting: Collection[TakenEntry]) -> bool:
        until = self._read_clock() + LEASE
        async with self._database.acting_for(EVERY_ORGANISATION) as straight:
            return await batches.hold_on(straight, address.place, waiting, until=until)

    async def _judge_one(self, address: Address, taken: TakenEntry) -> JudgedEntry:
        try:
            if len(taken.sealed_content) > _LARGE:
                entry = await to_thread.run_sync(_open, address, taken)
            else:
                entry = _open(address, taken)
        except SealError:
            # Damaged where it is kept: it will not open the next time either.
            row = refused(taken.number, "", FAULT)
        else:
            row = await judge_entry(
                self._judge,
                taken.number,
                entry,
                attempts=taken.attempts,
                read_clock=self._read_clock,
            )
        sealed = seal(write_row(row), key=address.key, context=address.context("row", taken.number))
        return JudgedEntry(taken.number, taken.attempts, sealed, row.state.value)

    async def _put_down(
        self,
        address: Address,
        judged: Collection[JudgedEntry],
        *,
        left: Collection[TakenEntry] = (),
    ) -> None:
        async with self._database.acting_for(EVERY_ORGANISATION) as straight:
            if judged:
                await batches.keep_rows(straight, address.place, judged)
            if left:
                await batches.let_go(straight, address.place, left)


def _open(address: Address, taken: TakenEntry) -> Entry:
    context = address.context("content", taken.number)
    return unpack(open_sealed(taken.sealed_content, key=address.key, context=context))
