"""What strangers publish: DID and controlled identifier documents, JWK Sets and bare JWKs.

Separate from asking, because whether a key is the issuer's is decided by what stands there:

1. one JSON object of at most 64 kB (credentials.md, appendix B);
2. a document is of the issuer (`id`), and names the key once, in `verificationMethod` or embedded
   in `assertionMethod`; relative ids are of this document (DID Core 1.0, 3.2.2);
3. its `controller` is the issuer, and `assertionMethod` lets it sign (Controlled Identifiers 1.0);
4. it shows no private half, is not `revoked` and not past `expires`;
5. a key in a JWK Set, or alone, says by `iss` whose it is (OB 3.0 guide, key provenance); without
   `iss` it counts only at an address below the issuer's own id, where nobody else can put it.
"""

from datetime import datetime
from typing import Final

from services.verifier.checks.moments import read_moment
from services.verifier.foreign.findings import ForeignCode, ForeignRefusedError
from services.verifier.foreign.material import read_jwk, read_method
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonObject, JsonRefusedError, JsonValue, load_object

MAX_DOCUMENT_BYTES: Final = 64 * 1024
_MAX_DEPTH: Final = 32
_SECRETS: Final = frozenset(
    {
        "privateKeyBase58",
        "privateKeyHex",
        "privateKeyJwk",
        "privateKeyMultibase",
        "secretKeyJwk",
        "secretKeyMultibase",
    }
)


def read_document(raw: bytes) -> JsonObject:
    """Read what was answered as one JSON object, or raise ForeignRefusedError."""
    try:
        return load_object(raw, max_bytes=MAX_DOCUMENT_BYTES, max_depth=_MAX_DEPTH)
    except JsonRefusedError:
        raise ForeignRefusedError(ForeignCode.DOCUMENT_UNREADABLE) from None


def find_in_document(
    document: JsonObject, *, issuer: str, key_id: str, now: datetime
) -> VerifyingKey:
    """Return the key of this (absolute) id that signs for the issuer, or ForeignRefusedError."""
    if not isinstance(document.get("id"), str):
        raise ForeignRefusedError(ForeignCode.DOCUMENT_UNREADABLE)
    if document["id"] != issuer:
        raise ForeignRefusedError(ForeignCode.DOCUMENT_OF_ANOTHER)
    signing = _list(document, "assertionMethod")
    embedded = [one for one in signing if isinstance(one, dict)]
    methods = [one for one in _list(document, "verificationMethod") if isinstance(one, dict)]
    named = [one for one in (*methods, *embedded) if _absolute(one.get("id"), issuer) == key_id]
    if len(named) != 1:
        raise ForeignRefusedError(ForeignCode.KEY_TWICE if named else ForeignCode.KEY_UNKNOWN)
    method = named[0]
    if method.get("controller") != issuer:
        raise ForeignRefusedError(ForeignCode.KEY_OF_ANOTHER)
    signs = any(one is method or _absolute(one, issuer) == key_id for one in signing)
    if not signs:
        raise ForeignRefusedError(ForeignCode.KEY_NOT_FOR_ASSERTION)
    return _read_method(method, now=now)


def find_in_key_set(
    document: JsonObject, *, issuer: str, key_id: str, address: str
) -> VerifyingKey:
    """Return the issuer's key of this id in the JWK Set (RFC 7517 5) found at the address."""
    keys = document.get("keys")
    if not isinstance(keys, list):
        raise ForeignRefusedError(ForeignCode.DOCUMENT_UNREADABLE)
    named = [one for one in keys if isinstance(one, dict) and one.get("kid") == key_id]
    own = [one for one in named if _is_of(one, issuer=issuer, address=address)]
    if len(own) == 1:
        return read_jwk(own[0])
    if own:
        raise ForeignRefusedError(ForeignCode.KEY_TWICE)
    of_another = any(one.get("iss", issuer) != issuer for one in named)
    code = ForeignCode.KEY_OF_ANOTHER if of_another else ForeignCode.KEY_UNKNOWN
    raise ForeignRefusedError(code)


def read_bare_key(document: JsonObject, *, issuer: str, address: str) -> VerifyingKey:
    """Return the issuer's key that the address is about: a JWK, not a set of them."""
    if "kty" not in document or "keys" in document:
        raise ForeignRefusedError(ForeignCode.DOCUMENT_UNREADABLE)
    if not _is_of(document, issuer=issuer, address=address):
        of_another = document.get("iss", issuer) != issuer
        code = ForeignCode.KEY_OF_ANOTHER if of_another else ForeignCode.KEY_UNKNOWN
        raise ForeignRefusedError(code)
    return read_jwk(document)


def _is_of(jwk: JsonObject, *, issuer: str, address: str) -> bool:
    if "iss" in jwk:
        return jwk["iss"] == issuer
    return address.startswith(issuer.rstrip("/") + "/")


def _list(document: JsonObject, member: str) -> list[JsonValue]:
    value = document.get(member, [])
    if not isinstance(value, list):
        raise ForeignRefusedError(ForeignCode.DOCUMENT_UNREADABLE)
    return value


def _absolute(name: JsonValue, issuer: str) -> str | None:
    if not isinstance(name, str):
        return None
    return issuer + name if name.startswith("#") else name


def _read_method(method: JsonObject, *, now: datetime) -> VerifyingKey:
    if not _SECRETS.isdisjoint(method):
        raise ForeignRefusedError(ForeignCode.KEY_PRIVATE_PART)
    # A withdrawal that is announced counts from when we hear of it.
    if method.get("revoked") is not None:
        raise ForeignRefusedError(ForeignCode.KEY_REVOKED)
    if "expires" in method:
        expires = read_moment(method["expires"])
        if expires is None or expires <= now:
            raise ForeignRefusedError(ForeignCode.KEY_EXPIRED)
    return read_method(method)
