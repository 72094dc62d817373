"""Who is calling: RFC 9068 access tokens in, an organisation and its scopes out.

Apart from the routes, because trust is decided here once, in this order, and 401 says which:
1. one Bearer or DPoP token of a sane size in the Authorization header, and nowhere else;
2. three parts, `typ` at+jwt, no `crit`;
3. an issuer we were configured with, and an algorithm that this issuer may use;
4. a key of that issuer that fits the algorithm; never one that the token brings along;
5. the signature holds;
6. the audience is us;
7. issued in the past, not expired, valid for ten minutes at most (60 s leeway);
8. subject, client and id are there; the organisation is an OIN;
9. a token bound to a key or certificate comes from who holds it (`possession`).
Then the scope of the operation: 403 `scope-missing`.
"""

import hashlib
import re
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Final, Protocol
from uuid import uuid4

from fastapi import Request, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from shared.errors import NotPermittedError, Remedy, UnauthenticatedError
from shared.runtime.possession import UNBOUND, Confirmation, Possession, read_confirmation
from shared.runtime.settings import TokenIssuer
from shared.runtime.token_keys import IssuerKeys
from shared.strict_json import JsonObject, JsonRefusedError, load_object

SCOPES: Final = {
    "microcredentials:write": "Write and publish the organisation's microcredentials.",
    "microcredentials:approve": "Approve or reject what others submitted (quality body).",
    "offerings:write": "Record and cancel when the organisation's microcredentials run.",
    "organisations:write": "Record organisations and their recognition (steward).",
    "policies:write": "Publish versions of the quality framework (steward).",
    "awards:write": "Award microcredentials and revoke awards.",
    "awards:read": "Read the organisation's awards.",
    "awards:audit": "Read awards and credentials to check them; nothing counts as handed out.",
    "awards:approve": "Approve a batch, or a mass revocation, that somebody else asked for.",
    "learners:erase": "Erase what the organisation keeps of a learner.",
    "keys:write": "Rotate the organisation's signing keys and mark one as compromised.",
    "issuing-rules:write": "Set when the organisation asks for a second person.",
    "clients:write": "Register the machine clients of an organisation (administrator).",
    "registrations:read": "Read registrations.",
    "registrations:search": "Look up learners in the register, for a stated purpose; it is logged.",
    "consultations:read": "Read which learners the organisation itself looked up in the register.",
    "learners:access": "Act for a learner who was identified: what is known, and who looked.",
    "subscriptions:read": "Read the organisation's subscriptions and what became of them.",
    "subscriptions:write": "Subscribe the organisation's own systems to the register (webhooks).",
    "verifications:write": "Verify in volume: a larger quota than anybody has without a token.",
}
MAX_TOKEN_LENGTH: Final = 8192
MAX_LIFETIME: Final = timedelta(minutes=10)
LEEWAY: Final = timedelta(seconds=60)
KEPT_SECONDS: Final = 60.0
MAX_KEPT: Final = 4096
_KINDS: Final = frozenset({"bearer", "dpop"})
_TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
_OIN: Final = re.compile(r"[0-9A-Z]{20}")


class TokenRefusedError(UnauthenticatedError):
    """The access token is missing or not valid here."""

    code: ClassVar[str] = "token-refused"
    dutch: ClassVar[str] = "Het access token ontbreekt of is hier niet geldig."
    remedy: ClassVar[Remedy | None] = (
        (
            "Ask the token endpoint for a new access token; one is good for ten minutes, and only "
            "here."
        ),
        (
            "Vraag het token endpoint om een nieuw access token; een token geldt tien minuten, en "
            "alleen hier."
        ),
    )
    challenge: ClassVar[str] = 'Bearer realm="waarmerk", error="invalid_token"'


class ScopeMissingError(NotPermittedError):
    """The access token does not have the scope that this operation asks for."""

    code: ClassVar[str] = "scope-missing"
    dutch: ClassVar[str] = "Het access token heeft niet de scope die voor deze handeling nodig is."


@dataclass(frozen=True, slots=True)
class Caller:
    """The organisation a request acts for, who acts through which client, and what it may do.

    The subject is a person, or the client itself when no person is logged in (RFC 9068 2.2).
    """

    organisation: str
    client: str
    scopes: frozenset[str]
    subject: str
    bound: Confirmation = UNBOUND


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller
    until: datetime


