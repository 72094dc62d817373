"""RFC 8032 and RFC 8037: Ed25519 keys, as JWK, as Multikey and by thumbprint.

Separate from `keys`, because these never sign a JWT: the 1EdTech validator takes ES256 there, and
Ed25519 in embedded proofs only (Data Integrity, `eddsa-rdfc-2022`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.proofs import base58, base64url
from shared.proofs.keys import KeyRefusedError, PrivateKeyShownError

ED25519: Final = "Ed25519"
_KEY_BYTES: Final = 32
# Multicodec ed25519-pub (0xed) as varint: Controlled Identifiers 1.0, 2.2.2.
_MULTICODEC: Final = b"\xed\x01"


class EdwardsKeyRefusedError(KeyRefusedError):
    """The public key is not a key on the curve Ed25519."""

    code = "key-ed25519"
    dutch = "De publieke sleutel is geen sleutel op de kromme Ed25519."


@dataclass(frozen=True, eq=False)
class Ed25519VerificationKey:
    """An Ed25519 public key, ready to verify with; the same key when its thumbprint is."""

    raw: bytes = field(repr=False)
    algorithm: str = field(default=ED25519, init=False)

    def __post_init__(self) -> None:
        """Refuse a key of another length."""
        if len(self.raw) != _KEY_BYTES:
            raise EdwardsKeyRefusedError

    @cached_property
    def thumbprint(self) -> str:
        """The RFC 7638 SHA-256 thumbprint (base64url, 43 characters; RFC 8037 2)."""
        required = f'{{"crv":"{ED25519}","kty":"OKP","x":"{self._x}"}}'
        return base64url.encode(hashlib.sha256(required.encode()).digest()).decode("ascii")

    @property
    def jwk(self) -> dict[str, str]:
        """The public JWK, with `alg` (RFC 9864), `use` and the thumbprint as `kid`."""
        return {
            "crv": ED25519,
            "kty": "OKP",
            "x": self._x,
            "alg": ED25519,
            "use": "sig",
            "kid": self.thumbprint,
        }

    @property
    def multikey(self) -> str:
        """The key as `publicKeyMultibase` (Controlled Identifiers 1.0, 2.2.2)."""
        return base58.encode(_MULTICODEC + self.raw)

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the signature (64 bytes) was made over the message."""
        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    @cached_property
    def _public(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)

    @property
    def _x(self) -> str:
        return base64url.encode(self.raw).decode("ascii")

    def __eq__(self, other: object) -> bool:
        """Tell whether this is the same key."""
        return isinstance(other, Ed25519VerificationKey) and self.raw == other.raw

    def __hash__(self) -> int:
        """Hash by what makes two keys the same."""
        return hash(self.raw)


@dataclass(frozen=True, slots=True, eq=False)
class Ed25519SigningKey:
    """An Ed25519 private key; only the signing room of a service holds one."""

    _private: Ed25519PrivateKey = field(repr=False)
    public: Ed25519VerificationKey

    @classmethod
    def generate(cls) -> Self:
        """Make a new key from the operating system's randomness."""
        return cls._from(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Make the key of a seed (32 bytes; RFC 8032 5.1.5), or raise EdwardsKeyRefusedError."""
        if len(seed) != _KEY_BYTES:
            raise EdwardsKeyRefusedError
        return cls._from(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def load(cls, stored: bytes) -> Self:
        """Read back what `store` gave (PKCS#8 DER), or raise EdwardsKeyRefusedError."""
        try:
            private = serialization.load_der_private_key(stored, password=None)
        except ValueError:
            raise EdwardsKeyRefusedError from None
        if not isinstance(private, Ed25519PrivateKey):
            raise EdwardsKeyRefusedError
        return cls._from(private)

    def store(self) -> bytes:
        """Give the private key as PKCS#8 DER, unencrypted: seal it before it goes anywhere."""
        return self._private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign(self, message: bytes) -> bytes:
        """Sign the message; 64 bytes, deterministic (RFC 8032 5.1.6)."""
        return self._private.sign(message)

    @classmethod
    def _from(cls, private: Ed25519PrivateKey) -> Self:
        return cls(
            _private=private, public=Ed25519VerificationKey(private.public_key().public_bytes_raw())
        )


def parse_ed25519_jwk(jwk: object) -> Ed25519VerificationKey:
    """Read a public JWK of an Ed25519 key (RFC 8037 2), or raise KeyRefusedError."""
    if not isinstance(jwk, Mapping):
        raise EdwardsKeyRefusedError
    if "d" in jwk:
        raise PrivateKeyShownError
    x = jwk.get("x")
    if (jwk.get("kty"), jwk.get("crv")) != ("OKP", ED25519) or not isinstance(x, str):
        raise EdwardsKeyRefusedError
    if jwk.get("alg", ED25519) not in {ED25519, "EdDSA"} or jwk.get("use", "sig") != "sig":
        raise EdwardsKeyRefusedError
    try:
        return Ed25519VerificationKey(base64url.decode_text(x))
    except base64url.Base64UrlRefusedError:
        raise EdwardsKeyRefusedError from None


def parse_multikey(text: object) -> Ed25519VerificationKey:
    """Read a `publicKeyMultibase` of an Ed25519 key, or raise KeyRefusedError."""
    try:
        coded = base58.decode(text) if isinstance(text, str) else b""
    except base58.Base58RefusedError:
        raise EdwardsKeyRefusedError from None
    if not coded.startswith(_MULTICODEC):
        raise EdwardsKeyRefusedError
    return Ed25519VerificationKey(coded.removeprefix(_MULTICODEC))
