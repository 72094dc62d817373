"""One microcredential on its page: when it runs, what others say, and what machines read there."""

import json
import re
from typing import Any

import pytest

from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, STRANGER, Catalogue
from tests.integration.catalog.offers import Provider
from tests.integration.catalog.reading import Reading, visit
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio


def course_of(page: Reading) -> dict[str, Any]:
    """Return what search engines read."""
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.html)
    course: dict[str, Any] = json.loads(found)
    return course


@pytest.fixture
async def provider(catalogue: Catalogue) -> Provider:
    """Give a provider with something to offer."""
    return Provider(catalogue, await catalogue.published(content()))


async def test_runs_are_shown_with_what_one_needs_to_join(provider: Provider) -> None:
    await provider.offered(
        enrolAt="https://www.example.nl/inschrijven",
        enrolmentPeriods=[{"firstDay": "2026-11-01", "lastDay": "2027-01-15"}],
        permissionNeeded=True,
        permissionExplanation={"nl": "Na een gesprek."},
    )
    page = await visit(provider.catalogue, f"/microcredentials/{provider.microcredential_id}")

    for said in (
        "1 februari 2027 tot en met 16 april 2027 inschrijving is open",
        "Inschrijven tot en met 15 januari 2027",
        "Prijs € 450",
        "Plaats Enschede (Overijssel)",
        "Plekken over 7 van de 24",
        "De aanbieder moet u eerst toelaten. Na een gesprek.",
    ):
        assert said in page.text.replace("\xa0", " "), said
    assert page.links["Inschrijven bij de aanbieder"] == "https://www.example.nl/inschrijven"


async def test_what_is_over_is_folded_and_a_concept_is_nobodys(provider: Provider) -> None:
    await provider.offered(primaryCode="soon")
    await provider.offered(primaryCode="secret", state="concept", location={"city": "Geheimstad"})
    cancelled = await provider.offered(
        primaryCode="off", runs={"firstDay": "2027-03-01", "lastDay": "2027-04-01"}
    )
    await provider.cancel(cancelled, reason={"nl": "Te weinig deelnemers."})
    provider.catalogue.clock.pass_(days=150)

    page = await visit(provider.catalogue, f"/microcredentials/{provider.microcredential_id}")

    ahead, over = page.text.split("Eerder aanbod")
    assert "Er is nu geen aanbod bekend." in ahead
    assert over.startswith(" (2)")
    assert "gaat niet door Te weinig deelnemers." in over
    assert "Geheimstad" not in page.text


async def test_the_text_of_the_framework_and_the_approval_are_there(provider: Provider) -> None:
    page = await visit(provider.catalogue, f"/microcredentials/{provider.microcredential_id}")

    assert '<div class="document"><h3>Één</h3>' in page.html
    assert "(versie 1.0, wo@1)" in page.text
    assert "op 22 november 2026" in page.text.partition("Goedgekeurd door")[2][:90]


async def test_what_others_say_is_shown_once_it_is_accepted(provider: Provider) -> None:
    catalogue = provider.catalogue
    await catalogue.record(STRANGER, name={"nl": "Voorbeeldinstituut"})
    path = f"/v1/microcredentials/{provider.microcredential_id}/statements"
    said = {
        "kind": "endorsement",
        "version": 1,
        "text": {"nl": "Wij geven hiervoor vrijstelling."},
        "statedOn": "2026-11-20",
    }
    filed = await catalogue.http.post(path, json=said, headers=catalogue.headers(STRANGER))
    address = f"/microcredentials/{provider.microcredential_id}"

    before = await visit(catalogue, address)
    accepted = await catalogue.http.post(
        f"{path}/{filed.json()['statementId']}/acceptances", headers=catalogue.headers(PROVIDER)
    )
    after = await visit(catalogue, address)

    assert accepted.status_code in {200, 201}, accepted.text
    assert "vrijstelling." not in before.text.partition("Versies en gegevens")[0]
    assert "Onderschrijving: Voorbeeldinstituut" in after.text
    assert "Wij geven hiervoor vrijstelling." in after.text


