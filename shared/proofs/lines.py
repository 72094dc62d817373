"""C2SP's lines of text: hashes and numbers in the one spelling a log's texts may give them.

Separate because checkpoints, notes, proofs and requests to a witness are all made of them, and a
second spelling of one value would be a second text under the same signature.
"""

import re
from base64 import b64decode, b64encode
from typing import Final

from shared.proofs import ProofRefusedError
from shared.proofs.merkle import HASH_BYTES, MAX_SIZE

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")


class TextRefusedError(ProofRefusedError):
    """A text of the log is not spelled in the one way it may be."""

    code = "log-text"
    dutch = "Een tekst van het logboek is niet op de enige juiste manier gespeld."


def spell_base64(content: bytes) -> str:
    """Spell bytes in base64, with padding (RFC 4648 §4)."""
    return b64encode(content).decode("ascii")


def parse_base64(text: str) -> bytes:
    """Read canonical base64 with padding (RFC 4648 §4), or raise TextRefusedError."""
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        raise TextRefusedError from None
    if spell_base64(content) != text:
        raise TextRefusedError
    return content


def parse_hash(text: str) -> bytes:
    """Read a hash of 32 bytes in base64, or raise TextRefusedError."""
    content = parse_base64(text)
    if len(content) != HASH_BYTES:
        raise TextRefusedError
    return content


def parse_number(text: str) -> int:
    """Read a number from 0 to 2**63 - 1 in ASCII digits without leading zeros, or raise."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise TextRefusedError
    return int(text)
