"""Browsing: one list for every provider, filters that are an address, and a way out of nothing."""

from typing import Any

import pytest
from sqlalchemy import event

from services.catalog.pages.browse import CARDS_ON_A_PAGE
from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue
from tests.integration.catalog.offers import Provider
from tests.integration.catalog.reading import Reading, visit
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

ONLINE = {"nl": "Online zorgen", "en": "Caring online"}
AT_WORK = {"nl": "Lassen op de werkplek"}


@pytest.fixture
async def window(catalogue: Catalogue) -> Catalogue:
    """Give a catalogue with three things to choose from, one of them with a run."""
    quantum = await catalogue.published(content())
    await catalogue.published(content(title=ONLINE, modesOfDelivery=["online"], inLanguage="nl"))
    await catalogue.published(
        content(
            title=AT_WORK,
            modesOfDelivery=["work_based", "online"],
            level={"value": "eqf_5", "basis": "self-declared"},
        )
    )
    await Provider(catalogue, quantum).offered()
    return catalogue


async def test_a_card_says_what_one_decides_by(window: Catalogue) -> None:
    page = await visit(window, "/", params={"q": "quantumcomputing"})

    for said in (
        "Introductie in quantumcomputing",
        "Universiteit Twente",
        "5 EC (ongeveer 140 uur)",
        "Niveau 7 (EQF/NLQF) uit een geaccrediteerde opleiding",
        "deels online, deels op locatie",
        "Taal Engels",
        "Start 1 februari 2027",
        "Prijs € 450",
        "Plaats Enschede (Overijssel)",
    ):
        assert said in page.text.replace("\xa0", " "), said


async def test_a_public_and_a_private_provider_get_the_same_card(window: Catalogue) -> None:
    await window.record(STRANGER, name={"nl": "Leerhuis"}, sector="private", recognitions=NRTO)
    await window.publish_policy("private", sector="private", requiredElements=["title"])
    whole = content(title={"nl": "Privaat"}, level={"value": "eqf_7", "basis": "self-declared"})
    drafted = await window.draft(whole, by=STRANGER)
    answer = await window.publish(drafted.json()["microcredentialId"], by=STRANGER)
    assert answer.status_code == 201, answer.text

    page = await visit(window, "/")
    ours = [card.partition("</li>")[0] for card in page.html.split('<li class="card"')[1:]]

    assert "Leerhuis" in page.text
    assert "4 microcredentials" in page.status
    assert {card.count("<div><dt>") for card in ours} == {5, 7}
    assert not any("private" in card.lower() or "sector" in card.lower() for card in ours)


NRTO = [{"recogniser": "NRTO", "validFrom": "2021-10-01"}]


async def test_the_address_is_the_search(window: Catalogue) -> None:
    page = await visit(window, "/?level=eqf_5&level=eqf_7&form=online&q=op")

    assert page.checked() == [("form", "online"), ("level", "eqf_5"), ("level", "eqf_7")]
    assert next(one for one in page.inputs if one.get("id") == "q")["value"] == "op"
    assert page.title.startswith("op, Online, Niveau 5, Niveau 7: ")
    assert all(
        one["form"] == "find" for one in page.inputs if one["type"] in {"checkbox", "number"}
    )


async def test_values_are_counted_and_named_in_the_readers_language(window: Catalogue) -> None:
    dutch = await visit(window, "/")
    english = await visit(window, "/?lang=en")

    assert "Deels online, deels op locatie (1 gevonden )" in dutch.text
    assert "Partly online, partly on site (1 found )" in english.text
    assert "Online (2 found )" in english.text
    assert "Vanaf EC" in dutch.text
    assert "Up to ECTS" in english.text
    assert "University" not in dutch.text


async def test_a_chip_takes_one_filter_away(window: Catalogue) -> None:
    page = await visit(window, "/?q=zorgen&form=online&form=blended&lang=en")

    without = page.query_of("Without Form: Online")
    after = await visit(window, page.links["Without Form: Online"])

    assert without == [("q", "zorgen"), ("form", "blended"), ("lang", "en")]
    assert after.checked() == [("form", "blended")]
    assert page.query_of("Clear all") == [("lang", "en")]
    assert "Without Words: zorgen" in page.links


async def test_nothing_found_says_what_to_drop_and_how_many_there_are_then(
    window: Catalogue,
) -> None:
    page = await visit(window, "/?q=quantumcomputing&form=work_based&level=eqf_7")

    assert "0 microcredentials" in page.status
    assert "Laat weg: Op de werkplek en u vindt er 1" in page.text
    helped = await visit(window, page.links["Laat weg: Op de werkplek"])
    assert "1 microcredential" in helped.status


async def test_a_typing_error_is_mended_and_said(window: Catalogue) -> None:
    page = await visit(window, "/?q=quantumconputing")

    assert "We zochten naar quantumcomputing" in page.status
    assert "Introductie in quantumcomputing" in page.text


