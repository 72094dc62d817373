"""How registrations are counted and hashed, so that two who hold them can compare.

1. Registrations are taken together by organisation and by the day, in UTC, of their `recordedAt`;
   neither ever changes. What was erased is in no set.
2. Each registration is one line of ASCII without an end:
   `<registrationId> <recordVersion> <status> <credentialDigest>`, in lower case, a space between.
3. The digest of a set is the sum, modulo 2^256, of the SHA-256 digests of its lines, each read as a
   big-endian number; it is written as 64 hexadecimal digits, and of no registrations it is zero.

A sum knows no order, so whoever follows the register may keep it as they go: add the new line,
subtract the old. It finds what is missing, not who lied: for that there is the log.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from services.registry.domain.statistics import Dimension, State, cells_of

MODULUS: Final = 2**256
DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is compared of a registration."""

    registration_id: UUID
    record_version: int
    status: str
    credential_digest: str

    @classmethod
    def of(cls, state: State) -> "Standing":
        """Return what is compared of this registration."""
        return cls(
            registration_id=UUID(state["registrationId"]),
            record_version=state["recordVersion"],
            status=state["status"],
            credential_digest=state["credentialDigest"],
        )

    def digest(self) -> int:
        """Return the number its line counts for."""
        line = f"{self.registration_id} {self.record_version} {self.status}"
        line_digest = hashlib.sha256(f"{line} {self.credential_digest}".encode())
        return int.from_bytes(line_digest.digest(), "big")


@dataclass(slots=True)
class Sum:
    """A set of registrations as its number and its digest."""

    registrations: int = 0
    total: int = 0

    def add(self, standing: Standing) -> None:
        """Count one more."""
        self.registrations += 1
        self.total = (self.total + standing.digest()) % MODULUS

    @property
    def digest(self) -> bytes:
        """Return the digest of the set."""
        return self.total.to_bytes(DIGEST_BYTES, "big")


@dataclass(slots=True)
class Count:
    """A set of registrations with all that is counted of it."""

    sum: Sum = field(default_factory=Sum)
    cells: Counter[tuple[Dimension, str]] = field(default_factory=Counter)

    def add(self, state: State) -> None:
        """Count one more."""
        self.sum.add(Standing.of(state))
        self.cells.update(cells_of(state))

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many there are by each dimension."""
        found: dict[str, dict[str, int]] = {}
        for (dimension, key), count in sorted(self.cells.items()):
            found.setdefault(dimension.value, {})[key] = count
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The registrations of an organisation that were first recorded on a day."""

    organisation: str
    day: date
    registrations: int
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One registration of a tally as it stands; `standing` is None when it was erased.

    `number` is where it stands among all, `sequence` that of the event that told this of it.
    """

    number: int
    registration_id: UUID
    record_version: int
    sequence: int
    standing: Standing | None


def day_of(moment: datetime) -> date:
    """Return the day, in UTC, that a registration is counted under."""
    return moment.astimezone(UTC).date()
