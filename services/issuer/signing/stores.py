"""Where private keys are kept, and the store that keeps them sealed in our own database.

A store makes a key, and signs bytes with it; nothing else of a private half ever leaves it.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.issuer.domain.keys import ED25519, ES256, SealedKey
from shared.errors import UnavailableError
from shared.proofs.did_documents import key_id
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.proofs.keys import SigningKey
from shared.proofs.public_keys import PublicKey
from shared.proofs.sealing import KeyEncryptionKey, open_sealed, seal

MOST_KEYS_OPEN: Final = 1000


class KeyStoreError(UnavailableError):
    """The place where signing keys are kept does not answer now; try again later."""

    code = "key-store-away"
    dutch = "De plaats waar de ondertekensleutels liggen, antwoordt nu niet; probeer het later."

    def __init__(self, reason: str) -> None:
        """Keep for our own log what is the matter; the caller can do nothing with it."""
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """A key just made: its public half, and what is to be stored of the other one."""

    public: PublicKey
    kid: str
    wrapped_key: bytes | None = field(default=None, repr=False)
    sealed_private: bytes | None = field(default=None, repr=False)


class KeyStore(Protocol):
    """A place where private keys are made, kept and used."""

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Return for which algorithms it can make keys."""
        ...

    def make(self, algorithm: str, *, organisation: str, issuer: str) -> MadeKey:
        """Make a key for an organisation, under its DID."""
        ...

    def sign(self, key: SealedKey, message: bytes) -> bytes:
        """Sign a message: R||S of 64 bytes for ES256 (RFC 7518 3.4), 64 bytes for Ed25519."""
        ...


class SoftwareStore:
    """Keys under AES-GCM: each opens for its own organisation and name only, in this process."""

    algorithms = (ES256, ED25519)

    def __init__(self, key_encryption_key: KeyEncryptionKey) -> None:
        self._wrapping = key_encryption_key
        self._open: OrderedDict[str, SigningKey | Ed25519SigningKey] = OrderedDict()

    def make(self, algorithm: str, *, organisation: str, issuer: str) -> MadeKey:
        """Make a key, sealed to the organisation and its name."""
        private = SigningKey.generate() if algorithm == ES256 else Ed25519SigningKey.generate()
        kid = key_id(issuer, private.public)
        context = _context(organisation, kid)
        data_key, wrapped = self._wrapping.new_data_key(context=context)
        return MadeKey(
            public=private.public,
            kid=kid,
            wrapped_key=wrapped,
            sealed_private=seal(private.store(), key=data_key, context=context),
        )

    def sign(self, key: SealedKey, message: bytes) -> bytes:
        """Sign; the same message always gets the same signature (RFC 6979, RFC 8032)."""
        return self._opened(key).sign(message)

    def _opened(self, key: SealedKey) -> SigningKey | Ed25519SigningKey:
        known = self._open.get(key.kid)
        if known is None:
            if key.wrapped_key is None or key.sealed_private is None:
                raise KeyStoreError("a token keeps this key")
            context = _context(key.organisation, key.kid)
            data_key = self._wrapping.unwrap(key.wrapped_key, context=context)
            stored = open_sealed(key.sealed_private, key=data_key, context=context)
            kind = SigningKey if key.algorithm == ES256 else Ed25519SigningKey
            known = kind.load(stored)
            self._open[key.kid] = known
            if len(self._open) > MOST_KEYS_OPEN:
                self._open.popitem(last=False)
        return known


def _context(organisation: str, kid: str) -> bytes:
    return f"{organisation}|{kid}".encode()
