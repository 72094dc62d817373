"""The processes that read files for us: a few, begun when needed, replaced when one fails.

Apart from taking in, because a file may hang its reader, bring it down or make it lie: whatever
happens there, here it is one refusal, and the event loop has waited for nothing but a pipe.
"""

import asyncio
import os
import signal
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from typing import Final

from pydantic import ValidationError

from services.verifier.containers.contents import CONTENTS, WANTED, Contents, Wanted, refused
from services.verifier.containers.limits import LIMITS, Limits
from services.verifier.domain.handed import Container
from services.verifier.domain.refusals import RefusalCode

AT_ONCE: Final = 2
SECONDS: Final = 5.0
PATIENCE: Final = 20.0
_STARTING: Final = 15.0
_JOBS: Final = 1_000
_LARGEST_ANSWER: Final = 96 * 1024**2
_QUESTION: Final = struct.Struct(">II")
_ANSWER: Final = struct.Struct(">I")
_MODULE: Final = "services.verifier.containers"
_BROKEN: Final = (asyncio.IncompleteReadError, OSError, ValidationError, ValueError)


class Decoders:
    """At most `at_once` reading processes; each file gets `seconds`, and waits for its turn."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        seconds: float = SECONDS,
        patience: float = PATIENCE,
        module: str = _MODULE,
    ) -> None:
        self.at_once = at_once
        self._seconds = seconds
        self._patience = patience
        self._module = module
        self._turns = asyncio.Semaphore(at_once)
        self._warming = asyncio.Lock()
        self._idle: list[_Decoder] = []
        self._is_closed = False

    async def read(self, container: Container, body: bytes, limits: Limits = LIMITS) -> Contents:
        """Return what is in a file, or the one refusal that stands for all of it."""
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            return refused(RefusalCode.BUSY)
        try:
            return await self._read(Wanted(container=container, limits=limits), body)
        finally:
            self._turns.release()

    async def warm_up(self) -> None:
        """Begin the first process before anybody needs it: that takes longer than most files."""
        async with self._warming:
            decoder = None if self._is_closed else await _start(self._module)
            if decoder is not None and self._is_closed:
                await decoder.end()
            elif decoder is not None:
                self._idle.append(decoder)

    async def close(self) -> None:
        """End the processes, each that is still reading right after its file; begin no more."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        await asyncio.gather(*(decoder.end() for decoder in idle))

    async def _read(self, wanted: Wanted, body: bytes) -> Contents:
        decoder = await self._take()
        if decoder is None:
            return refused(RefusalCode.BUSY)
        is_sound = False
        try:
            async with asyncio.timeout(self._seconds):
                contents = await decoder.ask(wanted, body)
            is_sound = not self._is_closed and decoder.jobs < _JOBS
        except TimeoutError:
            return refused(RefusalCode.TOOK_TOO_LONG)
        except _BROKEN:
            return refused(RefusalCode.BROKE_THE_READER)
        else:
            return contents
        finally:
            if is_sound:
                self._idle.append(decoder)
            else:
                await decoder.end()

    async def _take(self) -> "_Decoder | None":
        async with self._warming:  # Who comes while the first begins takes that one.
            if self._idle:
                return self._idle.pop()
        return None if self._is_closed else await _start(self._module)


class _Decoder:
    """One process, between two files."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.jobs = 0

    async def ask(self, wanted: Wanted, body: bytes) -> Contents:
        """Have one file read; raises what a process that is no more makes of its pipes."""
        self.jobs += 1
        question = WANTED.dump_json(wanted)
        source = self._process.stdin
        if source is None:
            raise BrokenPipeError
        source.write(_QUESTION.pack(len(question), len(body)) + question)
        source.write(body)
        await source.drain()
        return CONTENTS.validate_json(await self.answer())

    async def answer(self) -> bytes:
        """Return the next answer."""
        sink = self._process.stdout
        if sink is None:
            raise BrokenPipeError
        (length,) = _ANSWER.unpack(await sink.readexactly(_ANSWER.size))
        if length > _LARGEST_ANSWER:
            raise ValueError("longer than any answer")
        return await sink.readexactly(length)

    async def end(self) -> None:
        """Stop it now, and wait until it is gone."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                # Not `kill()` of the process: that waits for it too, beside the loop that does.
                os.kill(self._process.pid, signal.SIGKILL)
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


async def _start(module: str) -> _Decoder | None:
    """Begin a process that knows where our code is and nothing else of its surroundings."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        module,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    decoder = _Decoder(process)
    is_ready = False
    try:
        async with asyncio.timeout(_STARTING):
            await decoder.answer()
        is_ready = True
    except (TimeoutError, *_BROKEN):
        return None
    else:
        return decoder
    finally:
        if not is_ready:
            await decoder.end()
