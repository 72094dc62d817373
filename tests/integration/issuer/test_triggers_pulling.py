"""Results that are pulled from an institution's own OEAPI: page by page, once, whatever breaks."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.issuer.operations.triggers import pulling
from services.issuer.repository import triggers_sources
from shared.contracts.microcredential import OtherCode
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.fetching import Reach
from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import NHL, UTWENTE
from tests.support.results import (
    ASSOCIATION,
    AUTUMN,
    a_person,
    a_result,
    an_association,
    an_offering,
)
from tests.support.serving import serving

pytestmark = pytest.mark.anyio
SOURCES = "/v1/association-sources"
Json = dict[str, Any]


@dataclass
class Institution:
    """Somebody's OEAPI: which associations it lists, who may see them, and what it was asked."""

    url: str = ""
    listed: list[Json] = field(default_factory=list)
    whole: dict[str, Json] = field(default_factory=dict)
    offering: str = str(AUTUMN)
    page_size: int = 2
    asked: list[str] = field(default_factory=list)
    authorisations: set[str | None] = field(default_factory=set)
    broken_from: int | None = None

    async def answer(self, request: Request) -> Response:
        """Answer as an OEAPI does."""
        path = request.url.path
        self.asked.append(f"{path}?{request.url.query}")
        self.authorisations.add(request.headers.get("authorization"))
        if path == f"/v6/course-offerings/{self.offering}/course-offering-associations":
            number = int(request.query_params["pageNumber"])
            if self.broken_from is not None and number >= self.broken_from:
                return JSONResponse({"title": "broken"}, 500)
            begin = (number - 1) * self.page_size
            items = self.listed[begin : begin + self.page_size]
            more = begin + self.page_size < len(self.listed)
            return JSONResponse({"pageNumber": number, "items": items, "hasNextPage": more})
        one = self.whole.get(path.rpartition("/")[2])
        if one is not None and request.query_params.get("expand") == "person":
            return JSONResponse(one)
        return JSONResponse({"title": "Not found"}, 404)

    def pages(self) -> list[str]:
        """Return which pages were asked of the list, in order."""
        asked = [one for one in self.asked if f"/{self.offering}/" in one and "course" in one]
        return [one.partition("pageNumber=")[2].partition("&")[0] for one in asked]


@asynccontextmanager
async def an_institution() -> AsyncIterator[Institution]:
    one = Institution()
    async with serving(Starlette(routes=[Route("/{path:path}", one.answer)])) as url:
        one.url = f"{url}/v6"
        yield one


@pytest.fixture
async def institution(issuer: Issuer) -> AsyncIterator[Institution]:
    """Give an institution of which a run is known here, and a desk that may reach it."""
    await issuer.hear(an_offering())
    async with an_institution() as one:
        yield one


def in_sandbox(issuer: Issuer) -> Issuer:
    """Let an issuer fetch from this machine too."""
    desk = replace(issuer.desk, reach=Reach(anywhere=True))
    issuer.client._transport.app.state.desk = desk  # type: ignore[attr-defined] # noqa: SLF001
    return replace(issuer, desk=desk)


async def register(issuer: Issuer, url: str, **more: object) -> httpx.Response:
    return await issuer.post(SOURCES, {"url": url, **more})


async def pull(issuer: Issuer) -> bool:
    return await pulling.pull_next(issuer.desk, clock=issuer.clock)


async def awarded(issuer: Issuer) -> int:
    return len((await issuer.read("/v1/awards")).json()["items"])


async def source(issuer: Issuer) -> Json:
    [one] = (await issuer.read(SOURCES)).json()["items"]
    told: Json = one
    return told


def associations(count: int) -> list[Json]:
    return [
        an_association(
            associationId=str(uuid4()), person=a_person(email=f"learner{number}@example.nl")
        )
        for number in range(count)
    ]


