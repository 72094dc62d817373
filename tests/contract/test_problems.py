"""Whatever a service can say no to, it can explain: each refusal, each form of text."""

import re
from collections.abc import Iterator
from typing import Any, Final

import anyio
import pytest
from httpx import ASGITransport, AsyncClient, Response
from markupsafe import escape

from shared.runtime.problem_pages import problem_types
from shared.runtime.sentences import OF_PATTERN
from tests.contract.test_openapi import fetched
from tests.support.settings import SERVICES, app_of

pytestmark = pytest.mark.parametrize("service", SERVICES)


def members(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a document, but for its examples."""
    if isinstance(value, dict):
        yield value
        for name, member in value.items():
            if name not in {"example", "examples"}:
                yield from members(member)
    elif isinstance(value, list):
        for item in value:
            yield from members(item)


def declared(document: dict[str, Any]) -> set[str]:
    """Return the code of every refusal that is declared somewhere."""
    return {
        code
        for item in document["paths"].values()
        for operation in item.values()
        for status, response in operation["responses"].items()
        if status[0] in "45"
        for code in re.findall(r"`([a-z0-9-]+)`", response["description"])
    }


def ask(service: str, *paths: str, language: str = "nl") -> list[Response]:
    async def every() -> list[Response]:
        async with AsyncClient(
            transport=ASGITransport(app_of(service)),
            base_url="http://service",
            headers={"Accept": "text/html", "Accept-Language": language},
        ) as client:
            return [await client.get(path) for path in paths]

    return anyio.run(every)


def test_every_form_of_text_that_is_asked_is_said_in_words(service: str) -> None:
    patterns = {
        str(one["pattern"]) for one in members(fetched(app_of(service))) if "pattern" in one
    }

    assert patterns <= set(OF_PATTERN)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_refusal_that_is_declared_has_its_page(service: str, language: str) -> None:
    codes = sorted(declared(fetched(app_of(service))))
    every, *each = ask(
        service, "/problems", *(f"/problems/{code}" for code in codes), language=language
    )

    assert {answer.status_code for answer in (every, *each)} == {200}
    for code, answer in zip(codes, each, strict=True):
        assert f">{code}<" in every.text
        assert f">{code}<" in answer.text
        assert f'lang="{language}"' in answer.text
        assert answer.headers["content-language"] == language
    assert len({answer.text for answer in each}) == len(codes)


# What is said of their status says it all: whose fault it is, or whose scope is missing.
PLAIN: Final = frozenset({"conflict", "not-permitted", "scope-missing", "unauthenticated"})
OTHERS: Final = frozenset({"catalog", "registry"})
"""Of whose conflicts the sentence itself says what to do, or that stand in no answer."""


def test_who_is_turned_away_is_told_what_to_do_about_just_that(service: str) -> None:
    turned_away = [
        one
        for one in problem_types(service).values()
        if one.status == 401 or (one.status in {403, 409} and service not in OTHERS)
    ]

    assert [one.code for one in turned_away if one.code not in PLAIN and one.remedy is None] == []
    for one in turned_away:
        if one.remedy is not None:
            assert one.remedy.en != one.remedy.nl
            assert all(text[0].isupper() and text.endswith(".") for text in one.remedy)
            assert ask(service, f"/problems/{one.code}", language="nl")[0].text.count(
                str(escape(one.remedy.nl))
            )


def test_a_refusal_that_does_not_exist_has_no_page(service: str) -> None:
    (nothing,) = ask(service, "/problems/nonsense")

    assert nothing.status_code == 404
