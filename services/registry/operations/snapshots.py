"""Snapshots: the whole register at one sequence number, in a file, while it goes on changing.

1. One transaction sees one moment (REPEATABLE READ), and with it one length of the log.
2. The last state of each registration in the log by then is a line, byte for byte as recorded;
   what is recorded but not logged yet is passed over, and what is erased is nowhere.
3. States are read a thousand at a time, packed aside in every form, and kept in parts of one size;
   between them it rests as long as it worked. So memory stays flat, and others go before it.
4. Nobody sees a snapshot before its digests are known: all of it is that one transaction.
"""

import asyncio
import hashlib
import zlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, Protocol

import zstandard

from services.registry.domain.snapshots import (
    Form,
    PackedFile,
    Snapshot,
    SnapshotUnknownError,
    is_due,
    may_replaced_go,
)
from services.registry.repository import snapshots as repository
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight

PART_BYTES: Final = 1024 * 1024
AT_ONCE: Final = 1000
GZIP_LEVEL: Final = 6
GZIP: Final = 31
"""What zlib calls a gzip frame around its widest window."""
# Most of a line is chance, so that a higher level only costs: at 1 a line takes 87 octets and
# 0.6 us, at 9 it takes 99 and 8 us; gzip makes 106 of it in 6 us.
ZSTD_LEVEL: Final = 1


class _Press(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _File:
    """A file in the making: lines go in, parts come out, and its size and digest stay."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.parts = 0
        self._press = _press(form)
        self._left = bytearray()
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, lines: bytes) -> None:
        """Write whole lines."""
        self._keep(self._press.compress(lines))

    def end(self) -> None:
        """Write what ends the file."""
        self._keep(self._press.flush())

    def take_part(self, *, is_last: bool = False) -> bytes | None:
        """Take the next part, once there is enough for it; the last one may be shorter."""
        if not self._left or (len(self._left) < PART_BYTES and not is_last):
            return None
        part = bytes(self._left[:PART_BYTES])
        del self._left[:PART_BYTES]
        self.parts += 1
        return part

    def packed(self) -> PackedFile:
        """Return the size and the digest of what was written."""
        return PackedFile(self._size, self._digest.digest())

    def _keep(self, octets: bytes) -> None:
        self._left += octets
        self._digest.update(octets)
        self._size += len(octets)


async def take_snapshot(database: Database, *, now: datetime, rest: float = 1) -> Snapshot | None:
    """Make a snapshot of this moment; None before the log has begun, or when one is being made."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        sequence = await repository.begin_alone(straight)  # 1
        if sequence is None:
            return None
        if not await repository.begin(straight, sequence, now=now):
            return await repository.find(straight, sequence)
        files, registrations = [_File(form) for form in Form], 0
        async with aclosing(repository.read_states(straight, at_once=AT_ONCE)) as pages:
            began = monotonic()
            async for states in pages:  # 2
                await asyncio.to_thread(_write, files, states)
                registrations += len(states)
                await _keep_parts(straight, sequence, files)
                await asyncio.sleep((monotonic() - began) * rest)  # 3
                began = monotonic()
        for file in files:
            file.end()
        await _keep_parts(straight, sequence, files, is_last=True)
        snapshot = Snapshot(
            sequence=sequence,
            taken_at=now,
            registrations=registrations,
            files={file.form: file.packed() for file in files},
        )
        await repository.complete(straight, snapshot)
    return snapshot  # 4


async def keep_snapshots(database: Database, *, now: datetime, every: timedelta) -> None:
    """Make another snapshot when it is time, and drop those that the latest has replaced."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        latest = await repository.find_latest(straight)
        register = await repository.read_register(straight, latest)
        if latest is not None and may_replaced_go(latest, now=now):
            await repository.drop_before(straight, latest.sequence)
    if register is not None and is_due(latest, register, now=now, every=every):
        await take_snapshot(database, now=now)


async def read_latest(database: Database) -> Snapshot:
    """Return what the latest snapshot says of itself."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        latest = await repository.find_latest(straight)
    if latest is None:
        raise SnapshotUnknownError
    return latest


async def read_snapshot(database: Database, sequence: int) -> Snapshot:
    """Return what a snapshot says of itself, as long as it is there."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        found = await repository.find(straight, sequence)
    if found is None:
        raise SnapshotUnknownError
    return found


async def read_file(
    database: Database, snapshot: Snapshot, form: Form, *, first: int, last: int
) -> AsyncGenerator[bytes, None]:
    """Return the octets of a snapshot's file from the first to the last, a part at a time.

    Each part is a transaction of its own, so that a slow reader keeps no connection.
    """
    for part in range(first // PART_BYTES, last // PART_BYTES + 1):
        async with database.acting_for(EVERY_ORGANISATION) as straight:
            octets = await repository.find_part(straight, snapshot.sequence, form, part)
        if octets is None:
            raise SnapshotUnknownError
        at = part * PART_BYTES
        yield octets[max(first - at, 0) : last + 1 - at]


def _press(form: Form) -> _Press:
    match form:
        case Form.GZIP:
            return zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP)
        case Form.ZSTD:
            press = zstandard.ZstdCompressor(level=ZSTD_LEVEL, write_checksum=True)
            return press.compressobj()


def _write(files: Sequence[_File], states: Sequence[str]) -> None:
    lines = "".join(f"{state}\n" for state in states).encode()
    for file in files:
        file.write(lines)


async def _keep_parts(
    straight: Straight, sequence: int, files: Sequence[_File], *, is_last: bool = False
) -> None:
    """Keep every part that is ready."""
    for file in files:
        while octets := file.take_part(is_last=is_last):
            await repository.add_part(straight, sequence, file.form, file.parts - 1, octets)
