"""OpenID Federation 1.0, 3.2: entity statements judged by joserfc and the rules of the standard.

Written from the standard and not from our code, so that one can tell whether the other is right.
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet

STATEMENT: Final = "entity-statement+jwt"
OF_CONFIGURATIONS: Final = {"authority_hints", "trust_anchor_hints", "trust_marks"}
OF_SUBORDINATES: Final = {"constraints", "metadata_policy", "source_endpoint"}
Claims = Mapping[str, Any]


def read_statement(
    token: str, *, about: str, keys: Mapping[str, Any] | None, now: datetime
) -> dict[str, Any]:
    """Return the claims of a statement about an entity; without keys, of a configuration."""
    # A JWK Set out of a token is any JSON; joserfc judges it, and names a narrower type.
    trusted = KeySet.import_key_set(_keys_within(token) if keys is None else keys)  # type: ignore[arg-type]
    believed = jwt.decode(token, trusted, algorithms=["ES256"])
    header, claims = believed.header, believed.claims
    assert header["typ"] == STATEMENT
    assert header["alg"] == "ES256"
    assert claims["sub"] == about
    own = claims["iss"] == claims["sub"]
    assert own is (keys is None)
    signers = claims["jwks"]["keys"] if keys is None else keys["keys"]
    assert header["kid"]
    assert [key["kid"] for key in signers].count(header["kid"]) == 1
    assert claims["iat"] <= now.timestamp() < claims["exp"]
    kids = [key["kid"] for key in claims["jwks"]["keys"]]
    assert kids
    assert len(kids) == len(set(kids))
    assert not any(member in key for key in claims["jwks"]["keys"] for member in ("d", "k", "p"))
    assert "crit" not in claims
    assert "aud" not in claims
    assert not claims.keys() & (OF_SUBORDINATES if own else OF_CONFIGURATIONS)
    assert _without_null(claims["metadata"])
    if not own:
        assert urlsplit(claims["source_endpoint"]).scheme == "https"
    return dict(claims)


def check_trust_anchor(claims: Claims, *, entity: str) -> None:
    """Check what an entity configuration of a trust anchor must have (1.2, 3.1.2, 5.1.1)."""
    assert claims["iss"] == claims["sub"] == entity
    assert urlsplit(entity).scheme == "https"
    about = claims["metadata"]["federation_entity"]
    for endpoint in ("federation_fetch_endpoint", "federation_list_endpoint"):
        address = urlsplit(about[endpoint])
        assert (address.scheme, address.fragment) == ("https", "")
    assert about["organization_name"]
    assert "jwks" not in about


def _keys_within(token: str) -> dict[str, Any]:
    """Return the keys a statement brings itself: it is about its own issuer."""
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    keys: dict[str, Any] = claims["jwks"]
    return keys


def _without_null(value: object) -> bool:
    if isinstance(value, dict):
        return all(_without_null(one) for one in value.values())
    return value is not None
