"""The catalogue for people: clickable, in two languages, and there for ever."""

import re
from html import unescape

import pytest

from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

WHOLE = content()


async def read(catalogue: Catalogue, path: str, **headers: str) -> str:
    answer = await catalogue.http.get(path, headers={"Accept": "text/html", **headers})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


async def test_what_is_published_is_listed_and_leads_to_its_page(catalogue: Catalogue) -> None:
    await catalogue.draft(content(title={"nl": "Nog geheim"}))
    microcredential_id = await catalogue.published(WHOLE)

    listed = await catalogue.http.get("/")
    text = await read(catalogue, "/")

    assert f'href="/microcredentials/{microcredential_id}"' in listed.text
    assert "Introductie in quantumcomputing" in text
    assert "5 EC (ongeveer 140 uur)" in text
    assert "1 microcredential" in text
    assert "Nog geheim" not in text


async def test_the_page_tells_what_it_is_and_why_to_rely_on_it(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)

    text = await read(catalogue, f"/microcredentials/{microcredential_id}")

    for said in (
        "Universiteit Twente",
        "U programmeert een schakeling.",
        "Niveau 7 (EQF/NLQF)",
        "Het niveau komt van een geaccrediteerde opleiding.",
        "schriftelijk tentamen",
        "uw identiteit wordt gecontroleerd",
        "geen diploma",
        "gepubliceerd op 22 november 2026",
        "het ministerie van OCW, vanaf 1 oktober 2021",
    ):
        assert said in text


async def test_pages_speak_english_and_mark_what_is_dutch(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    path = f"/microcredentials/{microcredential_id}"

    page = await catalogue.http.get(path, params={"lang": "en"})
    text = await read(catalogue, path, **{"Accept-Language": "en-GB"})

    assert '<html lang="en">' in page.text
    assert "Introduction to Quantum Computing" in text
    assert '<div class="prose" lang="nl">\n<p>Rekenen met qubits.</p>' in page.text


async def test_the_achievement_id_of_every_version_answers_for_ever(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    await catalogue.put(microcredential_id, content(title={"nl": "Herzien"}))
    published = (await catalogue.publish(microcredential_id)).json()
    await catalogue.archive(microcredential_id)
    base = f"{PUBLIC_URL}/microcredentials/{microcredential_id}/versions"

    old = await read(catalogue, f"{base}/1")
    new = await read(catalogue, published["page"])

    assert published["page"] == f"{base}/2"
    assert "Introductie in quantumcomputing" in old
    assert "Er is een nieuwere versie." in old
    assert "Herzien" in new
    assert "houdt een geldig bewijs" in new


async def test_a_machine_gets_the_same_page_as_json(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    path = f"/microcredentials/{microcredential_id}/versions/1"

    answer = await catalogue.http.get(path, headers={"Accept": "application/json"})

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == (await catalogue.http.get(f"/v1{path}")).json()


async def test_an_unknown_page_is_a_page_that_says_so(catalogue: Catalogue) -> None:
    draft = (await catalogue.draft(WHOLE)).json()["microcredentialId"]
    path = f"/microcredentials/{draft}"

    page = await catalogue.http.get(path, headers={"Accept": "text/html"})
    json = await catalogue.http.get(path, headers={"Accept": "application/json"})

    assert [page.status_code, json.status_code] == [404, 404]
    assert "kennen we niet" in page.text
    assert json.json()["code"] == "microcredential-unknown"


async def test_the_search_form_works_without_script(catalogue: Catalogue) -> None:
    await catalogue.published(WHOLE)
    nothing = '"><script>alert(1)</script>'

    found = await read(catalogue, "/?q=quantum&level=eqf_7")
    missed = await catalogue.http.get("/", params={"q": nothing, "level": "eqf_99"})

    assert "Introductie in quantumcomputing" in found
    assert "0 microcredentials" in missed.text
    assert "<script>" not in missed.text


async def test_texts_of_a_provider_are_shown_and_never_run(catalogue: Catalogue) -> None:
    evil = content(title={"nl": '3 < 5 & 6 > 5" onfocus="alert(1)'})
    microcredential_id = await catalogue.published(evil)

    for path in ("/", f"/microcredentials/{microcredential_id}"):
        page = await catalogue.http.get(path)
        assert "3 &lt; 5 &amp; 6 &gt; 5&#34; onfocus=" in page.text
        assert '5" onfocus' not in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_styles_are_served_beside_the_pages(catalogue: Catalogue) -> None:
    page = await catalogue.http.get("/")

    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page.text)

    assert len(styles) == 2
    for style in styles:
        answer = await catalogue.http.get(style)
        assert (answer.status_code, answer.headers["content-type"]) == (
            200,
            "text/css; charset=utf-8",
        )


async def test_the_provider_is_named_as_it_was_recorded(catalogue: Catalogue) -> None:
    await catalogue.published(WHOLE)
    await catalogue.record(name={"nl": "Nieuwe Naam"})

    assert "Nieuwe Naam" in await read(catalogue, "/")
    assert PROVIDER not in await read(catalogue, "/")


@pytest.mark.parametrize(
    "path", ["nonsense", "{id}/versions/2", "{id}/versions/0", "{id}/versions/1e9"]
)
async def test_a_mistyped_address_is_a_page_that_says_so(catalogue: Catalogue, path: str) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    address = f"/microcredentials/{path.format(id=microcredential_id)}"

    page = await catalogue.http.get(address, headers={"Accept": "text/html"})

    assert page.status_code == 404
    assert "kennen we niet" in page.text


async def test_what_a_provider_without_recognition_made_is_shown_but_not_offered(
    catalogue: Catalogue,
) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    ended = {"recogniser": "OCW", "validFrom": "2021-10-01", "validUntil": "2026-11-22"}
    await catalogue.record(recognitions=[ended])

    assert "0 microcredentials" in await read(catalogue, "/")
    text = await read(catalogue, f"/microcredentials/{microcredential_id}")
    assert "De erkenning van deze aanbieder is voorbij." in text
