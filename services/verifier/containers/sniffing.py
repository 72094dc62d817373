"""Which container this is: by its first bytes, never by a name or a media type.

Apart from the readers, because who hands a file in chooses its name, and a browser its type.
"""

import codecs
from typing import Final

from services.verifier.domain.handed import Container

_WIDE_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BEGINNINGS: Final = (
    (Container.PNG, (b"\x89PNG\r\n\x1a\n",)),
    (Container.PHOTO, (b"\xff\xd8\xff", b"GIF87a", b"GIF89a")),
    (Container.ZIP, (b"PK\x03\x04", b"PK\x05\x06")),
    (Container.TEXT, _WIDE_MARKS),
    (
        Container.OTHER,
        (
            b"\xd0\xcf\x11\xe0",  # Word and Excel of before 2007
            b"\x1f\x8b",  # gzip
            b"7z\xbc\xaf",
            b"Rar!",
            b"\xfd7zXZ",
            b"II*\0",  # TIFF
            b"MM\0*",
            b"{\\rtf",
        ),
    ),
)
_PHOTOS: Final = {b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
_WORKBOOK: Final = b"xl/workbook.xml"
_MEDIA_TYPES: Final = {
    Container.TEXT: "text/plain",
    Container.JSON: "application/json",
    Container.PNG: "image/png",
    Container.SVG: "image/svg+xml",
    Container.PDF: "application/pdf",
    Container.ZIP: "application/zip",
}
_TOKEN: Final = b"eyJ"
_BLANK: Final = b" \t\r\n"
_HEAD: Final = 4096
_PDF_WITHIN: Final = 1024  # ISO 32000-1 annex H.3, note 13: what readers accept before `%PDF-`


def sniff(body: bytes) -> Container:
    """Return what these bytes are; OTHER when no reader here takes them."""
    if body.startswith(_TOKEN):
        return Container.TEXT
    head = body[:_HEAD]
    if head[:4] == b"RIFF":
        return Container.PHOTO if head[8:12] == b"WEBP" else Container.OTHER
    named = next((container for container, marks in _BEGINNINGS if head.startswith(marks)), None)
    if named is not None:
        return named
    written = head.removeprefix(codecs.BOM_UTF8).lstrip(_BLANK)
    if written.startswith((b"{", b"[")):
        return Container.JSON
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return Container.PDF
    return _of_text(body, written)


def _of_text(body: bytes, written: bytes) -> Container:
    if written.startswith(b"<"):
        is_drawing = b"<svg" in written or b":svg" in written
        return Container.SVG if is_drawing else Container.OTHER
    return Container.OTHER if b"\0" in body else Container.TEXT


def media_type_of(body: bytes) -> str:
    """Return the media type (RFC 6838) of what these bytes are, whatever their sender calls it."""
    container = sniff(body)
    if container is Container.PHOTO:
        return next(kind for mark, kind in _PHOTOS.items() if body.startswith(mark))
    if container is Container.ZIP and _WORKBOOK in body:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _MEDIA_TYPES.get(container, "application/octet-stream")


def read_text(body: bytes) -> str:
    """Return a text as its byte order mark, UTF-8, or else a Dutch Windows writes it (cp1252)."""
    if body.startswith(_WIDE_MARKS):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")
