"""RFC 7518 and Controlled Identifiers 1.0: public keys of others, of kinds we never sign with.

Separate from `keys` and `ed25519`, which hold what an issuer of ours may have: these are only ever
read, to check what was signed elsewhere: P-384 and P-521, and RSA, the least that OB 3.0 §8.2 asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from shared.proofs import base64url
from shared.proofs.keys import KeyPointRefusedError, KeyRefusedError, KeyUseRefusedError

_ES: Final = {"P-384": "ES384", "P-521": "ES512"}
_CURVES: Final[Mapping[str, ec.EllipticCurve]] = {"P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}
_RSA_ALGORITHMS: Final = ("RS256", "PS256")
# NIST SP 800-131A: 2,048 bits is the least; above 4,096 a stranger's key only costs us time.
_RSA_BYTES: Final = range(256, 513)
_EXPONENT: Final = "AQAB"


class RsaKeyRefusedError(KeyRefusedError):
    """The public key is not an RSA key of 2,048 to 4,096 bits with exponent 65537."""

    code = "key-rsa"
    dutch = "De publieke sleutel is geen RSA-sleutel van 2.048 tot 4.096 bits met exponent 65537."


@dataclass(frozen=True, slots=True)
class CurveVerificationKey:
    """A public key on P-384 (ES384) or P-521 (ES512), ready to verify with."""

    _key: ECKey = field(repr=False, compare=False)
    algorithm: str
    thumbprint: str

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the signature (R||S; RFC 7518 3.4) was made over the message."""
        return JWSRegistry.algorithms[self.algorithm].verify(message, signature, self._key)


@dataclass(frozen=True, slots=True)
class RsaVerificationKey:
    """An RSA public key for RS256, or for PS256 when its JWK says so, ready to verify with."""

    _key: RSAKey = field(repr=False, compare=False)
    algorithm: str
    thumbprint: str

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the signature (RFC 7518 3.3 and 3.5) was made over the message."""
        return JWSRegistry.algorithms[self.algorithm].verify(message, signature, self._key)


def parse_curve_jwk(jwk: Mapping[str, object]) -> CurveVerificationKey:
    """Read a public JWK on P-384 or P-521 (RFC 7518 6.2), or raise KeyRefusedError."""
    curve = str(jwk.get("crv"))
    if curve not in _ES:
        raise KeyPointRefusedError
    if not _is_for(jwk, (_ES[curve],)):
        raise KeyUseRefusedError
    size = (_CURVES[curve].key_size + 7) // 8
    x, y = (_bytes_of(jwk.get(coordinate)) for coordinate in ("x", "y"))
    if len(x) != size or len(y) != size:
        raise KeyPointRefusedError
    return parse_curve_point(curve, b"\x04" + x + y)


def parse_curve_point(curve: str, point: bytes) -> CurveVerificationKey:
    """Read a point of P-384 or P-521 (SEC 1, 2.3.4), or raise KeyPointRefusedError."""
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[curve], point)
    except ValueError:
        raise KeyPointRefusedError from None
    key = ECKey.import_key(public)
    return CurveVerificationKey(key, algorithm=_ES[curve], thumbprint=key.thumbprint())


def parse_rsa_jwk(jwk: Mapping[str, object]) -> RsaVerificationKey:
    """Read a public RSA JWK (RFC 7518 6.3), or raise KeyRefusedError."""
    if not _is_for(jwk, _RSA_ALGORITHMS):
        raise KeyUseRefusedError
    modulus = jwk.get("n")
    raw = _bytes_of(modulus)
    # A modulus with a leading zero would be the same key under another thumbprint; an even one is
    # no product of two large primes, which the library does not mind.
    if len(raw) not in _RSA_BYTES or raw[0] == 0 or raw[-1] % 2 == 0:
        raise RsaKeyRefusedError
    if jwk.get("e") != _EXPONENT:
        raise RsaKeyRefusedError
    key = RSAKey.import_key({"kty": "RSA", "n": str(modulus), "e": _EXPONENT})
    algorithm = str(jwk.get("alg", _RSA_ALGORITHMS[0]))
    return RsaVerificationKey(key, algorithm=algorithm, thumbprint=key.thumbprint())


def _is_for(jwk: Mapping[str, object], algorithms: tuple[str, ...]) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("alg", algorithms[0]) in algorithms
        and jwk.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
    )


def _bytes_of(text: object) -> bytes:
    try:
        return base64url.decode_text(text) if isinstance(text, str) else b""
    except base64url.Base64UrlRefusedError:
        return b""
