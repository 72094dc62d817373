"""The page: one box, and a verdict a person can read, in two languages and without JavaScript."""

import pytest
from httpx import AsyncClient

from tests.unit.verifier.forge import a_token

pytestmark = pytest.mark.anyio


async def test_the_box_is_dutch_unless_asked_otherwise(verifier: AsyncClient) -> None:
    dutch = await verifier.get("/")
    english = await verifier.get("/", params={"lang": "en"})
    preferred = await verifier.get("/", headers={"Accept-Language": "en-GB,en;q=0.9,nl;q=0.5"})

    assert '<html lang="nl">' in dutch.text
    assert '<html lang="en">' in english.text
    assert '<html lang="en">' in preferred.text
    assert "script" not in dutch.text
    assert "'unsafe-inline'" not in dutch.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("language", "title", "banner"),
    [
        ("nl", "Echt en geldig", "Testbewijs, zonder waarde"),
        ("en", "Genuine and valid", "Test credential, no value"),
    ],
)
async def test_the_verdict_is_the_first_heading_and_the_title_of_the_page(
    verifier: AsyncClient, token: str, language: str, title: str, banner: str
) -> None:
    page = await verifier.post("/", params={"lang": language}, data={"credential": token})

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert f"<title>{title} · Waarmerk</title>" in page.text
    assert page.text.index(f"<h1>{title}</h1>") < page.text.index("<h2")
    assert 'role="status"' in page.text
    assert banner in page.text
    assert "Sam de Vries" in page.text


async def test_a_file_is_as_good_as_a_pasted_text(verifier: AsyncClient, token: str) -> None:
    page = await verifier.post("/", files={"file": ("bewijs.jwt", token.encode() + b"\n")})

    assert "<h1>Echt en geldig</h1>" in page.text


async def test_a_text_copied_in_lines_is_read_as_one(verifier: AsyncClient, token: str) -> None:
    lines = "\r\n".join(token[at : at + 76] for at in range(0, len(token), 76))

    page = await verifier.post("/", data={"credential": f"  {lines}\n"})

    assert "<h1>Echt en geldig</h1>" in page.text


async def test_nothing_handed_in_is_said_kindly(verifier: AsyncClient) -> None:
    page = await verifier.post("/", data={"credential": "  "})

    assert page.status_code == 400
    assert 'role="alert"' in page.text


async def test_an_altered_credential_shows_no_name(verifier: AsyncClient, token: str) -> None:
    page = await verifier.post("/", data={"credential": token[:-8] + "AAAAAAAA"})

    assert "Niet te vertrouwen: de inhoud is veranderd. We tonen de inhoud niet." in page.text
    assert "Sam de Vries" not in page.text


async def test_markup_in_a_credential_stays_text(verifier: AsyncClient, token: str) -> None:
    page = await verifier.post("/", data={"credential": "<script>alert(1)</script>"})

    assert "<script" not in page.text
    assert "Dit is geen bewijs dat we kunnen controleren" in page.text


async def test_an_unknown_issuer_is_named_as_such(verifier: AsyncClient) -> None:
    page = await verifier.post("/", data={"credential": a_token()})

    assert "Deze uitgever staat niet in het landelijke overzicht" in page.text
    assert "Testbewijs" not in page.text


@pytest.mark.parametrize("accept", ["text/html,*/*;q=0.8", "*/*"])
async def test_a_file_too_large_is_told_to_a_person_as_a_page(
    verifier: AsyncClient, accept: str
) -> None:
    large = {"file": ("bewijs.jwt", b"x" * 300_000)}
    dutch = await verifier.post("/", files=large, headers={"Accept": accept})
    english = await verifier.post("/?lang=en", files=large, headers={"Accept": accept})
    program = await verifier.post("/", files=large, headers={"Accept": "application/json"})

    assert (dutch.status_code, english.status_code, program.status_code) == (413, 413, 413)
    assert "<h1>Dit is te groot</h1>" in dutch.text
    assert "<h1>This is too large</h1>" in english.text
    assert program.headers["content-type"] == "application/problem+json"
