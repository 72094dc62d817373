"""Where the work of slices is done: in processes of their own, each with its own opened signer.

Separate, because signing half a million times takes processors, and the event loop must go on
answering. A function that is handed in works on a desk whose database is never asked anything.
"""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from services.issuer.operations.desk import Desk
from services.issuer.settings import Settings
from shared.runtime.database import Database
from shared.runtime.observability import get_logger

Asked = ParamSpec("Asked")
Made = TypeVar("Made")
Craft = Callable[Concatenate[Desk, Asked], Made]

log = get_logger(__name__)
_desks: list[Desk] = []


class Workshop:
    """Does the work at hand in a thread of this process: for tests, and for a single row."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def do(
        self, craft: Craft[Asked, Made], *orders: Asked.args, **named: Asked.kwargs
    ) -> Made:
        """Have something made; the event loop goes on meanwhile."""
        return await asyncio.to_thread(craft, self.desk, *orders, **named)

    def close(self) -> None:
        """Send everybody home."""


class ManyHands(Workshop):
    """Does the work in as many processes as there are processors.

    A worker that is a process of its own calls them in before anything else: as copies of itself
    they are there at once. Elsewhere, and when one was killed, they start anew when first needed,
    which takes seconds: until one is there, a thread does the work.
    """

    def __init__(self, desk: Desk, settings: Settings, *, hands: int | None = None) -> None:
        super().__init__(desk)
        self._settings = settings
        self._hands = hands or os.cpu_count() or 1
        self._pool: Executor | None = None
        self._greetings: list[Future[None]] = []

    def call_in(self) -> None:
        """Make copies of this process, which has no threads, connections or opened token yet."""
        self._start("fork", None)

    async def do(
        self, craft: Craft[Asked, Made], *orders: Asked.args, **named: Asked.kwargs
    ) -> Made:
        """Have something made by whoever is there; a process that was killed is replaced."""
        pool = self._called(craft)
        if not any(one.done() for one in self._greetings):
            return await super().do(craft, *orders, **named)
        work = partial(_work, craft, *orders, **named)
        try:
            return await asyncio.wrap_future(pool.submit(work))
        except BrokenProcessPool:
            log.warning("a process of the workshop was killed; a thread takes over its work")
            self.close()
            return await super().do(craft, *orders, **named)

    def close(self) -> None:
        """Send everybody home; who is at work finishes first."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool, self._greetings = None, []

    def _called(self, craft: Craft[Asked, Made]) -> Executor:
        """Return the processes; those that start now make themselves ready for this craft first."""
        return self._pool or self._start("spawn", craft)

    def _start(self, method: str, craft: object) -> Executor:
        self._pool = ProcessPoolExecutor(
            self._hands,
            mp_context=multiprocessing.get_context(method),
            initializer=_settle_in,
            initargs=(self._settings,),
        )
        self._greetings = [self._pool.submit(_greet, craft) for _ in range(self._hands)]
        return self._pool


def _settle_in(settings: Settings) -> None:
    """Set up a desk in a new process, and end with the one that started it, however that ended."""
    database = Database(settings.database_url, source=settings.source)
    _desks.append(Desk.of(settings, database))
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: "multiprocessing.process.BaseProcess") -> None:
    parent.join()
    os._exit(0)


def _greet(_craft: object) -> None:
    """Be there: whoever is handed a craft has read all that it is made of."""


def _work(craft: Craft[Asked, Made], *orders: Asked.args, **named: Asked.kwargs) -> Made:
    return craft(_desks[0], *orders, **named)
