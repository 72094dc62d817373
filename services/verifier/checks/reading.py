"""What was read of a credential, in whatever form it came: believed by nobody yet.

Apart from the readers, one for each form, because the checks after them ask the same of every form:
what it says, who should have signed, and whether these keys signed exactly this.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from services.verifier.domain.findings import Check, Code, Finding, ok
from services.verifier.domain.handed import Form
from shared.contracts.credential import NL_CONTEXT, OB_CONTEXT, VC_CONTEXT
from shared.proofs.public_keys import VerifyingKey
from shared.strict_json import JsonObject, JsonValue

CONTAINER_READ: Final = ok(Check.CONTAINER, Code.CONTAINER_READ)
_URN: Final = "urn:uuid:"
_OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context"
_OB_CONTEXTS: Final = frozenset(
    {OB_CONTEXT, f"{_OB}.json", *(f"{_OB}-3.0.{patch}.json" for patch in range(4))}
)
_TYPES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})
_KNOWN_TYPES: Final = _TYPES | {"VerifiableCredential"}


class Proof(Protocol):
    """A signature that was read: by which keys it says to be, and whether these made it."""

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The keys it names."""

    def believe(self, keys: Mapping[str, VerifyingKey]) -> None:
        """Return when these keys signed exactly this, or raise the rule that is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when until when something says to count, where its claims do not spell it as VCDM."""

    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a credential says; without a `proof` there is nothing to go on with."""

    findings: tuple[Finding, ...]
    claims: JsonObject
    proof: Proof | None = None
    form: Form = Form.VC_JWT
    payload: bytes = field(default=b"", repr=False)
    """The bytes the register knows the credential by; empty when this form has none."""
    window: Window | None = None
    binding: Finding | None = None
    """What is known of whoever shows it, before the credential itself is believed."""

    @property
    def issuer(self) -> str | None:
        """Return the issuer's id it names."""
        named = self.claims.get("issuer", self.claims.get("iss"))
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
    def digest(self) -> str | None:
        """Return the SHA-256 of the payload, as the register keeps it."""
        return hashlib.sha256(self.payload).hexdigest() if self.payload else None


def profile_fault(claims: JsonObject) -> Code | None:
    """Return why this is no credential in the profile: contexts and types (VCDM 2.0 §4.3, §4.5).

    Only pinned contexts and none inline (credentials.md 8, 38-41), so that no term can mean
    something else, and no status or end date can hide under an alias.
    """
    contexts, types = claims.get("@context"), claims.get("type")
    if not isinstance(contexts, list) or not _are_pinned(contexts):
        return Code.CONTEXT_REFUSED
    if (
        not isinstance(types, list)
        or not all(isinstance(one, str) and one in _KNOWN_TYPES for one in types)
        or "VerifiableCredential" not in types
        or _TYPES.isdisjoint(one for one in types if isinstance(one, str))
    ):
        return Code.TYPE_REFUSED
    return None


def _are_pinned(contexts: list[JsonValue]) -> bool:
    if not all(isinstance(one, str) for one in contexts) or contexts[:1] != [VC_CONTEXT]:
        return False
    rest = contexts[1:]
    return bool(rest) and rest[0] in _OB_CONTEXTS and rest[1:] in ([], [NL_CONTEXT])


def _member(value: JsonValue, *names: str) -> JsonValue:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: JsonValue) -> str | None:
    # PostgreSQL keeps no NUL, so nothing we hold can be named with one.
    return value if isinstance(value, str) and "\0" not in value else None
