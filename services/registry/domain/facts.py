"""Facts: the six things that may happen to a registration, and how each is logged and told.

Apart from the rules that allow them, because a fact never changes: what is told of it today is told
of it in sixty years, byte for byte, until its registration is erased.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Final
from uuid import UUID

import orjson
from pydantic_core import to_json

from services.registry.domain.registrations import AwardChange
from shared.contracts.events import (
    SCHEMA_BASE,
    AwardCorrected,
    AwardExpired,
    AwardReinstated,
    AwardRevoked,
    AwardSuspended,
    Event,
    RegistrationCorrected,
    RegistrationErased,
    RegistrationRecorded,
    RegistrationState,
    RegistrationStatusChanged,
)
from shared.contracts.registration import Registration
from shared.proofs.log_entries import SALT_BYTES, EntryKind, LogEntry, commit, new_salt
from shared.strict_json import canonical

SEQUENCE_DIGITS: Final = 16
_ID_CHANCE: Final = 10
_CHANCE: Final = SALT_BYTES + _ID_CHANCE
_ID_MARKS: Final = 0xF << 76 | 0b11 << 62  # version and variant
_ID_OF_VERSION_7: Final = 0x7 << 76 | 0b10 << 62
_KINDS: Final[dict[type[AwardChange], EntryKind]] = {
    AwardCorrected: EntryKind.CORRECTED,
    AwardSuspended: EntryKind.SUSPENDED,
    AwardReinstated: EntryKind.REINSTATED,
    AwardRevoked: EntryKind.REVOKED,
    AwardExpired: EntryKind.EXPIRED,
}
_EVENTS: Final[dict[EntryKind, type[Event]]] = {
    EntryKind.ISSUED: RegistrationRecorded,
    EntryKind.CORRECTED: RegistrationCorrected,
    EntryKind.SUSPENDED: RegistrationStatusChanged,
    EntryKind.REINSTATED: RegistrationStatusChanged,
    EntryKind.REVOKED: RegistrationStatusChanged,
    EntryKind.EXPIRED: RegistrationStatusChanged,
    EntryKind.ERASED: RegistrationErased,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact about a registration; without salt and content once that was erased."""

    event_id: UUID
    kind: EntryKind
    organisation: str
    registration_id: UUID
    record_version: int
    recorded_at: datetime
    commitment: bytes
    salt: bytes | None = field(repr=False)
    content: str | None = field(repr=False)
    erased_at: datetime | None = None

    @property
    def was_wiped(self) -> bool:
        """Say whether its registration was erased since."""
        return self.content is None

    def entry(self) -> LogEntry:
        """Return what the log says of it in public."""
        return LogEntry(self.kind, self.organisation, self.commitment)

    def as_event(self, index: int, *, source: str) -> bytes:
        """Write its event (NL GOV CloudEvents, JSON), as it stands in the log at this index.

        What was told of a registration that was erased since is told as that erasure.
        """
        kind = RegistrationErased if self.content is None else _EVENTS[self.kind]
        return self._envelope(kind, index, source=source, event_id=str(self.event_id))

    def as_state(self, index: int, *, source: str) -> bytes | None:
        """Write the state after it for who starts later; None when nothing is left to say."""
        if self.kind is EntryKind.ERASED:
            return None
        # An id of its own, and always the same: that of the fact with its last bit turned.
        known = str(self.event_id)
        event_id = f"{known[:-1]}{int(known[-1], 16) ^ 1:x}"
        return self._envelope(RegistrationState, index, source=source, event_id=event_id)

    def _said(self, kind: type[Event]) -> str:
        """Return the event's data: the content as it was committed to, and the version."""
        version = f'"recordVersion":{self.record_version}'
        if self.content is None:
            left = {
                "registrationId": self.registration_id,
                "organisation": self.organisation,
                "erasedAt": self.erased_at,
            }
            return f"{{{version},{to_json(left).decode()[1:]}"
        if kind is RegistrationErased:
            return f"{{{version},{self.content[1:]}"
        return f'{{{version},"registration":{self.content}}}'

    def _envelope(self, kind: type[Event], index: int, *, source: str, event_id: str) -> bytes:
        of_source, of_kind = _shared_by_all(kind, source)
        moment = self.recorded_at.astimezone(UTC).isoformat().removesuffix("+00:00")
        head = (
            f'"specversion":"1.0","id":"{event_id}",{of_source},"subject":"{self.registration_id}",'
            f'"time":"{moment}Z",{of_kind},"sequence":"{sequence_text(index)}"'
        )
        return f'{{{head},"data":{self._said(kind)}}}'.encode()


@cache
def _shared_by_all(kind: type[Event], source: str) -> tuple[str, str]:
    """Return what the envelopes of a kind share: what stands before the subject, and after."""
    before = {"source": source, "type": kind.type_()}
    after = {
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMA_BASE}{kind.name}.schema.json",
    }
    return to_json(before).decode()[1:-1], to_json(after).decode()[1:-1]


def record_facts(told: Iterable[tuple[EntryKind, Registration]]) -> list[Fact]:
    """Return what happened to registrations, each with all it says from then on."""
    facts = list(told)
    chance = secrets.token_bytes(len(facts) * _CHANCE)  # drawn at once: a call takes 4 us
    return [
        _fact(kind, held, chance[at * _CHANCE : (at + 1) * _CHANCE])
        for at, (kind, held) in enumerate(facts)
    ]


def record_erasure(erased: RegistrationErased, *, now: datetime) -> Fact:
    """Return that a registration was erased; the decision is all that is left of it."""
    said = erased.model_dump(mode="json", exclude={"record_version"}, exclude_none=True)
    content = canonical(said)
    salt = new_salt()
    return Fact(
        event_id=_event_id(now, secrets.token_bytes(_ID_CHANCE)),
        kind=EntryKind.ERASED,
        organisation=erased.organisation,
        registration_id=erased.registration_id,
        record_version=erased.record_version,
        recorded_at=now,
        commitment=commit(salt, content),
        salt=salt,
        content=content.decode(),
    )


def _fact(kind: EntryKind, held: Registration, chance: bytes) -> Fact:
    # As `strict_json.canonical` writes a registration, at a tenth of the time.
    said = held.model_dump(mode="json", exclude_none=True)
    content = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    salt = chance[:SALT_BYTES]
    return Fact(
        event_id=_event_id(held.changed_at, chance[SALT_BYTES:]),
        kind=kind,
        organisation=held.organisation,
        registration_id=held.registration_id,
        record_version=held.record_version,
        recorded_at=held.changed_at,
        commitment=commit(salt, content),
        salt=salt,
        content=content.decode(),
    )


def _event_id(recorded_at: datetime, chance: bytes) -> UUID:
    """Make a UUID of version 7 (RFC 9562 §5.7), so that new ones stand together in an index."""
    return UUID(int=_begin_of_id(recorded_at) | int.from_bytes(chance) & ~_ID_MARKS)


@lru_cache(maxsize=16)  # what comes together is recorded at one moment
def _begin_of_id(recorded_at: datetime) -> int:
    return int(recorded_at.timestamp() * 1000) << 80 | _ID_OF_VERSION_7


def sequence_text(index: int) -> str:
    """Write the `sequence` of the event at a leaf index: one more, zero-padded.

    So text orders as numbers do, and sixty years of a nation may pass 31 bits.
    """
    return f"{index + 1:0{SEQUENCE_DIGITS}}"


def kind_of(told: AwardChange) -> EntryKind:
    """Return which of the facts a change of an award is."""
    return _KINDS[type(told)]
