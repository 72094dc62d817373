"""Files as people and attackers hand them in, made small: pictures, PDFs, archives, bad readers.

Apart from the tests, because a QR code in a photo, in a PDF and in an archive is the same one. Run
as a program it is a reading process that hangs, dies or lies, by what the file says.
"""

import io
import os
import random
import struct
import sys
import time
import zipfile
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import segno
from PIL import Image, ImageFilter, ImageOps

LINK: Final = "https://waarmerk.example/s/7Q4K-M2XD-9HT7#kJ3sYw0Qm2f8ZrT1vB6c"
HOST: Final = "waarmerk.example"
SCREENSHOT: Final = 595
_WHITE: Final = 255


def part(text: str | bytes) -> str:
    """Write a part of a token."""
    raw = text if isinstance(text, bytes) else text.encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def a_token(payload: str = '{"iss":"did:web:a.example"}', header: str = '{"alg":"ES256"}') -> str:
    """Write a text with the form of a signed token; nobody signed it."""
    return f"{part(header)}.{part(payload)}.{part(b'no signature' * 5)}"


TOKEN: Final = a_token()
SD_JWT: Final = "~".join((a_token('{"_sd":["x"]}'), part('["salt","name","A"]'), ""))


# --- PNG ---------------------------------------------------------------------------------------


