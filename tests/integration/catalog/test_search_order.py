"""What fits best stands in front, and pages are the same however few were put in order at first."""

from typing import Any

import pytest

from services.catalog.repository import search_matches, search_memory
from services.catalog.search.words import read_words
from tests.integration.catalog.conftest import Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

TITLES = ["Bodem", "Bodem en bodem", "Bodem en klimaat", "Over bodem"]
BEGUN = "Bodemkunde bodemleven bodemdaling bodemvocht bodemdiertjes"
OUTCOME = [{"nl": "U onderzoekt de bodem."}]
TOLD = {"nl": "Over de bodem en wat er leeft."}


@pytest.fixture
async def soils(catalogue: Catalogue) -> Catalogue:
    """Give a catalogue in which bodem stands in titles, is learnt, is told, and is only begun."""
    for title in TITLES:
        await catalogue.published(content(title={"nl": title}, modesOfDelivery=["online"]))
    often = [{"nl": "Klimaat en bodem, bodem en klimaat, klimaat en bodem, bodem en klimaat."}]
    await catalogue.published(content(title={"nl": "Les in beide"}, learningOutcomes=often))
    for number in range(2):
        await catalogue.published(
            content(title={"nl": f"Les {number}"}, learningOutcomes=OUTCOME, inLanguage="nl")
        )
        await catalogue.published(content(title={"nl": f"Rede {number}"}, description=TOLD))
    await catalogue.published(content(title={"nl": BEGUN}, modesOfDelivery=["online"]))
    await catalogue.published(content(title={"nl": "Bodemkunde"}))
    return catalogue


async def titles(catalogue: Catalogue, **query: Any) -> list[str]:
    """Follow a search to its end."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await catalogue.http.get("/v1/microcredentials", params={**query, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [one["content"]["title"]["nl"] for one in page["items"]]
        if "next" not in page:
            assert len(found) == page["total"]
            return found
        cursor = {"cursor": page["next"]}


async def test_titles_stand_in_front_and_what_only_begins_so_goes_last(soils: Catalogue) -> None:
    found = await titles(soils, q="bodem", limit=20)

    assert set(found[:4]) == set(TITLES)
    assert {one.split()[0] for one in found[4:7]} == {"Les"}
    assert {one.split()[0] for one in found[7:9]} == {"Rede"}
    assert found[9:] == [BEGUN, "Bodemkunde"]


@pytest.mark.parametrize("few_selected", [0, 2_500])
async def test_pages_are_the_same_when_only_titles_are_put_in_order_at_first(
    soils: Catalogue, monkeypatch: pytest.MonkeyPatch, few_selected: int
) -> None:
    asked = [
        {"q": "bodem"},
        {"q": "bodem or klimaat"},
        {"q": "bodem", "form": "online"},
        {"q": "bodem", "language": "nl"},
        {"q": "bodem", "form": "online", "language": "nl"},
    ]
    at_once = [await titles(soils, limit=20, **question) for question in asked]
    monkeypatch.setattr(search_matches, "ENOUGH_TITLES", len(TITLES))
    monkeypatch.setattr(search_memory, "_FEW_SELECTED", few_selected)

    for limit in (1, 2, 3, 4, 5, 20):
        soils.app.state.search = search_memory.SearchMemory()
        in_pages = [await titles(soils, limit=limit, **question) for question in asked]
        assert in_pages == at_once


async def test_enough_titles_leave_the_rest_for_who_looks_further(
    soils: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for enough, in_order in ((len(TITLES), len(TITLES)), (len(TITLES) + 1, 11)):
        monkeypatch.setattr(search_matches, "ENOUGH_TITLES", enough)
        async with soils.database.transaction() as session:
            found = await search_matches.match_words(session, read_words("bodem"))

        assert found.bits.bit_count() == 11
        assert len(found.ordinals) == in_order
        assert found.is_ordered is (in_order == 11)
