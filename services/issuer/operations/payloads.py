"""A credential's payload as it is kept: squeezed, then sealed under its learner's key.

Apart from what drafts and reads payloads, so that nobody needs to know how they are kept. Squeezed
(Zstandard, RFC 8878) it takes a third of the room, which the database, its log and every backup
feel for decades; and a row that fits its page is written three times faster than one that does not.
"""

import threading
from typing import Final
from uuid import UUID

import zstandard

from shared.proofs.sealing import DataKey, open_sealed, seal

_LEVEL: Final = 1
_MOST: Final = 1 << 20
_OF_JSON: Final = b"{"


class _Tools(threading.local):
    """What squeezes and what lets go: costly to make, and one thread's own."""

    def __init__(self) -> None:
        self.press = zstandard.ZstdCompressor(level=_LEVEL)
        self.spring = zstandard.ZstdDecompressor()


_TOOLS: Final = _Tools()


def seal_payload(payload: bytes, *, key: DataKey, credential_id: UUID) -> bytes:
    """Seal the payload of this credential, and of no other."""
    return seal(_TOOLS.press.compress(payload), key=key, context=_context(credential_id))


def open_payload(sealed: bytes, *, key: DataKey, credential_id: UUID) -> bytes:
    """Return the payload that was sealed, to the byte."""
    kept = open_sealed(sealed, key=key, context=_context(credential_id))
    if kept.startswith(_OF_JSON):  # kept before payloads were squeezed
        return kept
    return _TOOLS.spring.decompress(kept, max_output_size=_MOST)


def _context(credential_id: UUID) -> bytes:
    return f"credential|{credential_id}".encode()
