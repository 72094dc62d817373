"""A load generator on bare sockets, so that what it measures is the server and not itself.

Two questions, asked apart: how much can it do (closed loop: every connection always busy), and how
long does one wait (open loop: requests leave by the clock, and a late answer delays nobody else's
start, so waiting is counted in full).
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Final, cast

from tests.bench.requests import NumberedRequest

CONNECTIONS: Final = 32
WAITING_CONNECTIONS: Final = 128
# What a server may say when it is full; anything else unexpected ends the measurement.
REFUSALS: Final = (b"HTTP/1.1 429 ", b"HTTP/1.1 503 ")


class UnexpectedAnswerError(RuntimeError):
    """The server answered with another status than the benchmark counts."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many answers came, how many of them were refusals, and how long the others took."""

    answers: int
    refused: int
    waits: list[float]


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests go, how the n-th looks, and the status that counts."""

    port: int
    request: NumberedRequest
    status: int = 200


class Connection(asyncio.Protocol):
    """One keep-alive HTTP/1.1 connection with at most one request under way."""

    def __init__(self, status: int) -> None:
        """Expect this status from every answer."""
        self._expected = b"HTTP/1.1 %d " % status
        self._buffer = bytearray()
        self._answered: asyncio.Future[bool] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Collect until the answer is whole."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length or self._answered is None:
            return
        answered, self._answered = self._answered, None
        if self._buffer.startswith((self._expected, *REFUSALS)):
            answered.set_result(self._buffer.startswith(self._expected))
        else:
            answer = bytes(self._buffer[:600]).decode(errors="replace")
            answered.set_exception(UnexpectedAnswerError(answer))
        self._buffer.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits that nothing comes."""
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionResetError("The server hung up."))

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    async def ask(self, request: bytes) -> bool:
        """Send one request, wait for its whole answer, and say whether it was not refused."""
        if self._transport is None:
            raise ConnectionError
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered


async def connect(target: Target, count: int) -> list[Connection]:
    """Open so many connections."""
    loop = asyncio.get_running_loop()
    pairs = [
        await loop.create_connection(
            lambda: Connection(target.status), host="127.0.0.1", port=target.port
        )
        for _ in range(count)
    ]
    return [connection for _, connection in pairs]


async def saturate(target: Target, *, seconds: float, first: int = 0) -> Counted:
    """Keep every connection busy for so long, and count."""
    connections = await connect(target, CONNECTIONS)
    until = time.perf_counter() + seconds
    numbers = iter(range(first, 1 << 60))
    outcomes: list[bool] = []

    async def keep_busy(connection: Connection) -> None:
        while time.perf_counter() < until:
            outcomes.append(await connection.ask(target.request(next(numbers))))

    try:
        await asyncio.gather(*map(keep_busy, connections))
    finally:
        for connection in connections:
            connection.close()
    answers = sum(outcomes)
    return Counted(answers=answers, refused=len(outcomes) - answers, waits=[])


async def pace(target: Target, *, rate: float, seconds: float, first: int = 0) -> Counted:
    """Send by the clock at this rate, and keep every waiting time in milliseconds, sorted."""
    free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()
    connections = await connect(target, WAITING_CONNECTIONS)
    for connection in connections:
        free.put_nowait(connection)
    waits: list[float] = []

    async def ask(number: int, due: float) -> None:
        connection = await free.get()
        if await connection.ask(target.request(number)):
            waits.append((time.perf_counter() - due) * 1000)
        free.put_nowait(connection)

    start = time.perf_counter()
    sent = int(rate * seconds)
    try:
        async with asyncio.TaskGroup() as asked:
            for turn in range(sent):
                due = start + turn / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                asked.create_task(ask(first + turn, due))
    finally:
        for connection in connections:
            connection.close()
    return Counted(answers=len(waits), refused=sent - len(waits), waits=sorted(waits))
