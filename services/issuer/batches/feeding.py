"""From an upload on the event loop to reading in a thread and back, neither running ahead.

Apart from the reading, which only knows an iterator of bytes. A few pieces wait before the thread
and two slices after it; a sender that is faster waits for its socket, and memory stays flat.
"""

import asyncio
import threading
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

T = TypeVar("T")

SLICE: Final = 1000
_PIECE: Final = 64 * 1024
_PIECES: Final = 8
_SLICES: Final = 2


class AbandonedError(Exception):
    """Nobody waits for these rows any more."""


async def read_slices(
    chunks: AsyncIterable[bytes],
    work: Callable[[Iterator[bytes]], Iterator[T]],
    *,
    size: int = SLICE,
) -> AsyncIterator[list[T]]:
    """Give what `work` makes of the bytes, in slices; it runs in a thread and may block there.

    An error of the sender is raised in the work; an error of the work is raised here. Who stops
    early closes the iterator, and the thread ends.
    """
    loop = asyncio.get_running_loop()
    inlet, outlet = _Inlet(loop), _Outlet[T](loop)
    filling = asyncio.create_task(inlet.fill(chunks))
    working = loop.run_in_executor(None, _work, work, inlet, outlet, size)
    try:
        while (made := await outlet.take()) is not None:
            yield made
        await working
    finally:
        filling.cancel()
        inlet.abandon()
        outlet.abandon()
        await asyncio.gather(filling, working, return_exceptions=True)


def _work(
    work: Callable[[Iterator[bytes]], Iterator[T]], inlet: "_Inlet", outlet: "_Outlet[T]", size: int
) -> None:
    try:
        made: list[T] = []
        for one in work(inlet):
            made.append(one)
            if len(made) >= size:
                outlet.give(made)
                made = []
        if made:
            outlet.give(made)
    finally:
        outlet.close()


class _Inlet(Iterator[bytes]):
    """Pieces on their way into the thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._room = asyncio.Semaphore(_PIECES)
        self._waiting: SimpleQueue[bytes | BaseException | None] = SimpleQueue()

    async def fill(self, chunks: AsyncIterable[bytes]) -> None:
        """Put everything in, larger pieces for small ones; an error of the sender goes along."""
        held: list[bytes] = []
        size = 0
        try:
            async for chunk in chunks:
                held.append(chunk)
                size += len(chunk)
                if size >= _PIECE:
                    await self._put(b"".join(held))
                    held, size = [], 0
            await self._put(b"".join(held))
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader must hear of it
            self._waiting.put(error)
        else:
            self._waiting.put(None)

    async def _put(self, piece: bytes) -> None:
        await self._room.acquire()
        self._waiting.put(piece)

    def __next__(self) -> bytes:
        """Return the next piece; in the thread."""
        piece = self._waiting.get()
        if piece is None:
            raise StopIteration
        if isinstance(piece, BaseException):
            raise piece
        self._loop.call_soon_threadsafe(self._room.release)
        return piece

    def abandon(self) -> None:
        """Let the thread find that nobody waits."""
        self._waiting.put(AbandonedError())


class _Outlet(Generic[T]):
    """Slices on their way out of the thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._room = threading.Semaphore(_SLICES)
        self._waiting: asyncio.Queue[list[T] | None] = asyncio.Queue()
        self._is_abandoned = False

    def give(self, made: list[T]) -> None:
        """Hand a slice over; in the thread."""
        self._room.acquire()
        if self._is_abandoned:
            raise AbandonedError
        self._loop.call_soon_threadsafe(self._waiting.put_nowait, made)

    def close(self) -> None:
        """Say that no more will come; in the thread."""
        self._loop.call_soon_threadsafe(self._waiting.put_nowait, None)

    async def take(self) -> list[T] | None:
        """Return the next slice, or nothing at the end."""
        made = await self._waiting.get()
        self._room.release()
        return made

    def abandon(self) -> None:
        """Let the thread find that nobody waits."""
        self._is_abandoned = True
        self._room.release()
