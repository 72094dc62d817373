"""Awarding on behalf of another organisation: only by its mandate, and only while it holds."""

import asyncio
from typing import Any

import pytest
from httpx import Response

from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

WHOLE = content()
PERIOD = {"validFrom": "2026-09-01"}


@pytest.fixture
async def two(catalogue: Catalogue) -> Catalogue:
    """Give a catalogue that knows a second organisation, for which the first may want to award."""
    assert (await catalogue.record(STRANGER, name={"nl": "Voorbeeldinstituut"})).status_code == 201
    return catalogue


async def give(
    catalogue: Catalogue,
    body: dict[str, Any],
    *,
    mandator: str = STRANGER,
    agent: str = PROVIDER,
    by: str = STRANGER,
) -> Response:
    return await catalogue.http.put(
        f"/v1/organisations/{mandator}/mandates/{agent}", json=body, headers=catalogue.headers(by)
    )


async def end(catalogue: Catalogue, *, by: str = STRANGER) -> Response:
    return await catalogue.http.delete(
        f"/v1/organisations/{STRANGER}/mandates/{PROVIDER}", headers=catalogue.headers(by)
    )


async def listed(catalogue: Catalogue) -> list[dict[str, Any]]:
    answer = await catalogue.http.get(f"/v1/organisations/{STRANGER}/mandates")
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def draft_for(catalogue: Catalogue, on_behalf_of: str = STRANGER) -> Response:
    return await catalogue.http.post(
        "/v1/microcredentials",
        json={"content": WHOLE, "onBehalfOf": on_behalf_of},
        headers=catalogue.headers(),
    )


async def test_a_mandate_is_given_read_and_ended_and_stays_on_record(two: Catalogue) -> None:
    given = await give(two, {**PERIOD, "validUntil": "2027-09-01"})
    again = await give(two, {**PERIOD, "validUntil": "2027-09-01"})
    two.clock.pass_(hours=1)
    longer = await give(two, PERIOD)
    ended = await end(two)
    once_more = await end(two)
    renewed = await give(two, PERIOD)

    assert [one.status_code for one in (given, again, longer, ended, renewed)] == [
        201,
        200,
        200,
        200,
        201,
    ]
    assert again.json() == given.json()
    assert given.json() == {
        "organisation": STRANGER,
        "agent": PROVIDER,
        **PERIOD,
        "validUntil": "2027-09-01",
        "givenAt": "2026-11-22T09:30:00Z",
    }
    assert ended.json()["endedAt"] == "2026-11-22T10:30:00Z"
    assert (once_more.status_code, once_more.json()["code"]) == (404, "mandate-unknown")
    history = await listed(two)
    assert [one.get("validUntil") for one in history] == ["2027-09-01", None, None]
    assert ["endedAt" in one for one in history] == [True, True, False]
    present = await two.http.get(f"/v1/organisations/{STRANGER}/mandates/{PROVIDER}")
    assert present.json() == history[2]


async def test_only_the_organisation_itself_gives_and_ends_its_mandates(two: Catalogue) -> None:
    stolen = await give(two, PERIOD, by=PROVIDER)
    await give(two, PERIOD)
    ended = await end(two, by=PROVIDER)
    anybody = await two.http.put(f"/v1/organisations/{STRANGER}/mandates/{PROVIDER}", json=PERIOD)

    assert [(one.status_code, one.json()["code"]) for one in (stolen, ended)] == [
        (403, "not-the-mandator")
    ] * 2
    assert anybody.status_code == 401


async def test_every_fault_of_a_mandate_is_named_at_once(two: Catalogue) -> None:
    answer = await give(two, {**PERIOD, "validUntil": "2026-09-01"}, agent=STRANGER)

    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("", "mandate-to-itself"),
        ("/validUntil", "mandate-empty"),
    ]


