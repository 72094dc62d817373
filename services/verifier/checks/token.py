"""Checks 1 and 2: is this a credential in the one form we read, before anything in it is believed.

Separate, because it needs no knowledge at all: it decides whether there is anything to look up.
"""

import hashlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.verifier.domain.findings import Check, Code, Finding, failed, ok
from shared.contracts.credential import CONTEXTS
from shared.proofs import ProofRefusedError, vc_jwt
from shared.proofs.jws import Jws
from shared.strict_json import JsonObject, JsonValue

_URN: Final = "urn:uuid:"
_PROFILE_CODES: Final = {
    "jws-alg": Code.ALGORITHM_REFUSED,
    "jws-key-in-header": Code.KEY_IN_HEADER,
    "jws-crit": Code.HEADER_REFUSED,
    "jws-b64": Code.HEADER_REFUSED,
    "jws-header-member": Code.HEADER_REFUSED,
    "jws-kid": Code.KEY_ID_MISSING,
    "jws-typ": Code.TYP_REFUSED,
    "credential-envelope-claim": Code.ENVELOPE_CLAIM,
    "credential-disclosure-cut": Code.DISCLOSURE_CUT,
}
_PARSE_CODES: Final = {
    "jws-too-large": Code.TOO_LARGE,
    "jws-segments": Code.NOT_A_JWS,
    "jws-header": Code.HEADER_UNREADABLE,
    "jws-header-duplicate": Code.HEADER_UNREADABLE,
    "jws-payload": Code.CONTENT_UNREADABLE,
}
_SEPARATORS: Final = 2
_TYPES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})
_KNOWN_TYPES: Final = _TYPES | {"VerifiableCredential"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a token says, believed by nobody yet; without a `jws` there is nothing to go on with."""

    findings: tuple[Finding, ...]
    jws: Jws | None = None
    claims: JsonObject

    @property
    def issuer(self) -> str | None:
        """Return the issuer's id it names."""
        named = self.claims.get("issuer")
        return _text(named.get("id") if isinstance(named, dict) else named)

    @property
    def credential_id(self) -> UUID | None:
        """Return its own id, when it is a `urn:uuid:` in its one spelling."""
        text = _text(self.claims.get("id")) or ""
        try:
            number = UUID(text.removeprefix(_URN))
        except ValueError:
            return None
        return number if text == f"{_URN}{number}" else None

    @property
    def achievement(self) -> str | None:
        """Return the id of what was earned."""
        return _text(_member(self.claims, "credentialSubject", "achievement", "id"))

    @property
    def achievement_version(self) -> str | None:
        """Return the version of what was earned."""
        return _text(_member(self.claims, "credentialSubject", "achievement", "version"))

    @property
    def status_list(self) -> str | None:
        """Return the address of the status list it names."""
        return _text(_member(self.claims, "credentialStatus", "statusListCredential"))

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the payload, as the register keeps it."""
        return hashlib.sha256(self.jws.payload if self.jws else b"").hexdigest()


def read_token(token: str) -> Reading:
    """Read a token: check 1, and check 2 when there is something to read."""
    try:
        jws, claims = vc_jwt.read(token)
    except ProofRefusedError as refusal:
        return Reading(findings=_refusal(refusal, token), claims={})
    readable = ok(Check.PARSE, Code.READABLE)
    fault = _profile_fault(claims)
    if fault is not None:
        return Reading(findings=(readable, failed(Check.PROFILE, fault)), claims={})
    followed = ok(Check.PROFILE, Code.PROFILE_FOLLOWED)
    return Reading(findings=(readable, followed), jws=jws, claims=claims)


def _refusal(refusal: ProofRefusedError, token: str) -> tuple[Finding, ...]:
    if refusal.code in _PROFILE_CODES:
        fault = failed(Check.PROFILE, _PROFILE_CODES[refusal.code])
        return ok(Check.PARSE, Code.READABLE), fault
    # Text with another number of dots was no attempt at a token; say so rather than "spelling".
    code = _PARSE_CODES.get(refusal.code, Code.NOT_CANONICAL)
    if code is Code.NOT_CANONICAL and token.count(".") != _SEPARATORS:
        code = Code.NOT_A_JWS
    return (failed(Check.PARSE, code),)


def _profile_fault(claims: JsonObject) -> Code | None:
    # VCDM 2.0 §4.3 and credentials.md 8, 38-41: the pinned list and nothing beside it, so that no
    # term can mean something else, and no status or end date can hide under an alias.
    if claims.get("@context") != list(CONTEXTS):
        return Code.CONTEXT_REFUSED
    types = claims.get("type")
    if (
        not isinstance(types, list)
        or not all(isinstance(one, str) and one in _KNOWN_TYPES for one in types)
        or "VerifiableCredential" not in types
        or _TYPES.isdisjoint(one for one in types if isinstance(one, str))
    ):
        return Code.TYPE_REFUSED
    return None


def _member(value: JsonValue, *names: str) -> JsonValue:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: JsonValue) -> str | None:
    # PostgreSQL keeps no NUL, so nothing we hold can be named with one.
    return value if isinstance(value, str) and "\0" not in value else None
