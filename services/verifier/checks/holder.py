"""Check 13: is it of the person somebody names, or of whoever shows it (OB 3.0 §9.3).

Separate, because it says nothing of the credential: a genuine one of somebody else is genuine. Who
asks gives one identifier; it is compared in constant time, and kept nowhere.
"""

import hmac
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from services.verifier.domain.findings import Check, Code, Finding, failed, not_run, ok, unknown
from shared.proofs.identity import HASH_PREFIX, is_identity
from shared.proofs.pseudonyms import IdentifierRefusedError, normalise_identifier
from shared.strict_json import JsonObject


class IdentifierKind(StrEnum):
    """By what a person is named; the values are those of Open Badges."""

    EMAIL = "emailAddress"
    EDU_ID = "ext:eduID"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class AskedHolder:
    """Whom somebody says the credential is of."""

    kind: IdentifierKind
    value: str = field(repr=False)


def check_holder(claims: JsonObject, asked: AskedHolder | None, binding: Finding | None) -> Finding:
    """Make check 13: whoever shows it first, then the person who is named."""
    if binding is not None and binding.code is Code.BINDING_BROKEN:
        return binding
    if asked is None:
        return binding or not_run(Check.HOLDER, Code.NOT_ASKED)
    subject = claims.get("credentialSubject")
    listed = subject.get("identifier") if isinstance(subject, dict) else None
    named = [
        one
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
        and one.get("identityType") == asked.kind.value
        and _is_comparable(one)
    ]
    spellings = _spellings(asked)
    if not named or not spellings:
        return unknown(Check.HOLDER, Code.HOLDER_NOT_NAMED)
    # Every one is compared, so that the time it takes tells nobody which of them it was.
    if sum(_is(one, spelling) for one in named for spelling in spellings):
        return ok(Check.HOLDER, Code.HOLDER_MATCHES)
    return failed(Check.HOLDER, Code.HOLDER_DIFFERS)


def _spellings(asked: AskedHolder) -> frozenset[str]:
    """Return how issuers may have written it before they hashed it: as it is, or as we do."""
    typed = asked.value.strip()
    if asked.kind is IdentifierKind.NAME:
        return frozenset({typed})
    try:
        return frozenset({typed, normalise_identifier(typed)})
    except IdentifierRefusedError:
        return frozenset()


def _is_comparable(identity: JsonObject) -> bool:
    # OB 3.0 also has MD5: two people can have one such hash, so it says nothing of either.
    kept = identity.get("identityHash")
    if not isinstance(kept, str):
        return False
    return identity.get("hashed") is not True or kept.lower().startswith(HASH_PREFIX)


def _is(identity: JsonObject, spelling: str) -> bool:
    kept, salt = str(identity["identityHash"]), identity.get("salt")
    if identity.get("hashed") is not True:
        return hmac.compare_digest(_plain(kept).encode(), _plain(spelling).encode())
    return is_identity(spelling, salt=salt if isinstance(salt, str) else "", identity_hash=kept)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
