"""Questions to the register that come at the same time, asked as one.

Separate from the memory, because the register is never remembered: a revocation counts at once.
While one question is under way the next gather, so a busy process asks few and large ones, and a
quiet one asks at once. As long as somebody waits, the way to the register is kept open.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from services.verifier.domain.knowledge import Held

Ask = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Held]]]
Open = Callable[[], AbstractAsyncContextManager[Ask]]


class Queue:
    """Who waits for which registration."""

    def __init__(self, open_register: Open) -> None:
        self._open = open_register
        self._waiting: dict[UUID, list[asyncio.Future[Held | None]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def find(self, credential_id: UUID) -> Held | None:
        """Return what the register says of one credential."""
        # One visitor who hangs up must not take the answer from another who asked the same.
        answer: asyncio.Future[Held | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(credential_id, []).append(answer)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_all())
        return await answer

    async def _ask_all(self) -> None:
        asked: dict[UUID, list[asyncio.Future[Held | None]]] = {}
        while self._waiting:
            try:
                async with self._open() as ask:
                    while self._waiting:
                        asked, self._waiting = self._waiting, {}
                        _answer(asked, await ask(list(asked)))
                        asked = {}
            except BaseException as error:
                if not asked:  # there was no way to the register
                    asked, self._waiting = self._waiting, {}
                for answer in _still_there(asked.values()):
                    answer.set_exception(error)
                asked = {}
                if not isinstance(error, Exception):
                    raise


def _answer(
    asked: Mapping[UUID, list[asyncio.Future[Held | None]]], found: Mapping[UUID, Held]
) -> None:
    for credential_id, answers in asked.items():
        for answer in _still_there([answers]):
            answer.set_result(found.get(credential_id))


def _still_there(
    asked: Iterable[list[asyncio.Future[Held | None]]],
) -> Iterator[asyncio.Future[Held | None]]:
    return (answer for answers in asked for answer in answers if not answer.done())