class KnownKeys(Protocol):
    """The public keys of one issuer, and what it may sign with."""

    @property
    def algorithms(self) -> Sequence[str]:
        """Return the algorithms this issuer may use."""

    async def find(self, *, kid: str | None, algorithm: str) -> Key | None:
        """Return the key with this id, if it fits the algorithm."""


class TokenVerifier:
    """Turns access tokens into callers."""

    def __init__(self, issuers: Iterable[TokenIssuer], *, audience: str) -> None:
        self._issuers: dict[str, KnownKeys] = {each.issuer: IssuerKeys(each) for each in issuers}
        self._audience = audience
        self._known: dict[bytes, _Known] = {}

    def trust(self, issuer: str, keys: KnownKeys) -> None:
        """Take the tokens of an issuer whose keys need not be fetched: ourselves."""
        self._issuers[issuer] = keys

    async def verify(self, token: str, *, now: datetime) -> Caller:
        """Return whom a token stands for, or raise the check it fails."""
        digest = hashlib.sha256(token.encode(errors="replace")).digest()
        known = self._known.get(digest)
        if known is not None and now < known.until:
            return known.caller
        claims = await self._read(token)
        caller = _judge(claims, audience=self._audience, now=now)
        expires = _moment(claims, "exp")
        if len(self._known) >= MAX_KEPT:
            self._known.clear()
        self._known[digest] = _Known(caller, min(expires, now + timedelta(seconds=KEPT_SECONDS)))
        return caller

    async def _read(self, token: str) -> JsonObject:
        """Return the claims of a token whose signature holds (checks 2 to 5)."""
        parts = token.split(".")
        if len(token) > MAX_TOKEN_LENGTH or len(parts) != 3:  # noqa: PLR2004 - RFC 7515 7.1
            raise TokenRefusedError(
                "The access token is not a signed JWT.", "Het access token is geen ondertekend JWT."
            )
        header, claims = _part(parts[0]), _part(parts[1])
        if str(header.get("typ", "")).lower() not in _TYPES or "crit" in header:
            raise TokenRefusedError(
                "The token is not an access token (RFC 9068: typ at+jwt).",
                "Het token is geen access token (RFC 9068: typ at+jwt).",
            )
        issuer = claims.get("iss")
        keys = self._issuers.get(issuer) if isinstance(issuer, str) else None
        if keys is None:
            raise TokenRefusedError(
                "The issuer of the access token is not known here.",
                "De uitgever van het access token is hier niet bekend.",
            )
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in keys.algorithms:
            raise TokenRefusedError(
                "The algorithm of the access token is not allowed.",
                "Het algoritme van het access token is niet toegestaan.",
            )
        key = await keys.find(kid=kid if isinstance(kid, str) else None, algorithm=algorithm)
        if key is None:
            raise TokenRefusedError(
                "The key of the access token is not known.",
                "De sleutel van het access token is niet bekend.",
            )
        _check_signature(token, key=key, algorithm=algorithm)
        return claims


