"""Ids of strangers: did:key, did:jwk, did:web and https; which key or which places follow from one.

Separate from asking, because an id decides where we go, so it has one spelling and no surprises:

1. ASCII only, lower-case hosts of two labels or more, no dot at the end, no IP address in any
   notation, no user name; a host in punycode looks like another one and is not asked.
2. did:web (W3C CCG): `%3A` before a port and nothing else in percents; a path of `:` segments.
3. The port of https, or one above 1023: below are services that never speak https.
4. No `.` and `..` segments, no empty ones, no `%2F`, `%2E`, `%5C`: servers disagree about them.
5. did:key (multibase base58btc, multicodec) and did:jwk (canonical base64url) are their own key.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.verifier.foreign.findings import ForeignCode, ForeignRefusedError
from services.verifier.foreign.material import read_jwk, read_multikey
from shared.proofs import base64url
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonRefusedError, load_object

MAX_ID: Final = 2048
_MAX_HOST: Final = 253
_MAX_DEPTH: Final = 32
_FIRST_FREE_PORT: Final = 1024
_LAST_PORT: Final = 65_535
_HOST: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PORT: Final = r"[1-9][0-9]{3,4}"
_DID_WEB: Final = re.compile(
    rf"did:web:(?P<host>{_HOST})(?:%3A(?P<port>{_PORT}))?(?P<path>(?::[A-Za-z0-9._-]+)*)"
)
# RFC 3986 §3.3, and of what is in percents only spaces and letters outside ASCII.
_SEGMENT: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%20|%[89A-F][0-9A-F])+"
_ADDRESS: Final = re.compile(
    rf"https://(?P<host>{_HOST})(?::(?P<port>{_PORT}))?(?P<path>(?:/{_SEGMENT})*/?)"
    r"(?P<query>\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?"
)
_FRAGMENT: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/?%-]+")
_KEY_SET: Final = "/.well-known/jwks.json"


class PlaceKind(StrEnum):
    """What should be at a place."""

    DOCUMENT = "document"
    """The issuer's own DID document, or controlled identifier document."""
    KEY_SET = "key-set"
    """The JWK Set of the issuer's host."""
    KEY = "key"
    """One bare JWK."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address to ask, and what should be there."""

    address: str
    kind: PlaceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An https address in its parts."""

    host: str
    origin: str
    query: str


def read_address(url: str) -> Address:
    """Read an https address without a fragment, or raise ForeignRefusedError."""
    found = _ADDRESS.fullmatch(url) if len(url) <= MAX_ID else None
    if found is None:
        raise ForeignRefusedError(ForeignCode.ID_REFUSED)
    segments = found["path"].split("/")
    authority = _read_authority(found["host"], found["port"], segments)
    return Address(host=found["host"], origin=f"https://{authority}", query=found["query"] or "")


def read_own_key(issuer: str, key_id: str) -> VerifyingKey | None:
    """Return the key that a did:key or did:jwk is; None for an id that must be looked up."""
    if issuer.startswith("did:key:"):
        multibase = issuer.removeprefix("did:key:")
        _check_fragment(issuer, key_id, multibase)
        return read_multikey(multibase)
    if issuer.startswith("did:jwk:"):
        _check_fragment(issuer, key_id, "0")
        return _read_did_jwk(issuer)
    return None


def find_places(issuer: str, key_id: str) -> tuple[Place, ...]:
    """Return where the key may be published, the likeliest first, or raise ForeignRefusedError."""
    if len(issuer) > MAX_ID or len(key_id) > MAX_ID:
        raise ForeignRefusedError(ForeignCode.ID_REFUSED)
    if issuer.startswith("did:web:"):
        absolute_key_id(issuer, key_id)
        return (Place(did_web_address(issuer), PlaceKind.DOCUMENT),)
    if issuer.startswith("https:"):
        return _places_on_host(issuer, key_id)
    # Over http anybody on the way may answer.
    plain = issuer.startswith("http:")
    raise ForeignRefusedError(ForeignCode.ID_REFUSED if plain else ForeignCode.METHOD_UNKNOWN)


def did_web_address(did: str) -> str:
    """Return where the document of a did:web is (did:web, Read), or raise ForeignRefusedError."""
    found = _DID_WEB.fullmatch(did)
    if found is None:
        raise ForeignRefusedError(ForeignCode.ID_REFUSED)
    segments = found["path"].split(":")
    authority = _read_authority(found["host"], found["port"], segments)
    path = "/".join(segments) or "/.well-known"
    return f"https://{authority}{path}/did.json"


def absolute_key_id(issuer: str, key_id: str) -> str:
    """Return the whole id of a key in the issuer's own document, or raise ForeignRefusedError."""
    whole = issuer + key_id if key_id.startswith("#") else key_id
    if not whole.startswith(f"{issuer}#"):
        names_another = ":" in key_id
        code = ForeignCode.KEY_OF_ANOTHER if names_another else ForeignCode.KEY_UNKNOWN
        raise ForeignRefusedError(code)
    if not _FRAGMENT.fullmatch(whole.removeprefix(f"{issuer}#")):
        raise ForeignRefusedError(ForeignCode.ID_REFUSED)
    return whole


def _places_on_host(issuer: str, key_id: str) -> tuple[Place, ...]:
    own = read_address(issuer)
    key_set = Place(own.origin + _KEY_SET, PlaceKind.KEY_SET)
    if key_id.startswith((f"{issuer}#", "#")):
        absolute_key_id(issuer, key_id)
        document = Place(issuer, PlaceKind.DOCUMENT)
        return (key_set,) if own.query else (document, key_set)
    if not key_id.startswith(("https:", "http:")):
        return (key_set,)
    where, _, fragment = key_id.partition("#")
    at = read_address(where)
    if at.origin != own.origin or at.query or fragment:
        return (key_set,)
    return key_set, Place(key_id, PlaceKind.KEY)


def _read_authority(host: str, port: str | None, segments: list[str]) -> str:
    number = int(port) if port else None
    if number is not None and not _FIRST_FREE_PORT <= number <= _LAST_PORT:
        raise ForeignRefusedError(ForeignCode.ID_REFUSED)
    if len(host) > _MAX_HOST or "." in segments or ".." in segments:
        raise ForeignRefusedError(ForeignCode.ID_REFUSED)
    if any(label.startswith("xn--") for label in host.split(".")):
        raise ForeignRefusedError(ForeignCode.NAME_INTERNATIONAL)
    return host if number is None else f"{host}:{number}"


def _check_fragment(issuer: str, key_id: str, fragment: str) -> None:
    if len(issuer) > MAX_ID:
        raise ForeignRefusedError(ForeignCode.ID_REFUSED)
    if absolute_key_id(issuer, key_id) != f"{issuer}#{fragment}":
        raise ForeignRefusedError(ForeignCode.KEY_OF_ANOTHER)


def _read_did_jwk(did: str) -> VerifyingKey:
    try:
        raw = base64url.decode_text(did.removeprefix("did:jwk:"))
        jwk = load_object(raw, max_bytes=MAX_ID, max_depth=_MAX_DEPTH)
    except (base64url.Base64UrlRefusedError, JsonRefusedError):
        raise ForeignRefusedError(ForeignCode.ID_REFUSED) from None
    return read_jwk(jwk)
