"""The public keys that signatures are checked with, whatever their kind.

Separate from the kinds, because who publishes keys, or keeps them, or checks with them, asks only
which one it is. An issuer of ours has two kinds: P-256 signs JWTs, Ed25519 embedded proofs. Others
have more, and show them as JWK or as Multikey.
"""

from collections.abc import Mapping
from typing import Final, Protocol, TypeAlias

from shared.proofs import base58
from shared.proofs.ed25519 import Ed25519VerificationKey, parse_ed25519_jwk
from shared.proofs.foreign_keys import parse_curve_jwk, parse_curve_point, parse_rsa_jwk
from shared.proofs.keys import (
    KeyTypeRefusedError,
    PrivateKeyShownError,
    VerificationKey,
    parse_public_jwk,
    parse_public_point,
)
from shared.strict_json import JsonValue

PublicKey: TypeAlias = VerificationKey | Ed25519VerificationKey

_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_WORDS: Final = ("kty", "crv", "alg", "use")
_JWK_TYPES: Final = ("JsonWebKey", "JsonWebKey2020")
_MULTIKEY_TYPES: Final = ("Multikey", "Ed25519VerificationKey2020")
# Multicodec as varint: Controlled Identifiers 1.0, 2.2.2.
_ED25519, _P256, _P384 = b"\xed\x01", b"\x80\x24", b"\x81\x24"


class VerifyingKey(Protocol):
    """A public key of any kind: its JWS algorithm (RFC 7518, RFC 9864), its name, its judgement."""

    @property
    def algorithm(self) -> str:
        """The one JWS algorithm it checks."""

    @property
    def thumbprint(self) -> str:
        """The RFC 7638 SHA-256 thumbprint (base64url, 43 characters)."""

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the signature was made over the message."""


def parse_issuer_jwk(jwk: object) -> PublicKey:
    """Read the public JWK of an issuer's key, of either kind, or raise KeyRefusedError."""
    if isinstance(jwk, Mapping) and jwk.get("kty") == "OKP":
        return parse_ed25519_jwk(jwk)
    return parse_public_jwk(jwk)


def parse_any_jwk(jwk: object) -> VerifyingKey:
    """Read a public JWK on P-256, P-384, P-521 or Ed25519, or of RSA, or raise KeyRefusedError."""
    if not isinstance(jwk, Mapping) or not all(
        isinstance(jwk.get(word, ""), str) for word in _WORDS
    ):
        raise KeyTypeRefusedError
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise PrivateKeyShownError
    if jwk.get("kty") == "RSA":
        return parse_rsa_jwk(jwk)
    if jwk.get("kty") == "EC" and jwk.get("crv") in {"P-384", "P-521"}:
        return parse_curve_jwk(jwk)
    return parse_issuer_jwk(jwk)


def parse_any_multikey(text: object) -> VerifyingKey:
    """Read a `publicKeyMultibase` of Ed25519, P-256 or P-384, or raise KeyRefusedError."""
    try:
        coded = base58.decode(text) if isinstance(text, str) else b""
    except base58.Base58RefusedError:
        raise KeyTypeRefusedError from None
    codec, raw = coded[:2], coded[2:]
    if codec == _ED25519:
        return Ed25519VerificationKey(raw)
    # Only compressed points are Multikeys: the other spelling would be a second name for the key.
    if codec == _P256 and raw[:1] in {b"\x02", b"\x03"}:
        return parse_public_point(raw)
    if codec == _P384 and raw[:1] in {b"\x02", b"\x03"}:
        return parse_curve_point("P-384", raw)
    raise KeyTypeRefusedError


def parse_verification_method(method: Mapping[str, JsonValue]) -> VerifyingKey:
    """Read the key of a verification method (Controlled Identifiers 1.0, 2.2).

    JsonWebKey or Multikey, or what they were called in 2020; raises KeyRefusedError. Whose it is,
    what it is for and whether it still counts is for the caller.
    """
    kind = method.get("type")
    if kind in _JWK_TYPES and "publicKeyMultibase" not in method:
        return parse_any_jwk(method.get("publicKeyJwk"))
    if kind in _MULTIKEY_TYPES and "publicKeyJwk" not in method:
        return parse_any_multikey(method.get("publicKeyMultibase"))
    raise KeyTypeRefusedError
