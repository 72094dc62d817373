"""RFC 7515 compact JWS as access needs it: read strictly, and checked with a key we chose.

Apart from `shared.proofs.jws`, which knows one algorithm and one kind of header: those who ask for
tokens sign with RSA as well, and may bring a certificate chain along that we do not look at.
Base64url has one spelling, JSON has one meaning, and nothing is believed before `holds`.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final, Self

from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from shared.strict_json import JsonObject, JsonRefusedError, load_object

_PARTS: Final = 3
_DEPTH: Final = 8
_ALGORITHMS: Final = {name: JWSRegistry.algorithms[name] for name in ("RS256", "PS256", "ES256")}


class TextRefusedError(ValueError):
    """The text is not a compact JWS with one meaning."""


@dataclass(frozen=True, slots=True)
class SignedText:
    """A signed text that was read; `holds` says whether to believe it."""

    header: JsonObject
    claims: JsonObject
    signing_input: bytes
    signature: bytes

    @classmethod
    def read(cls, text: str, *, longest: int) -> Self:
        """Take a text apart, or raise TextRefusedError."""
        parts = text.split(".")
        if len(text) > longest or len(parts) != _PARTS or not text.isascii():
            raise TextRefusedError
        try:
            return cls(
                load_object(cls.decode(parts[0]), max_depth=_DEPTH),
                load_object(cls.decode(parts[1]), max_depth=_DEPTH),
                f"{parts[0]}.{parts[1]}".encode(),
                cls.decode(parts[2]),
            )
        except JsonRefusedError:
            raise TextRefusedError from None

    @staticmethod
    def decode(part: str) -> bytes:
        """Read unpadded base64url in its one spelling (RFC 4648 3.5), or raise TextRefusedError."""
        try:
            octets = urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except ValueError:
            raise TextRefusedError from None
        if urlsafe_b64encode(octets).rstrip(b"=").decode() != part:
            raise TextRefusedError
        return octets

    def holds(self, key: Key) -> bool:
        """Say whether the signature was made with this key, by the algorithm the header names."""
        algorithm = _ALGORITHMS.get(str(self.header.get("alg")))
        if algorithm is None:
            return False
        try:
            return algorithm.verify(self.signing_input, self.signature, key)
        except (JoseError, ValueError, TypeError, AttributeError):
            return False
