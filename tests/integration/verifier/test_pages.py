"""The page: one box, and a verdict a person can read, in two languages and without JavaScript."""

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from services.verifier.domain.verdict import Look
from services.verifier.intake import MOST_BYTES
from tests.integration.verifier.conftest import Hear
from tests.integration.verifier.gallery import MISTYPED, Gallery, who_left
from tests.integration.verifier.reading import hand_in, heading, visible
from tests.support.handing import a_zip
from tests.unit.verifier.forge import NOW, a_token

pytestmark = pytest.mark.anyio

SECTIONS = (
    "<h1>",
    'id="what"',
    'id="meaning"',
    'id="mind"',
    'id="checks"',
    'id="issuer"',
    'id="quality"',
    'class="technical"',
    'id="receipt"',
)
"""The order of people.md 2a."""


async def test_the_box_is_dutch_unless_asked_otherwise(verifier: AsyncClient) -> None:
    dutch = await verifier.get("/")
    english = await verifier.get("/", params={"lang": "en"})
    preferred = await verifier.get("/", headers={"Accept-Language": "en-GB,en;q=0.9,nl;q=0.5"})

    assert '<html lang="nl">' in dutch.text
    assert '<html lang="en">' in english.text
    assert '<html lang="en">' in preferred.text


async def test_nothing_is_inline_and_nothing_is_from_elsewhere(
    verifier: AsyncClient, gallery: Gallery
) -> None:
    pages = [await verifier.get("/"), *[await hand_in(verifier, gallery, n) for n in gallery.cases]]

    for page in pages:
        assert "'unsafe-inline'" not in page.headers["content-security-policy"]
        assert re.findall(r"<script[^>]*>[^<]", page.text) == []
        assert re.findall(r"\s(?:on[a-z]+|style)=", visible(page)) == []
        for asset in re.findall(r'(?:src|rel="stylesheet" href)="([^"]*)"', page.text):
            assert asset.startswith("/assets/")


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
    assert heading(page) == title
    assert 'role="status"' in page.text
    assert banner in page.text
    assert "Sam de Vries" in page.text


async def test_every_verdict_has_its_sentence_first_and_its_look_in_words_and_picture(
    verifier: AsyncClient, gallery: Gallery
) -> None:
    for name, case in gallery.cases.items():
        page = await hand_in(verifier, gallery, name)

        assert heading(page).startswith(case.title), name
        if name != "several":
            assert f'<section class="verdict-card {case.look}" role="status">' in page.text, name
            assert '<svg class="sign"' in page.text


async def test_an_issuer_that_left_since_is_green_with_a_note(
    verifier: AsyncClient, hear: Hear, token: str
) -> None:
    await hear(who_left())
    page = await verifier.post("/", data={"credential": token})

    assert heading(page) == "Uitgever was erkend op de dag van uitgifte, nu niet meer"
    assert f'class="verdict-card {Look.GREEN}"' in page.text
    assert "het bewijs blijft goed" in page.text