async def test_every_page_is_pulled_and_awarded_once(
    issuer: Issuer, institution: Institution
) -> None:
    issuer = in_sandbox(issuer)
    institution.listed = associations(5)
    assert (await register(issuer, institution.url, token="mc_test_token")).status_code == 201

    assert await pull(issuer)
    assert not await pull(issuer)

    assert await awarded(issuer) == 5
    assert institution.pages() == ["1", "2", "3"]
    assert institution.authorisations == {"Bearer mc_test_token"}
    told = await source(issuer)
    assert (told["failures"], "problem" in told, "completedAt" in told) == (0, False, True)
    assert "token" not in str(told)
    results = (await issuer.read("/v1/association-results")).json()["items"]
    assert {one["pulled"] for one in results} == {True}


async def test_the_next_round_passes_over_what_is_told_as_before(
    issuer: Issuer, institution: Institution
) -> None:
    issuer = in_sandbox(issuer)
    institution.listed = associations(3)
    await register(issuer, institution.url, intervalSeconds=60)
    await pull(issuer)
    institution.listed[1]["result"] = a_result(score="9")
    issuer.clock.now += timedelta(seconds=61)

    assert await pull(issuer)

    assert await awarded(issuer) == 3
    outcomes = [
        one["outcome"] for one in (await issuer.read("/v1/association-results")).json()["items"]
    ]
    assert sorted(outcomes) == ["awarded", "awarded", "corrected"]


async def test_a_list_without_persons_is_completed_one_by_one_and_only_when_it_changed(
    issuer: Issuer, institution: Institution
) -> None:
    issuer = in_sandbox(issuer)
    whole = an_association()
    institution.whole = {str(ASSOCIATION): whole}
    institution.listed = [{name: value for name, value in whole.items() if name != "person"}]
    await register(issuer, institution.url, intervalSeconds=60)
    await pull(issuer)
    before = len(institution.asked)
    issuer.clock.now += timedelta(seconds=61)

    await pull(issuer)

    assert await awarded(issuer) == 1
    assert [one for one in institution.asked[before:] if "expand=person" in one] == []


async def test_a_round_goes_on_where_it_broke_off_and_waits_longer_each_time(
    issuer: Issuer, institution: Institution
) -> None:
    issuer = in_sandbox(issuer)
    institution.listed = associations(5)
    institution.broken_from = 2
    await register(issuer, institution.url)
    await pull(issuer)
    assert await awarded(issuer) == 2
    told = await source(issuer)
    assert (told["problem"], told["failures"]) == ("source-refused", 1)
    assert not await pull(issuer)
    issuer.clock.now += timedelta(seconds=31)
    await pull(issuer)
    assert (await source(issuer))["failures"] == 2
    issuer.clock.now += timedelta(seconds=31)
    assert not await pull(issuer)
    institution.broken_from = None
    issuer.clock.now += timedelta(seconds=31)

    await pull(issuer)

    assert await awarded(issuer) == 5
    assert institution.pages() == ["1", "2", "2", "2", "3"]
    assert (await source(issuer))["failures"] == 0


async def test_what_was_sent_before_is_not_awarded_again_when_it_is_pulled(
    issuer: Issuer, institution: Institution
) -> None:
    issuer = in_sandbox(issuer)
    body = an_association()
    path = f"/oeapi/v6/course-offering-associations/{ASSOCIATION}"
    await issuer.client.put(path, json=body, headers=issuer.headers())
    institution.listed = [body]
    await register(issuer, institution.url)

    await pull(issuer)
    again = await issuer.client.put(path, json=body, headers=issuer.headers())

    assert again.status_code == 200
    assert await awarded(issuer) == 1
    [result] = (await issuer.read("/v1/association-results")).json()["items"]
    assert (result["outcome"], result["revision"], result["pulled"]) == ("awarded", 1, False)


async def test_an_offering_is_asked_for_by_the_id_it_has_there(
    issuer: Issuer, institution: Institution
) -> None:
    issuer = in_sandbox(issuer)
    there = str(uuid4())
    await issuer.hear(
        an_offering(record_version=2, other_codes=(OtherCode(code_type="uuid", code=there),))
    )
    institution.offering = there
    institution.listed = [an_association(courseOfferingId=there)]
    await register(issuer, institution.url)

    await pull(issuer)

    assert await awarded(issuer) == 1


