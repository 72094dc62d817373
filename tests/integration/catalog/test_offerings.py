"""Offerings over HTTP: recorded by their provider, read by all, changed by who read them."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, STRANGER, Catalogue
from tests.integration.catalog.offers import RUN, Provider
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio


@pytest.fixture
async def provider(catalogue: Catalogue) -> Provider:
    """Give a provider with something to offer."""
    return Provider(catalogue, await catalogue.published(content()))


async def test_an_offering_is_recorded_announced_and_read_by_everybody(provider: Provider) -> None:
    answer = await provider.offer()
    offered = answer.json()

    read = await provider.read(offered["offeringId"])
    listed = await provider.listed()

    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"{PUBLIC_URL}/v1/offerings/{offered['offeringId']}"
    assert read.json() == offered
    assert read.headers["etag"] == '"1"'
    assert listed.json()["items"] == [offered]
    assert (offered["price"], offered["phase"]) == (
        {"amount": "450.00", "currency": "EUR"},
        "enrolling",
    )
    assert (offered["inLanguage"], offered["modesOfDelivery"]) == ("en", ["blended"])
    [told] = await provider.announced()
    assert told["offering"] == {name: offered[name] for name in offered if name != "phase"}


async def test_every_fault_is_named_at_once_and_nothing_is_recorded(provider: Provider) -> None:
    wrong = await provider.offer(
        runs={"firstDay": "2027-02-01", "lastDay": "2027-01-01"},
        placesLeft=25,
        price={"amount": "1.00", "vatAmount": "2.00"},
        permissionExplanation={"nl": "Na een gesprek."},
        location=None,
    )

    assert (wrong.status_code, wrong.json()["code"]) == (400, "offering-rules")
    assert [one["pointer"] for one in wrong.json()["errors"]] == [
        "/runs/lastDay",
        "/placesLeft",
        "/price/vatAmount",
        "/permissionExplanation",
        "/location",
    ]
    assert (await provider.listed()).json()["items"] == []


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"price": {"amount": 450}}, "/price/amount"),
        ({"price": {"amount": "1e3"}}, "/price/amount"),
        ({"inLanguage": "xq"}, "/inLanguage"),
        ({"name": {"nl": "<b>Vet</b>"}}, "/name/nl"),
        ({"location": {"city": "<i>Ede</i>"}}, "/location/city"),
        ({"runs": {"firstDay": "2027-02-30", "lastDay": "2027-04-16"}}, "/runs/firstDay"),
        ({"state": "gone"}, "/state"),
        ({"places": -1}, "/places"),
        ({"places": True}, "/places"),
        ({"enrolAt": "javascript:alert(1)"}, "/enrolAt"),
        ({"unknown": 1}, "/unknown"),
        ({"microcredentialId": str(uuid4())}, "/microcredentialId"),
        ({"primaryCode": " "}, "/primaryCode"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_bad_input_is_a_problem_at_its_place(
    provider: Provider, changed: dict[str, Any], pointer: str
) -> None:
    answer = await provider.offer(**changed)

    assert answer.status_code == 400, answer.text
    assert pointer in {one["pointer"] for one in answer.json()["errors"]}


async def test_a_repeated_request_records_one_offering(provider: Provider) -> None:
    first = await provider.offer(key="once")
    again = await provider.offer(key="once")
    other = await provider.offer(key="once", placesLeft=1)

    assert again.content == first.content
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")
    assert len(await provider.announced()) == 1


async def test_a_code_names_one_offering_of_a_provider(provider: Provider) -> None:
    first = await provider.offered()
    second = await provider.offered(primaryCode="QC-2")

    taken = await provider.offer()
    moved = await provider.put(second, primaryCode="QC-1")
    kept = await provider.put(first, primaryCode="QC-1", placesLeft=6)

    assert (taken.status_code, taken.json()["code"]) == (409, "offering-code-taken")
    assert (moved.status_code, moved.json()["code"]) == (409, "offering-code-taken")
    assert kept.status_code == 200


async def test_of_two_that_want_one_code_at_once_one_gets_it(provider: Provider) -> None:
    answers = await asyncio.gather(*(provider.offer() for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await provider.announced()) == 1


async def test_only_ones_own_published_microcredential_can_be_offered(
    catalogue: Catalogue, provider: Provider
) -> None:
    drafted = (await catalogue.draft(content())).json()["microcredentialId"]
    stranger = await provider.offer(by=STRANGER)
    nothing = await Provider(catalogue, str(uuid4())).offer()
    unpublished = await Provider(catalogue, drafted).offer()
    hidden = await Provider(catalogue, drafted).offer(by=STRANGER)
    await catalogue.archive(provider.microcredential_id)
    archived = await provider.offer()

    assert (stranger.status_code, stranger.json()["code"]) == (404, "microcredential-unknown")
    assert (nothing.status_code, hidden.status_code) == (404, 404)
    assert (unpublished.status_code, unpublished.json()["code"]) == (409, "not-offerable")
    assert (archived.status_code, archived.json()["code"]) == (409, "not-offerable")


async def test_what_runs_is_still_read_after_its_microcredential_is_archived(
    catalogue: Catalogue, provider: Provider
) -> None:
    offering_id = await provider.offered()
    await catalogue.archive(provider.microcredential_id)

    fewer = await provider.put(offering_id, placesLeft=0)
    cancelled = await provider.cancel(offering_id)

    assert fewer.json()["phase"] == "full"
    assert cancelled.status_code == 201
    assert (await provider.listed()).json()["items"] == [cancelled.json()]


async def test_a_concept_is_its_providers_only_until_it_is_active(provider: Provider) -> None:
    concept = await provider.offered(state="concept", location=None)

    seen_by = [await provider.read(concept, by=by) for by in (None, STRANGER, PROVIDER)]
    lists = [await provider.listed(by=by) for by in (None, STRANGER, PROVIDER)]
    untold = await provider.announced()
    active = await provider.put(concept)

    assert [answer.status_code for answer in seen_by] == [404, 404, 200]
    assert [len(answer.json()["items"]) for answer in lists] == [0, 0, 1]
    assert seen_by[2].json()["phase"] == "concept"
    assert untold == []
    assert (await provider.read(concept)).json() == active.json()
    [told] = await provider.announced()
    assert told["recordVersion"] == 2


async def test_nobody_overwrites_what_they_did_not_read(provider: Provider) -> None:
    offering_id = await provider.offered()

    unconditional = await provider.put(offering_id, tag=None)
    first = await provider.put(offering_id, tag='"1"', placesLeft=6)
    stale = await provider.put(offering_id, tag='"1"', placesLeft=5)
    same = await provider.put(offering_id, tag='"2"', placesLeft=6)

    assert (unconditional.status_code, unconditional.json()["code"]) == (428, "unconditional")
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (same.json(), same.headers["etag"]) == (first.json(), '"2"')
    assert [told["recordVersion"] for told in await provider.announced()] == [1, 2]


async def test_of_two_editors_at_once_one_is_told_to_read_again(provider: Provider) -> None:
    offering_id = await provider.offered()

    answers = await asyncio.gather(
        *(provider.put(offering_id, tag='"1"', placesLeft=left) for left in (1, 2, 3))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


async def test_another_provider_changes_nothing(provider: Provider) -> None:
    offering_id = await provider.offered()

    answers = [
        await provider.put(offering_id, by=STRANGER),
        await provider.cancel(offering_id, by=STRANGER),
        await provider.remove(offering_id, by=STRANGER),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_cancelled_offering_stays_cancelled_and_stays_readable(provider: Provider) -> None:
    offering_id = await provider.offered()

    cancelled = await provider.cancel(offering_id, key="once", reason={"nl": "Te weinig mensen."})
    replayed = await provider.cancel(offering_id, key="once", reason={"nl": "Te weinig mensen."})
    again = await provider.cancel(offering_id)
    revived = await provider.put(offering_id)
    by_put = await provider.put(await provider.offered(primaryCode="QC-2"), state="cancelled")

    assert replayed.content == cancelled.content
    assert cancelled.json()["cancellation"] == {
        "cancelledOn": "2026-11-22",
        "reason": {"nl": "Te weinig mensen."},
    }
    assert (again.status_code, again.json()["code"]) == (409, "offering-move")
    assert again.json()["detail"].startswith("This offering is cancelled, and stays so")
    assert (revived.status_code, revived.json()["code"]) == (409, "offering-move")
    assert by_put.json()["errors"][0]["pointer"] == "/state"
    assert (await provider.read(offering_id)).json() == cancelled.json()


async def test_what_was_public_is_kept_and_a_concept_may_go(provider: Provider) -> None:
    concept = await provider.offered(state="concept")
    public = await provider.offered(primaryCode="QC-2")

    gone = await provider.remove(concept)
    kept = await provider.remove(public)

    assert gone.status_code == 204
    assert (await provider.read(concept, by=PROVIDER)).status_code == 404
    assert (kept.status_code, kept.json()["code"]) == (409, "offering-public")
    assert (await provider.offer(state="concept")).status_code == 201


async def test_past_ones_are_kept_and_found_by_phase(provider: Provider) -> None:
    past = {"firstDay": "2026-01-05", "lastDay": "2026-03-06"}
    running = {"firstDay": "2026-11-02", "lastDay": "2026-12-18"}
    for code, runs in (("A", past), ("B", running), ("C", RUN["runs"])):
        await provider.offered(primaryCode=code, runs=runs)
    await provider.cancel(await provider.offered(primaryCode="D"))

    phases = {
        phase: [one["primaryCode"] for one in (await provider.listed(phase=phase)).json()["items"]]
        for phase in ("past", "running", "enrolling", "cancelled", "full")
    }
    both = (await provider.listed(phase=["past", "running"])).json()["items"]

    assert phases == {
        "past": ["A"],
        "running": ["B"],
        "enrolling": ["C"],
        "cancelled": ["D"],
        "full": [],
    }
    assert [one["primaryCode"] for one in both] == ["A", "B"]
    assert (await provider.listed(phase="gone")).status_code == 400


async def test_the_list_is_paged_in_the_order_in_which_they_begin(provider: Provider) -> None:
    for at in (3, 1, 2):
        runs = {"firstDay": f"2027-0{at}-01", "lastDay": "2027-12-31"}
        await provider.offered(primaryCode=str(at), runs=runs)

    first = (await provider.listed(limit=2)).json()
    rest = (await provider.listed(limit=2, cursor=first["next"])).json()
    bent = await provider.listed(cursor="WyJ4Il0")

    assert [one["primaryCode"] for one in first["items"] + rest["items"]] == ["1", "2", "3"]
    assert "next" not in rest
    assert (bent.status_code, bent.json()["errors"][0]["pointer"]) == (400, "/cursor")


async def test_all_offerings_are_listed_and_found_by_their_code(
    catalogue: Catalogue, provider: Provider
) -> None:
    offered = (await provider.offer()).json()
    later = {"firstDay": "2027-02-02", "lastDay": "2027-04-16"}
    await provider.offered(primaryCode="QC-2", state="concept", runs=later)

    async def found(by: str | None = None, **query: str) -> list[str]:
        answer = await catalogue.http.get(
            "/v1/offerings", params=query, headers=catalogue.headers(by) if by else {}
        )
        return [one["primaryCode"] for one in answer.json()["items"]]

    assert await found() == ["QC-1"]
    assert await found(by=PROVIDER) == ["QC-1", "QC-2"]
    assert await found(provider=PROVIDER, primaryCode=offered["primaryCode"]) == ["QC-1"]
    assert await found(provider=STRANGER) == []


async def test_the_scope_of_offerings_is_enough_and_no_scope_is_not(
    catalogue: Catalogue, provider: Provider
) -> None:
    path = f"/v1/microcredentials/{provider.microcredential_id}/offerings"

    own = await catalogue.http.post(
        path, json=RUN, headers=catalogue.headers(PROVIDER, ["offerings:write"])
    )
    other = await catalogue.http.post(
        path, json=RUN, headers=catalogue.headers(PROVIDER, ["awards:write"])
    )
    nobody = await catalogue.http.post(path, json=RUN, headers={"Idempotency-Key": "x"})

    assert [own.status_code, other.status_code, nobody.status_code] == [201, 403, 401]