async def test_a_list_that_is_too_old_is_never_green(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    app.state.clock = lambda: NOW + timedelta(days=3)
    page = await verifier.post("/", data={"credential": token})

    assert heading(page).startswith("We kunnen dit nu niet volledig controleren")
    assert f'class="verdict-card {Look.GREY}"' in page.text
    assert "Controleer opnieuw" in page.text


async def test_a_verdict_is_told_in_the_promised_order(
    signing_verifier: AsyncClient, token: str
) -> None:
    page = await signing_verifier.post("/", data={"credential": token})

    places = [page.text.index(section) for section in SECTIONS]
    assert places == sorted(places)


async def test_what_it_means_says_hours_level_assessment_identity_and_what_it_is_not(
    verifier: AsyncClient, token: str
) -> None:
    page = await verifier.post("/", data={"credential": token})

    assert "De omvang is 5 EC, ongeveer 140 uur." in page.text
    assert "opgegeven door de uitgever zelf, niet bevestigd door NCP NLQF" in page.text
    assert "Getoetst met: schriftelijk tentamen." in page.text
    assert "de identiteit is gecontroleerd" in page.text
    assert "Het is geen diploma en geen graad, en heeft nog geen wettelijke status." in page.text


async def test_a_check_says_where_it_was_looked_up_and_up_to_when(
    verifier: AsyncClient, token: str
) -> None:
    page = await verifier.post("/", data={"credential": token})

    assert "Opgezocht in: landelijk register, bijgewerkt tot 22 november 2026, 13:00" in page.text
    assert page.text.count('<span class="outcome">in orde</span>') == 11


async def test_what_nobody_asked_and_what_need_not_be_there_is_no_warning(
    verifier: AsyncClient, token: str
) -> None:
    page = await verifier.post("/", data={"credential": token})

    assert '<span class="outcome">geen</span>' in page.text
    assert '<span class="outcome">niet gevraagd</span>' in page.text
    assert 'li class="unknown"' not in page.text
    assert 'li class="failed"' not in page.text


async def test_a_file_is_as_good_as_a_pasted_text(verifier: AsyncClient, token: str) -> None:
    chosen = await verifier.post("/", files={"file": ("bewijs.jwt", token.encode() + b"\n")})
    taken = await verifier.post("/", files={"photo": ("foto.jwt", token.encode())})

    assert heading(chosen) == heading(taken) == "Echt en geldig"


async def test_what_it_came_in_is_among_the_technical_details(
    verifier: AsyncClient, gallery: Gallery
) -> None:
    page = await hand_in(verifier, gallery, "valid-pdf")

    assert "<dd>PDF: bijlage bewijs.jwt</dd>" in page.text
    assert "Open Badges 3.0, VC-JWT (<code>vc-jwt</code>)" in page.text


async def test_whoever_pastes_and_chooses_hears_of_both(verifier: AsyncClient, token: str) -> None:
    page = await verifier.post(
        "/", data={"credential": token}, files={"file": ("a.txt", b"Beste Sam")}
    )

    assert heading(page) == "Van de 2 bewijzen is er 1 goed"


async def test_a_text_copied_in_lines_is_read_as_one(verifier: AsyncClient, token: str) -> None:
    lines = "\r\n".join(token[at : at + 76] for at in range(0, len(token), 76))

    page = await verifier.post("/", data={"credential": f"  {lines}\n"})

    assert heading(page) == "Echt en geldig"


async def test_nothing_handed_in_is_said_kindly_and_beside_the_fields(
    verifier: AsyncClient,
) -> None:
    page = await verifier.post("/", data={"credential": "  "}, files={"file": ("", b"")})

    assert page.status_code == 400
    assert "<title>Fout: Controleer een microcredential" in page.text
    assert re.search(r'role="alert"[^>]* tabindex="-1" autofocus', page.text)
    assert page.text.index('role="alert"') < page.text.index("<h1>")
    assert 'href="#credential"' in page.text
    assert 'aria-describedby="credential-hint missing" aria-invalid="true"' in page.text
    assert 'aria-describedby="file-hint missing" aria-invalid="true"' in page.text


async def test_an_empty_file_is_said_to_be_empty(verifier: AsyncClient) -> None:
    page = await verifier.post("/", files={"file": ("leeg.pdf", b"")})

    assert "Er is niets om te controleren: dit is leeg." in page.text


async def test_no_address_on_a_page_says_anything_of_anybody(
    signing_verifier: AsyncClient, gallery: Gallery
) -> None:
    for name in gallery.cases:
        page = await hand_in(signing_verifier, gallery, name)
        addresses = re.findall(r'(?:href|action|formaction|src)="([^"]*)"', page.text)

        assert addresses
        for address in addresses:
            assert not re.search(r"Sam|Vries|eyJ|5a1c0c3e|=[^&]{12}", address), address


async def test_markup_in_a_credential_stays_text(verifier: AsyncClient, token: str) -> None:
    nasty = '"><script>alert(1)</script>'
    archive = a_zip([(nasty, token.encode()), ("b.jwt", token.encode())])
    pasted = await verifier.post("/", data={"credential": nasty})
    named = await verifier.post("/", files={"file": ("a.zip", archive)})

    for page in (pasted, named):
        assert "<script>" not in page.text
    assert "Dit is geen bewijs dat we kunnen controleren" in pasted.text


async def test_an_unknown_issuer_is_named_as_such(verifier: AsyncClient, hear: Hear) -> None:
    await hear()  # everything there is, and nothing of this issuer
    page = await verifier.post("/", data={"credential": a_token()})

    assert "Deze uitgever staat niet in het landelijke overzicht" in page.text
    assert "Testbewijs" not in page.text


async def test_a_mistyped_code_is_answered_with_what_may_have_been_meant(
    verifier: AsyncClient,
) -> None:
    page = await verifier.post("/", data={"credential": MISTYPED})

    assert heading(page) == "We vinden deze code niet."
    assert 'name="credential" value="7Q4K-M2XD-9HT7"' in page.text


async def test_paper_says_who_checked_and_when(verifier: AsyncClient, token: str) -> None:
    page = await verifier.post("/", data={"credential": token})

    assert "Gecontroleerd op https://verifier.waarmerk.example, 22 november 2026, 13:00." in (
        page.text
    )


@pytest.mark.parametrize("accept", ["text/html,*/*;q=0.8", "*/*"])
async def test_a_file_too_large_is_told_to_a_person_as_a_page(
    verifier: AsyncClient, accept: str
) -> None:
    large = {"file": ("bewijs.jwt", b"x" * (MOST_BYTES + 1))}
    dutch = await verifier.post("/", files=large, headers={"Accept": accept})
    english = await verifier.post("/?lang=en", files=large, headers={"Accept": accept})
    program = await verifier.post("/", files=large, headers={"Accept": "application/json"})

    assert (dutch.status_code, english.status_code, program.status_code) == (413, 413, 413)
    assert "<h1>Dit is te groot</h1>" in dutch.text
    assert "<h1>This is too large</h1>" in english.text
    assert program.headers["content-type"] == "application/problem+json"
