"""A receipt on paper: accessible, in two languages, with the signed receipt in it."""

from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from services.verifier.domain.findings import Outcome
from services.verifier.receipts.paper import ATTACHMENT, SQUARE, printable, render_pdf
from services.verifier.receipts.words import OUTCOMES, WORDS
from shared.contracts.receipt import Receipt, SaidPerson
from shared.proofs.keys import SigningKey
from shared.proofs.receipts import SignedReceipt, sign_receipt
from shared.runtime.language import Language
from tests.unit.verifier.forge import a_token
from tests.unit.verifier.test_receipts import a_receipt

KEY: Final = SigningKey.generate()


def signed(receipt: Receipt) -> SignedReceipt:
    return sign_receipt(receipt, key=KEY)


def attachments(pdf: bytes) -> Iterator[tuple[str, bytes]]:
    document = PdfDocument(pdf)
    for number in range(document.count_attachments()):
        attachment = document.get_attachment(number)
        yield attachment.get_name(), bytes(attachment.get_data())
    document.close()


def text_of(pdf: bytes) -> str:
    document = PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


@pytest.mark.parametrize("language", Language)
def test_it_is_tagged_titled_and_in_the_language_that_was_asked(language: Language) -> None:
    pdf = render_pdf(signed(a_receipt(a_token())), language)

    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert f"/Lang({language})".encode() in pdf
    assert f">{WORDS[language]['title']}</rdf:li></rdf:Alt></dc:title>".encode() in pdf
    document = PdfDocument(pdf)
    assert document.is_tagged()
    assert len(document) <= 2
    document.close()


@pytest.mark.parametrize("language", Language)
def test_it_shows_what_the_receipt_says(language: Language) -> None:
    receipt = a_receipt(a_token(), with_person=True)
    shown = text_of(render_pdf(signed(receipt), language))

    title = receipt.verdict.title
    assert (title.en if language is Language.EN else title.nl) in shown
    assert "Sam de Vries" in shown
    assert OUTCOMES[language]["ok"] in shown
    assert WORDS[language]["test"] in shown
    for check in receipt.checks:
        assert f"({check.code})" in shown


def test_the_signed_receipt_is_in_it_and_nothing_else() -> None:
    one = signed(a_receipt(a_token()))

    assert [*attachments(render_pdf(one, Language.NL))] == [(ATTACHMENT, one.token.encode())]


def test_of_what_is_not_believed_the_paper_shows_nothing() -> None:
    shown = text_of(render_pdf(signed(a_receipt(a_token()[:-4], with_person=True)), Language.EN))

    assert "Sam de Vries" not in shown
    assert WORDS[Language.EN]["hidden"] in shown


def test_both_languages_have_every_word() -> None:
    assert WORDS[Language.NL].keys() == WORDS[Language.EN].keys()
    assert OUTCOMES[Language.NL].keys() == OUTCOMES[Language.EN].keys() == set(Outcome)
    assert all(WORDS[Language.NL][word].strip() for word in WORDS[Language.NL])


def test_a_letter_without_a_form_here_is_a_square_and_said_to_be() -> None:
    receipt = a_receipt(a_token()).model_copy(
        update={"person": SaidPerson(name="\N{CJK UNIFIED IDEOGRAPH-738B} Łukasz Müller")}
    )
    shown = text_of(render_pdf(signed(receipt), Language.EN))

    assert "□ Łukasz Müller" in shown
    assert WORDS[Language.EN]["squares"] in shown


@settings(max_examples=12)
@given(st.text(max_size=60))
def test_no_name_can_keep_a_paper_from_being_drawn(name: str) -> None:
    receipt = a_receipt(a_token()).model_copy(update={"person": SaidPerson(name=name)})
    told = render_pdf(
        SignedReceipt(content=receipt, token="a.b.c", key_id=KEY.public.thumbprint), Language.NL
    )

    assert told.startswith(b"%PDF-")


def test_a_text_is_a_text_and_never_an_instruction() -> None:
    hostile = '#import "@preview/x" *bold* #panic("no") $x$ // \\u{41} `raw` <label> @ref'
    receipt = a_receipt(a_token()).model_copy(update={"person": SaidPerson(name=hostile)})

    assert hostile in text_of(render_pdf(signed(receipt), Language.NL))


@given(st.text())
def test_what_is_printed_can_be_printed(text: str) -> None:
    shown = printable(text)

    assert all(one.isprintable() for one in shown)
    assert printable(shown.replace(SQUARE, "")) == shown.replace(SQUARE, "")