@pytest.mark.parametrize("body", [{}, {"validFrom": "soon"}, {**PERIOD, "agent": PROVIDER}])
async def test_a_mandate_is_judged_by_its_form(two: Catalogue, body: dict[str, Any]) -> None:
    assert (await give(two, body)).status_code == 400


async def test_a_mandate_is_between_organisations_that_are_known(two: Catalogue) -> None:
    unknown = "00000099000000230000"

    answer = await give(two, PERIOD, agent=unknown)
    lists = await two.http.get(f"/v1/organisations/{unknown}/mandates")

    assert (answer.status_code, answer.json()["code"]) == (404, "organisation-unknown")
    assert lists.status_code == 404


async def test_mandates_given_at_once_leave_one(two: Catalogue) -> None:
    together = asyncio.Barrier(4)

    async def one(month: int) -> Response:
        await together.wait()
        return await give(two, {"validFrom": f"2026-{month:02}-01"})

    answers = await asyncio.gather(*(one(month) for month in range(1, 5)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert sum("endedAt" not in mandate for mandate in await listed(two)) == 1


async def test_what_is_awarded_for_another_says_so(two: Catalogue) -> None:
    await give(two, PERIOD)
    drafted = await draft_for(two)
    published = await two.publish(drafted.json()["microcredentialId"])

    assert drafted.json()["onBehalfOf"] == drafted.json()["draft"]["onBehalfOf"] == STRANGER
    assert drafted.json()["draft"]["publishable"]
    assert published.json()["onBehalfOf"] == STRANGER
    told = (await two.events())[-1].model_dump(mode="json")
    assert told["data"]["microcredential"]["onBehalfOf"] == STRANGER
    shown = await two.http.get(f"/v1/microcredentials/{drafted.json()['microcredentialId']}")
    assert shown.json()["onBehalfOf"] == STRANGER


@pytest.mark.parametrize(
    "period",
    [
        None,
        {"validFrom": "2026-11-23"},
        {"validFrom": "2026-09-01", "validUntil": "2026-11-22"},
    ],
)
async def test_without_a_mandate_of_today_nobody_awards_for_another(
    two: Catalogue, period: dict[str, Any] | None
) -> None:
    if period:
        await give(two, period)
    drafted = await draft_for(two)
    refused = await two.publish(drafted.json()["microcredentialId"])

    failed = [one for one in drafted.json()["draft"]["findings"] if not one["passed"]]
    assert [(one["pointer"], one["code"]) for one in failed] == [("/onBehalfOf", "mandate")]
    assert refused.status_code == 400
    assert [one["code"] for one in refused.json()["errors"]] == ["mandate"]


async def test_a_mandate_that_ended_after_the_approval_counts_no_more(two: Catalogue) -> None:
    await give(two, PERIOD)
    microcredential_id = (await draft_for(two)).json()["microcredentialId"]
    await two.submit(microcredential_id)
    await two.approve(microcredential_id)
    await end(two)

    refused = await two.publish_approved(microcredential_id)

    assert [one["code"] for one in refused.json()["errors"]] == ["mandate"]


async def test_nobody_awards_for_an_unknown_organisation_or_for_itself(two: Catalogue) -> None:
    unknown = await draft_for(two, "00000099000000230000")
    itself = await draft_for(two, PROVIDER)

    failed = [one["code"] for one in unknown.json()["draft"]["findings"] if not one["passed"]]
    assert failed == ["on-behalf-of-recognised", "mandate"]
    assert [(one["pointer"], one["code"]) for one in itself.json()["errors"]] == [
        ("/onBehalfOf", "on-behalf-of-itself")
    ]


async def test_another_mandator_under_an_approval_makes_it_a_draft_again(two: Catalogue) -> None:
    await give(two, PERIOD)
    microcredential_id = await two.approved(WHOLE)

    changed = await two.http.put(
        f"/v1/microcredentials/{microcredential_id}",
        json={"content": WHOLE, "onBehalfOf": STRANGER},
        headers=two.headers(tag="*"),
    )

    assert changed.json()["draft"]["state"] == "draft"
