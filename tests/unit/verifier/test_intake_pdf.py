"""What is attached to a PDF or drawn on it is found; a broken one is refused."""

import io
from dataclasses import replace
from typing import Final

import pypdfium2 as pdfium
import pytest
from PIL import Image

from services.verifier.containers.contents import NotReadError
from services.verifier.containers.limits import LIMITS
from services.verifier.containers.pdf import read_pdf
from services.verifier.domain.refusals import RefusalCode
from tests.support.handing import (
    LINK,
    PAGE,
    PAGES,
    TOKEN,
    a_page,
    a_pdf_of,
    a_pdf_with,
    a_raw_pdf,
)

EMPTY: Final = a_raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", PAGES, PAGE)


def refusal(body: bytes) -> RefusalCode:
    with pytest.raises(NotReadError) as refused:
        read_pdf(body, LIMITS)
    return refused.value.code


def test_a_code_is_read_from_the_page_it_is_on() -> None:
    blank = Image.new("L", (595, 842), 255)

    contents = read_pdf(a_pdf_of(blank, a_page(width=595)), LIMITS)

    assert [(one.content.decode(), one.place.page) for one in contents.found] == [(LINK, 2)]
    assert contents.refusals == ()
    assert contents.seals == ()


def test_a_file_attached_is_given_with_its_name() -> None:
    contents = read_pdf(a_pdf_with("credential.jwt", TOKEN.encode()), LIMITS)

    (found,) = contents.found
    assert (found.content, found.place.attachment) == (TOKEN.encode(), "credential.jwt")
    assert found.is_file


def test_no_more_attachments_are_read_than_agreed_nor_larger_ones() -> None:
    document = pdfium.PdfDocument(EMPTY)
    for number in range(4):
        document.new_attachment(f"{number}").set_data(b"x" * (10 + number))
    file = io.BytesIO()
    document.save(file)
    document.close()

    contents = read_pdf(file.getvalue(), replace(LIMITS, pdf_attachments=3, entry_bytes=11))

    assert [one.place.attachment for one in contents.found] == ["0", "1"]


def test_pages_past_the_tenth_are_left_and_that_is_said() -> None:
    blank = Image.new("L", (60, 60), 255)

    contents = read_pdf(a_pdf_of(*[blank] * 10, a_page()), LIMITS)

    assert contents.found == ()
    assert [one.code for one in contents.refusals] == [RefusalCode.PDF_PAGES_LEFT]


def test_a_locked_pdf_is_refused_as_locked() -> None:
    lock = b"<< /Filter /Standard /V 1 /R 2 /O <%b> /U <%b> /P -4 >>" % (b"11" * 32, b"22" * 32)
    body = a_raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        PAGES,
        PAGE,
        trailer=b"/ID [<00> <00>] /Encrypt %b" % lock,
    )

    assert refusal(body) is RefusalCode.PDF_LOCKED


@pytest.mark.parametrize("body", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\xff" * 5000, EMPTY[:60]])
def test_a_pdf_that_is_none_is_refused_as_damaged(body: bytes) -> None:
    assert refusal(body) is RefusalCode.PDF_DAMAGED


def test_a_page_of_any_size_costs_no_more_pixels_than_agreed() -> None:
    vast = PAGE.replace(b"200 200", b"14400 14400")

    assert read_pdf(EMPTY.replace(PAGE, vast), LIMITS).found == ()
