"""Bytes as they arrive, in pieces of one size, counted; and the text in them, its encoding found.

Apart from the formats, because CSV, JSON and NDJSON all begin with it. The encoding is decided at
the first byte that is not ASCII, by the piece it is in: until then every candidate says the same.
"""

import codecs
import io
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import BinaryIO, Final

from services.issuer.batches.refusals import FileRefusedError, Refusal

PIECE: Final = 64 * 1024
UTF_8: Final = "utf-8"
CP1252: Final = "cp1252"
DAMAGED: Final = "\N{REPLACEMENT CHARACTER}"
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Encoding(StrEnum):
    """An encoding that lists are found in."""

    UTF_8 = "utf-8"
    CP1252 = "cp1252"
    UTF_16 = "utf-16"
    ISO_8859_15 = "iso-8859-15"
    CP850 = "cp850"
    MAC_ROMAN = "mac-roman"


def size_in_words(size: int) -> str:
    """Say a number of bytes as people do."""
    return f"{size / 1024**2:,.0f} MB".replace(",", ".")


def pieces(source: BinaryIO | Iterable[bytes], *, limit: int) -> Iterator[bytes]:
    """Give the bytes in pieces of one size, however they arrive; more than the limit is refused."""
    waiting: list[bytes] = []
    held = total = 0
    for chunk in _chunks(source):
        total += len(chunk)
        if total > limit:
            raise FileRefusedError(Refusal.TOO_LARGE, size_in_words(limit))
        waiting.append(bytes(chunk))
        held += len(chunk)
        if held >= PIECE:
            whole = b"".join(waiting)
            cut = held - held % PIECE
            for start in range(0, cut, PIECE):
                yield whole[start : start + PIECE]
            waiting, held = [whole[cut:]], held - cut
    if held:
        yield b"".join(waiting)


def _chunks(source: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    read = getattr(source, "read", None)
    if read is None:
        yield from source
        return
    while chunk := read(PIECE):
        yield chunk


class Text(Iterator[str]):
    """The text in pieces of bytes, and how it turned out to be encoded."""

    def __init__(self, source: Iterator[bytes], encoding: str | None = None) -> None:
        self._source = source
        self._decoder: codecs.IncrementalDecoder | None = None
        self._is_first = True
        self._is_over = False
        self.encoding = "ascii"
        self.is_damaged = False
        if encoding is not None:
            self._choose(encoding)

    def __next__(self) -> str:
        """Return the text of the next piece."""
        if self._is_over:
            raise StopIteration
        piece = next(self._source, None)
        if piece is None:
            self._is_over = True
            text = self._decoder.decode(b"", final=True) if self._decoder else ""
        else:
            text = self._decode(piece)
        if DAMAGED in text:
            self.is_damaged = True
        # PostgreSQL and XML keep no NUL; it is damage in any case.
        return text.replace("\0", DAMAGED)

    def _decode(self, piece: bytes) -> str:
        if self._is_first:
            self._is_first = False
            piece = self._unmarked(piece)
        if self._decoder is None:
            if piece.isascii():
                return piece.decode("ascii")
            self._choose(UTF_8 if _is_utf_8(piece) else CP1252)
        return self._decoder.decode(piece) if self._decoder else ""

    def _unmarked(self, piece: bytes) -> bytes:
        if piece.startswith(codecs.BOM_UTF8):
            self._choose(UTF_8)
            return piece.removeprefix(codecs.BOM_UTF8)
        if piece.startswith(_UTF_16):
            self._choose("utf-16")
        return piece

    def _choose(self, encoding: str) -> None:
        self.encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")


def _is_utf_8(piece: bytes) -> bool:
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def lines(texts: Iterable[str], *, limit: int) -> Iterator[str]:
    """Give lines with their endings (LF, CRLF or CR); a longer one than the limit is refused."""
    tail, number = "", 0
    for text in texts:
        whole = tail + text
        # A CR at the very end may be half of a CRLF.
        cut = max(whole.rfind("\n"), whole.rfind("\r", 0, len(whole) - 1)) + 1
        if cut:
            for line in io.StringIO(whole[:cut], newline=""):
                number += 1
                yield line
        tail = whole[cut:]
        if len(tail) > limit:
            raise FileRefusedError(Refusal.ROW_LARGE, number + 1, row=number + 1)
    yield from io.StringIO(tail, newline="")
