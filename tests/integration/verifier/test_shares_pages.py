"""Links for people: made on the page of a verdict, explained at their own address, and ended."""

import html
import re

import pytest
from httpx import AsyncClient, Response

from tests.integration.verifier.gallery import Gallery
from tests.integration.verifier.reading import carried, hand_in, heading, visible
from tests.support.shares import PUBLIC, Sharing

pytestmark = pytest.mark.anyio

MAKE = "Maak een link om dit te delen"


def shown(page: Response, name: str) -> str:
    """Return what a hidden field of the page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def link_of(page: Response) -> str:
    found = re.search(r'<textarea[^>]* id="link"[^>]*>([^<]*)</textarea>', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def test_who_has_a_genuine_credential_gets_a_link_a_code_a_picture_and_a_way_back(
    sharing: Sharing, token: str
) -> None:
    verdict = await sharing.client.post("/", data={"credential": token})
    made = await sharing.client.post(
        "/shares", data={**carried(verdict), "days": "30", "withCode": "true"}
    )

    assert MAKE in verdict.text
    assert (made.status_code, heading(made)) == (200, "Uw link is klaar")
    assert made.headers["cache-control"] == "no-store"
    assert "22 december 2026" in made.text
    assert "data:image/svg+xml" in made.text
    assert re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", made.text)
    assert "Sam de Vries" not in visible(made)
    assert str(made.url) == f"{PUBLIC}/shares"

    opened = await sharing.client.post("/", data={"credential": link_of(made)})
    assert heading(opened) == "Echt en geldig"
    assert "Sam de Vries" in visible(opened)
    assert MAKE not in opened.text
    assert "deellink" in opened.text

    ended = await sharing.client.post(
        "/withdrawals",
        data={"link": shown(made, "link"), "withdrawal": shown(made, "withdrawal")},
    )
    assert heading(ended) == "U deelt dit bewijs niet meer"
    gone = await sharing.client.post("/?lang=en", data=carried(opened))
    assert heading(gone) == "The holder does not share this"


async def test_the_whole_link_and_the_secret_can_be_pasted_to_end_it(
    sharing: Sharing, token: str
) -> None:
    shared = await sharing.share(token)
    asked = {"link": f" {shared['link']} ", "withdrawal": f"{shared['withdrawal']}\n"}
    form = await sharing.client.get("/withdrawals?lang=en")
    wrong = await sharing.client.post("/withdrawals", data={**asked, "withdrawal": "x"})
    ended = await sharing.client.post("/withdrawals?lang=en", data=asked)
    twice = await sharing.client.post("/withdrawals", data=asked)

    assert heading(form) == "Stop sharing"
    assert (wrong.status_code, "Dit is niet gelukt" in wrong.text) == (400, True)
    assert (ended.status_code, heading(ended)) == (200, "You no longer share this credential")
    assert twice.status_code == 400


async def test_the_page_at_a_link_explains_and_says_the_same_whether_it_is_there_or_not(
    sharing: Sharing, token: str
) -> None:
    shared = await sharing.share(token)
    there = await sharing.client.get(f"/s/{shared['shareId']}")
    nowhere = await sharing.client.get("/s/AAAAAAAAAAAAAAAAAAAAAA?lang=en")

    assert heading(there) == "Iemand deelt een bewijs met u"
    assert heading(nowhere) == "Somebody shares a credential with you"
    assert "script-src 'self'" in there.headers["content-security-policy"]
    assert there.headers["x-robots-tag"] == "noindex"
    assert "Sam de Vries" not in there.text


async def test_no_link_is_offered_for_what_cannot_be_shared(
    sharing: Sharing, gallery: Gallery
) -> None:
    for name in ("altered", "revoked", "erased", "issuer-unknown", "no-credential", "code"):
        page = await hand_in(sharing.client, gallery, name)
        refused = await sharing.client.post(
            "/shares", data=carried(page), headers={"Accept": "text/html"}
        )

        assert MAKE not in page.text, name
        assert refused.status_code == 400, name


async def test_no_code_is_offered_where_none_is_given(verifier: AsyncClient, token: str) -> None:
    page = await verifier.post("/", data={"credential": token})

    assert MAKE in page.text
    assert "withCode" not in page.text


@pytest.mark.parametrize("days", ["0", "366", "x"])
async def test_a_form_asks_no_other_days_either(sharing: Sharing, token: str, days: str) -> None:
    page = await sharing.client.post("/", data={"credential": token})
    made = await sharing.client.post(
        "/shares", data={**carried(page), "days": days}, headers={"Accept": "text/html"}
    )

    assert made.status_code == 400


async def test_who_comes_back_to_the_address_of_a_made_link_finds_the_box(
    sharing: Sharing,
) -> None:
    back = await sharing.client.get("/shares?lang=en")

    assert (back.status_code, back.headers["location"]) == (303, "/?lang=en")
