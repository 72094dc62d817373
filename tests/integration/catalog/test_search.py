"""Searching over HTTP: words in two languages, typing errors, facets with counts, bad input."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

QUANTUM = content(
    title={"nl": "Introductie in quantumcomputing", "en": "Introduction to Quantum Computing"},
    learningOutcomes=[{"nl": "U programmeert schakelingen.", "en": "You program circuits."}],
    fieldOfStudy="0613",
    keywords=["qubit"],
)
LEVELS = [f"eqf_{level}" for level in range(1, 9)]
CARE = content(
    title={"nl": "Zorg voor ouderen volgens Zoë Voorbeeld"},
    description={"nl": "Over quantumgeneeskunde leert u hier niets."},
    learningOutcomes=[{"nl": "U begeleidt ideeënrijke ouderen."}],
    level={"value": "eqf_6", "basis": "self-declared"},
    studyLoad={"unit": "ects", "value": 10},
    inLanguage="nl",
    modesOfDelivery=["online"],
    fieldOfStudy="0921",
)


@pytest.fixture
async def two(catalogue: Catalogue) -> Catalogue:
    """Give a catalogue with a microcredential in both languages and one in Dutch only."""
    await catalogue.published(QUANTUM)
    catalogue.clock.pass_(seconds=1)
    await catalogue.published(CARE)
    return catalogue


async def search(catalogue: Catalogue, **query: Any) -> dict[str, Any]:
    """Ask, and return the answer."""
    answer = await catalogue.http.get("/v1/microcredentials", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def titles(found: dict[str, Any]) -> list[str]:
    return [one["content"]["title"]["nl"].split()[0] for one in found["items"]]


def counts(found: dict[str, Any], facet: str) -> dict[str, int]:
    [choices] = [one["choices"] for one in found["facets"] if one["facet"] == facet]
    return {one["value"]: one["count"] for one in choices if one["count"]}


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("schakeling", ["Introductie"]),
        ("programs", ["Introductie"]),
        ("circuit", ["Introductie"]),
        ("begeleid", ["Zorg"]),
        ("zoe", ["Zorg"]),
        ("ZOË", ["Zorg"]),
        ("ideeenrijke", ["Zorg"]),
        ("quan", ["Introductie", "Zorg"]),
        ("quantum", ["Introductie", "Zorg"]),
        ("qubit", ["Introductie"]),
        ("twente ouder", ["Zorg"]),
        ('"quantum computing"', ["Introductie"]),
        ('"computing quantum"', []),
        ("universiteit -quantum", ["Zorg"]),
        ("qubit or ouderen", ["Introductie", "Zorg"]),
        ("de", []),
        ("%", []),
    ],
)
async def test_words_are_found_in_both_languages_the_title_in_front(
    two: Catalogue, words: str, first: list[str]
) -> None:
    found = await search(two, q=words)

    assert sorted(titles(found)) == first
    assert titles(found)[:1] == first[:1] or "or" in words
    assert found["total"] == len(first)
    assert "searchedFor" not in found


@pytest.mark.parametrize(
    ("words", "meant", "first"),
    [
        ("kwantum", "quantum", []),
        ("quantom", "quantum", ["Introductie", "Zorg"]),
        ("quantum computign", "quantum computing", ["Introductie"]),
        ("zrog", "zorg", ["Zorg"]),
        ("ouedren", "ouderen", ["Zorg"]),
        ("bestaatnietzo", None, []),
    ],
)
async def test_a_typing_error_is_mended_and_the_answer_says_so(
    two: Catalogue, words: str, meant: str | None, first: list[str]
) -> None:
    found = await search(two, q=words)

    if first:
        assert found["searchedFor"] == meant
    assert sorted(titles(found)) == first or words == "kwantum"


async def test_facets_count_what_would_be_found_within_a_facet_any_value_between_facets_all(
    two: Catalogue,
) -> None:
    everything = await search(two, facets=True)
    sixes = await search(two, facets=True, level="eqf_6")
    both = await search(two, facets=True, level=["eqf_6", "eqf_7"], form="online")

    assert counts(everything, "level") == {"eqf_6": 1, "eqf_7": 1}
    assert counts(everything, "size") == {"3-5": 1, "6-10": 1}
    assert counts(everything, "field") == {"06": 1, "09": 1}
    assert counts(everything, "region") == {"online": 1}
    assert counts(everything, "price") == {"unknown": 2}
    assert len(everything["facets"]) == 13
    assert titles(sixes) == ["Zorg"]
    assert counts(sixes, "level") == {"eqf_6": 1, "eqf_7": 1}
    assert counts(sixes, "form") == {"online": 1}
    assert counts(sixes, "sector") == {"wo": 1}
    assert titles(both) == ["Zorg"]
    assert counts(both, "form") == {"online": 1, "blended": 1}
    assert counts(both, "level") == {"eqf_6": 1}
    [level] = [one for one in both["facets"] if one["facet"] == "level"]
    chosen = [one["value"] for one in level["choices"] if one["isChosen"]]
    assert chosen == ["eqf_6", "eqf_7"]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"minEcts": "5.5"}, ["Zorg"]),
        ({"minEcts": 5, "maxEcts": 5}, ["Introductie"]),
        ({"maxEcts": "4.9"}, []),
        ({"priceMax": 1000}, []),
        ({"provider": PROVIDER}, ["Introductie", "Zorg"]),
        ({"field": "061"}, ["Introductie"]),
        ({"field": ["0613", "09"]}, ["Introductie", "Zorg"]),
        ({"q": "quantum", "language": "nl"}, ["Zorg"]),
        ({"startsFrom": "2026-12-01"}, []),
    ],
)
async def test_numbers_days_and_narrower_fields_are_filters_too(
    two: Catalogue, query: dict[str, Any], first: list[str]
) -> None:
    assert titles(await search(two, **query)) == first


async def test_what_finds_nothing_says_what_to_leave_out(two: Catalogue) -> None:
    found = await search(two, q="quantum", sector="mbo", level="eqf_7")

    assert (found["items"], found["total"]) == ([], 0)
    assert found["suggestions"] == [{"drop": "sector", "count": 1}]
    assert "suggestions" not in await search(two)


async def test_every_wrong_value_is_named_at_once_and_none_is_repeated(two: Catalogue) -> None:
    answer = await two.http.get(
        "/v1/microcredentials",
        params={
            "level": ["eqf_6", "eqf_99"],
            "region": "NL-XX",
            "field": "1234",
            "language": "qq",
            "skill": "javascript:alert(1)",
            "minEcts": "NaN",
            "maxEcts": "1.23",
            "startsFrom": "tomorrow",
            "q": "x" * 201,
            "limit": 0,
        },
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request")
    assert sorted(one["pointer"] for one in answer.json()["errors"]) == [
        "/field/0",
        "/language/0",
        "/level/1",
        "/limit",
        "/maxEcts",
        "/minEcts",
        "/q",
        "/region/0",
        "/skill/0",
        "/startsFrom",
    ]
    assert all(one["in"] == "query" for one in answer.json()["errors"])
    for sent in ("eqf_99", "NL-XX", "1234", "javascript", "tomorrow", "xxx"):
        assert sent not in answer.text


async def test_more_values_than_anybody_means_are_refused(two: Catalogue) -> None:
    skills = [f"http://data.europa.eu/esco/skill/{number}" for number in range(45)]

    few = await two.http.get("/v1/microcredentials", params={"skill": skills})
    many = await two.http.get("/v1/microcredentials", params={"skill": skills, "level": LEVELS})

    assert few.status_code == 200
    assert (many.status_code, many.json()["errors"][0]["code"]) == (400, "too-long")


@pytest.mark.parametrize(
    "words",
    [
        "'; DROP TABLE listing; --",
        '" OR 1=1',
        "a & b | !c <-> d:*",
        ":*",
        "\\",
        "$1 $2",
        "((((",
        "'' ''' \"\" \"\"\"",
        'or or - -- -"',
        "\u202e\ufeff\U0001f600",
        "%_%",
        "x" * 200,
        "é" * 200,
        " " * 200,
        "- " * 100,
        "-" * 200,
        '-"' * 100,
        "-a " * 66,
        "a or " * 40,
    ],
)
async def test_no_words_are_more_than_words(two: Catalogue, words: str) -> None:
    await search(two, q=words, facets=True)

    async with two.database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM listing")) == 2


async def test_the_character_nul_is_refused(two: Catalogue) -> None:
    answer = await two.http.get("/v1/microcredentials?q=zorg%00")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "nul-character")


async def test_pages_by_relevance_lose_nothing_and_show_nothing_twice(two: Catalogue) -> None:
    expected = {one["microcredentialId"] for one in (await search(two, q="quantum"))["items"]}

    first = await search(two, q="quantum", limit=1)
    new = await two.published(content(title={"nl": "Quantum quantum quantum"}))
    seen = [one["microcredentialId"] for one in first["items"]]
    while first.get("next"):
        first = await search(two, q="quantum", limit=1, cursor=first["next"])
        seen += [one["microcredentialId"] for one in first["items"]]

    assert len(seen) == len(set(seen))
    assert expected <= set(seen) <= expected | {new}


async def test_a_cursor_of_one_order_is_none_of_another(two: Catalogue) -> None:
    first = await search(two, limit=1, earnable=True, q="quantum")

    wrong = await two.http.get("/v1/microcredentials", params={"cursor": "WyJhIl0", "q": "a"})
    other = await search(two, limit=1)

    assert wrong.status_code == 400
    assert wrong.json()["errors"][0]["pointer"] == "/cursor"
    assert first["next"] != other["next"]
