"""What others say of a version: public once accepted, and always in somebody's own name."""

import asyncio
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.runtime.database import act_for
from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

THIRD = "00000099000000230000"
SAID: dict[str, Any] = {
    "kind": "endorsement",
    "version": 1,
    "text": {"nl": "Wij geven hiervoor vrijstelling."},
    "statedOn": "2026-11-20",
    "url": "https://www.example.nl/verklaring",
}
REVIEWED: dict[str, Any] = {
    **SAID,
    "kind": "peer-review",
    "panel": {"nl": "Peerpanel techniek"},
}


class Said:
    """A published microcredential, and what is said of it."""

    def __init__(self, catalogue: Catalogue, microcredential_id: str) -> None:
        self.catalogue = catalogue
        self.path = f"/v1/microcredentials/{microcredential_id}/statements"
        self.microcredential_id = microcredential_id

    async def file(self, body: dict[str, Any] = SAID, *, by: str = STRANGER) -> Response:
        headers = self.catalogue.headers(by)
        return await self.catalogue.http.post(self.path, json=body, headers=headers)

    async def settle(self, filed: Response, what: str, *, by: str) -> Response:
        return await self.catalogue.http.post(
            f"{self.path}/{filed.json()['statementId']}/{what}", headers=self.catalogue.headers(by)
        )

    async def seen(self, by: str | None = None, query: str = "") -> list[str]:
        headers = self.catalogue.headers(by) if by else {}
        answer = await self.catalogue.http.get(self.path + query, headers=headers)
        assert answer.status_code == 200, answer.text
        return [one["state"] for one in answer.json()["items"]]


@pytest.fixture
async def said(catalogue: Catalogue) -> Said:
    """Give a published microcredential, and a second organisation that may say something of it."""
    assert (await catalogue.record(STRANGER, name={"nl": "Voorbeeldinstituut"})).status_code == 201
    return Said(catalogue, await catalogue.published(content()))


async def test_an_endorsement_is_public_once_the_provider_accepts_it(said: Said) -> None:
    offered = await said.file()
    before = [await said.seen(by) for by in (None, THIRD, PROVIDER, STRANGER)]
    accepted = await said.settle(offered, "acceptances", by=PROVIDER)
    after = [await said.seen(by) for by in (None, THIRD, PROVIDER, STRANGER)]

    assert (offered.status_code, accepted.status_code) == (201, 201)
    assert before == [[], [], ["offered"], ["offered"]]
    assert after == [["accepted"]] * 4
    assert accepted.json() == {
        "statementId": offered.json()["statementId"],
        "microcredentialId": said.microcredential_id,
        **SAID,
        "author": {"oin": STRANGER, "name": {"nl": "Voorbeeldinstituut"}},
        "state": "accepted",
        "filedAt": "2026-11-22T09:30:00Z",
        "settledAt": "2026-11-22T09:30:00Z",
    }
    public = await said.catalogue.http.get(accepted.headers["location"])
    assert public.json() == accepted.json()


async def test_a_provider_files_what_its_panel_found_under_the_panels_name(said: Said) -> None:
    filed = await said.file(REVIEWED, by=PROVIDER)
    said.catalogue.clock.pass_(seconds=1)
    another = await said.file({**REVIEWED, "panel": {"nl": "Tweede panel"}}, by=PROVIDER)

    assert (filed.status_code, filed.json()["state"]) == (201, "accepted")
    assert filed.json()["author"] == {"name": {"nl": "Peerpanel techniek"}}
    assert another.status_code == 201
    assert await said.seen() == ["accepted", "accepted"]
    assert await said.seen(query="?kind=endorsement") == []
    assert await said.seen(query="?version=1&kind=peer-review") == ["accepted", "accepted"]
    assert await said.seen(query="?version=2") == []


async def test_what_is_declined_or_withdrawn_is_public_no_more(said: Said) -> None:
    offered = await said.file()
    await said.settle(offered, "acceptances", by=PROVIDER)
    declined = await said.settle(offered, "declinations", by=PROVIDER)
    said.catalogue.clock.pass_(seconds=1)
    anew = await said.file()
    withdrawn = await said.settle(anew, "withdrawals", by=STRANGER)

    assert (declined.json()["state"], withdrawn.json()["state"]) == ("declined", "withdrawn")
    assert await said.seen() == []
    assert await said.seen(PROVIDER) == ["declined", "withdrawn"]


async def test_what_is_settled_is_not_settled_otherwise(said: Said) -> None:
    offered = await said.file()
    await said.settle(offered, "withdrawals", by=STRANGER)

    refused = [
        await said.settle(offered, "acceptances", by=PROVIDER),
        await said.settle(offered, "declinations", by=PROVIDER),
        await said.settle(offered, "withdrawals", by=STRANGER),
    ]

    assert [(one.status_code, one.json()["code"]) for one in refused] == [
        (409, "statement-settled")
    ] * 3


async def test_each_settles_only_what_is_theirs_to_settle(said: Said) -> None:
    offered = await said.file()
    hidden = await said.settle(offered, "acceptances", by=THIRD)
    by_author = await said.settle(offered, "acceptances", by=STRANGER)
    by_provider = await said.settle(offered, "withdrawals", by=PROVIDER)
    await said.settle(offered, "acceptances", by=PROVIDER)
    by_third = await said.settle(offered, "declinations", by=THIRD)

    assert [one.json()["code"] for one in (hidden, by_author, by_provider, by_third)] == [
        "statement-unknown",
        "not-the-provider",
        "not-the-author",
        "not-the-provider",
    ]
    assert await said.seen() == ["accepted"]


