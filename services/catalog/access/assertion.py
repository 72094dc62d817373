"""Whether a client is who it says: RFC 7523 `private_key_jwt` as the NL GOV OAuth profile asks it.

The audience is read as draft-ietf-oauth-rfc7523bis does: the issuer identifier of this server as
the one string, because a server that tells a client another audience could use what it gets here.
A client is believed when all of this holds:
1. its assertion is one signed JWT of a sane size, with one meaning;
2. `typ` is client-authentication+jwt, or JWT or absent as the NL GOV profile has it; no `crit`;
3. `iss` and `sub` are one and the same client, and so is `client_id` if it was sent;
4. that client is registered, and the key was registered with it, and has not ended;
5. the algorithm is the one that key was registered for: RS256, PS256 or ES256;
6. the signature holds with that key, whatever keys the assertion brings along;
7. the client is not blocked;
8. `aud` is our issuer identifier, one string and no list; by one setting also our token endpoint;
9. `iat` and `exp` are there, not in the future and not past, at most ten minutes apart, and `nbf`
   has come, each give or take half a minute;
10. `jti` has room for 128 bits (22 characters of base64url).
That `jti` was not used before is for the database to say (`operations.tokens`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NoReturn
from uuid import UUID

from services.catalog.access.clients import Client, ClientKey
from services.catalog.access.key_sets import usable
from services.catalog.access.refusals import ClientRejectedError
from shared.runtime.signed_text import SignedText, TextRefusedError
from shared.strict_json import JsonObject

ALGORITHMS: Final = ("ES256", "PS256", "RS256")
MAX_LENGTH: Final = 16 * 1024
MAX_LIFETIME: Final = timedelta(minutes=10)
LEEWAY: Final = timedelta(seconds=30)
SHORTEST_ID: Final = 22
LONGEST_ID: Final = 256
_TYPES: Final = frozenset({"client-authentication+jwt", "application/client-authentication+jwt"})
_PLAIN: Final = frozenset({"jwt"})


@dataclass(frozen=True, slots=True)
class Assertion:
    """A client assertion that was read and not believed yet."""

    text: SignedText
    client_id: UUID

    @property
    def kid(self) -> str | None:
        """Return which key it says it was signed with."""
        kid = self.text.header.get("kid")
        return kid if isinstance(kid, str) else None


@dataclass(frozen=True, slots=True)
class OnceOnly:
    """The id of an assertion that was believed, and until when it must not be taken again."""

    jti: str
    until: datetime


def read_assertion(text: str, *, client_id: str | None) -> Assertion:
    """Read a client assertion (checks 1 to 3), or raise the check it fails."""
    try:
        read = SignedText.read(text, longest=MAX_LENGTH)  # 1
    except TextRefusedError:
        _reject("is not a signed JWT", "is geen ondertekend JWT")
    _check_type(read.header)  # 2
    issuer, subject = read.claims.get("iss"), read.claims.get("sub")
    if not isinstance(issuer, str) or issuer != subject or client_id not in (None, issuer):  # 3
        _reject(
            "does not name one client in iss, sub and client_id",
            "noemt niet een en dezelfde client in iss, sub en client_id",
        )
    try:
        return Assertion(read, UUID(issuer))
    except ValueError:
        raise ClientRejectedError from None


def _check_type(header: JsonObject) -> None:
    if "crit" in header:
        _reject("demands an extension (crit)", "eist een uitbreiding (crit)")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES | _PLAIN:
        _reject("has another typ than a client assertion", "heeft een ander typ dan hier hoort")


def find_key(assertion: Assertion, keys: Sequence[ClientKey], *, now: datetime) -> ClientKey | None:
    """Return the key an assertion names (check 4); without a name, the only one there is."""
    holding = [key for key in keys if key.holds_at(now)]
    if assertion.kid is None:
        return holding[0] if len(holding) == 1 else None
    return next((key for key in holding if key.kid == assertion.kid), None)


def judge_assertion(
    assertion: Assertion,
    client: Client | None,
    keys: Sequence[ClientKey],
    *,
    audiences: Collection[str],
    now: datetime,
) -> OnceOnly:
    """Believe a client (checks 4 to 10), or raise the check its assertion fails.

    Whether the client, its key or its signature is wrong is one and the same refusal.
    """
    key = None if client is None else find_key(assertion, keys, now=now)  # 4
    if client is None or key is None:
        raise ClientRejectedError
    if assertion.text.header.get("alg") != key.jwk["alg"]:  # 5
        raise ClientRejectedError
    if not assertion.text.holds(usable(key.jwk)):  # 6
        raise ClientRejectedError
    if client.is_blocked:  # 7
        raise ClientRejectedError("The client is blocked.", "De client is geblokkeerd.")
    claims = assertion.text.claims
    audience = claims.get("aud")
    if not isinstance(audience, str) or audience not in audiences:  # 8
        _reject(
            "names another audience than this issuer, as one string",
            "noemt een ander dan deze uitgever als doel (aud), of meer dan een",
        )
    until = _check_moments(claims, now=now)  # 9
    identifier = claims.get("jti")
    if (  # 10
        not isinstance(identifier, str)
        or not SHORTEST_ID <= len(identifier) <= LONGEST_ID
        or not identifier.isprintable()
    ):
        _reject(
            f"has no jti of {SHORTEST_ID} to {LONGEST_ID} characters",
            f"heeft geen jti van {SHORTEST_ID} tot {LONGEST_ID} tekens",
        )
    return OnceOnly(identifier, until + LEEWAY)


def _check_moments(claims: JsonObject, *, now: datetime) -> datetime:
    """Return when the assertion expires, if it holds now."""
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    starts = _moment(claims, "nbf") if "nbf" in claims else issued
    if max(issued, starts) > now + LEEWAY:
        _reject("is not valid yet", "is nog niet geldig")
    if expires <= now - LEEWAY:
        _reject("has expired", "is verlopen")
    if expires - issued > MAX_LIFETIME:
        _reject("is valid for more than ten minutes", "is langer dan tien minuten geldig")
    return expires


def _moment(claims: JsonObject, name: str) -> datetime:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        _reject(f"has no moment in {name}", f"heeft geen moment in {name}")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        _reject(f"has no moment in {name}", f"heeft geen moment in {name}")


def _reject(sentence: str, dutch: str) -> NoReturn:
    raise ClientRejectedError(f"The client assertion {sentence}.", f"De client assertion {dutch}.")
