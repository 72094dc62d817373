"""Snapshots: the whole register at one sequence number, in a file, while it goes on changing.

1. One transaction sees one moment (REPEATABLE READ), and with it one length of the log.
2. The last state of each registration in the log by then is a line, byte for byte as recorded;
   what is recorded but not logged yet is passed over, and what is erased is nowhere.
3. States are read a thousand at a time, compressed aside, and kept in parts of one size; between
   them it rests as long as it worked. So memory stays flat, and others go before it.
4. Nobody sees a snapshot before its digest is known: all of it is that one transaction.
"""

import asyncio
import hashlib
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from services.registry.domain.snapshots import (
    Snapshot,
    SnapshotUnknownError,
    is_due,
    may_replaced_go,
)
from services.registry.repository import snapshots as repository
from shared.runtime.database import EVERY_ORGANISATION, Database, Straight

PART_BYTES: Final = 1024 * 1024
AT_ONCE: Final = 1000
LEVEL: Final = 6
GZIP: Final = 31
"""What zlib calls a gzip frame around its widest window."""


class _File:
    """A file in the making: lines go in, parts come out, and its size and digest stay."""

    def __init__(self) -> None:
        self._compress = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        self._left = bytearray()
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, lines: list[str]) -> None:
        """Write whole lines."""
        self._keep(self._compress.compress("".join(f"{line}\n" for line in lines).encode()))

    def end(self) -> None:
        """Write what ends the file."""
        self._keep(self._compress.flush())

    def take_part(self, *, is_last: bool = False) -> bytes | None:
        """Take the next part, once there is enough for it; the last one may be shorter."""
        if not self._left or (len(self._left) < PART_BYTES and not is_last):
            return None
        part = bytes(self._left[:PART_BYTES])
        del self._left[:PART_BYTES]
        return part

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 of what was written."""
        return self._digest.digest()

    def _keep(self, octets: bytes) -> None:
        self._left += octets
        self._digest.update(octets)
        self.size += len(octets)


async def take_snapshot(database: Database, *, now: datetime, rest: float = 1) -> Snapshot | None:
    """Make a snapshot of this moment; None before the log has begun, or when one is being made."""
    async with database.acting_for(EVERY_ORGANISATION) as straight:
        sequence = await repository.begin_alone(straight)  # 1
        if sequence is None:
            return None
        if not await repository.begin(straight, sequence, now=now):
            return await repository.find(straight, sequence)
        file, registrations, part = _File(), 0, 0
        async with aclosing(repository.read_states(straight, at_once=AT_ONCE)) as pages:
            began = monotonic()
            async for states in pages:  # 2
                await asyncio.to_thread(file.write, states)
                registrations += len(states)
                part = await _keep_parts(straight, sequence, part, file)
                await asyncio.sleep((monotonic() - began) * rest)  # 3
                began = monotonic()
        file.end()
        await _keep_parts(straight, sequence, part, file, is_last=True)
        snapshot = Snapshot(
            sequence=sequence,
            taken_at=now,
            registrations=registrations,
            size=file.size,
            digest=file.digest,
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
    database: Database, snapshot: Snapshot, *, first: int, last: int
) -> AsyncGenerator[bytes, None]:
    """Return the octets of a snapshot's file from the first to the last, a part at a time.

    Each part is a transaction of its own, so that a slow reader keeps no connection.
    """
    for part in range(first // PART_BYTES, last // PART_BYTES + 1):
        async with database.acting_for(EVERY_ORGANISATION) as straight:
            octets = await repository.find_part(straight, snapshot.sequence, part)
        if octets is None:
            raise SnapshotUnknownError
        at = part * PART_BYTES
        yield octets[max(first - at, 0) : last + 1 - at]


async def _keep_parts(
    straight: Straight, sequence: int, part: int, file: _File, *, is_last: bool = False
) -> int:
    """Keep every part that is ready; return the number of the next."""
    while octets := file.take_part(is_last=is_last):
        await repository.add_part(straight, sequence, part, octets)
        part += 1
    return part
