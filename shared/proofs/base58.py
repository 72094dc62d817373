"""Base58 with the Bitcoin alphabet, as multibase `z`: how Multikey and `proofValue` are written.

Separate because these are texts with one spelling each, so reading must refuse what is close to it.
"""

from typing import Final

from shared.proofs import ProofRefusedError

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET)}
_MULTIBASE: Final = "z"
# Reading is quadratic in the length; keys and signatures have fewer than 100 characters.
_MOST_CHARACTERS: Final = 256


class Base58RefusedError(ProofRefusedError):
    """The text is not multibase base58btc (`z…`)."""

    code = "base58"
    dutch = "De tekst is geen multibase base58btc (`z…`)."


def encode(raw: bytes) -> str:
    """Write bytes as multibase `z`; leading zero bytes are kept, as `1`."""
    number, letters = int.from_bytes(raw), []
    while number:
        number, value = divmod(number, 58)
        letters.append(_ALPHABET[value])
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return _MULTIBASE + _ALPHABET[0] * zeros + "".join(reversed(letters))


def decode(text: str) -> bytes:
    """Read bytes from multibase `z`, or raise Base58RefusedError."""
    body = text.removeprefix(_MULTIBASE)
    if body == text or len(text) > _MOST_CHARACTERS or not set(body) <= _VALUES.keys():
        raise Base58RefusedError
    number = 0
    for letter in body:
        number = number * 58 + _VALUES[letter]
    zeros = len(body) - len(body.lstrip(_ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