async def test_an_association_that_cannot_be_read_does_not_hold_up_the_others(
    issuer: Issuer, institution: Institution
) -> None:
    issuer = in_sandbox(issuer)
    bad = an_association(associationId=str(uuid4()), result={"state": 5})
    institution.listed = [bad, *associations(1)]
    await register(issuer, institution.url)

    await pull(issuer)

    assert await awarded(issuer) == 1


async def test_two_workers_pull_each_source_once(issuer: Issuer, institution: Institution) -> None:
    issuer = in_sandbox(issuer)
    institution.listed = associations(2)
    await register(issuer, institution.url)

    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        taken = await triggers_sources.claim_source(
            session, now=issuer.clock.now, lease_until=issuer.clock.now + pulling.LEASE
        )
    assert taken is not None
    assert not await pull(issuer)
    issuer.clock.now += pulling.LEASE + timedelta(seconds=1)

    assert await pull(issuer)
    assert await awarded(issuer) == 2


async def test_a_name_and_a_secret_let_in_too(issuer: Issuer, institution: Institution) -> None:
    issuer = in_sandbox(issuer)
    await register(issuer, institution.url, userName="waarmerk", secret="mc_test_secret")

    await pull(issuer)

    basic = b64encode(b"waarmerk:mc_test_secret").decode()
    assert institution.authorisations == {f"Basic {basic}"}


@pytest.mark.parametrize(
    "url",
    [
        "http://sis.example.nl/oeapi",
        "https://127.0.0.1/oeapi",
        "https://169.254.169.254/latest",
        "https://user@sis.example.nl/oeapi",
        "https://sis.example.nl/oeapi?x=1",
        "nothing",
    ],
)
async def test_only_a_public_https_address_can_be_registered(issuer: Issuer, url: str) -> None:
    answer = await register(issuer, url)

    assert (answer.status_code, answer.json()["code"]) == (400, "address-refused")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/url"]


async def test_an_address_that_turns_out_to_be_our_own_network_is_not_asked(
    issuer: Issuer, institution: Institution
) -> None:
    institution.listed = associations(1)
    await register(in_sandbox(issuer), institution.url)

    await pull(replace(issuer, desk=replace(issuer.desk, reach=Reach())))

    assert institution.asked == []
    assert (await source(issuer))["problem"] == "address-refused"


async def test_a_secret_is_kept_under_seal(issuer: Issuer) -> None:
    await register(issuer, "https://sis.example.nl/v6", token="mc_test_token_of_the_source")

    assert "mc_test_token_of_the_source" not in str(
        await issuer.ask("SELECT * FROM association_source")
    ) + str(await issuer.ask("SELECT * FROM idempotency"))


async def test_a_source_is_registered_once_seen_by_its_own_and_can_be_removed(
    issuer: Issuer,
) -> None:
    url = "https://sis.example.nl/v6"
    first = await register(issuer, url)
    second = await register(issuer, f"{url}/")
    path = f"{SOURCES}/{UUID(first.json()['sourceId'])}"

    strange = await issuer.client.delete(path, headers=issuer.headers(NHL))
    gone = await issuer.client.delete(path, headers=issuer.headers(UTWENTE))
    again = await issuer.client.delete(path, headers=issuer.headers(UTWENTE))

    assert (second.status_code, second.json()["code"]) == (409, "association-source-known")
    assert [strange.status_code, gone.status_code, again.status_code] == [404, 204, 404]
    assert (await issuer.read(SOURCES)).json()["items"] == []


async def test_what_lets_us_in_is_given_one_way(issuer: Issuer) -> None:
    answer = await register(issuer, "https://sis.example.nl/v6", token="a", userName="b")

    assert [one["code"] for one in answer.json()["errors"]] == ["authorisation-one-way"]
