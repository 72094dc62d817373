"""SD-JWTs as an issuer and a holder would make them, right or wrong; no tests.

Apart from the tests because three modules are read with the same tokens.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final

from shared.proofs import base64url
from shared.proofs.keys import SigningKey
from shared.strict_json import JsonObject, JsonValue

ISSUER: Final = SigningKey.generate()
HOLDER: Final = SigningKey.generate()
STRANGER: Final = SigningKey.generate()
NOW: Final = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
SECONDS: Final = int(NOW.timestamp())
CLAIMS: Final[JsonObject] = {
    "iss": "https://issuer.example.nl",
    "vct": "https://issuer.example.nl/vct/1",
    "cnf": {"jwk": {**HOLDER.public.jwk}},
}
READER: Final = "https://employer.example.nl"


def signed(claims: JsonValue, key: SigningKey = ISSUER, **header: JsonValue) -> str:
    """Sign claims as a JWS, with whatever header."""
    parts = ({"alg": "ES256", **header}, claims)
    unsigned = b".".join(base64url.encode(json.dumps(part).encode()) for part in parts)
    return (unsigned + b"." + base64url.encode(key.sign(unsigned))).decode()


def disclosure(*parts: JsonValue) -> str:
    """Write a disclosure: salt, name and value, or salt and value."""
    return base64url.encode(json.dumps(parts).encode()).decode()


def digest(text: str, hash_name: str = "sha256") -> str:
    """Hash a disclosure as it stands in a payload."""
    return base64url.encode(hashlib.new(hash_name, text.encode()).digest()).decode()


def shown(*disclosures: str, **claims: JsonValue) -> str:
    """Present claims that hide what these disclosures show, without key binding."""
    hidden: JsonObject = {"_sd": [digest(one) for one in disclosures]} if disclosures else {}
    return presented({**CLAIMS, **hidden, **claims}, *disclosures)


def presented(claims: Any, *disclosures: str, typ: str = "dc+sd-jwt", **header: Any) -> str:
    """Present claims with exactly these disclosures."""
    return "".join(f"{part}~" for part in (signed(claims, typ=typ, **header), *disclosures))


def bound(token: str, key: SigningKey = HOLDER, **changes: Any) -> str:
    """Bind a presented token to its holder, or try to; None leaves a claim out."""
    header = {"typ": changes.pop("typ", "kb+jwt")}
    claims: dict[str, Any] = {
        "iat": SECONDS,
        "aud": READER,
        "nonce": "n-1",
        "sd_hash": digest(token),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return token + signed(kept, key, **header)