async def test_nobody_endorses_itself(said: Said) -> None:
    itself = await said.file(by=PROVIDER)

    assert (itself.status_code, itself.json()["code"]) == (403, "self-endorsement")


async def test_whose_microcredential_it_is_does_not_endorse_it_either(said: Said) -> None:
    catalogue = said.catalogue
    await catalogue.http.put(
        f"/v1/organisations/{STRANGER}/mandates/{PROVIDER}",
        json={"validFrom": "2026-09-01"},
        headers=catalogue.headers(STRANGER),
    )
    drafted = await catalogue.http.post(
        "/v1/microcredentials",
        json={"content": content(), "onBehalfOf": STRANGER},
        headers=catalogue.headers(),
    )
    microcredential_id = drafted.json()["microcredentialId"]
    await catalogue.publish(microcredential_id)

    refused = await Said(catalogue, microcredential_id).file()

    assert (refused.status_code, refused.json()["code"]) == (403, "self-endorsement")


async def test_who_is_not_recognised_or_not_known_says_nothing(said: Said) -> None:
    unknown = await said.file(by=THIRD)
    unknown_review = await said.file({**SAID, "kind": "peer-review"}, by=THIRD)
    known = await said.catalogue.record(THIRD, name={"nl": "Nog niet erkend"}, recognitions=[])
    unrecognised = await said.file(by=THIRD)
    review = await said.file({**SAID, "kind": "peer-review"}, by=THIRD)

    assert known.status_code == 201
    assert [one.json()["code"] for one in (unknown, unknown_review, unrecognised)] == [
        "author-not-recognised",
        "author-unknown",
        "author-not-recognised",
    ]
    assert (review.status_code, review.json()["state"]) == (201, "offered")


async def test_every_fault_of_a_statement_is_named_at_once(said: Said) -> None:
    late = {**SAID, "statedOn": "2026-11-23"}
    own = await said.file({**late, "kind": "peer-review"}, by=PROVIDER)
    others = await said.file({**late, "panel": {"nl": "Peerpanel"}})

    assert [(one["pointer"], one["code"]) for one in own.json()["errors"]] == [
        ("/panel", "panel-needed"),
        ("/statedOn", "stated-in-the-future"),
    ]
    assert [(one["pointer"], one["code"]) for one in others.json()["errors"]] == [
        ("/panel", "panel-unexpected"),
        ("/statedOn", "stated-in-the-future"),
    ]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"kind": "praise"}, "/kind"),
        ({"version": 0}, "/version"),
        ({"text": {}}, "/text"),
        ({"url": "javascript:alert(1)"}, "/url"),
        ({"author": STRANGER}, "/author"),
    ],
)
async def test_a_statement_is_judged_by_its_form(
    said: Said, changed: dict[str, Any], pointer: str
) -> None:
    answer = await said.file({**SAID, **changed})

    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_a_statement_is_about_a_version_that_is_published(said: Said) -> None:
    drafted = (await said.catalogue.draft(content())).json()["microcredentialId"]

    answers = [
        await said.file({**SAID, "version": 2}),
        await Said(said.catalogue, drafted).file(),
        await said.catalogue.http.get(f"/v1/microcredentials/{drafted}/statements"),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (404, "microcredential-unknown")
    ] * 3


async def test_the_same_is_said_once_also_by_twins(said: Said) -> None:
    together = asyncio.Barrier(3)

    async def file() -> Response:
        await together.wait()
        return await said.file()

    answers = await asyncio.gather(*(file() for _ in range(3)))

    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert {one.json().get("code") for one in answers if one.status_code == 409} == {
        "already-stated"
    }


async def test_accepting_and_withdrawing_at_once_ends_withdrawn_or_refused(said: Said) -> None:
    offered = await said.file()
    together = asyncio.Barrier(2)

    async def settle(what: str, by: str) -> Response:
        await together.wait()
        return await said.settle(offered, what, by=by)

    accepted, withdrawn = await asyncio.gather(
        settle("acceptances", PROVIDER), settle("withdrawals", STRANGER)
    )

    assert withdrawn.status_code == 201
    assert accepted.status_code in {201, 409}
    assert await said.seen() == []


async def test_statements_come_in_pages(said: Said) -> None:
    for number in range(3):
        await said.file({**REVIEWED, "panel": {"nl": f"Panel {number}"}}, by=PROVIDER)
        said.catalogue.clock.pass_(seconds=1)

    first = (await said.catalogue.http.get(f"{said.path}?limit=2")).json()
    rest = (await said.catalogue.http.get(f"{said.path}?limit=2&cursor={first['next']}")).json()

    names = [one["author"]["name"]["nl"] for one in first["items"] + rest["items"]]
    assert names == ["Panel 0", "Panel 1", "Panel 2"]
    assert "next" not in rest


async def test_what_is_offered_is_behind_the_second_wall_too(said: Said) -> None:
    await said.file()
    query = text("SELECT count(*) FROM statement")

    counts = {}
    for organisation in (PROVIDER, STRANGER, THIRD):
        async with said.catalogue.database.transaction() as session:
            await act_for(session, organisation)
            counts[organisation] = await session.scalar(query)
    assert counts == {PROVIDER: 1, STRANGER: 1, THIRD: 0}
    with pytest.raises(DBAPIError):
        async with said.catalogue.database.transaction() as session:
            await session.scalar(query)
