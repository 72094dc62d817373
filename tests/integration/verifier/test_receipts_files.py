"""A receipt states the file that was handed in, by API and by page, and no file that was not."""

import hashlib
import json

import pytest
from httpx import AsyncClient, Response

from shared.contracts.receipt import Receipt
from shared.proofs.receipts import digest_of, is_about, is_of_file, read_key_set, read_receipt
from tests.integration.verifier.reading import carried
from tests.support.handing import a_pdf_with, a_zip
from tests.support.receipts import PATH, Office
from tests.support.shares import PATH as SHARES
from tests.unit.verifier.test_receipts_paper import attachments, text_of

pytestmark = pytest.mark.anyio


def a_pdf(token: str) -> bytes:
    return a_pdf_with("bewijs.jwt", token.encode())


async def of_paper(client: AsyncClient, paper: Response) -> Receipt:
    """Believe the receipt that a PDF has with it."""
    assert paper.status_code == 200, paper.text
    keys = read_key_set((await client.get("/.well-known/jwks.json")).content)
    [(_, attached)] = attachments(paper.content)
    return read_receipt(attached, keys=keys).content


async def test_of_a_file_the_api_states_fingerprint_and_kind(office: Office, token: str) -> None:
    pdf = a_pdf(token)
    raw = await office.client.post(
        PATH, content=pdf, headers={"Content-Type": "application/octet-stream"}
    )
    form = await office.client.post(PATH, files={"file": ("bewijs.doc", pdf, "text/html")})

    for answer in (raw, form):
        assert answer.status_code == 200, answer.text
        content = (await office.believed(answer.json()["receipt"])).content
        assert content.verdict.state == "valid"
        assert content.handed_in.file is not None
        assert content.handed_in.file.sha256 == hashlib.sha256(pdf).hexdigest()
        assert content.handed_in.file.media_type == "application/pdf"
        assert is_of_file(content, pdf)
        assert not is_of_file(content, pdf + b" ")
        assert is_about(content, token.encode())


async def test_of_a_text_in_json_there_is_no_file(office: Office, token: str) -> None:
    content = (await office.believed((await office.make(token)).json()["receipt"])).content

    assert content.handed_in.file is None
    assert not is_of_file(content, token.encode())


@pytest.mark.parametrize(
    "files", [{}, {"file": ("x", b"")}, {"file": ("x", b" \n")}], ids=["none", "empty", "blank"]
)
async def test_a_form_without_a_file_is_nothing_to_verify(
    office: Office, files: dict[str, tuple[str, bytes]]
) -> None:
    answer = await office.client.post(PATH, files=files or {"other": (None, "x")})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request")
    assert answer.json()["detail"].startswith("There is nothing to verify")


async def test_a_form_that_is_none_is_refused(office: Office) -> None:
    broken = await office.client.post(
        PATH, content=b"x", headers={"Content-Type": "multipart/form-data"}
    )
    two = await office.client.post(PATH, files=[("a", b"x"), ("b", b"y")])

    assert (broken.status_code, two.status_code) == (415, 415)


async def test_a_page_carries_the_fingerprint_of_a_file_to_its_receipt(
    signing_verifier: AsyncClient, token: str
) -> None:
    pdf = a_pdf(token)
    page = await signing_verifier.post("/", files={"file": ("bewijs.pdf", pdf)})
    english = await signing_verifier.post("/?lang=en", data=carried(page))
    paper = await signing_verifier.post("/receipts?lang=nl", data=carried(english))
    content = await of_paper(signing_verifier, paper)

    assert is_of_file(content, pdf)
    assert is_about(content, token.encode())
    assert content.handed_in.file is not None
    assert content.handed_in.file.media_type == "application/pdf"
    said = "".join(text_of(paper.content).replace("\u200b", "").split())
    assert content.handed_in.file.sha256 in said


async def test_every_credential_of_an_archive_states_the_archive(
    signing_verifier: AsyncClient, token: str
) -> None:
    archive = a_zip([("a.jwt", token.encode()), ("b.jwt", token.encode())])
    page = await signing_verifier.post("/", files={"file": ("twee.zip", archive)})
    paper = await signing_verifier.post("/receipts", data={**carried(page), "show": "2"})
    content = await of_paper(signing_verifier, paper)

    assert is_of_file(content, archive)
    assert content.handed_in.file is not None
    assert content.handed_in.file.media_type == "application/zip"


async def test_a_fingerprint_without_our_word_is_not_signed(
    signing_verifier: AsyncClient, verifier: AsyncClient, token: str
) -> None:
    pdf = a_pdf(token)
    page = await signing_verifier.post("/", files={"file": ("bewijs.pdf", pdf)})
    fields = carried(page)
    [origin] = fields["origin"]
    forged = origin.replace(hashlib.sha256(pdf).hexdigest(), "0" * 64)
    other = json.loads(fields["again"][0]) | {"text": f"{token} "}

    for changed in (
        {**fields, "origin": [forged]},
        {**fields, "origin": ["{}"]},
        {**fields, "origin": [origin, origin]},
        {**fields, "again": [json.dumps(other)]},
    ):
        content = await of_paper(
            signing_verifier, await signing_verifier.post("/receipts", data=changed)
        )
        assert content.handed_in.file is None
    closed = await verifier.post("/", files={"file": ("bewijs.pdf", pdf)})
    assert carried(closed)["origin"] == [""]


async def test_a_receipt_of_a_link_is_about_the_link_and_the_credential_and_holds_neither(
    office: Office, token: str
) -> None:
    link = (await office.client.post(SHARES, json={"credential": token})).json()["link"]
    answer = (await office.make(link)).json()
    content = (await office.believed(answer["receipt"])).content

    assert content.verdict.state == "valid"
    assert content.handed_in.sha256 == digest_of(link.encode())
    assert is_about(content, token.encode())
    assert link.partition("#")[2] not in json.dumps(answer)
    assert content.checked_against is not None
    assert content.checked_against.issuer is not None
    assert content.checked_against.issuer.kid is not None
