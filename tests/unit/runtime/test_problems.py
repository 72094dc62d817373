"""A problem document is in the language of who reads it; all but its words stays the same."""

from typing import ClassVar

import pytest
from httpx import AsyncClient

from shared.errors import ConflictError
from shared.runtime.problems import dutch_title_of
from tests.unit.runtime.test_http import HOSTILE

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", HOSTILE)
async def test_every_problem_document_is_in_dutch_for_who_asks(toy: AsyncClient, name: str) -> None:
    method, path, sent, _, _ = HOSTILE[name]
    plain = await toy.request(method, path, **sent)
    sent = {**sent, "headers": {**sent.get("headers", {}), "Accept-Language": "nl, en;q=0.5"}}

    dutch = await toy.request(method, path, **sent)

    assert (plain.headers["content-language"], dutch.headers["content-language"]) == ("en", "nl")
    assert plain.headers["vary"] == dutch.headers["vary"] == "Accept-Language"
    english, said = plain.json(), dutch.json()
    for document in (english, said):
        document.pop("requestId")
    words = [(one.pop("title"), one.pop("detail")) for one in (english, said)]
    for one, other in zip(english.get("errors", []), said.get("errors", []), strict=True):
        words.append((one.pop("detail"), other.pop("detail")))
    assert english == said, "all but the words is the same"
    title, detail = zip(*words[:2], strict=True)
    assert title[0] != title[1]
    assert detail[0] != detail[1]
    assert all(one != other for one, other in words[2:])


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - {"a broken rule"}))
async def test_the_type_of_a_problem_is_the_address_of_its_page(
    toy: AsyncClient, name: str
) -> None:
    method, path, sent, *_ = HOSTILE[name]
    problem = (await toy.request(method, path, **sent)).json()
    own = problem["type"].removeprefix("https://toy.waarmerk.test/toy")

    shown = await toy.get(own, headers={"Accept": "text/html", "Accept-Language": "en"})

    assert shown.status_code == 200
    assert f">{problem['code']}<" in shown.text


async def test_a_person_gets_a_page_and_a_machine_a_document(toy: AsyncClient) -> None:
    person = await toy.get("/nothing", headers={"Accept": "text/html"})
    machine = await toy.get("/nothing")

    assert person.headers["content-language"] == "nl"
    assert machine.headers["content-language"] == "en"


async def test_a_faults_own_sentence_is_never_one_that_was_sent(toy: AsyncClient) -> None:
    name = "deze waarde voldoet niet aan een regel, zei a@example.nl"
    answer = await toy.post(
        "/v1/things",
        json={"thingName": name[:40].replace(",", "@"), "amount": 1},
        headers={"Accept-Language": "nl"},
    )

    assert [fault["detail"] for fault in answer.json()["errors"]] == [
        "Deze waarde voldoet niet aan een regel."
    ]


def test_a_title_in_dutch_is_no_half_sentence() -> None:
    class EarlyError(ConflictError):
        """Who awards for another names that other."""

        code: ClassVar[str] = "early"
        dutch: ClassVar[str] = "Wie namens een ander uitreikt, noemt die ander; doe dat eerst."

    assert dutch_title_of(EarlyError) == "Wie namens een ander uitreikt, noemt die ander"
