"""What the register's log says in public: that an institution had something recorded, and no more.

Separate from the register, because these bytes stand for ever while what they are about can be
erased: an entry commits (RFC 2104, HMAC-SHA256) to its opening under a salt of its own, and without
that salt nobody can tell, not even by guessing, what was committed to. The opening is canonical
JSON (RFC 8785; names and values as `strict_json.canonical` writes them).
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.contracts.identifiers import OIN_PATTERN
from shared.proofs import ProofRefusedError
from shared.proofs.lines import TextRefusedError, parse_hash, spell_base64
from shared.proofs.merkle import HASH_BYTES

MAX_ENTRY_BYTES: Final = 512
SALT_BYTES: Final = 32
_OIN_CHARACTERS: Final = 20
_OIN: Final = re.compile(OIN_PATTERN)
_ENTRY: Final = re.compile(
    r'\{"v":1,"k":"(?P<kind>[a-z]+)","iss":"(?P<issuer>[0-9A-Z]+)","c":"(?P<commitment>[^"\\]+)"\}'
)


class EntryRefusedError(ProofRefusedError):
    """This is not an entry of the register's log, in the one form it has."""

    code = "log-entry"
    dutch = "Dit is geen regel van het logboek van het register, in de ene vorm die deze heeft."


class EntryKind(StrEnum):
    """What happened to a registration, or to a key that the register's proofs stand on."""

    ISSUED = "issued"
    CORRECTED = "corrected"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ERASED = "erased"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry: its kind, the institution (OIN), and a commitment of 32 bytes to the rest.

    Raises EntryRefusedError when these cannot be written.
    """

    kind: EntryKind
    issuer: str
    commitment: bytes

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        is_oin = len(self.issuer) == _OIN_CHARACTERS and _OIN.fullmatch(self.issuer)
        if not is_oin or len(self.commitment) != HASH_BYTES:
            raise EntryRefusedError

    def to_bytes(self) -> bytes:
        """Write the entry as it is hashed into the log: JSON in one order, without any space."""
        commitment = spell_base64(self.commitment)
        return f'{{"v":1,"k":"{self.kind}","iss":"{self.issuer}","c":"{commitment}"}}'.encode()


def read_entry(raw: bytes) -> LogEntry:
    """Read what `to_bytes` wrote, byte for byte, or raise EntryRefusedError."""
    if len(raw) > MAX_ENTRY_BYTES or not raw.isascii():
        raise EntryRefusedError
    found = _ENTRY.fullmatch(raw.decode("ascii"))
    if not found:
        raise EntryRefusedError
    try:
        kind, commitment = EntryKind(found["kind"]), parse_hash(found["commitment"])
    except (ValueError, TextRefusedError):
        raise EntryRefusedError from None
    return LogEntry(kind, found["issuer"], commitment)


def new_salt() -> bytes:
    """Make the salt of one entry (32 bytes) from the operating system's randomness."""
    return secrets.token_bytes(SALT_BYTES)


def commit(salt: bytes, opening: bytes) -> bytes:
    """Commit to an opening (canonical JSON) under its salt (32 bytes): HMAC-SHA256, 32 bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError("the salt of an entry has 32 bytes")
    return hmac.digest(salt, opening, "sha256")


def opens(entry: LogEntry, *, salt: bytes, opening: bytes) -> bool:
    """Tell, in constant time, whether this is the opening the entry commits to."""
    # HMAC fills a shorter key up with zeros, so that only one length is unambiguous (RFC 2104 §2).
    return len(salt) == SALT_BYTES and hmac.compare_digest(entry.commitment, commit(salt, opening))
