"""How much of what a stranger hands in is read (credentials.md appendix B).

Apart from the readers, so that a test can make each of them small.
"""

from dataclasses import dataclass
from typing import Final

_MEGABYTE: Final = 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sizes in bytes, unless their name says what they count."""

    file_bytes: int = 64 * _MEGABYTE
    picture_bytes: int = 5 * _MEGABYTE
    photo_bytes: int = 20 * _MEGABYTE
    pdf_bytes: int = 20 * _MEGABYTE
    text_bytes: int = _MEGABYTE
    table_bytes: int = 16 * _MEGABYTE
    """A CSV file, or a workbook with everything in it unpacked."""
    json_depth: int = 32

    pixels: int = 40_000_000
    png_chunks: int = 10_000
    svg_elements: int = 200_000
    svg_depth: int = 256
    codes: int = 20
    """QR codes of one picture or one page."""
    pdf_pages: int = 10
    page_pixels: int = 10_000_000
    """Of a page of a PDF, however large it is drawn."""
    pdf_attachments: int = 20
    pdf_seals: int = 10
    seal_seconds: float = 2.0
    """For all seals of a PDF; when they take longer, they were not checked."""

    entries: int = 500
    entry_bytes: int = 5 * _MEGABYTE
    unpacked_bytes: int = 64 * _MEGABYTE
    rows: int = 5_000
    columns: int = 100
    proofs: int = 500


LIMITS: Final = Limits()
