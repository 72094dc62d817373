"""What this token endpoint tells of itself: RFC 8414, at the address that follows from its issuer.

Apart from the routes, because an issuer with a path has its document at another place than one
would think: `https://host/.well-known/oauth-authorization-server/path` (RFC 8414 3.1).
"""

from typing import Final
from urllib.parse import urlsplit

from services.catalog.access.asking import GRANT_TYPE
from services.catalog.access.assertion import ALGORITHMS
from shared.strict_json import JsonObject, JsonValue

WELL_KNOWN: Final = "/.well-known/oauth-authorization-server"


def token_endpoint(issuer: str) -> str:
    """Return where tokens are asked."""
    return f"{issuer}/v1/oauth/token"


def key_set_address(issuer: str) -> str:
    """Return where the public keys are."""
    return f"{issuer}/v1/oauth/jwks"


def path_of(issuer: str) -> str:
    """Return the path of an issuer, which stands behind the well-known address."""
    return urlsplit(issuer).path.strip("/")


def describe(
    issuer: str, *, scopes: list[str], dpop_algorithms: list[str], binds_certificates: bool
) -> JsonObject:
    """Return the metadata document."""
    algorithms: list[JsonValue] = [*ALGORITHMS]
    return {
        "issuer": issuer,
        "token_endpoint": token_endpoint(issuer),
        "jwks_uri": key_set_address(issuer),
        "scopes_supported": [*scopes],
        "response_types_supported": [],
        "grant_types_supported": [GRANT_TYPE],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "dpop_signing_alg_values_supported": [*dpop_algorithms],
        "tls_client_certificate_bound_access_tokens": binds_certificates,
        "service_documentation": f"{issuer}/v1/openapi.json",
    }
