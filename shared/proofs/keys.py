"""RFC 7517 and RFC 7638: P-256 keys for ES256, as JWK and by thumbprint.

Separate from `jws` because a key outlives every signature made with it: it is sealed, published in
a document of its own (`did_documents`), retired, and its public half kept for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Self

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from shared.proofs import ProofRefusedError, base64url
from shared.strict_json import JsonRefusedError, JsonValue, load_object

ALGORITHM: Final = "ES256"
_ES256: Final = JWSRegistry.algorithms[ALGORITHM]
_COORDINATE_BYTES: Final = 32
_PUBLIC_MEMBERS: Final = ("crv", "kty", "x", "y")
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
# RFC 6979, which joserfc does not offer: signing one intent twice, before and after a crash, gives
# one and the same credential.
_SIGNING: Final = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


class KeyRefusedError(ProofRefusedError):
    """The public key cannot be used."""

    code = "key-refused"
    dutch = "De publieke sleutel kan niet worden gebruikt."


class PrivateKeyShownError(KeyRefusedError):
    """The public key comes with its private half, so nothing it signs can be trusted."""

    code = "key-private-part"
    dutch = (
        "De publieke sleutel komt met zijn geheime helft; niets wat ermee is ondertekend, is te "
        "vertrouwen."
    )


class KeyTypeRefusedError(KeyRefusedError):
    """The public key is not an elliptic curve key on P-256."""

    code = "key-type"
    dutch = "De publieke sleutel is geen sleutel op de kromme P-256."


class KeyUseRefusedError(KeyRefusedError):
    """The public key is not meant for verifying ES256 signatures."""

    code = "key-use"
    dutch = "De publieke sleutel is niet bedoeld om ES256-handtekeningen te controleren."


class KeyPointRefusedError(KeyRefusedError):
    """The coordinates of the public key are not a point on its curve."""

    code = "key-point"
    dutch = "De coördinaten van de publieke sleutel zijn geen punt op zijn kromme."


@dataclass(frozen=True, eq=False)
class VerificationKey:
    """A P-256 public key, ready to verify with; the same key when its thumbprint is."""

    _key: ECKey = field(repr=False)
    algorithm: str = field(default=ALGORITHM, init=False)

    @cached_property
    def thumbprint(self) -> str:
        """The RFC 7638 SHA-256 thumbprint (base64url, 43 characters)."""
        return self._key.thumbprint()

    @property
    def jwk(self) -> dict[str, str]:
        """The public JWK, with `alg`, `use` and the thumbprint as `kid`."""
        shown = self._key.as_dict(private=False)
        required = {member: str(shown[member]) for member in _PUBLIC_MEMBERS}
        return {**required, "alg": ALGORITHM, "use": "sig", "kid": self.thumbprint}

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the signature (R||S, 64 bytes; RFC 7518 3.4) was made over the message."""
        return _ES256.verify(message, signature, self._key)

    def __eq__(self, other: object) -> bool:
        """Tell whether this is the same key."""
        return isinstance(other, VerificationKey) and self.thumbprint == other.thumbprint

    def __hash__(self) -> int:
        """Hash by what makes two keys the same."""
        return hash(self.thumbprint)


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """A P-256 private key; only the issuer's signing room holds one, and never for long."""

    _private: ec.EllipticCurvePrivateKey = field(repr=False)
    public: VerificationKey

    @classmethod
    def generate(cls) -> Self:
        """Make a new key from the operating system's randomness."""
        return cls._from(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def load(cls, stored: bytes) -> Self:
        """Read back what `store` gave (PKCS#8 DER); raise KeyTypeRefusedError for another kind."""
        try:
            private = serialization.load_der_private_key(stored, password=None)
        except ValueError:
            raise KeyTypeRefusedError from None
        if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(
            private.curve, ec.SECP256R1
        ):
            raise KeyTypeRefusedError
        return cls._from(private)

    @classmethod
    def read_jwk(cls, text: str) -> Self:
        """Read a private JWK for ES256 (RFC 7518 6.2.2), or raise KeyRefusedError."""
        try:
            jwk = load_object(text.encode())
            private = ECKey.import_key({name: str(jwk[name]) for name in (*_PUBLIC_MEMBERS, "d")})
            public = parse_public_jwk({name: jwk[name] for name in _PUBLIC_MEMBERS})
            read = cls.load(private.as_der(private=True))
        except (JsonRefusedError, JoseError, KeyError, ValueError, TypeError):
            raise KeyTypeRefusedError from None
        if read.public != public:
            raise KeyTypeRefusedError
        return read

    def store(self) -> bytes:
        """Give the private key as PKCS#8 DER, unencrypted: seal it before it goes anywhere."""
        return self._private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign(self, message: bytes) -> bytes:
        """Sign the message; the signature is R||S, 64 bytes (RFC 7518 3.4), deterministic."""
        r, s = decode_dss_signature(self._private.sign(message, _SIGNING))
        return r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)

    @classmethod
    def _from(cls, private: ec.EllipticCurvePrivateKey) -> Self:
        return cls(_private=private, public=VerificationKey(ECKey.import_key(private.public_key())))


def thumbprint(jwk: Mapping[str, JsonValue]) -> str:
    """Return the RFC 7638 SHA-256 thumbprint (base64url) of a public JWK meant for ES256."""
    return parse_public_jwk(jwk).thumbprint


def parse_public_jwk(jwk: object) -> VerificationKey:
    """Read a public JWK meant for ES256 (RFC 7517, RFC 7518 6.2), or raise KeyRefusedError."""
    if not isinstance(jwk, Mapping):
        raise KeyTypeRefusedError
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise PrivateKeyShownError
    if (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
        raise KeyTypeRefusedError
    _check_use(jwk)
    for coordinate in ("x", "y"):
        _check_coordinate(jwk.get(coordinate))
    try:
        return VerificationKey(ECKey.import_key({name: jwk[name] for name in _PUBLIC_MEMBERS}))
    except (JoseError, ValueError):
        raise KeyPointRefusedError from None


def parse_public_point(point: bytes) -> VerificationKey:
    """Read a point of P-256 (SEC 1, 2.3.4), or raise KeyPointRefusedError."""
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise KeyPointRefusedError from None
    return VerificationKey(ECKey.import_key(public))


def _check_use(jwk: Mapping[str, object]) -> None:
    operations = jwk.get("key_ops", ["verify"])
    if (
        jwk.get("alg", ALGORITHM) != ALGORITHM
        or jwk.get("use", "sig") != "sig"
        or not isinstance(operations, list)
        or "verify" not in operations
    ):
        raise KeyUseRefusedError


def _check_coordinate(text: object) -> None:
    if not isinstance(text, str):
        raise KeyPointRefusedError
    try:
        coordinate = base64url.decode_text(text)
    except base64url.Base64UrlRefusedError:
        raise KeyPointRefusedError from None
    if len(coordinate) != _COORDINATE_BYTES:
        raise KeyPointRefusedError
