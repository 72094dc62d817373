"""Where the work of slices is done: in processes of their own, each with its own opened signer.

Separate, because signing half a million times takes processors, and the event loop must go on
answering. A function that is handed in works on a desk whose database is never asked anything.
"""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from services.issuer.operations.desk import Desk
from services.issuer.settings import Settings
from shared.runtime.database import Database

Asked = ParamSpec("Asked")
Made = TypeVar("Made")
Craft = Callable[Concatenate[Desk, Asked], Made]

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
    """Does the work in as many processes as there are processors; they start when first needed."""

    def __init__(self, desk: Desk, settings: Settings, *, hands: int | None = None) -> None:
        super().__init__(desk)
        self._settings = settings
        self._hands = hands or os.cpu_count() or 1
        self._pool: Executor | None = None

    async def do(
        self, craft: Craft[Asked, Made], *orders: Asked.args, **named: Asked.kwargs
    ) -> Made:
        """Have something made by a free process; a process that was killed is replaced."""
        try:
            return await self._submit(craft, *orders, **named)
        except BrokenProcessPool:
            self.close()
            return await self._submit(craft, *orders, **named)

    def close(self) -> None:
        """Send everybody home; who is at work finishes first."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _submit(
        self, craft: Craft[Asked, Made], *orders: Asked.args, **named: Asked.kwargs
    ) -> asyncio.Future[Made]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._hands,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_settle_in,
                initargs=(self._settings,),
            )
        return asyncio.wrap_future(self._pool.submit(partial(_work, craft, *orders, **named)))


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


def _work(craft: Craft[Asked, Made], *orders: Asked.args, **named: Asked.kwargs) -> Made:
    return craft(_desks[0], *orders, **named)
