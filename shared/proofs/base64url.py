"""RFC 4648 section 5: base64url without padding, with exactly one spelling for every value.

Separate because Python's own decoder forgives what a signature must not: it skips foreign
characters and drops left-over bits, so that two different tokens would be the same proof.
"""

from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Mapping

from shared.proofs import ProofRefusedError

_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# By how many characters stand in the last group of four: those it may end with, spare bits zero.
_LAST_CHARACTERS: Mapping[int, bytes] = {0: _ALPHABET, 2: b"AQgw", 3: b"AEIMQUYcgkosw048"}


class Base64UrlRefusedError(ProofRefusedError):
    """A part of the proof is not base64url."""

    code = "base64url-refused"
    dutch = "Een deel van het bewijs is geen base64url."


class PaddingRefusedError(Base64UrlRefusedError):
    """A part of the proof carries '=' padding, which the compact form leaves out."""

    code = "base64url-padding"
    dutch = (
        "Een deel van het bewijs heeft opvulling met '=', die er in de compacte vorm niet hoort."
    )


class AlphabetRefusedError(Base64UrlRefusedError):
    """A part of the proof has a character outside the base64url alphabet."""

    code = "base64url-alphabet"
    dutch = "Een deel van het bewijs heeft een teken dat niet in base64url voorkomt."


class LengthRefusedError(Base64UrlRefusedError):
    """A part of the proof has a length no base64url text can have."""

    code = "base64url-length"
    dutch = "Een deel van het bewijs heeft een lengte die base64url niet kan hebben."


class TrailingBitsRefusedError(Base64UrlRefusedError):
    """A part of the proof spells its last byte in a way that is not the canonical one."""

    code = "base64url-trailing-bits"
    dutch = "Een deel van het bewijs schrijft zijn laatste byte niet op de enige juiste manier."


def encode(content: bytes) -> bytes:
    """Spell bytes as unpadded base64url (ASCII bytes)."""
    return urlsafe_b64encode(content).rstrip(b"=")


def decode(text: bytes) -> bytes:
    """Read unpadded, canonical base64url (ASCII bytes); raise Base64UrlRefusedError otherwise."""
    if text.translate(None, _ALPHABET):
        if b"=" in text:
            raise PaddingRefusedError
        raise AlphabetRefusedError
    last_characters = _LAST_CHARACTERS.get(len(text) % 4)
    if last_characters is None:
        raise LengthRefusedError
    if text[-1:] not in last_characters:
        raise TrailingBitsRefusedError
    return a2b_base64(text.translate(_TO_STANDARD) + b"=" * (-len(text) % 4))


def decode_text(text: str) -> bytes:
    """Read unpadded, canonical base64url from a string; raise Base64UrlRefusedError otherwise."""
    if not text.isascii():
        raise AlphabetRefusedError
    return decode(text.encode("ascii"))
