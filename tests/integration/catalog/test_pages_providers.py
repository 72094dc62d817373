"""Providers and agreements for people: who, since when, and by which rules."""

import pytest

from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue
from tests.integration.catalog.reading import visit
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

DOCUMENT = "# Kader\n\n1. Goed.\n\n---\n\n# Framework\n\n1. Good. <b>bold</b>\n"


async def test_a_provider_is_shown_with_who_recognised_it_when(catalogue: Catalogue) -> None:
    await catalogue.published(content())
    await catalogue.record(
        website="https://www.example.nl",
        recognitions=[
            {"recogniser": "OCW", "validFrom": "2015-01-01", "validUntil": "2018-01-01"},
            {"recogniser": "OCW", "code": "21PH", "validFrom": "2021-10-01"},
        ],
    )

    page = await visit(catalogue, f"/organisations/{PROVIDER}")

    for said in (
        "Universiteit Twente",
        "bekostigd door de overheid",
        "Vandaag erkend door het ministerie van OCW.",
        "het ministerie van OCW, vanaf 1 oktober 2021 (21PH) nu",
        "vanaf 1 januari 2015 tot 1 januari 2018",
        "Introductie in quantumcomputing",
    ):
        assert said in page.text, said
    assert page.text.index("2021") < page.text.index("2015")


async def test_who_is_not_recognised_today_is_shown_and_not_listed(catalogue: Catalogue) -> None:
    await catalogue.record(STRANGER, name={"nl": "Leerhuis"}, recognitions=[])

    listed = await visit(catalogue, "/organisations")
    page = await visit(catalogue, f"/organisations/{STRANGER}?lang=en")

    assert "Universiteit Twente" in listed.text
    assert "Leerhuis" not in listed.text
    assert "1 aanbieder" in listed.status
    assert "Not recognised today." in page.text
    assert "Nothing of this provider can be found now." in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/organisations/nobody",
        "/organisations/00000099000000980000",
        "/organisations/%20%20",
        "/policies/wo/versions/9",
        "/policies/wo/versions/x",
        "/policies/wo/versions/99999999999999999999",
        "/policies/wo/versions/%C2%B2",
        "/policies/none/versions/1",
    ],
)
async def test_an_unknown_address_is_a_page_that_says_so(catalogue: Catalogue, path: str) -> None:
    page = await visit(catalogue, path, status=404)

    assert "kennen we niet" in page.text


async def test_agreements_are_told_in_words_with_their_text(catalogue: Catalogue) -> None:
    framework = {"name": {"nl": "Kader", "en": "Framework"}, "version": "1.1", "document": DOCUMENT}
    answer = await catalogue.publish_policy(validFrom="2027-01-01", framework=framework)
    assert answer.status_code == 201, answer.text

    listed = await visit(catalogue, "/policies")
    page = await visit(catalogue, "/policies/wo/versions/2?lang=en")
    raw = await catalogue.http.get("/frameworks/wo/2")

    assert "universiteiten" in listed.text
    assert "3 tot en met 30 EC, in stappen van 0,5" in listed.text
    assert "(nog niet)" in listed.text
    assert "from 1 January 2027 (not yet)" in page.text
    assert "<li>Good. &lt;b&gt;bold&lt;/b&gt;</li>" in page.html
    assert '<div class="document" lang="nl"><h3>Kader</h3>' in page.html
    assert answer.json()["framework"]["sha256"] in page.text
    assert raw.text == DOCUMENT


async def test_an_old_version_of_the_agreements_stays_readable(catalogue: Catalogue) -> None:
    await catalogue.publish_policy(validFrom="2026-01-01")

    page = await visit(catalogue, "/policies/wo/versions/1")

    assert "Er is een nieuwere versie." in page.text
    assert page.links["versie 2"] == "/policies/wo/versions/2"


async def test_a_directory_goes_on_where_it_ended(catalogue: Catalogue) -> None:
    page = await visit(catalogue, f"/organisations?after={PROVIDER}")

    assert "Universiteit Twente" not in page.text
    assert "Er is hier niemand." in page.text
