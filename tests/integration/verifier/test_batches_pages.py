"""Batches for people: without JavaScript, in two languages, and gone when they say so."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from tests.integration.verifier.sending import as_form, desk_of, without_hands

pytestmark = pytest.mark.anyio
PERSON = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(autouse=True)
async def at_rest(app: FastAPI) -> AsyncIterator[None]:
    """Wait until nothing is being judged any more, before the database goes."""
    crew = desk_of(app).crew
    yield
    await crew.settle()


async def test_files_lead_to_a_page_with_a_row_each(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    box = await verifier.get("/batches", headers=PERSON)
    files = as_form({"Jansen.jwt": token.encode(), "kapot.jwt": b"eyJ", "nog.jwt": token.encode()})
    sent = await verifier.post("/batches", files=files, headers=PERSON)
    await desk_of(app).crew.settle()
    page = await verifier.get(sent.headers["location"], headers=PERSON)

    assert "<h1>Controleer veel bewijzen tegelijk</h1>" in box.text
    assert sent.status_code == 303
    assert "<h1>De resultaten</h1>" in page.text
    assert page.text.count('<td class="said"><span class="tag') == 3
    assert page.text.index("Jansen.jwt") < page.text.index("kapot.jwt") < page.text.index("nog.jwt")
    assert "Sam de Vries" in page.text
    assert "Hetzelfde als nummer 1" in page.text
    assert "Testbewijs, zonder waarde" in page.text
    assert "refresh" not in page.headers


async def test_the_page_keeps_its_address_to_itself(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    sent = await verifier.post("/batches", files=as_form({"a.jwt": token.encode()}))
    await desk_of(app).crew.settle()
    page = await verifier.get(sent.headers["location"], headers=PERSON)

    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert "style=" not in page.text


async def test_a_page_that_is_not_done_looks_again_by_itself_until_that_is_stopped(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    app.state.batch_desk = without_hands(desk_of(app))
    sent = await verifier.post("/batches", files=as_form({"a.jwt": token.encode()}))
    place = sent.headers["location"].partition("?")[0]

    page = await verifier.get(place, headers=PERSON)
    still = await verifier.get(place, params={"still": "1"}, headers=PERSON)

    assert page.headers["refresh"] == "2"
    assert '<progress aria-labelledby="bar" max="1" value="0">' in page.text
    assert f"{place}?still=1" in page.text
    assert "refresh" not in still.headers


@pytest.mark.parametrize(("language", "heading"), [("nl", "De resultaten"), ("en", "The results")])
async def test_a_page_and_its_files_stay_in_the_language_of_their_reader(
    app: FastAPI, verifier: AsyncClient, token: str, language: str, heading: str
) -> None:
    sent = await verifier.post(
        "/batches", params={"lang": language}, files=as_form({"a.jwt": token.encode()})
    )
    await desk_of(app).crew.settle()
    page = await verifier.get(sent.headers["location"], headers=PERSON)

    assert f"lang={language}" in sent.headers["location"]
    assert f'<html lang="{language}">' in page.text
    assert f"<h1>{heading}</h1>" in page.text


async def test_the_results_can_be_taken_along(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    sent = await verifier.post("/batches", files=as_form({"a.jwt": token.encode()}))
    await desk_of(app).crew.settle()
    place = sent.headers["location"].partition("?")[0]

    book = await verifier.get(f"{place}/results", headers=PERSON)
    table = await verifier.get(
        f"{place}/results", params={"format": "csv", "lang": "en"}, headers=PERSON
    )

    assert book.headers["content-disposition"] == 'attachment; filename="verifications.xlsx"'
    assert "Genuine and valid" in table.text


async def test_a_person_can_wipe_everything_at_once(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    sent = await verifier.post("/batches", files=as_form({"a.jwt": token.encode()}))
    await desk_of(app).crew.settle()
    place = sent.headers["location"].partition("?")[0]

    wiped = await verifier.post(f"{place}/wipings", headers=PERSON)
    after = await verifier.get(wiped.headers["location"], headers=PERSON)
    gone = await verifier.get(place, headers=PERSON)

    assert wiped.status_code == 303
    assert "zijn gewist" in after.text
    assert gone.status_code == 404
    assert "text/html" in gone.headers["content-type"]


async def test_no_file_and_too_many_files_are_said_beside_the_box(verifier: AsyncClient) -> None:
    nothing = await verifier.post("/batches", files=as_form({"": b""}), headers=PERSON)
    many = await verifier.post(
        "/batches", files=as_form({f"{one}.jwt": b"eyJ" for one in range(501)}), headers=PERSON
    )

    assert (nothing.status_code, many.status_code) == (400, 400)
    assert "Er is niets om te controleren" in nothing.text
    assert "meer dan 500 bewijzen" in many.text
    for page in (nothing, many):
        assert 'role="alert"' in page.text


async def test_what_a_file_is_called_stays_text(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    sent = await verifier.post("/batches", files=as_form({"<script>alert(1)": token.encode()}))
    await desk_of(app).crew.settle()
    page = await verifier.get(sent.headers["location"], headers=PERSON)

    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text
