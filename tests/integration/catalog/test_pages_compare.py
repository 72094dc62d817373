"""Side by side: up to three, differences in words, and never an error for an address."""

from uuid import uuid4

import pytest

from tests.integration.catalog.conftest import Catalogue
from tests.integration.catalog.offers import Provider
from tests.integration.catalog.reading import visit
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ids(catalogue: Catalogue) -> list[str]:
    """Give four microcredentials that differ in title, and one of them in size."""
    loads = [{"unit": "ects", "value": value} for value in (5, 5, 7.5, 5)]
    return [
        await catalogue.published(content(title={"nl": f"Nummer {at}"}, studyLoad=load))
        for at, load in enumerate(loads, start=1)
    ]


def address(*ids: str) -> str:
    return "/compare?" + "&".join(f"id={one}" for one in ids)


async def test_three_stand_side_by_side_and_differences_are_said(
    catalogue: Catalogue, ids: list[str]
) -> None:
    await Provider(catalogue, ids[0]).offered()

    page = await visit(catalogue, address(*ids[:3]) + "&lang=en")

    for said in ("Nummer 1", "Nummer 2", "Nummer 3", "7.5 EC", "about 210", "Enschede", "€450"):
        assert said in page.html, said
    assert "Size different" in page.text
    assert "Level the same" in page.text
    assert 'scope="col"' in page.html
    assert 'scope="row"' in page.html
    assert "Find another to compare" not in page.text


async def test_one_is_taken_away_and_another_is_searched(
    catalogue: Catalogue, ids: list[str]
) -> None:
    page = await visit(catalogue, address(*ids[:2]))

    assert page.query_of("Haal weg : Nummer 1") == [("id", ids[1])]
    kept = [one["value"] for one in page.inputs if one.get("name") == "compare"]
    assert kept == ids[:2]
    assert page.query_of("Terug naar zoeken") == [("compare", one) for one in ids[:2]]


async def test_more_than_three_or_unknown_ones_are_left_out_and_named(
    catalogue: Catalogue, ids: list[str]
) -> None:
    four = await visit(catalogue, address(*ids))
    odd = await visit(catalogue, address(ids[0], ids[0], "nonsense", str(uuid4())))

    assert "We lieten weg: wat u na de eerste drie wilde vergelijken." in four.text
    assert "Nummer 4" not in four.text
    assert "een nummer dat niet bestaat; een nummer dat we niet kennen" in odd.text
    assert "Er staat er nu één." in odd.text


async def test_nothing_to_compare_says_how(catalogue: Catalogue) -> None:
    page = await visit(catalogue, "/compare")

    assert "U hebt nog niets gekozen." in page.text
    assert page.head(name="robots")
