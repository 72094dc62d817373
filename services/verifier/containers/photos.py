"""The QR codes in a photo or a screenshot, also one that is turned, blurred, small or inverted.

Apart from what is baked into a picture (`png`, `svg`): here only what can be seen counts. Pixels
are counted before any is decoded, of an animation only the first picture is looked at, and colours
become grey while decoding, which takes a third of the memory.
"""

import io
from collections.abc import Iterator
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from services.verifier.containers.contents import Contents, Found, NotReadError
from services.verifier.containers.limits import Limits
from services.verifier.domain.refusals import RefusalCode

_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_QR: Final = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode]
)
_WHITE: Final = 255
_LARGE: Final = 4_000_000
_SMALL: Final = 1_500_000
_HARDER: Final = 12_000_000
_BROKEN: Final = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, TypeError)


def read_photo(picture: bytes, limits: Limits) -> Contents:
    """Return the texts of the QR codes in a picture; or raise NotReadError."""
    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as image:
            grey = _grey(image, limits)
    except NotReadError:
        raise
    except Image.DecompressionBombError:
        raise NotReadError(RefusalCode.PIXELS_MANY) from None
    except _BROKEN:
        raise NotReadError(RefusalCode.PICTURE_DAMAGED) from None
    texts = codes_in(grey, limits)
    return Contents(found=tuple(Found(content=text.encode("utf-8", "replace")) for text in texts))


def codes_in(grey: Image.Image, limits: Limits) -> tuple[str, ...]:
    """Return the texts of the QR codes in a grey picture; looks harder when there is none."""
    for version in _versions(grey):
        codes = zxingcpp.read_barcodes(version, formats=_QR)
        texts = dict.fromkeys(code.text for code in codes if code.valid and code.text)
        if texts:
            return tuple(texts)[: limits.codes]
    return ()


def _versions(grey: Image.Image) -> Iterator[Image.Image]:
    yield grey
    size = grey.width * grey.height
    if size > _HARDER:
        grey = grey.reduce(2)
        size = grey.width * grey.height
        yield grey
    bright = ImageOps.autocontrast(grey, cutoff=1)
    yield bright
    if size <= _SMALL:
        larger = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.LANCZOS)
        yield larger
        yield larger.filter(ImageFilter.UnsharpMask(radius=3, percent=400, threshold=0))
    yield bright.filter(ImageFilter.MedianFilter(3))
    if size > _LARGE:
        yield bright.reduce(2)


def _grey(image: Image.Image, limits: Limits) -> Image.Image:
    if image.width * image.height > limits.pixels:
        raise NotReadError(RefusalCode.PIXELS_MANY)
    if image.format == "JPEG":
        image.draft("L", image.size)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        shade, cover = image.convert("LA").split()
        paper = Image.new("L", image.size, _WHITE)
        paper.paste(shade, mask=cover)
        return paper
    return image.convert("L")
