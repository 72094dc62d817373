"""Receiving a batch: taken apart, counted, sealed entry by entry, and kept in one transaction.

Apart from the request it came in. An entry is sealed the moment it is taken out of its bundle, so a
bundle is in memory once, its entries one group at a time; a batch is there whole, or not at all.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from services.verifier.batch_operations.allowance import TooBusyError
from services.verifier.batch_operations.desk import KEPT, BatchDesk
from services.verifier.batch_operations.wiring import unpack_alone
from services.verifier.batches.address import Address, digest_of, mark_of_request
from services.verifier.batches.entries import MOST_ENTRIES, Entry, Part, pack, size_of, tidy
from services.verifier.batches.refusals import NoEntriesError, TooManyEntriesError
from services.verifier.batches.rows import refused, write_row
from services.verifier.repository import batches
from services.verifier.repository.batches import NewEntry
from shared.proofs.sealing import seal
from shared.runtime.database import EVERY_ORGANISATION, Straight
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError

MOST_KEPT_BYTES: Final = 4 * 1024**3
_GROUP_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pays for a batch: a client by its token, else the site at the other end, if any."""

    client: str | None = None
    site: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class WantedBatch:
    """What somebody wants verified, and under which key they would ask it again."""

    parts: Sequence[Part]
    sender: Sender
    request_key: str | None = field(default=None, repr=False)


async def receive_batch(desk: BatchDesk, wanted: WantedBatch, *, now: datetime) -> Address:
    """Keep a batch and have it judged; the same request gets the same address.

    Of its files one is paid for by the request itself, before it is read; here the others.
    """
    address, request = _address_of(wanted)
    async with desk.storing, desk.database.acting_for(EVERY_ORGANISATION) as straight:
        is_new = await _begin(straight, address, request, size=size_of(wanted.parts), now=now)
        if is_new:
            count = await _store(desk, straight, address, wanted.parts)
            sender = wanted.sender
            if count > 1:
                desk.allowance.charge(site=sender.site, client=sender.client, files=count - 1)
    desk.crew.call(address)
    return address


def _address_of(wanted: WantedBatch) -> tuple[Address, bytes | None]:
    key, sender = wanted.request_key, wanted.sender.client or ""
    if key is None:
        return Address.new(), None
    contents = digest_of((part.name, part.content) for part in wanted.parts)
    address = Address.of_request(key, sender=sender, contents=contents)
    return address, mark_of_request(key, sender=sender)


async def _begin(
    straight: Straight, address: Address, request: bytes | None, *, size: int, now: datetime
) -> bool:
    """Say whether this request is the first; raises IdempotencyKeyReusedError."""
    if await batches.count_kept_bytes(straight) + size > MOST_KEPT_BYTES:
        raise TooBusyError(retry_after=60)
    try:
        is_new = await batches.begin_batch(
            straight, address.place, request=request, size=size, now=now, kept=KEPT
        )
    except (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError):
        # Its twin in another transaction is still storing.
        raise StillRunningError(retry_after=1) from None
    if not is_new and not await batches.is_batch(straight, address.place):
        raise IdempotencyKeyReusedError
    return is_new


async def _store(
    desk: BatchDesk, straight: Straight, address: Address, parts: Sequence[Part]
) -> int:
    count = 0
    async for group in _groups(desk, parts):
        if count + len(group) > MOST_ENTRIES:
            raise TooManyEntriesError
        sealed = [_sealed(address, count + at, entry) for at, entry in enumerate(group, 1)]
        await batches.add_entries(straight, address.place, sealed)
        count += len(group)
    if not count:
        raise NoEntriesError
    await batches.count_entries(straight, address.place, count)
    return count


async def _groups(desk: BatchDesk, parts: Sequence[Part]) -> AsyncIterator[list[Entry]]:
    """Give all entries in order, so many at a time that the next statement is not large."""
    group: list[Entry] = []
    size = 0
    for part in parts:
        entries = unpack_alone(part) if part.is_one else desk.unpack(part)
        async for entry in entries:
            group.append(tidy(entry))
            size += len(entry.content)
            if size >= _GROUP_BYTES or len(group) > MOST_ENTRIES:
                yield group
                group, size = [], 0
    if group:
        yield group


def _sealed(address: Address, number: int, entry: Entry) -> NewEntry:
    if entry.refusal is None:
        context = address.context("content", number)
        return NewEntry(
            number=number, sealed_content=seal(pack(entry), key=address.key, context=context)
        )
    row = refused(number, entry.name, entry.refusal)
    sealed = seal(write_row(row), key=address.key, context=address.context("row", number))
    return NewEntry(number=number, sealed_row=sealed, state=row.state.value)