async def test_a_list_goes_on_and_back_to_its_start(catalogue: Catalogue) -> None:
    for number in range(CARDS_ON_A_PAGE + 2):
        await catalogue.published(content(title={"nl": f"Nummer {number}"}))

    first = await visit(catalogue, "/?level=eqf_7&lang=en")
    second = await visit(catalogue, first.links["Next"])

    titles = [name for page in (first, second) for name in page.links if name.startswith("Nummer")]
    assert len(titles) == len(set(titles)) == CARDS_ON_A_PAGE + 2
    assert first.title != second.title
    assert "Next" not in second.links
    assert second.query_of("Back to the start") == [("level", "eqf_7"), ("lang", "en")]
    assert second.head(name="robots", content="noindex, follow")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("level=eqf_99", "Niveau"),
        ("cursor=xx", "de plaats in de lijst"),
        ("cursor=WyJ4Il0", None),
        ("cursor=WzEsMl0", "de plaats in de lijst"),
        ("cursor=W3RydWVd", "de plaats in de lijst"),
        ("q=" + "x" * 5000, "een deel van uw woorden"),
        ("minEcts=veel&startsFrom=2027-02-30", "vanaf EC; start vanaf"),
        ("provider=x&compare=x", "Aanbieder"),
        ("compare=%FF&form=%22%3E%3Cscript%3E", "Vorm"),
        ("q=%E2%80%AE%F0%9F%98%80%01", None),
        ("q=--&q=%22%22%22 or or -", None),
        ("skill=https://evil.example/%22onclick=", None),
        ("provider=00000099000000990000", None),
    ],
)
async def test_no_address_is_an_error_to_a_person(
    window: Catalogue, query: str, named: str | None
) -> None:
    page = await visit(window, f"/?{query}")

    if named:
        assert f"dus we letten er niet op: {named}" in page.text
    assert "<script>" not in page.html
    assert "onclick=" not in page.html.replace("%22onclick", "").replace("&#34;onclick", "")


async def test_what_is_compared_stays_in_the_address(window: Catalogue) -> None:
    page = await visit(window, "/?level=eqf_7")
    beside = [link for link in page.links if link.startswith("Vergelijk :")]

    chosen = await visit(window, page.links[beside[0]])

    assert "U vergelijkt 1 van hoogstens 3" in chosen.text
    assert [one for one in chosen.inputs if one.get("name") == "id"]
    assert chosen.checked() == [("level", "eqf_7")]
    again = await visit(
        window, chosen.links["Niet meer" + beside[0].replace("Vergelijk", " vergelijken")]
    )
    assert "U vergelijkt" not in again.text


async def test_a_search_is_found_again_and_followed(window: Catalogue) -> None:
    page = await visit(window, "/?form=online&lang=en")

    [atom] = page.head(type="application/atom+xml")
    [feed] = page.head(type="application/feed+json")
    assert atom["href"] == "/feed.atom?form=online&lang=en"
    assert feed["href"] == "/feed.json?form=online&lang=en"
    assert "Save this search" in page.text
    [canonical] = page.head(rel="canonical")
    assert canonical["href"] == "https://catalog.example.nl/?form=online&lang=en"
    assert {one["hreflang"] for one in page.head(rel="alternate") if "hreflang" in one} == {
        "nl",
        "en",
        "x-default",
    }


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?q=&minEcts=&lang=en", "/?lang=en"),
        ("?q=+&level=", "/"),
        ("?q=a%26b&priceMax=&level=eqf_5&level=eqf_6", "/?q=a%26b&level=eqf_5&level=eqf_6"),
    ],
)
async def test_empty_fields_of_a_form_are_not_in_the_address_one_keeps(
    catalogue: Catalogue, query: str, kept: str
) -> None:
    answer = await catalogue.http.get(f"/{query}")

    assert (answer.status_code, answer.headers["location"]) == (303, kept)


async def test_another_language_keeps_the_search(window: Catalogue) -> None:
    page = await visit(window, "/?form=online&q=zorg")

    english = await visit(window, page.links["English"])

    assert english.checked() == [("form", "online")]
    assert "Search" in english.text


async def test_a_page_of_cards_asks_the_database_a_handful_of_times(window: Catalogue) -> None:
    await visit(window, "/")
    asked: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    engine = window.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    few = await visit(window, "/?q=zorgen")
    with_few = len(asked)
    for number in range(10):
        await window.published(content(title={"nl": f"Zorgen {number}"}))
    await visit(window, "/?q=zorgen")
    asked.clear()
    many = await visit(window, "/?q=zorgen")

    assert cards(many) > cards(few)
    assert len(asked) <= with_few <= 12


def cards(page: Reading) -> int:
    return page.html.count('<li class="card"')


async def test_the_page_says_by_what_it_orders(window: Catalogue) -> None:
    with_words = await visit(window, "/?q=zorgen&lang=en")
    without = await visit(window, "/?lang=en")

    assert "What fits your words best comes first. Nobody can buy a place." in with_words.text
    assert "In random order" in without.text


async def test_bounds_are_chips_too(window: Catalogue) -> None:
    page = await visit(window, "/?priceMax=450&startsFrom=2027-01-01&lang=en")

    assert "1 microcredential" in page.status
    assert page.query_of("Without at most euros: 450") == [
        ("startsFrom", "2027-01-01"),
        ("lang", "en"),
    ]


async def test_what_one_provider_offers_is_a_search(window: Catalogue) -> None:
    page = await visit(window, f"/?provider={PROVIDER}")

    assert "3 microcredentials" in page.status
    assert "Zonder Aanbieder: Universiteit Twente" in page.links
