"""What a PDF holds: files attached to it, QR codes on its pages, and whether it is sealed.

Apart from pictures, because a page only becomes one here. PDFium runs no script and opens no
address; a password, damage, and more pages than agreed are said, never guessed around.
"""

from collections.abc import Iterator
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as native

from services.verifier.containers.archives import shown
from services.verifier.containers.contents import Contents, Found, NotReadError
from services.verifier.containers.limits import Limits
from services.verifier.containers.photos import codes_in
from services.verifier.containers.seals import has_mark, read_seals
from services.verifier.domain.handed import IntakeRefusal, Place
from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.seals import Seal

_POINTS: Final = 72
_RESOLUTIONS: Final = (150, 300)
_LONGEST_SIDE: Final = 10_000_000


def read_pdf(body: bytes, limits: Limits) -> Contents:
    """Return the attachments, the QR codes and the seals of a PDF; or raise NotReadError."""
    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise NotReadError(
            RefusalCode.PDF_LOCKED if is_locked else RefusalCode.PDF_DAMAGED
        ) from None
    try:
        pages = len(document)
        found = [*_attachments(document, limits), *_codes(document, limits)]
        refusals = (
            [IntakeRefusal(code=RefusalCode.PDF_PAGES_LEFT)] if pages > limits.pdf_pages else []
        )
        return Contents(
            found=tuple(found), refusals=tuple(refusals), seals=_seals(document, body, limits)
        )
    except pdfium.PdfiumError:
        raise NotReadError(RefusalCode.PDF_DAMAGED) from None
    finally:
        document.close()


def _attachments(document: pdfium.PdfDocument, limits: Limits) -> Iterator[Found]:
    for index in range(min(document.count_attachments(), limits.pdf_attachments)):
        attachment = document.get_attachment(index)
        place = Place(attachment=shown(attachment.get_name()))
        try:
            content = bytes(attachment.get_data())
        except pdfium.PdfiumError:
            continue
        if len(content) <= limits.entry_bytes:
            yield Found(content=content, place=place, is_file=True)


def _codes(document: pdfium.PdfDocument, limits: Limits) -> Iterator[Found]:
    for index in range(min(len(document), limits.pdf_pages)):
        page = document[index]
        try:
            texts = _codes_on(page, limits)
        finally:
            page.close()
        for text in texts:
            yield Found(content=text.encode("utf-8", "replace"), place=Place(page=index + 1))


def _codes_on(page: pdfium.PdfPage, limits: Limits) -> tuple[str, ...]:
    width, height = page.get_size()
    if not (0 < width < _LONGEST_SIDE and 0 < height < _LONGEST_SIDE):
        return ()
    largest = (limits.page_pixels / (width * height)) ** 0.5
    scales = dict.fromkeys(min(resolution / _POINTS, largest) for resolution in _RESOLUTIONS)
    for scale in scales:
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            texts = codes_in(bitmap.to_pil().convert("L"), limits)
        finally:
            bitmap.close()
        if texts:
            return texts
    return ()


def _seals(document: pdfium.PdfDocument, body: bytes, limits: Limits) -> tuple[Seal, ...]:
    # Two parsers may see different files in one; a seal that either of them sees counts as one.
    is_seen = native.FPDF_GetSignatureCount(document) > 0
    if not is_seen and not has_mark(body):
        return ()
    return read_seals(body, limits, is_seen=is_seen)
