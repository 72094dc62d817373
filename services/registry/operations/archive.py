"""The archive of the log: every batch with its openings, on another disk before it is signed.

Separate from the database, because it is for the day that database is gone: what is made again has
other salts, hence other leaves, and a log that signed those would fork. A file for each batch,
named after the index of its first entry; it is kept as long as backups are, and no longer, for it
holds what an erasure forgets.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from pydantic_core import to_json

from services.registry.domain.facts import Fact
from shared.proofs.log_entries import EntryKind

_FOLDER_ENTRIES: Final = 1 << 20


class ArchiveBrokenError(RuntimeError):
    """A file of the archive does not hold what belongs in it."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder that outlives the database."""

    folder: Path

    def keep(self, first: int, facts: Sequence[Fact]) -> None:
        """Write a batch, durably; one that was never committed is overwritten by the next."""
        file = self._file(first)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = file.with_name(f".{file.name}.{os.getpid()}")
        lines = b"".join(to_json(_written(fact)) + b"\n" for fact in facts)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(half, flags, 0o600), "wb") as written:
            written.write(lines)
            written.flush()
            os.fsync(written.fileno())
        half.rename(file)
        _sync_folder(file.parent)

    def read(self, first: int) -> list[Fact]:
        """Return the batch that begins at this index; nothing when there is none."""
        try:
            lines = self._file(first).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        try:
            return [_read(json.loads(line)) for line in lines]
        except (ValueError, KeyError, TypeError):
            raise ArchiveBrokenError(ArchiveBrokenError.__doc__) from None

    def read_on(self, first: int) -> Iterator[list[Fact]]:
        """Yield the batches from this index on, as far as they follow each other."""
        while facts := self.read(first):
            yield facts
            first += len(facts)

    def forget(self, *, now: datetime, kept: timedelta) -> int:
        """Delete the batches that are older than any backup; return how many."""
        old = (now - kept).timestamp()
        gone = 0
        for file in self.folder.glob("*/*.jsonl"):
            if file.stat().st_mtime < old:
                file.unlink()
                gone += 1
        return gone

    def _file(self, first: int) -> Path:
        return self.folder / f"{first // _FOLDER_ENTRIES:08}" / f"{first:016}.jsonl"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _written(fact: Fact) -> dict[str, Any]:
    return {
        "eventId": fact.event_id,
        "kind": fact.kind.value,
        "organisation": fact.organisation,
        "registrationId": fact.registration_id,
        "recordVersion": fact.record_version,
        "recordedAt": fact.recorded_at,
        "commitment": b64encode(fact.commitment).decode(),
        "salt": None if fact.salt is None else b64encode(fact.salt).decode(),
        "content": fact.content,
        "erasedAt": fact.erased_at,
    }


def _read(line: dict[str, Any]) -> Fact:
    salt, erased_at = line["salt"], line["erasedAt"]
    return Fact(
        event_id=UUID(line["eventId"]),
        kind=EntryKind(line["kind"]),
        organisation=line["organisation"],
        registration_id=UUID(line["registrationId"]),
        record_version=line["recordVersion"],
        recorded_at=datetime.fromisoformat(line["recordedAt"]),
        commitment=b64decode(line["commitment"]),
        salt=None if salt is None else b64decode(salt),
        content=line["content"],
        erased_at=None if erased_at is None else datetime.fromisoformat(erased_at),
    )
