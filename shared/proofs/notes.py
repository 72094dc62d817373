"""C2SP signed-note and tlog-cosignature: text with the signatures of whoever vouches for it.

Separate from what the text says, because a note is believed for its keys alone: an unknown key is
passed over, a known key whose signature fails makes the whole note worthless.

A log signs with Ed25519 (0x01). A witness cosigns a checkpoint and says when: with Ed25519 (0x04),
or with ML-DSA-44 (0x06), which a quantum computer does not break. Times are POSIX seconds; 0, which
a cosigner may give, states no time.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from shared.proofs.checkpoints import read_checkpoint
from shared.proofs.ed25519 import Ed25519SigningKey, Ed25519VerificationKey
from shared.proofs.lines import TextRefusedError, parse_base64, spell_base64

MAX_NOTE_BYTES: Final = 1_000_000
MAX_SIGNATURES: Final = 100
_MAX_TIME: Final = 2**63 - 1
_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8
_SIZE_BYTES: Final = 8
_MAX_NAME_BYTES: Final = 255
_VKEY_PARTS: Final = 3
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]+")
_LINE: Final = re.compile(rf"— (?P<name>{_NAME.pattern}) (?P<signature>[A-Za-z0-9+/=]+)")


class NoteRefusedError(TextRefusedError):
    """This is not a text with signatures below it, as C2SP signed-note writes one."""

    code = "note-refused"
    dutch = "Dit is geen tekst met handtekeningen eronder zoals C2SP signed-note die schrijft."


class NoteKeyRefusedError(TextRefusedError):
    """This is not the public key of a signer of notes: its name, its number and the key."""

    code = "note-key"
    dutch = (
        "Dit is geen publieke sleutel van een ondertekenaar: zijn naam, zijn nummer en de sleutel."
    )


class NoteForgedError(NoteRefusedError):
    """A signature is said to be of a key we know, and is not."""

    code = "note-forged"
    dutch = "Een handtekening heet van een sleutel te zijn die wij kennen, en is dat niet."


class NoteUnsignedError(NoteRefusedError):
    """No key that we know signed this text."""

    code = "note-unsigned"
    dutch = "Geen sleutel die wij kennen heeft deze tekst ondertekend."


class SignatureType(IntEnum):
    """The byte by which signed-note tells kinds of signatures apart."""

    ED25519 = 0x01
    COSIGNATURE = 0x04
    ML_DSA_COSIGNATURE = 0x06


_KEY_BYTES: Final = {
    SignatureType.ED25519: 32,
    SignatureType.COSIGNATURE: 32,
    SignatureType.ML_DSA_COSIGNATURE: 1312,
}


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """A signature line: who signed, with which of its keys (4 bytes), and the signature."""

    name: str
    key_id: bytes
    signature: bytes = field(repr=False)

    @property
    def line(self) -> str:
        """The line below the text, with its newline."""
        return f"— {self.name} {spell_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A public key that signs notes under a name: Ed25519 (32 bytes) or ML-DSA-44 (1,312)."""

    name: str
    kind: SignatureType
    public: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a name that no line could hold, and a key of another length."""
        if not _NAME.fullmatch(self.name) or len(self.public) != _KEY_BYTES[self.kind]:
            raise NoteKeyRefusedError

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that name this key beside its name (signed-note, §Signatures)."""
        hashed = self.name.encode() + b"\n" + bytes((self.kind,)) + self.public
        return hashlib.sha256(hashed).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as it is published (signed-note, §Verifier keys)."""
        coded = spell_base64(bytes((self.kind,)) + self.public)
        return f"{self.name}+{self.key_id.hex()}+{coded}"

    def holds(self, signature: bytes, text: str) -> bool:
        """Tell whether the signature (without its key id) was made over the text of a note."""
        if self.kind is SignatureType.ED25519:
            return Ed25519VerificationKey(self.public).holds(signature, text.encode())
        at, made = int.from_bytes(signature[:_TIME_BYTES]), signature[_TIME_BYTES:]
        if len(signature) <= _TIME_BYTES or at > _MAX_TIME:
            return False
        try:
            message = self.message(text, at)
        except TextRefusedError:
            return False
        if self.kind is SignatureType.COSIGNATURE:
            return Ed25519VerificationKey(self.public).holds(made, message)
        try:
            MLDSA44PublicKey.from_public_bytes(self.public).verify(made, message)
        except InvalidSignature:
            return False
        return True

    def message(self, text: str, at: int) -> bytes:
        """Give the bytes that a cosigner signs at a moment (tlog-cosignature).

        Raises TextRefusedError when the text is no checkpoint, or a name has more than 255 bytes.
        """
        checkpoint = read_checkpoint(text)
        if self.kind is SignatureType.COSIGNATURE:
            return f"cosignature/v1\ntime {at}\n{text}".encode()
        return b"".join(
            (
                b"subtree/v1\n\0",
                _with_length(self.name),
                at.to_bytes(_TIME_BYTES),
                _with_length(checkpoint.origin),
                (0).to_bytes(_SIZE_BYTES),
                checkpoint.size.to_bytes(_SIZE_BYTES),
                checkpoint.root,
            )
        )


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A key with the means to sign with it, which need not be in this process."""

    key: NoteKey
    _sign: Callable[[bytes], bytes] = field(repr=False)

    @classmethod
    def ed25519(
        cls, name: str, key: Ed25519SigningKey, kind: SignatureType = SignatureType.ED25519
    ) -> Self:
        """Sign, or cosign, with an Ed25519 key; one key serves one name and one kind only."""
        return cls(NoteKey(name, kind, key.public.raw), key.sign)

    @classmethod
    def ml_dsa(cls, name: str, seed: bytes) -> Self:
        """Cosign with the ML-DSA-44 key of this seed (32 bytes; FIPS 204)."""
        private = MLDSA44PrivateKey.from_seed_bytes(seed)
        public = private.public_key().public_bytes_raw()
        return cls(NoteKey(name, SignatureType.ML_DSA_COSIGNATURE, public), private.sign)

    def sign(self, text: str) -> NoteSignature:
        """Sign the text of a note, without a time; for a key of type 0x01."""
        if self.key.kind is not SignatureType.ED25519:
            raise ValueError("a cosigner says when it signs")
        return NoteSignature(self.key.name, self.key.key_id, self._sign(text.encode()))

    def cosign(self, text: str, *, at: int) -> NoteSignature:
        """Cosign the text of a checkpoint at a moment (POSIX seconds from 1 on)."""
        if self.key.kind is SignatureType.ED25519:
            raise ValueError("a plain signature states no time")
        if not 0 < at <= _MAX_TIME:
            raise ValueError("a witness states a time")
        made = at.to_bytes(_TIME_BYTES) + self._sign(self.key.message(text, at))
        return NoteSignature(self.key.name, self.key.key_id, made)


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and at most 100 signatures, of which none is believed yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        """Refuse what could not be read back as these parts."""
        if not self.text.endswith("\n") or _CONTROL.search(self.text):
            raise NoteRefusedError
        if len(self.signatures) > MAX_SIGNATURES:
            raise NoteRefusedError

    def with_signatures(self, more: Iterable[NoteSignature]) -> Self:
        """Give the note with these signatures below the others, each once."""
        return replace(self, signatures=tuple(dict.fromkeys((*self.signatures, *more))))

    def to_bytes(self) -> bytes:
        """Write the note, in UTF-8."""
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}".encode()


