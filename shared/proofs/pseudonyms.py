"""RFC 2104 HMAC pseudonyms: one learner, one opaque name outside the issuer.

Separate because every service that compares learners must normalise alike: a stray capital or an
accent composed otherwise would split one person in two.
"""

import hmac
import unicodedata
from typing import Final
from uuid import UUID

from shared.errors import RuleError
from shared.proofs import base64url

MIN_KEY_BYTES: Final = 32
MAX_IDENTIFIER_CHARACTERS: Final = 320
_URN_UUID: Final = "urn:uuid:"
_UUID_CHARACTERS: Final = 36


class IdentifierRefusedError(RuleError):
    """A learner is known by an e-mail address or eduID: no spaces, at most 320 characters."""

    code = "learner-identifier"
    dutch = (
        "Een lerende is bekend met een e-mailadres of eduID: zonder spaties, hoogstens 320 tekens."
    )


def normalise_identifier(identifier: str) -> str:
    """Spell an e-mail address or eduID (urn, uuid, or name@scope) the one way we compare it.

    Trimmed, case folded, Unicode NFC (UAX #15); a uuid without its urn prefix. Case folding also
    the local part of an address splits nobody in two, and no provider tells the two apart.
    """
    stripped = identifier.strip()
    if stripped.isascii():  # as nearly all are; then composing changes nothing
        normalised = stripped.lower()
    else:
        composed = unicodedata.normalize("NFD", stripped).casefold()
        normalised = unicodedata.normalize("NFC", composed)
    if not 0 < len(normalised) <= MAX_IDENTIFIER_CHARACTERS or not _is_visible(normalised):
        raise IdentifierRefusedError
    return _bare_uuid(normalised) or normalised


def pseudonym(key: bytes, identifier: str) -> str:
    """Name a learner: HMAC-SHA256 over the normalised identifier (base64url, 43 characters)."""
    if len(key) < MIN_KEY_BYTES:
        raise ValueError("a pseudonym key has at least 32 bytes")
    digest = hmac.digest(key, normalise_identifier(identifier).encode(), "sha256")
    return base64url.encode(digest).decode("ascii")


def _is_visible(text: str) -> bool:
    """Tell whether no character is a space, control, format, surrogate or unassigned one."""
    if text.isascii():
        return text.isprintable() and " " not in text
    return not any(unicodedata.category(character)[0] in "CZ" for character in text)


def _bare_uuid(text: str) -> str | None:
    bare = text.removeprefix(_URN_UUID)
    try:
        return str(UUID(bare)) if len(bare) == _UUID_CHARACTERS else None
    except ValueError:
        return None
