"""Examples of clients and tokens for the OpenAPI document; the keys are of nobody."""

from typing import Any, Final

from services.catalog.schemas.examples import OIN

CLIENT_ID: Final = "5a1c7f0e-94c1-4d0f-8f44-6a0d2b1c9e77"
_KEY: Final[dict[str, Any]] = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    "kid": "mc_test_2026",
}
REGISTER: Final[dict[str, Any]] = {
    "name": "Student information system",
    "scopes": ["awards:write", "awards:read"],
    "keys": [{"jwk": _KEY}],
}
REGISTER_BY_ADDRESS: Final[dict[str, Any]] = {
    "organisation": OIN,
    "name": "Learning management system",
    "scopes": ["awards:write"],
    "jwksUrl": "https://lms.example.nl/.well-known/jwks.json",
    "tokenBinding": "dpop",
}
CHANGE: Final[dict[str, Any]] = {
    **REGISTER,
    "keys": [
        {"jwk": _KEY, "endsAt": "2026-12-01T00:00:00Z"},
        {"jwk": {**_KEY, "kid": "mc_test_2027"}},
    ],
}
CLIENT: Final[dict[str, Any]] = {
    "clientId": CLIENT_ID,
    "organisation": OIN,
    "name": "Student information system",
    "scopes": ["awards:read", "awards:write"],
    "keys": [{"jwk": {**_KEY, "alg": "ES256", "use": "sig"}}],
    "tokenBinding": "none",
    "blocked": False,
    "registeredAt": "2026-11-22T09:30:00Z",
    "changedAt": "2026-11-22T09:30:00Z",
}

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_REQUEST: Final[dict[str, Any]] = {
    "grant_type": "client_credentials",
    "client_assertion_type": ASSERTION_TYPE,
    "client_assertion": "<header>.<claims>.<signature>",
    "scope": "awards:write",
}
TOKEN_REQUEST_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["grant_type", "client_assertion_type", "client_assertion"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "client_assertion_type": {"type": "string", "enum": [ASSERTION_TYPE]},
        "client_assertion": {
            "type": "string",
            "maxLength": 16384,
            "description": "A JWT signed by the client (RFC 7523): iss and sub are its client id, "
            "aud is the issuer of RFC 8414, one string; with iat, exp and a jti of its own.",
        },
        "client_id": {"type": "string", "description": "May be left out; else the same as iss."},
        "scope": {
            "type": "string",
            "description": "Scopes with spaces between them; all that the client has when left out",
        },
    },
}
TOKEN: Final[dict[str, Any]] = {
    "access_token": "<header>.<claims>.<signature>",
    "token_type": "Bearer",
    "expires_in": 600,
    "scope": "awards:write",
}
TOKEN_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in", "scope"],
    "properties": {
        "access_token": {"type": "string", "description": "a JWT (RFC 9068)"},
        "token_type": {"type": "string", "enum": ["Bearer", "DPoP"]},
        "expires_in": {"type": "integer", "description": "seconds"},
        "scope": {"type": "string"},
    },
}
REFUSAL_SCHEMA: Final[dict[str, Any]] = {
    "allOf": [{"$ref": "#/components/schemas/Problem"}],
    "type": "object",
    "description": "A refusal of RFC 6749 5.2 that is a problem document (RFC 9457) as well.",
    "required": ["error", "error_description", "type", "title", "status", "detail", "code"],
    "properties": {
        "error": {"type": "string", "description": "RFC 6749 5.2, RFC 9449 5"},
        "error_description": {"type": "string", "description": "in English, always"},
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
    },
}
KEY_SET: Final[dict[str, Any]] = {"keys": [{**_KEY, "alg": "ES256", "use": "sig"}]}
KEY_SET_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["keys"],
    "properties": {"keys": {"type": "array", "items": {"type": "object"}}},
}
