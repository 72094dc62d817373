"""The public keys a client signs its requests with: which we take, and what is wrong with others.

Apart from the checks on what was signed, because a key is judged once, when it is registered or
fetched, and its algorithm is fixed then: RS256 or PS256 for RSA of 2048 to 4096 bits (RS256 when
the key does not say), ES256 for P-256. The NL GOV profile asks for RS256 and recommends PS256.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, RSAKey, import_key
from pydantic_core import from_json

from services.catalog.access.clients import ClientKey
from shared.errors import Fault
from shared.strict_json import JsonObject, JsonValue, canonical

MOST_KEYS: Final = 10
SMALLEST_RSA: Final = 2048
LARGEST_RSA: Final = 4096
LONGEST_KID: Final = 200
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PUBLIC: Final[Mapping[str, tuple[str, ...]]] = {"RSA": ("n", "e"), "EC": ("crv", "x", "y")}
_ALGORITHMS: Final[Mapping[str, tuple[str, ...]]] = {"RSA": ("RS256", "PS256"), "EC": ("ES256",)}
Reason = tuple[str, str, str]

_PRIVATE_SHOWN: Final[Reason] = (
    "key-private",
    "This is a private key, and so no secret any more: make another, and send its public half.",
    "Dit is een geheime sleutel, en nu niet meer geheim: maak een andere en stuur de publieke.",
)
_NO_KEY: Final[Reason] = (
    "key-refused",
    "A public key is expected, as a JWK: RSA of 2048 to 4096 bits, or P-256.",
    "Hier hoort een publieke sleutel, als JWK: RSA van 2048 tot 4096 bits, of P-256.",
)
_NOT_FOR_THIS: Final[Reason] = (
    "key-use",
    "The key is not meant for signatures with RS256, PS256 or ES256.",
    "De sleutel is niet bedoeld voor handtekeningen met RS256, PS256 of ES256.",
)
_TWICE: Final[Reason] = (
    "key-twice",
    "Two keys have the same kid, so a signature would not say which made it.",
    "Twee sleutels hebben dezelfde kid; een handtekening zegt dan niet welke haar zette.",
)
_NO_NAME: Final[Reason] = (
    "key-name",
    f"A kid is a text of 1 to {LONGEST_KID} printable characters.",
    f"Een kid is een tekst van 1 tot {LONGEST_KID} zichtbare tekens.",
)


def read_keys(
    keys: Sequence[ClientKey], *, pointer: str = "/keys"
) -> tuple[tuple[ClientKey, ...], list[Fault]]:
    """Return keys as we keep them, with `kid` and `alg`, and what is wrong with the others."""
    good: dict[str, ClientKey] = {}
    faults = []
    for number, key in enumerate(keys):
        read = read_key(key.jwk)
        if isinstance(read, dict) and str(read["kid"]) in good:
            read = _TWICE
        if isinstance(read, dict):
            good[str(read["kid"])] = ClientKey(read, key.ends_at)
        else:
            code, sentence, dutch = read
            faults.append(Fault(f"{pointer}/{number}/jwk", code, sentence, dutch))
    return tuple(good.values()), faults


def read_key_set(document: JsonObject) -> tuple[ClientKey, ...]:
    """Return the keys of a fetched JWK Set that we can use; the others are passed over."""
    members = document.get("keys")
    listed = members if isinstance(members, list) else []
    found = [ClientKey(one) for one in listed[:MOST_KEYS] if isinstance(one, dict)]
    return read_keys(found)[0]


def read_key(jwk: Mapping[str, JsonValue]) -> JsonObject | Reason:
    """Return the JWK as we keep it, or why not."""
    if not _PRIVATE.isdisjoint(jwk):
        return _PRIVATE_SHOWN
    kind = jwk.get("kty")
    if not isinstance(kind, str) or kind not in _PUBLIC:
        return _NO_KEY
    algorithms = _ALGORITHMS[kind]
    algorithm = jwk.get("alg", algorithms[0])
    operations = jwk.get("key_ops", ["verify"])
    is_for_this = isinstance(operations, list) and "verify" in operations
    if algorithm not in algorithms or jwk.get("use", "sig") != "sig" or not is_for_this:
        return _NOT_FOR_THIS
    kept: JsonObject = {"kty": kind, **{name: jwk.get(name) for name in _PUBLIC[kind]}}
    key = _imported(kept)
    if key is None:
        return _NO_KEY
    kid = jwk.get("kid", key.thumbprint())
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID or not kid.isprintable():
        return _NO_NAME
    return {**kept, "alg": algorithm, "use": "sig", "kid": kid}


def _imported(jwk: JsonObject) -> Key | None:
    if not all(isinstance(value, str) for value in jwk.values()):
        return None
    try:
        key = import_key({name: str(value) for name, value in jwk.items()})
        # Asked for here, because a point off the curve shows only when the key is made.
        public = key.public_key if isinstance(key, RSAKey | ECKey) else None
    except (JoseError, SecurityWarning, ValueError, KeyError, TypeError):
        return None
    if isinstance(key, RSAKey):
        size = key.public_key.key_size
        return key if SMALLEST_RSA <= size <= LARGEST_RSA else None
    return key if public is not None and jwk.get("crv") == "P-256" else None


def usable(jwk: JsonObject) -> Key:
    """Return a kept key, ready to check signatures with."""
    return _usable(canonical(jwk))


@lru_cache(maxsize=4096)
def _usable(jwk: bytes) -> Key:
    return import_key(from_json(jwk))