def _part(text: str) -> JsonObject:
    try:
        return load_object(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (JsonRefusedError, ValueError):
        raise TokenRefusedError(
            "The access token is not a signed JWT.", "Het access token is geen ondertekend JWT."
        ) from None


_REGISTRY: Final = jws.JWSRegistry(
    algorithms=["RS256", "PS256", "ES256", "Ed25519"], strict_check_header=False
)
_REGISTRY.max_header_length = _REGISTRY.max_payload_length = MAX_TOKEN_LENGTH


def _check_signature(token: str, *, key: Key, algorithm: str) -> None:
    try:
        jws.deserialize_compact(token, key, algorithms=[algorithm], registry=_REGISTRY)
    except (JoseError, ValueError):
        raise TokenRefusedError(
            "The signature of the access token does not hold.",
            "De handtekening van het access token klopt niet.",
        ) from None


def _judge(claims: JsonObject, *, audience: str, now: datetime) -> Caller:
    """Return the caller in claims whose signature held (checks 6 to 8)."""
    named = claims.get("aud")
    if audience not in (named if isinstance(named, list) else [named]):
        raise TokenRefusedError(
            "The access token is meant for another audience.",
            "Het access token is voor een ander bedoeld.",
        )
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    starts = _moment(claims, "nbf") if "nbf" in claims else issued
    if max(issued, starts) > now + LEEWAY:
        raise TokenRefusedError(
            "The access token is not valid yet.", "Het access token is nog niet geldig."
        )
    if expires <= now - LEEWAY:
        raise TokenRefusedError("The access token has expired.", "Het access token is verlopen.")
    if expires - issued > MAX_LIFETIME + LEEWAY:
        raise TokenRefusedError(
            "The access token is valid for longer than is accepted.",
            "Het access token is langer geldig dan hier mag.",
        )
    if not all(isinstance(claims.get(name), str) for name in ("sub", "client_id", "jti", "scope")):
        raise TokenRefusedError(
            "The access token misses sub, client_id, jti or scope.",
            "In het access token ontbreekt sub, client_id, jti of scope.",
        )
    organisation = claims.get("organisation")
    if not isinstance(organisation, str) or not _OIN.fullmatch(organisation):
        raise TokenRefusedError(
            "The access token names no organisation by its OIN.",
            "Het access token noemt geen organisatie met haar OIN.",
        )
    return Caller(
        organisation=organisation,
        client=str(claims["client_id"]),
        scopes=frozenset(str(claims["scope"]).split(" ")),
        subject=str(claims["sub"]),
        bound=read_confirmation(claims.get("cnf")),
    )


def _moment(claims: JsonObject, name: str) -> datetime:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TokenRefusedError(
            "The access token misses iat or exp.", "In het access token ontbreekt iat of exp."
        )
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise TokenRefusedError(
            "The access token misses iat or exp.", "In het access token ontbreekt iat of exp."
        ) from None


SCHEME: Final = OAuth2(
    scheme_name="clientCredentials",
    description="OAuth 2.0 client credentials with private_key_jwt (NL GOV profile).",
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(
            tokenUrl="https://tokens.waarmerk.example/oauth/token", scopes=SCOPES
        )
    ),
    auto_error=False,
)


def caller_with(scope: str, *instead: str) -> Callable[..., Awaitable[Caller]]:
    """Return the dependency that finds out who is calling and whether they have this scope.

    Where others are named, any one of them will do as well.
    """
    enough = frozenset({scope, *instead})
    if unknown := enough - SCOPES.keys():
        raise ValueError(f"{min(unknown)} is not a scope of Waarmerk.")

    async def find_caller(
        request: Request,
        authorization: Annotated[str | None, Security(SCHEME, scopes=[scope])],
    ) -> Caller:
        kind, _, token = (authorization or "").partition(" ")
        kind, token = kind.lower(), token.strip()
        if kind not in _KINDS or len(request.headers.getlist("authorization")) != 1:
            raise UnauthenticatedError
        state, moment = request.app.state, request.app.state.clock()
        verifier: TokenVerifier = state.token_verifier
        possession: Possession = state.possession
        caller = await verifier.verify(token, now=moment)
        possession.require(request, caller.bound, kind=kind, token=token, now=moment)
        state.quotas.charge_client(request.scope, caller.client)
        if enough.isdisjoint(caller.scopes):
            raise ScopeMissingError(
                f"This operation asks for the scope {scope}.",
                f"Deze handeling vraagt de scope {scope}.",
            )
        return caller

    return find_caller


def mint_token(  # noqa: PLR0913 - a token says each of these once
    key_jwk: dict[str, str | list[str]],
    *,
    issuer: str,
    audience: str,
    organisation: str,
    scopes: Sequence[str],
    client: str,
    subject: str | None = None,
    lifetime: timedelta = MAX_LIFETIME,
    now: datetime | None = None,
) -> str:
    """Sign an access token for the sandbox; real tokens come from a real authorisation server.

    Without a subject the client acts by itself, as with client credentials (RFC 9068 2.2).
    """
    issued = now or datetime.now(UTC)
    key = import_key(key_jwk)
    algorithm = "ES256" if key_jwk["kty"] == "EC" else "PS256"
    header = {"alg": algorithm, "typ": "at+jwt"}
    if isinstance(kid := key_jwk.get("kid"), str):
        header["kid"] = kid
    claims = {
        "iss": issuer,
        "aud": audience,
        "iat": int(issued.timestamp()),
        "exp": int((issued + lifetime).timestamp()),
        "jti": uuid4().hex,
        "sub": subject or client,
        "client_id": client,
        "organisation": organisation,
        "scope": " ".join(scopes),
    }
    return jwt.encode(header, claims, key, algorithms=[algorithm], default_type=None)
