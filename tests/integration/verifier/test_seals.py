"""Sealed papers and European credentials over HTTP: what programs and people are told of a seal."""

import asyncio
import html
import json
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from services.verifier.settings import Settings
from tests.integration.verifier.reading import carried, visible
from tests.integration.verifier.sending import as_zip, rows_of
from tests.support.handing import a_pdf_with
from tests.support.sealed_documents import seal_compact, seal_document
from tests.support.seals import SCHOOL, a_sealer, alter_pdf, as_pem, seal_pdf, the_authority

pytestmark = pytest.mark.anyio

CHANGED: Final = "The credential is genuine and valid, but the PDF around it was changed"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Give a verifier that trusts one authority on seals."""
    anchors = tmp_path / "anchors.pem"
    anchors.write_bytes(as_pem(the_authority()))
    return settings.model_copy(update={"seal_anchors": anchors})


@pytest.fixture(autouse=True)
async def _end_readers(app: FastAPI) -> Any:
    yield
    await app.state.desk.intake.close()


@pytest.fixture
def paper(token: str) -> bytes:
    """Give a PDF with a genuine credential attached."""
    return a_pdf_with("bewijs.jwt", token.encode())


async def ask(verifier: AsyncClient, body: bytes | str) -> dict[str, Any]:
    headers = {"Content-Type": "application/octet-stream"}
    response = await verifier.post("/v1/verifications", content=body, headers=headers)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def open_page(verifier: AsyncClient, body: bytes, language: str = "en") -> Response:
    page = await verifier.post(f"/?lang={language}", files={"file": ("bewijs", body)})
    assert page.status_code == 200
    return page


async def show(verifier: AsyncClient, body: bytes, language: str = "en") -> str:
    return html.unescape(visible(await open_page(verifier, body, language)))


async def test_a_sealed_paper_says_who_sealed_it_and_makes_nothing_greener(
    verifier: AsyncClient, paper: bytes, token: str
) -> None:
    answer = await ask(verifier, seal_pdf(paper))
    (seal,) = answer["seals"]

    assert answer["verdict"] == (await ask(verifier, token))["verdict"]
    assert (seal["state"], seal["since"], seal["sound"]) == ("intact", "nothing", True)
    assert seal["sealer"] == {
        "name": SCHOOL,
        "organisationId": "NTRNL-12345678",
        "country": "NL",
    }
    assert (seal["standing"], seal["sealedAt"]) == ("anchored", "2026-11-19T12:00:00Z")


async def test_a_paper_that_changed_is_amber_though_the_credential_in_it_is_genuine(
    verifier: AsyncClient, paper: bytes
) -> None:
    answer = await ask(verifier, alter_pdf(seal_pdf(paper)))

    assert (answer["verdict"]["state"], answer["verdict"]["look"]) == ("paper-in-doubt", "amber")
    assert answer["verdict"]["title"]["en"] == CHANGED
    assert answer["checks"][0]["code"] == "paper-changed"
    assert answer["credential"]["who"]["name"] == "Sam de Vries"
    assert answer["seals"][0]["since"] == "changed"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "nl",
            f"Deze PDF is verzegeld door {SCHOOL} op 19 november 2026 en daarna niet veranderd.",
        ),
        ("en", f"This PDF was sealed by {SCHOOL} on 19 November 2026 and has not changed since."),
    ],
)
async def test_the_page_says_who_sealed_the_paper(
    verifier: AsyncClient, paper: bytes, language: str, said: str
) -> None:
    assert said in await show(verifier, seal_pdf(paper), language)


async def test_the_page_says_plainly_that_the_paper_changed(
    verifier: AsyncClient, paper: bytes
) -> None:
    shown = await show(verifier, alter_pdf(seal_pdf(paper)))

    assert f"<h1>{CHANGED}</h1>" in shown
    assert "rely on what is said here, not on what you read in the PDF" in shown
    assert "Genuine and valid</h1>" not in shown


async def test_a_paper_without_a_seal_is_said_to_prove_nothing_itself(
    verifier: AsyncClient, paper: bytes
) -> None:
    answer, shown = await ask(verifier, paper), await show(verifier, paper)

    assert (answer["seals"], answer["verdict"]["state"]) == ([], "valid")
    assert answer["advice"][0]["en"].startswith("Rely on what is said here.")
    assert "We see no seal on this PDF." in shown


async def test_a_seal_by_a_stranger_says_that_nobody_vouches_for_the_name(
    verifier: AsyncClient, paper: bytes
) -> None:
    sealed = seal_pdf(paper, a_sealer("Universiteit Twente"))
    answer = await ask(verifier, sealed)

    assert answer["verdict"]["state"] == "valid"
    assert answer["seals"][0]["standing"] == "unanchored"
    assert "nobody that we trust vouches for it" in await show(verifier, sealed)


async def test_a_sealed_paper_without_a_credential_says_so(verifier: AsyncClient) -> None:
    answer = await ask(verifier, seal_pdf(a_pdf_with("notes.txt", b"Dag!")))

    assert answer["verdict"]["state"] == "not-a-credential"
    assert answer["checks"][0]["explanation"]["en"].startswith("This PDF has a seal, but")
    assert answer["seals"][0]["sealer"]["name"] == SCHOOL


async def test_a_bad_paper_stays_bad_in_another_language_and_a_good_one_is_not_made_up(
    verifier: AsyncClient, paper: bytes
) -> None:
    fields = carried(await open_page(verifier, alter_pdf(seal_pdf(paper)), "nl"))
    english = await verifier.post("/?lang=en", data=fields)
    [again] = fields["again"]
    item = json.loads(again)
    item["paper"] = {"seals": [{"state": "intact", "since": "nothing"}]}
    made_up = await verifier.post("/?lang=en", data={"again": json.dumps(item)})

    assert f"<h1>{CHANGED}</h1>" in english.text
    assert SCHOOL not in english.text
    assert "has not changed since" not in made_up.text
    assert "Genuine and valid" in made_up.text


async def test_a_paper_that_changed_is_amber_in_a_batch_too(
    verifier: AsyncClient, paper: bytes
) -> None:
    changed = alter_pdf(seal_pdf(paper))
    sent = await verifier.post(
        "/v1/verification-batches", files=[("files", ("a.zip", as_zip({"1.pdf": changed})))]
    )
    (row,) = await _wait(verifier, sent)

    assert (row["state"], row["code"]) == ("paper-in-doubt", "paper-changed")
    assert row["firstFailingCheck"]["name"] == "container"


async def test_a_european_credential_is_at_best_amber_and_shows_both_names(
    verifier: AsyncClient, token: str
) -> None:
    answer = await ask(verifier, seal_document())

    assert (answer["verdict"]["state"], answer["verdict"]["look"]) == ("issuer-unknown", "amber")
    assert answer["verdict"]["code"] == "sealer-unlisted"
    said = answer["european"]
    assert (said["title"]["en"], said["earnedBy"]["nl"]) == ("Data in healthcare", "Noor de Vries")
    assert (said["issuerName"]["nl"], said["sealer"]["name"]) == (SCHOOL, SCHOOL)
    assert (said["standing"], said["sealedByIssuer"]) == ("anchored", True)
    assert answer["credential"] is None


async def test_an_altered_european_credential_shows_nothing(
    verifier: AsyncClient, token: str
) -> None:
    altered = seal_document().replace("Data in de zorg", "Arts")
    answer, shown = await ask(verifier, altered), await show(verifier, altered.encode())

    assert (answer["verdict"]["state"], answer["european"]) == ("altered", None)
    for told in (json.dumps(answer), shown):
        assert "Noor" not in told
        assert "Arts" not in told


async def test_the_page_shows_a_european_credential_in_its_own_words(
    verifier: AsyncClient, token: str
) -> None:
    shown = await show(verifier, seal_document(sealer=a_sealer("Somebody")).encode())

    assert "Not changed since it was sealed, but we do not know by whom" in shown
    assert "Noor de Vries" in shown
    assert "nobody that we trust vouches for that" in shown


async def test_a_compact_european_credential_is_judged_the_same(
    verifier: AsyncClient, token: str
) -> None:
    assert (await ask(verifier, seal_compact()))["verdict"]["code"] == "sealer-unlisted"


async def _wait(verifier: AsyncClient, sent: Response) -> list[dict[str, Any]]:
    assert sent.status_code in {200, 202}, sent.text
    batch = f"/v1/verification-batches/{sent.json()['batchId']}"
    while not (await verifier.get(batch)).json()["done"]:
        await asyncio.sleep(0.1)
    return await rows_of(verifier, sent)
