"""Pages speak Dutch or English, link within their service and hold nothing inline."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from httpx import AsyncClient
from jinja2 import UndefinedError
from starlette.applications import Starlette
from starlette.routing import Mount

from shared.runtime.language import Language
from shared.runtime.pages import Pages
from tests.support.toy import a_client, create_toy

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "nl"),
        ("", "en", "en"),
        ("", "en-GB,nl;q=0.5", "en"),
        ("", "nl;q=0.5,en;q=0.4", "nl"),
        ("", "de,fr", "nl"),
        ("", "en;q=much", "nl"),
        ("?lang=en", "nl", "en"),
        ("?lang=nl", "en", "nl"),
        ("?lang=fr", "en", "en"),
        ("", "," * 5000, "nl"),
    ],
)
async def test_a_page_speaks_the_language_of_its_reader(
    toy: AsyncClient, query: str, header: str, language: str
) -> None:
    answer = await toy.get(f"/{query}", headers={"Accept-Language": header})

    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}">' in answer.text


async def test_a_page_may_run_and_show_only_what_is_ours(toy: AsyncClient) -> None:
    answer = await toy.get("/")
    policy = answer.headers["content-security-policy"]

    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


async def test_an_asset_is_kept_for_ever_under_a_name_of_its_content(toy: AsyncClient) -> None:
    text = (await toy.get("/")).text
    address = text.partition('href="/assets/')[2].partition('"')[0]

    asset = await toy.get(f"/assets/{address}")

    assert asset.headers["content-type"].startswith("text/css")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_links_of_a_mounted_service_stay_within_it() -> None:
    outer = Starlette(routes=[Mount("/catalog", create_toy())])
    async with a_client(outer) as client:
        text = (await client.get("/catalog/?lang=en")).text
        address = text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]

        assert address.startswith("/catalog/assets/")
        assert (await client.get(address)).status_code == 200
        assert 'href="/catalog/?lang=en"' in text


async def test_links_keep_the_language_somebody_chose(toy: AsyncClient) -> None:
    english = {"Accept-Language": "en"}
    chosen = await toy.get("/?lang=nl", headers=english)
    preferred = await toy.get("/", headers=english)
    neither = await toy.get("/")

    assert 'class="brand" href="/?lang=nl"' in chosen.text
    assert 'class="brand" href="/?lang=en"' in preferred.text
    assert 'class="brand" href="/"' in neither.text


async def test_another_language_keeps_what_the_address_asks(toy: AsyncClient) -> None:
    page = await toy.get("/?q=a%26b+c&level=eqf_5&level=eqf_6&lang=en")

    assert 'href="/?q=a%26b+c&amp;level=eqf_5&amp;level=eqf_6&amp;lang=nl"' in page.text


@pytest.mark.parametrize("query", ["q=" + "x" * 5000, "%FF=%FF&lang=nl", "&&==&"])
async def test_a_query_nobody_means_breaks_no_link(toy: AsyncClient, query: str) -> None:
    page = await toy.get(f"/?{query}")

    assert page.status_code == 200
    assert len(page.text) < 5000


async def test_no_address_leads_to_another_host(toy: AsyncClient) -> None:
    page = await toy.get(f"{toy.base_url}//evil.example/%22%3E", headers={"Accept": "text/html"})

    assert page.status_code == 404
    assert 'href="/evil.example/%22%3E?lang=en"' in page.text


async def test_no_browser_asks_for_an_icon_we_do_not_have(toy: AsyncClient) -> None:
    assert '<link rel="icon" href="data:,">' in (await toy.get("/")).text


def render(text: str, *, language: Language = Language.NL, **context: object) -> str:
    pages = Pages("")
    return pages.environment.from_string(text).render(lang=language.value, root="", **context)


def test_what_people_typed_is_escaped() -> None:
    assert render("{{ name }}", name="<b>") == "&lt;b&gt;"


def test_a_forgotten_word_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("{{ nothing }}")


def test_both_languages_stand_side_by_side() -> None:
    text = "{{ say('Echt', 'Genuine') }}"

    assert render(text) == "Echt"
    assert render(text, language=Language.EN) == "Genuine"


def test_dates_and_numbers_are_written_as_people_do() -> None:
    day, summer = date(2026, 5, 3), datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    assert render("{{ day | day }}", day=day) == "3 mei 2026"
    assert render("{{ day | day }}", day=day, language=Language.EN) == "3 May 2026"
    assert render("{{ at | day }}", at=summer) == "2 juli 2026"
    assert render("{{ at | moment }}", at=summer) == "2 juli 2026, 00:30"
    assert render("{{ 1234567.5 | number }}") == "1.234.567,5"
    assert render("{{ 1234567.5 | number }}", language=Language.EN) == "1,234,567.5"


@pytest.mark.parametrize(
    ("amount", "currency", "dutch", "english"),
    [
        ("450.00", "EUR", "€\xa0450", "€450"),
        ("1234.5", "EUR", "€\xa01.234,50", "€1,234.50"),
        ("0", "USD", "USD\xa00", "USD\xa00"),
    ],
)
def test_amounts_are_written_as_people_do(
    amount: str, currency: str, dutch: str, english: str
) -> None:
    text = "{{ amount | money(currency) }}"
    value = Decimal(amount)

    assert render(text, amount=value, currency=currency) == dutch
    assert render(text, language=Language.EN, amount=value, currency=currency) == english


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/nothing", 404, "Deze pagina bestaat niet"),
        ("/nothing?lang=en", 404, "This page does not exist"),
        ("/down", 503, "Dit lukt nu even niet"),
        ("/broken", 500, "Er ging bij ons iets mis"),
        ("/a%00", 400, "Dit kunnen we niet lezen"),
    ],
)
async def test_a_person_gets_a_page_where_a_machine_gets_a_problem(
    path: str, status: int, heading: str
) -> None:
    app = create_toy()

    @app.get("/down")
    async def down() -> None:
        raise ConnectionRefusedError

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError

    async with a_client(app) as toy:
        page = await toy.get(path, headers=BROWSER)
        problem = await toy.get(path)

    assert (page.status_code, problem.status_code) == (status, status)
    assert f"<h1>{heading}</h1>" in page.text
    assert problem.headers["content-type"] == "application/problem+json"
    assert page.headers["api-version"]
    if status >= 500:
        assert page.headers["x-request-id"] in page.text


async def test_the_api_answers_a_browser_as_it_answers_anybody(toy: AsyncClient) -> None:
    answer = await toy.get("/v1/nothing", headers=BROWSER)

    assert answer.headers["content-type"] == "application/problem+json"
