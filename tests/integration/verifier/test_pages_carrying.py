"""What a page carries along: another language, one verdict of several, and a receipt."""

import json
import re

import pytest
from httpx import AsyncClient

from shared.contracts.credential import VC_CONTEXT
from tests.integration.verifier.gallery import LINK, Gallery
from tests.integration.verifier.reading import carried, hand_in, heading, visible
from tests.support.handing import a_zip
from tests.unit.verifier.forge import header, sign
from tests.unit.verifier.test_receipts_paper import text_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", ["altered", "erased", "issuer-unknown", "no-credential", "link"])
async def test_what_is_not_believed_shows_nothing_of_its_content(
    signing_verifier: AsyncClient, gallery: Gallery, name: str
) -> None:
    page = await hand_in(signing_verifier, gallery, name)
    english = await signing_verifier.post("/?lang=en", data=carried(page))

    for shown in (page, english):
        for word in ("Sam de Vries", "kwantum", "qubit", "Beste Sam", "kJ3sYw0Qm2f8ZrT1vB6c"):
            assert word not in visible(shown)
    [again] = carried(page)["again"]
    assert json.loads(again)["text"] == (gallery.cases[name].text or LINK)


async def test_whose_it_is_is_answered_when_asked_and_stays_asked_in_the_other_language(
    verifier: AsyncClient, gallery: Gallery
) -> None:
    theirs = await hand_in(verifier, gallery, "valid-of-person")
    english = await verifier.post("/?lang=en", data=carried(theirs))

    assert "Het bewijs is van de persoon die u noemt." in theirs.text
    assert "The credential is of the person you name." in english.text


async def test_several_are_a_list_with_a_sentence_for_each_also_for_what_was_refused(
    verifier: AsyncClient, gallery: Gallery
) -> None:
    page = await hand_in(verifier, gallery, "several")

    assert page.text.count('<li class="card ') == 6
    assert page.text.index("De Vries.jwt") < page.text.index("Jansen.jwt")
    assert "diploma.docx" in page.text
    assert "Dit soort bestand kunnen we niet lezen." in page.text
    assert re.findall(r"<strong>(\d)</strong> ([a-z ]+)", page.text) == [
        ("1", "goed"),
        ("1", "let op"),
        ("2", "niet goed"),
        ("2", "onbekend"),
    ]


async def test_one_of_several_can_be_read_in_full_and_left_again(
    verifier: AsyncClient, gallery: Gallery
) -> None:
    several = await hand_in(verifier, gallery, "several")
    second = await verifier.post("/", data={**carried(several), "show": "2"})
    refused = await verifier.post("/?lang=en", data={**carried(several), "show": "6"})
    back = await verifier.post("/?lang=en", data={**carried(second), "whole": "true"})

    assert heading(second).startswith("Ingetrokken door Universiteit Twente")
    assert "Bewijs 2 van 6: Jansen.jwt" in second.text
    assert heading(refused) == "This is not a credential we can check"
    assert "We cannot read this kind of file." in refused.text
    assert heading(back) == "1 of the 6 credentials is good"


async def test_fifty_files_in_an_archive_are_fifty_rows(verifier: AsyncClient, token: str) -> None:
    fifty = a_zip([(f"{number}.jwt", token.encode()) for number in range(50)])
    page = await verifier.post("/", files={"file": ("sollicitanten.zip", fifty)})

    assert heading(page) == "Alle 50 bewijzen zijn goed"
    assert page.text.count('<li class="card green">') == 50


async def test_what_a_page_hands_in_again_is_believed_no_more_than_a_new_one(
    verifier: AsyncClient, token: str
) -> None:
    page = await verifier.post("/", data={"credential": token})
    [again] = carried(page)["again"]
    altered = await verifier.post("/", data={"again": again.replace(token[-9:], "A" * 9)})
    broken = await verifier.post("/", data={"again": "{"}, headers={"Accept": "text/html"})
    beyond = await verifier.post("/", data={"again": again, "show": "7"})

    assert heading(altered).startswith("Niet te vertrouwen")
    assert (broken.status_code, heading(broken)) == (400, "Dit kunnen we niet lezen")
    assert heading(beyond) == "Echt en geldig"


@pytest.mark.parametrize(("with_person", "is_named"), [("false", False), ("true", True)])
async def test_a_receipt_is_a_pdf_that_names_the_person_only_when_asked(
    signing_verifier: AsyncClient, token: str, with_person: str, *, is_named: bool
) -> None:
    page = await signing_verifier.post("/", data={"credential": token})
    receipt = await signing_verifier.post(
        "/receipts?lang=nl", data={**carried(page), "withPerson": with_person}
    )

    assert receipt.headers["content-type"] == "application/pdf"
    assert receipt.headers["cache-control"] == "no-store"
    said = text_of(receipt.content)
    assert "Echt en geldig" in said
    assert ("Sam de Vries" in said) is is_named


async def test_a_receipt_of_what_is_not_believed_cannot_name_anybody(
    signing_verifier: AsyncClient, gallery: Gallery
) -> None:
    page = await hand_in(signing_verifier, gallery, "altered")
    receipt = await signing_verifier.post("/receipts", data={**carried(page), "withPerson": "true"})

    assert 'value="true"' not in page.text
    assert "Sam de Vries" not in text_of(receipt.content)


async def test_no_receipt_is_offered_where_none_is_given_or_nothing_was_read(
    verifier: AsyncClient, signing_verifier: AsyncClient, token: str
) -> None:
    closed = await verifier.post("/", data={"credential": token})
    unread = await signing_verifier.post("/", data={"credential": "Beste Sam"})
    refused = await verifier.post(
        "/receipts", data=carried(closed), headers={"Accept": "text/html"}
    )
    nothing = await signing_verifier.post(
        "/receipts", headers={"Accept": "text/html"}, data={"again": []}
    )

    assert "/receipts" not in closed.text + unread.text
    assert (refused.status_code, heading(refused)) == (503, "Dit lukt nu even niet")
    assert nothing.status_code == 400


async def test_a_presentation_is_carried_along_once(verifier: AsyncClient, token: str) -> None:
    enveloped = [
        {
            "@context": VC_CONTEXT,
            "type": "EnvelopedVerifiableCredential",
            "id": f"data:application/vc+jwt,{one}",
        }
        for one in (token, token[:-8] + "AAAAAAAA")
    ]
    members = {"type": ["VerifiablePresentation"], "verifiableCredential": enveloped}
    presentation = sign({"@context": [VC_CONTEXT], **members}, head=header(typ="vp+jwt"))
    page = await verifier.post("/", data={"credential": presentation})
    second = await verifier.post("/", data={**carried(page), "show": "2"})

    assert len(carried(page)["again"]) == 1
    assert page.text.count('<li class="card ') == 2
    assert heading(second).startswith("Niet te vertrouwen")
