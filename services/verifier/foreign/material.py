"""The keys themselves, as strangers write them: JWK, Multikey or verification method.

Separate from documents, because a did:key and a did:jwk are nothing but a key.
"""

from collections.abc import Callable
from typing import Final, TypeVar

from services.verifier.foreign.findings import ForeignCode, ForeignRefusedError
from shared.proofs.keys import (
    KeyRefusedError,
    KeyTypeRefusedError,
    KeyUseRefusedError,
    PrivateKeyShownError,
)
from shared.proofs.public_keys import (
    VerifyingKey,
    parse_any_jwk,
    parse_any_multikey,
    parse_verification_method,
)
from shared.strict_json import JsonObject

T = TypeVar("T")
_CODES: Final = {
    PrivateKeyShownError: ForeignCode.KEY_PRIVATE_PART,
    KeyTypeRefusedError: ForeignCode.KEY_KIND,
    KeyUseRefusedError: ForeignCode.KEY_NOT_FOR_ASSERTION,
}


def read_jwk(jwk: object) -> VerifyingKey:
    """Read a public JWK (RFC 7517), or raise ForeignRefusedError."""
    return _read(parse_any_jwk, jwk)


def read_multikey(text: object) -> VerifyingKey:
    """Read a Multikey (Controlled Identifiers 1.0, 2.2.2), or raise ForeignRefusedError."""
    return _read(parse_any_multikey, text)


def read_method(method: JsonObject) -> VerifyingKey:
    """Read the key of a verification method (the same, 2.2), or raise ForeignRefusedError."""
    return _read(parse_verification_method, method)


def _read(parse: Callable[[T], VerifyingKey], written: T) -> VerifyingKey:
    try:
        return parse(written)
    except KeyRefusedError as refusal:
        code = _CODES.get(type(refusal), ForeignCode.KEY_UNREADABLE)
        raise ForeignRefusedError(code) from None
