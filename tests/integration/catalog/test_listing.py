"""What can be earned: found in lists, and gone from them once archived."""

import pytest

from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

WHOLE = content()


async def test_archiving_closes_versions_and_tells_everybody(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    await catalogue.put(microcredential_id, content(title={"nl": "Nieuw"}))
    await catalogue.publish(microcredential_id)

    first = await catalogue.archive(microcredential_id, {"version": 1})
    rest = await catalogue.archive(microcredential_id)
    again = await catalogue.archive(microcredential_id)
    none = await catalogue.archive(microcredential_id, {"version": 9})

    assert [one["version"] for one in first.json()["archived"]] == [1]
    assert [one["version"] for one in rest.json()["archived"]] == [2]
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-archive")
    assert none.status_code == 404
    events = (await catalogue.events())[-2:]
    assert [event.type.split(".")[2] for event in events] == ["microcredential-archived"] * 2
    assert [event.data["recordVersion"] for event in events] == [2, 2]
    assert [event.subject[-1] for event in events] == ["1", "2"]
    shown = (await catalogue.http.get(f"/v1/microcredentials/{microcredential_id}")).json()
    assert shown["state"] == "archived"
    assert shown["archivedAt"]
    assert not (await catalogue.http.get("/v1/microcredentials")).json()["items"]


async def test_the_list_is_searched_by_words_provider_and_level(catalogue: Catalogue) -> None:
    await catalogue.published(WHOLE)
    catalogue.clock.pass_(seconds=1)
    other = content(title={"nl": "100% bodem"}, level={"value": "eqf_6", "basis": "self-declared"})
    await catalogue.published(other)

    async def titles(**query: str) -> list[str]:
        answer = await catalogue.http.get("/v1/microcredentials", params=query)
        assert answer.status_code == 200, answer.text
        return [one["content"]["title"]["nl"] for one in answer.json()["items"]]

    assert await titles() == ["Introductie in quantumcomputing", "100% bodem"]
    assert await titles(q="QUANTUM computing") == ["Introductie in quantumcomputing"]
    assert await titles(q="100%") == ["100% bodem"]
    assert await titles(q="%") == []
    assert await titles(level="eqf_6") == ["100% bodem"]
    assert await titles(provider=STRANGER) == []
    assert len(await titles(provider=PROVIDER)) == 2


async def test_pages_of_the_list_miss_nothing_that_is_published_meanwhile(
    catalogue: Catalogue,
) -> None:
    expected = []
    for _ in range(3):
        expected.append(await catalogue.published(WHOLE))
        catalogue.clock.pass_(seconds=1)

    first = (await catalogue.http.get("/v1/microcredentials", params={"limit": 2})).json()
    await catalogue.put(expected[0], content(title={"nl": "Nieuw"}))
    await catalogue.publish(expected[0])
    expected.append(await catalogue.published(WHOLE))
    rest = (
        await catalogue.http.get("/v1/microcredentials", params={"cursor": first["next"]})
    ).json()

    seen = [one["microcredentialId"] for one in first["items"] + rest["items"]]
    assert seen == expected


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIl0", "WyJhIiwiYiJd"])
async def test_a_cursor_that_is_none_of_ours_is_refused(catalogue: Catalogue, cursor: str) -> None:
    answer = await catalogue.http.get("/v1/microcredentials", params={"cursor": cursor})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/cursor"
