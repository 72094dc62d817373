"""A credential baked into a PNG (Open Badges 3.0 §5.3.1; Open Badges 2.0, baking).

Apart from reading what is drawn (`photos`). Every chunk is walked and its checksum made, nothing is
inflated, and a file that leaves a choice to its reader is refused:
1. sound chunks from IHDR to IEND, no more of them nor more pixels than agreed;
2. no animation, and nothing behind the end that another program reads as something else;
3. exactly one chunk with the keyword, which is `iTXt` (of Open Badges 2.0 `tEXt` too);
4. and it is not compressed.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from services.verifier.containers.contents import Found, NotReadError
from services.verifier.containers.limits import Limits
from services.verifier.domain.handed import Form
from services.verifier.domain.refusals import RefusalCode

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEAD: Final = struct.Struct(">I4s")
_TAIL: Final = 4
_HEADER_LENGTH: Final = 13
_LONGEST: Final = 2**31 - 1  # PNG §5.3
_TEXTS: Final = frozenset({b"iTXt", b"tEXt", b"zTXt"})
_OB3: Final = b"openbadgecredential"
_OB2: Final = b"openbadges"
_ZIP_END: Final = b"PK\x05\x06"


def unbake(picture: bytes, limits: Limits) -> Found | None:
    """Return the credential baked into a PNG, None when there is none, or raise NotReadError."""
    baked: list[tuple[bytes, bytes, bytes]] = []
    end = len(_SIGNATURE)
    for number, (kind, content) in enumerate(_chunks(picture)):
        if number >= limits.png_chunks:
            raise NotReadError(RefusalCode.PNG_DAMAGED)
        if number == 0:
            _check_header(kind, content, limits)
        if kind == b"acTL":
            raise NotReadError(RefusalCode.PNG_ANIMATED)  # 2
        if kind in _TEXTS:
            keyword, _, rest = content.partition(b"\0")
            if keyword in {_OB3, _OB2}:
                baked.append((kind, keyword, rest))
        end += _HEAD.size + len(content) + _TAIL
    if len(picture) > end and (baked or _ZIP_END in picture[end:]):
        raise NotReadError(RefusalCode.PNG_CONTINUES)  # 2
    if not baked:
        return None
    if len(baked) > 1:
        raise NotReadError(RefusalCode.PNG_TWO_CREDENTIALS)  # 3
    return _read(*baked[0])


def _check_header(kind: bytes, content: bytes, limits: Limits) -> None:
    if kind != b"IHDR" or len(content) != _HEADER_LENGTH:
        raise NotReadError(RefusalCode.PNG_DAMAGED)
    width, height = struct.unpack(">II", content[:8])
    if not width or not height:
        raise NotReadError(RefusalCode.PNG_DAMAGED)
    if width * height > limits.pixels:
        raise NotReadError(RefusalCode.PIXELS_MANY)


def _read(kind: bytes, keyword: bytes, rest: bytes) -> Found:
    form = Form.OPEN_BADGES_2 if keyword == _OB2 else None
    if kind == b"zTXt":
        raise NotReadError(RefusalCode.PNG_COMPRESSED)  # 4
    if kind == b"tEXt":
        if form is None:
            raise NotReadError(RefusalCode.PNG_WRONG_CHUNK)  # 3
        return Found(content=rest, form=form)
    if rest[:1] != b"\0":
        raise NotReadError(RefusalCode.PNG_COMPRESSED)  # 4
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:  # noqa: PLR2004 - PNG §11.3.3.4: language, translated keyword, text
        raise NotReadError(RefusalCode.PNG_DAMAGED)
    return Found(content=parts[2], form=form)


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, kind, whole = len(_SIGNATURE), b"", memoryview(picture)
    while kind != b"IEND":
        head = whole[at : at + _HEAD.size]
        if len(head) < _HEAD.size:
            raise NotReadError(RefusalCode.PNG_DAMAGED)
        length, kind = _HEAD.unpack(head)
        start = at + _HEAD.size
        tail = whole[start + length : start + length + _TAIL]
        if length > _LONGEST or len(tail) < _TAIL:
            raise NotReadError(RefusalCode.PNG_DAMAGED)
        content = whole[start : start + length]
        if zlib.crc32(content, zlib.crc32(kind)) != int.from_bytes(tail):
            raise NotReadError(RefusalCode.PNG_DAMAGED)  # 1
        yield kind, bytes(content)
        at = start + length + _TAIL
