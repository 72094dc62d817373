"""Where the work of slices is done: in processes of their own, each with its own opened signer.

Separate, because signing half a million times takes processors, and the event loop must go on
answering. A craft that is handed in works at a desk whose database is never asked anything. What
takes several crafts is begun by one hand and stays with it, so that what each needs of the one
before is never sent about; a hand that is lost takes what it had begun with it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Generic, TypeVar, TypeVarTuple

from services.issuer.operations.batches.processes import Bench, HandLostError, Seat
from services.issuer.operations.desk import Desk
from services.issuer.settings import Settings
from shared.runtime.observability import get_logger

Orders = TypeVarTuple("Orders")
Made = TypeVar("Made")
Piece = TypeVar("Piece")

log = get_logger(__name__)


class Hand(Generic[Piece]):
    """Has a piece of work at hand, in this process, and goes on with it in a thread."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece

    async def do(self, craft: Callable[[Piece, *Orders], Made], *orders: *Orders) -> Made:
        """Have something done to the piece; it stays at hand."""
        return await asyncio.to_thread(craft, self._piece, *orders)


class Workshop:
    """Does the work at hand in a thread of this process: for tests, and for a single row."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def do(self, craft: Callable[[Desk, *Orders], Made], *orders: *Orders) -> Made:
        """Have something made; the event loop goes on meanwhile."""
        return await asyncio.to_thread(craft, self.desk, *orders)

    @asynccontextmanager
    async def begin(
        self, start: Callable[[Desk, *Orders], Piece], *orders: *Orders
    ) -> AsyncIterator[Hand[Piece]]:
        """Have one hand begin a piece of work, and keep it until this block ends."""
        yield Hand(await asyncio.to_thread(start, self.desk, *orders))

    def close(self) -> None:
        """Send everybody home."""


class ManyHands(Workshop):
    """Does the work in as many processes as there are processors, each time the least busy one.

    A worker that is a process of its own calls them in before anything else: as copies of itself
    they are there at once. Elsewhere, and when one was killed, they start anew when first needed,
    which takes seconds: until one is there, a thread does the work.
    """

    def __init__(self, desk: Desk, settings: Settings, *, hands: int | None = None) -> None:
        super().__init__(desk)
        self._settings = settings
        self._wanted = hands or os.cpu_count() or 1
        self._processes: list[Seat] = []
        self._tickets = count()

    def call_in(self) -> None:
        """Make copies of this process, which has no threads, connections or opened token yet."""
        self._fill_up("fork", None)

    async def do(self, craft: Callable[[Desk, *Orders], Made], *orders: *Orders) -> Made:
        """Have something made by whoever is there; a process that was killed is replaced."""
        process = self._least_busy(craft)
        if process is None:
            return await super().do(craft, *orders)
        try:
            made: Made = await process.ask(_make, craft, orders)
        except HandLostError:
            log.warning("a process of the workshop was killed; a thread takes over its work")
            return await super().do(craft, *orders)
        return made

    @asynccontextmanager
    async def begin(
        self, start: Callable[[Desk, *Orders], Piece], *orders: *Orders
    ) -> AsyncIterator[Hand[Piece]]:
        """Have one process begin a piece of work, and keep it until this block ends."""
        process = self._least_busy(start)
        if process is None:
            async with super().begin(start, *orders) as hand:
                yield hand
            return
        ticket = next(self._tickets)
        process.busy += 1
        try:
            await process.ask(_begin, ticket, start, orders)
            yield _HandElsewhere(process, ticket)
        finally:
            process.busy -= 1
            process.tell(_put_away, ticket)

    def close(self) -> None:
        """Send everybody home; who is at work finishes first."""
        for process in self._processes:
            process.close()
        self._processes = []

    def _least_busy(self, craft: object) -> Seat | None:
        self._fill_up("spawn", craft)
        there = [one for one in self._processes if one.is_there]
        return min(there, key=lambda one: one.busy, default=None)

    def _fill_up(self, method: str, craft: object) -> None:
        """Start who is missing; who starts now has read all that this craft is made of."""
        self._processes = [one for one in self._processes if not one.is_lost]
        while len(self._processes) < self._wanted:
            self._processes.append(Seat(self._settings, method, craft))


class _HandElsewhere(Hand[Piece]):
    """Has a piece of work at hand in another process, kept there under a ticket."""

    def __init__(self, process: Seat, ticket: int) -> None:
        self._process = process
        self._ticket = ticket

    async def do(self, craft: Callable[[Piece, *Orders], Made], *orders: *Orders) -> Made:
        made: Made = await self._process.ask(_go_on, self._ticket, craft, orders)
        return made


def _make(craft: Callable[..., Made], orders: tuple[object, ...], bench: Bench) -> Made:
    return craft(bench.desk, *orders)


def _begin(
    ticket: int, start: Callable[..., object], orders: tuple[object, ...], bench: Bench
) -> None:
    bench.pieces[ticket] = start(bench.desk, *orders)


def _go_on(
    ticket: int, craft: Callable[..., Made], orders: tuple[object, ...], bench: Bench
) -> Made:
    return craft(bench.pieces[ticket], *orders)


def _put_away(ticket: int, bench: Bench) -> None:
    bench.pieces.pop(ticket, None)
