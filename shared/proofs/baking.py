"""Baking a credential into its picture (Open Badges 3.0, document formats PNG and SVG).

Apart from drawing, because the place of the credential in the file is a format others read. Both
work on a copy, and on a picture that was baked before: what was in it is taken out first, so that
there is never more than one, which would leave a choice to who reads.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

KEYWORD: Final = b"openbadgecredential"
NAMESPACE: Final = "https://purl.imsglobal.org/ob/v3p0"
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_TEXTS: Final = frozenset({b"iTXt", b"tEXt", b"zTXt"})
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_ROOT: Final = re.compile(rb"<svg\b([^>]*)>")
_DECLARED: Final = re.compile(rb'\s+xmlns:openbadges="[^"]*"')
_BAKED: Final = re.compile(
    rb"<openbadges:credential\b[^>]*?(?:/>|>.*?</openbadges:credential\s*>)", re.DOTALL
)


class NotBakeableError(ValueError):
    """This is not a picture a credential can be baked into, or not a compact JWS to bake."""


def bake_png(picture: bytes, token: str) -> bytes:
    """Return the PNG with a compact JWS in its one `iTXt` chunk `openbadgecredential`.

    Uncompressed, without language and translated keyword, right after the header (PNG §11.3.3.4).
    """
    _check_token(token)
    baked = bytearray(_SIGNATURE)
    for kind, content in _chunks(picture):
        if kind in _TEXTS and content.partition(b"\0")[0] == KEYWORD:
            continue
        baked += _chunk(kind, content)
        if kind == b"IHDR":
            baked += _chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + token.encode("ascii"))
    return bytes(baked)


def bake_svg(picture: bytes, token: str) -> bytes:
    """Return the SVG with a compact JWS as `<openbadges:credential verify="…">`, first of all.

    For drawings of our own: the root is `<svg …>` and no text in it looks like a tag.
    """
    _check_token(token)
    bare = _BAKED.sub(b"", picture)
    root = _ROOT.search(bare)
    if root is None:
        raise NotBakeableError("no SVG")
    attributes = _DECLARED.sub(b"", root[1])
    opened = b"<svg" + attributes + f' xmlns:openbadges="{NAMESPACE}">'.encode()
    credential = f'<openbadges:credential verify="{token}"></openbadges:credential>'.encode()
    return bare[: root.start()] + opened + credential + bare[root.end() :]


def _check_token(token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise NotBakeableError("no compact JWS")


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give the chunks of a PNG, with sound lengths and checksums; raise NotBakeableError."""
    if not picture.startswith(_SIGNATURE):
        raise NotBakeableError("no PNG")
    at, kind = len(_SIGNATURE), b""
    while kind != b"IEND":
        head = picture[at : at + 8]
        if len(head) < 8:  # noqa: PLR2004 - PNG §5.3: four bytes of length and four of type
            raise NotBakeableError("the PNG breaks off")
        length, kind = struct.unpack(">I4s", head)
        content, checksum = picture[at + 8 : at + 8 + length], picture[at + 8 + length :][:4]
        if checksum != _checksum(kind, content):
            raise NotBakeableError("a chunk of the PNG is damaged")
        yield kind, content
        at += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content), kind) + content + _checksum(kind, content)


def _checksum(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(kind + content))
