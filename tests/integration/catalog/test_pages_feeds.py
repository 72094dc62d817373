"""A search that one follows: Atom and JSON Feed of the same address, cheap to ask again."""

from typing import Any

import pytest
from defusedxml import ElementTree
from httpx import Response

from services.catalog.pages.feeds import ATOM, MOST_ENTRIES
from tests.integration.catalog.conftest import PUBLIC_URL, Catalogue
from tests.integration.catalog.offers import Provider
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

BOTH = pytest.mark.parametrize("path", ["/feed.atom", "/feed.json"])
IN = {"a": ATOM}


async def ask(catalogue: Catalogue, path: str, **headers: str) -> Response:
    return await catalogue.http.get(path, headers=headers)


def texts(answer: Response, path: str) -> list[str | None]:
    root = ElementTree.fromstring(answer.content)
    return [node.text for node in root.findall(path, IN)]


async def test_both_feeds_tell_the_newest_first_by_their_permanent_addresses(
    catalogue: Catalogue,
) -> None:
    ids = []
    for title in ("Eerste", "Tweede"):
        ids.append(await catalogue.published(content(title={"nl": title, "en": "An English one"})))
        catalogue.clock.pass_(hours=1)
    addresses = [f"{PUBLIC_URL}/microcredentials/{one}/versions/1" for one in reversed(ids)]

    atom = await ask(catalogue, "/feed.atom")
    feed = (await ask(catalogue, "/feed.json")).json()

    assert atom.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert texts(atom, "a:entry/a:id") == addresses
    assert texts(atom, "a:entry/a:title") == ["Tweede", "Eerste"]
    assert texts(atom, "a:entry/a:author/a:name") == ["Universiteit Twente"] * 2
    assert [item["id"] for item in feed["items"]] == addresses
    assert [item["title"] for item in feed["items"]] == ["Tweede", "Eerste"]
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert "Rekenen met qubits. Het is 5 EC." in feed["items"][0]["content_text"]
    assert feed["items"][0]["date_published"] == "2026-11-22T10:30:00+00:00"


@BOTH
async def test_a_feed_follows_the_search_it_was_made_of(catalogue: Catalogue, path: str) -> None:
    await catalogue.published(content(modesOfDelivery=["online"], title={"en": "Wanted"}))
    await catalogue.published(content(title={"en": "Unwanted"}))

    answer = await ask(catalogue, f"{path}?form=online&lang=en&cursor=xx&level=eqf_99")

    assert "Wanted" in answer.text
    assert "Unwanted" not in answer.text
    assert "Microcredentials in the Netherlands: Online (not understood" in answer.text
    own = f"{PUBLIC_URL}{path}?form=online&lang=en"
    assert own in answer.text.replace("&amp;", "&")
    assert f"{PUBLIC_URL}/?form=online&lang=en" in answer.text.replace("&amp;", "&")


@BOTH
async def test_who_has_the_feed_is_told_so_until_something_changes(
    catalogue: Catalogue, path: str
) -> None:
    microcredential_id = await catalogue.published(content())
    first = await ask(catalogue, path)
    tag, moment = first.headers["etag"], first.headers["last-modified"]
    catalogue.clock.pass_(minutes=1)

    by_tag = await ask(catalogue, path, **{"If-None-Match": f'"other", W/{tag}'})
    by_moment = await ask(catalogue, path, **{"If-Modified-Since": moment})
    both = await ask(catalogue, path, **{"If-None-Match": '"x"', "If-Modified-Since": moment})
    await Provider(catalogue, microcredential_id).offered()
    changed = await ask(catalogue, path, **{"If-None-Match": tag})
    later = await ask(catalogue, path, **{"If-Modified-Since": moment})

    assert [one.status_code for one in (by_tag, by_moment, both, changed, later)] == [
        304,
        304,
        200,
        200,
        200,
    ]
    assert by_tag.content == b""
    assert by_tag.headers["etag"] == tag
    assert changed.headers["last-modified"] != moment
    assert "max-age=300" in first.headers["cache-control"]


@BOTH
@pytest.mark.parametrize("moment", ["yesterday", "", "Sat, 99 Foo 2026 00:00:00 GMT", "0"])
async def test_a_moment_nobody_can_read_is_no_moment(
    catalogue: Catalogue, path: str, moment: str
) -> None:
    answer = await ask(catalogue, path, **{"If-Modified-Since": moment})

    assert answer.status_code == 200


@BOTH
async def test_a_feed_without_entries_is_a_feed(catalogue: Catalogue, path: str) -> None:
    first = await ask(catalogue, f"{path}?q=nergens")
    again = await ask(catalogue, f"{path}?q=nergens")

    assert first.status_code == 200
    assert first.headers["etag"] == again.headers["etag"]


async def test_a_feed_ends_somewhere(catalogue: Catalogue) -> None:
    for number in range(MOST_ENTRIES + 1):
        await catalogue.published(content(title={"nl": f"Nummer {number}"}))

    feed: dict[str, Any] = (await ask(catalogue, "/feed.json")).json()

    assert len(feed["items"]) == MOST_ENTRIES


async def test_what_xml_cannot_write_is_left_out(catalogue: Catalogue) -> None:
    answer = await ask(catalogue, "/feed.atom?q=%0B%EF%BF%BF%3C%2Ftitle%3E")

    [title] = texts(answer, "a:title")
    assert title == "Microcredentials in Nederland: </title>"


async def test_a_feed_is_called_after_its_search_in_words(catalogue: Catalogue) -> None:
    await catalogue.published(content())

    dutch = await ask(catalogue, "/feed.atom?level=eqf_7&language=en&form=nonsense")
    english = await ask(catalogue, "/feed.atom?level=eqf_7&lang=en")

    [title] = texts(dutch, "a:title")
    assert str(title).startswith("Microcredentials in Nederland: Niveau 7, Engels (niet begrepen")
    assert texts(english, "a:title") == ["Microcredentials in the Netherlands: Level 7"]
