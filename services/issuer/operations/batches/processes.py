"""A process of the workshop, and the line over which it is asked: one thing after another.

Apart from the workshop, which only chooses whom to ask. Not the pools of the standard library: in
those nobody knows which process does what, and they are not to be forked after their first thread.
"""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from services.issuer.operations.desk import Desk
from services.issuer.settings import Settings
from shared.runtime.database import Database

Work = Callable[..., Any]


class HandLostError(Exception):
    """The process that worked on this was killed, and what it had begun is gone."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What there is in such a process: a desk, and the pieces of work begun there, by ticket."""

    desk: Desk
    pieces: dict[int, object] = field(default_factory=dict, repr=False)


class Seat:
    """One process, with a desk of its own."""

    def __init__(self, settings: Settings, method: str, craft: object) -> None:
        """Start it; a process that is not a copy of this one first reads what this craft needs."""
        context: Any = multiprocessing.get_context(method)
        self._line, other_end = context.Pipe()
        self._process = context.Process(
            target=_attend, args=(other_end, settings, craft), daemon=True
        )
        self._process.start()
        other_end.close()
        self._queue = ThreadPoolExecutor(1)
        self._has_greeted = False
        self._was_cut_off = False
        self.busy = 0

    @property
    def is_lost(self) -> bool:
        """Return whether it was killed."""
        return self._was_cut_off or not self._process.is_alive()

    @property
    def is_there(self) -> bool:
        """Return whether it has started."""
        return self._has_greeted or self._line.poll()

    async def ask(self, work: Work, *orders: object) -> Any:  # noqa: ANN401 - as the work returns
        """Have something done at its bench, or raise HandLostError."""
        self.busy += 1
        try:
            return await asyncio.wrap_future(self.tell(work, *orders))
        finally:
            self.busy -= 1

    def tell(self, work: Work, *orders: object) -> Future[Any]:
        """Have something done at its bench, after all that was asked before."""
        return self._queue.submit(self._exchange, partial(work, *orders))

    def close(self) -> None:
        """Send it home once it has done what it was asked."""
        self._queue.submit(self._line.send, None)
        self._queue.shutdown(wait=False)

    def _exchange(self, work: partial[Any]) -> Any:  # noqa: ANN401 - as the work returns
        try:
            if not self._has_greeted:
                self._line.recv()
                self._has_greeted = True
            self._line.send(work)
            made, error = self._line.recv()
        except (EOFError, OSError):
            self._was_cut_off = True
            raise HandLostError from None
        if error is not None:
            raise error
        return made


def _attend(line: Connection, settings: Settings, _craft: object) -> None:
    """Do what is asked, and end with the process that asks, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    database = Database(settings.database_url, source=settings.source)
    bench = Bench(Desk.of(settings, database))
    line.send("here")
    while _answer(line, bench):
        pass


def _answer(line: Connection, bench: Bench) -> bool:
    work = line.recv()
    if work is None:
        return False
    try:
        line.send((work(bench), None))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is for who asked
        line.send((None, error))
    return True


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(0)
