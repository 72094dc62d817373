"""Questions to the register that come at the same time, asked as one.

Separate from the memory, because the register is never remembered: a revocation counts at once.
While one question is under way the next gather, so a busy process asks few and large ones, and a
quiet one asks at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from services.verifier.domain.knowledge import Held

Ask = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Held]]]


class Queue:
    """Who waits for which registration."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
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
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            try:
                found = await self._ask(list(asked))
            except BaseException as error:
                for answer in _still_there(asked.values()):
                    answer.set_exception(error)
                if not isinstance(error, Exception):
                    raise
            else:
                for credential_id, answers in asked.items():
                    for answer in _still_there([answers]):
                        answer.set_result(found.get(credential_id))


def _still_there(
    asked: Iterable[list[asyncio.Future[Held | None]]],
) -> Iterator[asyncio.Future[Held | None]]:
    return (answer for answers in asked for answer in answers if not answer.done())
