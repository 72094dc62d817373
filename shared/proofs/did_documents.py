"""DID Core 1.0 and did:web: the document in which an issuer shows every key it ever signed with.

Separate from `keys` because trust in a key comes from here: a key counts for an issuer only when
that issuer's own document says so.

A key is found in a document by these checks; the first that fails is named:
 1. the document is one JSON object of at most 64 kB, not a JWK Set;
 2. its `id` is the issuer;
 3. exactly one verification method has the key id, literally, and it begins with the issuer's id;
 4. its `controller` is the issuer (Controlled Identifiers 1.0, 3.3);
 5. `assertionMethod` names it: a compromised key is not there;
 6. its type is JsonWebKey, with a public JWK on P-256, or Multikey, with an Ed25519 key, as was
    asked for, and the key's thumbprint is the fragment.

The fragment is the thumbprint for keys of both kinds: one name for a key in the document, on the
bus, in our tables and in the address of its JWK, and never the same name for another key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shared.contracts.credential import stamp
from shared.proofs.ed25519 import Ed25519VerificationKey, parse_multikey
from shared.proofs.keys import KeyRefusedError, VerificationKey, parse_public_jwk
from shared.proofs.public_keys import PublicKey
from shared.strict_json import JsonObject, JsonRefusedError, JsonValue, load_object

MAX_DOCUMENT_BYTES: Final = 64 * 1024
_DID_CONTEXT: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1")
_MULTIKEY_CONTEXT: Final = "https://w3id.org/security/multikey/v1"
_KEY_TYPE: Final = "JsonWebKey"
_MULTIKEY_TYPE: Final = "Multikey"


class KeyDocumentRefusedError(KeyRefusedError):
    """What should be the issuer's DID document is not one."""

    code = "key-document"
    dutch = "Wat het DID-document van de uitgever zou moeten zijn, is dat niet."


class KeyOfAnotherError(KeyRefusedError):
    """The key belongs to another than the issuer."""

    code = "key-of-another"
    dutch = "De sleutel is van een ander dan de uitgever."


class KeyUnknownError(KeyRefusedError):
    """The issuer never published this key."""

    code = "key-unknown"
    dutch = "De uitgever heeft deze sleutel nooit gepubliceerd."


class KeyNotForAssertionError(KeyRefusedError):
    """The issuer does not, or no longer, let this key sign its credentials."""

    code = "key-not-for-assertion"
    dutch = "De uitgever laat zijn bewijzen niet, of niet meer, met deze sleutel ondertekenen."


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedKey:
    """A key as the world sees it; once published it is never taken away, only marked."""

    key: PublicKey
    retired_at: datetime | None = None
    compromised_at: datetime | None = None


def key_id(did: str, key: PublicKey) -> str:
    """Name the key by DID URL: the DID, `#`, and the key's thumbprint."""
    return f"{did}#{key.thumbprint}"


def did_document(did: str, keys: Iterable[PublishedKey]) -> dict[str, JsonValue]:
    """Build the DID document (DID Core 1.0) of an issuer with all keys it ever had.

    A key that has yet to sign is there already. A retired key may still be verified with; a
    compromised one leaves `assertionMethod` and says since when (`revoked`, RFC 3339 UTC).
    """
    published = tuple(keys)
    is_mixed = any(isinstance(one.key, Ed25519VerificationKey) for one in published)
    return {
        "@context": [*_DID_CONTEXT, *((_MULTIKEY_CONTEXT,) if is_mixed else ())],
        "id": did,
        "verificationMethod": [_verification_method(did, one) for one in published],
        "assertionMethod": [
            key_id(did, one.key) for one in published if one.compromised_at is None
        ],
    }


