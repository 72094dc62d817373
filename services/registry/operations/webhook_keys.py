"""What deliveries are signed with (Standard Webhooks): a secret, and an Ed25519 pair beside it.

Apart from sending, because both lie under seal with a key of their subscription alone, and are in
memory only while something is signed. The secret proves to its subscriber who sent; the pair
proves it to everybody who has the public half.
"""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self
from uuid import UUID

from services.registry.domain.subscriptions import SubscriptionKey
from shared.proofs.ed25519 import Ed25519SigningKey, Ed25519VerificationKey
from shared.proofs.sealing import DataKey, KeyEncryptionKey, open_sealed, seal
from shared.strict_json import JsonObject

SECRET_BYTES: Final = 32
_SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class WebhookKey:
    """One secret and one pair, ready to sign."""

    _secret: bytes = field(repr=False)
    _seed: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Make them from the operating system's randomness."""
        return cls(secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(_SEED_BYTES))

    @classmethod
    def open(cls, key: SubscriptionKey, data_key: DataKey, subscription_id: UUID) -> Self:
        """Open what `sealed` closed."""
        opened = open_sealed(
            key.sealed, key=data_key, context=_context(subscription_id, key.number)
        )
        return cls(opened[:SECRET_BYTES], opened[SECRET_BYTES:])

    def sealed(self, data_key: DataKey, subscription_id: UUID, number: int) -> bytes:
        """Close them under the key of their subscription."""
        context = _context(subscription_id, number)
        return seal(self._secret + self._seed, key=data_key, context=context)

    @property
    def public_key(self) -> bytes:
        """The public half of the pair."""
        return Ed25519SigningKey.from_seed(self._seed).public.raw

    @property
    def secret(self) -> str:
        """The secret as its subscriber gets it."""
        return "whsec_" + b64encode(self._secret).decode()

    def sign(self, message: bytes) -> tuple[str, str]:
        """Sign with both: `v1` is HMAC-SHA256, `v1a` is Ed25519."""
        code = hmac.digest(self._secret, message, "sha256")
        signature = Ed25519SigningKey.from_seed(self._seed).sign(message)
        return f"v1,{b64encode(code).decode()}", f"v1a,{b64encode(signature).decode()}"


def new_data_key(wrapping: KeyEncryptionKey, subscription_id: UUID) -> tuple[DataKey, bytes]:
    """Make the key that seals those of a subscription, and its wrapped form to keep."""
    return wrapping.new_data_key(context=_context(subscription_id, 0))


def open_data_key(wrapping: KeyEncryptionKey, wrapped: bytes, subscription_id: UUID) -> DataKey:
    """Open the key that seals those of a subscription."""
    return wrapping.unwrap(wrapped, context=_context(subscription_id, 0))


def public_text(public_key: bytes) -> str:
    """Write a public key as Standard Webhooks does."""
    return "whpk_" + b64encode(public_key).decode()


def key_set(public_keys: Iterable[bytes]) -> JsonObject:
    """Return public keys as a JWK set."""
    return {"keys": [{**Ed25519VerificationKey(raw).jwk} for raw in public_keys]}


def _context(subscription_id: UUID, number: int) -> bytes:
    return f"webhook:{subscription_id}:{number}".encode()