@dataclass(frozen=True, slots=True)
class Signed:
    """That a key we know signed, and the moment it states (POSIX seconds), if it does."""

    key: NoteKey
    signature: NoteSignature
    at: int | None


def parse_vkey(text: str) -> NoteKey:
    """Read a published key of a type we know, or raise NoteKeyRefusedError."""
    parts = text.split("+", _VKEY_PARTS - 1)
    if len(parts) != _VKEY_PARTS:
        raise NoteKeyRefusedError
    try:
        coded = parse_base64(parts[-1])
        key = NoteKey(parts[0], SignatureType(coded[0]), coded[1:])
    except (TextRefusedError, IndexError, ValueError):
        raise NoteKeyRefusedError from None
    # The number is made anew, so that a slip of the pen in a setting is noticed.
    if key.vkey != text:
        raise NoteKeyRefusedError
    return key


def sign_note(text: str, *signers: NoteSigner) -> Note:
    """Sign a text (it ends in a newline) with keys of type 0x01."""
    return Note(text, tuple(signer.sign(text) for signer in signers))


def read_note(raw: bytes) -> Note:
    """Read a note of at most 1,000,000 bytes, or raise NoteRefusedError; believe nothing of it."""
    if len(raw) > MAX_NOTE_BYTES:
        raise NoteRefusedError
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        raise NoteRefusedError from None
    text, blank, lines = decoded.rpartition("\n\n")
    if not blank:
        raise NoteRefusedError
    return Note(f"{text}\n", read_signatures(lines))


def read_signatures(lines: str) -> tuple[NoteSignature, ...]:
    """Read one or more signature lines, as a note and a witness' answer have; or raise."""
    *signed, after = lines.split("\n")
    if after or not 0 < len(signed) <= MAX_SIGNATURES:
        raise NoteRefusedError
    return tuple(_read_line(line) for line in signed)


def open_note(note: Note, keys: Iterable[NoteKey]) -> tuple[Signed, ...]:
    """Tell who of these keys signed the note, in its order; pass over keys we do not know.

    Raises NoteForgedError when any signature of a key we know does not hold, and NoteUnsignedError
    when there is none. One key may have signed more than once (signed-note, §Signatures).
    """
    known = {(key.name, key.key_id): key for key in keys}
    found: list[Signed] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.holds(signature.signature, note.text):
            raise NoteForgedError
        found.append(Signed(key, signature, _time_of(key, signature)))
    if not found:
        raise NoteUnsignedError
    return tuple(found)


def _read_line(line: str) -> NoteSignature:
    found = _LINE.fullmatch(line)
    if not found:
        raise NoteRefusedError
    try:
        coded = parse_base64(found["signature"])
    except TextRefusedError:
        raise NoteRefusedError from None
    if len(coded) <= _ID_BYTES:
        raise NoteRefusedError
    return NoteSignature(found["name"], coded[:_ID_BYTES], coded[_ID_BYTES:])


def _time_of(key: NoteKey, signature: NoteSignature) -> int | None:
    if key.kind is SignatureType.ED25519:
        return None
    return int.from_bytes(signature.signature[:_TIME_BYTES]) or None


def _with_length(name: str) -> bytes:
    """Write a name as `opaque<1..2^8-1>` (RFC 8446 §3.4)."""
    encoded = name.encode()
    if len(encoded) > _MAX_NAME_BYTES:
        raise NoteRefusedError
    return bytes((len(encoded),)) + encoded