def jwk_set(issuer: str, keys: Iterable[PublishedKey]) -> dict[str, JsonValue]:
    """Build the JWK Set (RFC 7517 5) of an issuer, each key with its issuer as `iss`.

    `kid` is the DID URL in our tokens, by which readers pick a key out of a set. A compromised key
    is left out: a reader of a JWK Set has no mark to see that it was.
    """
    return {
        "keys": [
            {**shown_jwk(one), "kid": key_id(issuer, one.key), "iss": issuer}
            for one in keys
            if one.compromised_at is None
        ]
    }


def shown_jwk(published: PublishedKey) -> dict[str, JsonValue]:
    """Give the public JWK of a key, with `retiredAt` when it signs no more."""
    # `expires` on the method would condemn what was signed before; an unknown JWK member does not.
    shown: dict[str, JsonValue] = {**published.key.jwk}
    if published.retired_at is not None:
        shown["retiredAt"] = stamp(published.retired_at)
    return shown


def _verification_method(did: str, published: PublishedKey) -> dict[str, JsonValue]:
    method: dict[str, JsonValue] = {"id": key_id(did, published.key), "controller": did}
    if isinstance(published.key, Ed25519VerificationKey):
        # No `retiredAt` here: the context of Multikey has no such term, and readers of JSON-LD
        # refuse what they cannot map. The JWK of the same key says it.
        method |= {"type": _MULTIKEY_TYPE, "publicKeyMultibase": published.key.multikey}
    else:
        method |= {"type": _KEY_TYPE, "publicKeyJwk": shown_jwk(published)}
    if published.compromised_at is not None:
        method["revoked"] = stamp(published.compromised_at)
    return method


def read_document(raw: bytes) -> JsonObject:
    """Read a DID document (UTF-8 JSON, at most 64 kB), or raise KeyDocumentRefusedError."""
    try:
        document = load_object(raw, max_bytes=MAX_DOCUMENT_BYTES)
    except JsonRefusedError as refusal:
        raise KeyDocumentRefusedError(faults=refusal.faults) from None
    if not isinstance(document.get("verificationMethod"), list) or not isinstance(
        document.get("assertionMethod"), list
    ):
        raise KeyDocumentRefusedError
    return document


def find_key(document: JsonObject, *, issuer: str, key_id: str) -> VerificationKey:
    """Give the issuer's key of this id for checking a JWT, or raise KeyRefusedError."""
    method = _find_method(document, issuer=issuer, key_id=key_id, kind=_KEY_TYPE)
    key = parse_public_jwk(method.get("publicKeyJwk"))
    if key_id != f"{issuer}#{key.thumbprint}":
        raise KeyUnknownError
    return key


def find_multikey(document: JsonObject, *, issuer: str, key_id: str) -> Ed25519VerificationKey:
    """Give the issuer's key of this id for checking an embedded proof, or raise KeyRefusedError."""
    method = _find_method(document, issuer=issuer, key_id=key_id, kind=_MULTIKEY_TYPE)
    key = parse_multikey(method.get("publicKeyMultibase"))
    if key_id != f"{issuer}#{key.thumbprint}":
        raise KeyUnknownError
    return key


def _find_method(document: JsonObject, *, issuer: str, key_id: str, kind: str) -> JsonObject:
    if document.get("id") != issuer:
        raise KeyOfAnotherError
    method = _only_method(document, key_id=key_id)
    if not key_id.startswith(f"{issuer}#") or method.get("controller") != issuer:
        raise KeyOfAnotherError
    assertion_methods = document.get("assertionMethod")
    if not isinstance(assertion_methods, list) or key_id not in assertion_methods:
        raise KeyNotForAssertionError
    if method.get("type") != kind:
        raise KeyDocumentRefusedError
    return method


def _only_method(document: JsonObject, *, key_id: str) -> JsonObject:
    methods = document.get("verificationMethod")
    if not isinstance(methods, list):
        raise KeyDocumentRefusedError
    named = [one for one in methods if isinstance(one, dict) and one.get("id") == key_id]
    if len(named) != 1:
        raise KeyUnknownError
    return named[0]