async def test_the_page_says_how_completely_it_is_described(provider: Provider) -> None:
    page = await visit(provider.catalogue, f"/microcredentials/{provider.microcredential_id}")

    assert "Hoe volledig dit is beschreven" in page.text
    [link] = [href for name, href in page.links.items() if name.startswith("Volledigheid")]
    assert (await provider.catalogue.http.get(link)).status_code == 200
    assert (await provider.catalogue.http.get(page.links["OEAPI v6"])).status_code == 200
    assert (await provider.catalogue.http.get(page.links["JSON"])).status_code == 200


async def test_search_engines_read_the_same_facts(provider: Provider) -> None:
    await provider.offered()
    address = f"/microcredentials/{provider.microcredential_id}"

    course = course_of(await visit(provider.catalogue, f"{address}?lang=en"))

    assert course["@id"] == f"{PUBLIC_URL}{address}/versions/1"
    assert course["name"] == "Introduction to Quantum Computing"
    assert course["provider"]["name"] == "Universiteit Twente"
    assert course["educationalCredentialAwarded"]["credentialCategory"] == "MicroCredential"
    [instance] = course["hasCourseInstance"]
    assert (instance["startDate"], instance["courseMode"]) == ("2027-02-01", ["Blended"])
    assert instance["offers"][0]["price"] == "450.00"


async def test_one_page_has_one_name_and_an_old_version_its_own(provider: Provider) -> None:
    catalogue = provider.catalogue
    await catalogue.put(provider.microcredential_id, content(title={"nl": "Herzien"}))
    await catalogue.publish(provider.microcredential_id)
    address = f"/microcredentials/{provider.microcredential_id}"

    names = {}
    for path in (address, f"{address}/versions/2", f"{address}/versions/1"):
        page = await visit(catalogue, f"{path}?lang=en")
        [names[path]] = [one["href"] for one in page.head(rel="canonical")]

    latest = f"{PUBLIC_URL}{address}?lang=en"
    assert list(names.values()) == [latest, latest, f"{PUBLIC_URL}{address}/versions/1?lang=en"]


async def test_all_versions_are_a_link_away(provider: Provider) -> None:
    catalogue = provider.catalogue
    await catalogue.put(provider.microcredential_id, content(title={"nl": "Herzien"}))
    await catalogue.publish(provider.microcredential_id)

    page = await visit(catalogue, f"/microcredentials/{provider.microcredential_id}")

    assert page.links["1"] == f"/microcredentials/{provider.microcredential_id}/versions/1"
    assert 'aria-current="true">2<' in page.html


async def test_answers_by_form_say_that_they_differ(provider: Provider) -> None:
    path = f"/microcredentials/{provider.microcredential_id}/versions/1"
    for accept in ("text/html", "application/json"):
        answer = await provider.catalogue.http.get(path, headers={"Accept": accept})
        assert "Accept" in answer.headers["vary"].split(", ")


async def test_whose_microcredential_it_is_is_said_when_it_is_anothers(
    catalogue: Catalogue,
) -> None:
    await catalogue.record(STRANGER, name={"nl": "Samenwerking Oost"})
    await catalogue.http.put(
        f"/v1/organisations/{STRANGER}/mandates/{PROVIDER}",
        json={"validFrom": "2026-09-01"},
        headers=catalogue.headers(STRANGER),
    )
    drafted = await catalogue.http.post(
        "/v1/microcredentials",
        json={"content": content(), "onBehalfOf": STRANGER},
        headers=catalogue.headers(),
    )
    microcredential_id = drafted.json()["microcredentialId"]
    published = await catalogue.publish(microcredential_id)
    assert published.status_code == 201, published.text

    page = await visit(catalogue, f"/microcredentials/{microcredential_id}")

    assert "Namens Samenwerking Oost" in page.text
    assert page.links["Samenwerking Oost"] == f"/organisations/{STRANGER}"
