"""Catching up: a register that was restored to an older day becomes what it was, and no other.

Apart from the sequencer, because here nothing new is logged. In one transaction:

1. The facts after ours are taken from the archive, with the salts they had; of what was erased in
   the meantime only the commitments.
2. Each becomes the entry it was, at the index it had; its event is told again, byte for byte.
3. Nothing is signed unless that is all that any witness has seen. What they then say of it decides
   whether the log may go on.

The registrations themselves come again from the `awards` topic. What is decided about them again is
the very fact that was recovered (`adopt`), with its moments, and is not logged twice.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import asyncpg

from services.registry.domain.facts import Fact
from services.registry.domain.registrations import Entry
from services.registry.operations.archive import Archive
from services.registry.operations.log import Sequencer, log_entries
from services.registry.repository import log as log_repository
from services.registry.repository import recovery as repository
from shared.contracts.registration import Registration
from shared.proofs.log_entries import EntryKind
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION

Recovered: TypeAlias = Mapping[tuple[UUID, int], str | None]


class ArchiveIncompleteError(RuntimeError):
    """The archive does not go as far as the witnesses have seen; nothing of it was taken."""


class AlreadyRemadeError(RuntimeError):
    """Facts were made again before the archive was read, with other salts; restore once more."""


async def catch_up(sequencer: Sequencer, archive: Archive, vkeys: Sequence[str]) -> int:
    """Take from the archive what the witnesses saw and we forgot; return how many entries."""
    now = clock.now()
    async with sequencer.database.acting_for(EVERY_ORGANISATION) as straight:
        state = await log_repository.lock_state(straight)
        claimed = await repository.find_claimed_size(straight, vkeys)
        if state is None or claimed is None or claimed <= state.tree.size:
            return 0
        batches = list(archive.read_on(state.tree.size))  # 1
        archived = [fact for batch in batches for fact in batch]
        erasures = _erasures(archived)
        facts = _without_erased(archived, erasures)
        entries = range(state.tree.size, state.tree.size + len(facts))
        if entries.stop < claimed:  # 3
            raise ArchiveIncompleteError
        try:
            numbers = await repository.restore_facts(straight, facts)
        except asyncpg.UniqueViolationError:
            raise AlreadyRemadeError from None
        await repository.restore_erasures(straight, [*erasures], [*erasures.values()])
        pending = [(number, fact.entry()) for number, fact in zip(numbers, facts, strict=True)]
        await log_entries(straight, sequencer, state, pending, now=now)  # 2
        await repository.note_recovery(straight, entries, now=now)
    return len(entries)


def adopt(entry: Entry, recovered: Recovered) -> Entry:
    """Return what was decided again as it was decided the first time, if that was recovered."""
    held = entry.registration
    content = recovered.get((held.registration_id, held.record_version))
    if content is None:
        return entry
    return replace(entry, registration=Registration.model_validate_json(content))


def is_new(registration: Registration, recovered: Recovered) -> bool:
    """Say whether this is a fact that stands in the log not yet."""
    return (registration.registration_id, registration.record_version) not in recovered


def _erasures(facts: Iterable[Fact]) -> dict[Fact, datetime]:
    """Return which facts are erasures, and when the issuer decided each."""
    return {
        fact: datetime.fromisoformat(json.loads(fact.content)["erasedAt"])
        for fact in facts
        if fact.kind is EntryKind.ERASED and fact.content is not None
    }


def _without_erased(facts: Sequence[Fact], erasures: Mapping[Fact, datetime]) -> list[Fact]:
    """Leave out what facts said of registrations that were erased after it."""
    erased = {fact.registration_id: at for fact, at in erasures.items()}
    return [
        replace(fact, salt=None, content=None, erased_at=erased[fact.registration_id])
        if fact.registration_id in erased and fact.kind is not EntryKind.ERASED
        else fact
        for fact in facts
    ]