def chunk(kind: bytes, content: bytes) -> bytes:
    """Write one chunk of a PNG with the right length and checksum."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", checksum)


def itxt(text: bytes, keyword: bytes = b"openbadgecredential", *, packed: bool = False) -> bytes:
    """Write an `iTXt` chunk."""
    return chunk(b"iTXt", keyword + b"\0" + bytes([packed]) + b"\0\0\0" + text)


def a_png(*chunks: bytes, width: int = 3, height: int = 3, after: bytes = b"") -> bytes:
    """Write a PNG with chunks of our own between its header and its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * (1 + min(width, 64)) * min(height, 64))
    parts = (chunk(b"IHDR", header), *chunks, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + after


def as_bytes(image: Image.Image, kind: str = "PNG", **told: int) -> bytes:
    """Write a picture as a file."""
    file = io.BytesIO()
    image.save(file, kind, **told)
    return file.getvalue()


# --- SVG ---------------------------------------------------------------------------------------

OB3: Final = "https://purl.imsglobal.org/ob/v3p0"


def an_svg(inside: str, *, attributes: str = "", before: str = "") -> bytes:
    """Write a drawing with these elements in it."""
    spaces = (
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xmlns:openbadges="{OB3}"'
    )
    return f"{before}<svg {spaces} {attributes}>{inside}<title>T</title></svg>".encode()


def a_baked_svg(extra: str = "", *, attributes: str = "", before: str = "") -> bytes:
    """Write a drawing with a credential in it, and something else."""
    credential = f'<openbadges:credential verify="{TOKEN}"/>'
    return an_svg(credential + extra, attributes=attributes, before=before)


# --- QR codes ----------------------------------------------------------------------------------


def a_qr(text: str = LINK, *, side: int = 300) -> Image.Image:
    """Draw a QR code of about this many pixels, with its quiet zone."""
    code = segno.make(text, error="q", micro=False)
    scale = max(1, side // code.symbol_size()[0])
    file = io.BytesIO()
    code.save(file, kind="png", scale=scale)
    with Image.open(file) as image:
        return image.convert("L")


def a_page(text: str = LINK, *, width: int = SCREENSHOT, side: int = 120) -> Image.Image:
    """Draw a certificate as it looks on a screen: mostly white, the code in a corner."""
    page = Image.new("L", (width, width * 7 // 5), _WHITE)
    for line in range(20):
        page.paste(90, (40, 60 + 22 * line, width - 60 - (line * 37) % 160, 68 + 22 * line))
    code = a_qr(text, side=side)
    page.paste(code, (width - code.width - 20, page.height - code.height - 20))
    return page


def _seen_aslant(page: Image.Image) -> Image.Image:
    w, h = page.size
    corners = (-0.08 * w, 0, 0.03 * w, 1.06 * h, 1.04 * w, h, 1.1 * w, -0.07 * h)
    return page.transform(
        page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=_WHITE
    )


def _with_noise(page: Image.Image) -> Image.Image:
    chance = random.Random(6)
    noise = Image.frombytes("L", page.size, chance.randbytes(page.width * page.height))
    return Image.blend(page, noise, 0.25)


def _as_jpeg(page: Image.Image, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(as_bytes(page, "JPEG", quality=quality)))


DEGRADED: Final[Mapping[str, Callable[[Image.Image], Image.Image]]] = {
    "as it is": lambda page: page,
    "a quarter turned": lambda page: page.rotate(90, expand=True),
    "upside down": lambda page: page.rotate(180),
    "mirrored": ImageOps.mirror,
    "askew": lambda page: page.rotate(17, Image.Resampling.BICUBIC, expand=True, fillcolor=_WHITE),
    "blurred": lambda page: page.filter(ImageFilter.GaussianBlur(1.2)),
    "JPEG of quality 30": lambda page: _as_jpeg(page, 30),
    "seen aslant": _seen_aslant,
    "light on dark": ImageOps.invert,
    "noisy": _with_noise,
    "dim": lambda page: page.point([90 + value // 6 for value in range(256)]),
    "in colour": lambda page: ImageOps.colorize(page, "#154273", "#fff3c9"),
}


# --- PDF ---------------------------------------------------------------------------------------


def a_pdf_of(*pages: Image.Image) -> bytes:
    """Write pictures as the pages of a PDF."""
    file = io.BytesIO()
    pages[0].save(file, "PDF", save_all=True, append_images=list(pages[1:]), resolution=72)
    return file.getvalue()


def a_raw_pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Write a PDF of these objects, numbered from 1; the first is its catalogue."""
    written = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R %b >>\n" % (len(objects) + 1, trailer)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % start)


def a_stream(content: bytes, told: bytes = b"") -> bytes:
    """Write a stream of a PDF."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), told, content)


PAGES: Final = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE: Final = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"


def a_pdf_with(name: str, content: bytes, told: bytes = b"") -> bytes:
    """Write a PDF of an empty page with one file attached."""
    names = b"<< /EmbeddedFiles << /Names [(%b) 4 0 R] >> >>" % name.encode()
    return a_raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /Names %b >>" % names,
        PAGES,
        PAGE,
        b"<< /Type /Filespec /F (%b) /EF << /F 5 0 R >> >>" % name.encode(),
        a_stream(content, told),
    )


def a_sealed_pdf(*, more: bytes = b"") -> bytes:
    """Write a PDF with a field for a signature of nothing, over all but itself; then `more`."""
    hole = b"<" + b"0" * 64 + b">"
    slot = b"[0000000000 0000000000 0000000000 0000000000]"
    written = a_raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [4 0 R] >> >>",
        PAGES,
        PAGE,
        b"<< /FT /Sig /Type /Annot /Subtype /Widget /T (Seal) /Rect [0 0 0 0] /V 5 0 R >>",
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached "
        b"/ByteRange %b /Contents %b >>" % (slot, hole),
    )
    first = written.index(hole)
    second = first + len(hole)
    ranges = b"[%010d %010d %010d %010d]" % (0, first, second, len(written) - second)
    return written.replace(slot, ranges) + more


def zeros(megabytes: int) -> bytes:
    """Write a zlib stream that inflates to so many megabytes of nothing; it is cheap to make."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b"\0" * 1024**2) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * megabytes + b"\x03\x00" + b"\0\0\0\1"


# --- archives ----------------------------------------------------------------------------------


def a_zip(entries: Sequence[tuple[str, bytes]], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack files in this order, also under a name that is there already."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as packed:
        for name, content in entries:
            entry = zipfile.ZipInfo(name)
            entry.filename = name
            entry.compress_type = packing
            packed.writestr(entry, content)
    return file.getvalue()


def main() -> None:
    """Read one file badly: `hang`, `die`, `lie` or `boast`."""
    sys.stdout.buffer.write(b"\0\0\0\0")
    sys.stdout.buffer.flush()
    length, size = struct.unpack(">II", sys.stdin.buffer.read(8))
    sys.stdin.buffer.read(length)
    wish = sys.stdin.buffer.read(size)
    if wish == b"hang":
        time.sleep(60)
    elif wish == b"lie":
        sys.stdout.buffer.write(struct.pack(">I", 9) + b'{"found":')
    elif wish == b"boast":
        sys.stdout.buffer.write(b"\xff\xff\xff\xff")
    sys.stdout.buffer.flush()
    os._exit(1)


if __name__ == "__main__":
    main()
