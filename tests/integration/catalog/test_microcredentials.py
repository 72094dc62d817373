"""The life of a microcredential: draft, versions, archive; and whose draft it is."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.runtime.database import act_for
from tests.integration.catalog.conftest import (
    PROVIDER,
    PUBLIC_URL,
    STRANGER,
    Catalogue,
)
from tests.unit.catalog.builders import a_description, content

pytestmark = pytest.mark.anyio

WHOLE = content()
SHOWN = a_description().model_dump(mode="json", exclude_none=True)
TITLE_ONLY = {"title": {"nl": "Iets"}}


async def test_a_title_is_enough_for_a_draft_and_the_rest_is_named(catalogue: Catalogue) -> None:
    drafted = await catalogue.draft(TITLE_ONLY)

    assert drafted.status_code == 201
    body = drafted.json()
    assert (body["state"], body["provider"]) == ("draft", PROVIDER)
    assert drafted.headers["location"] == (
        f"{PUBLIC_URL}/v1/microcredentials/{body['microcredentialId']}"
    )
    findings = body["draft"]["findings"]
    missing = [one["pointer"] for one in findings if not one["passed"] and not one["pending"]]
    assert missing == ["/content/learningOutcomes", "/content/studyLoad", "/content/level"]
    waiting = {one["code"] for one in findings if one["pending"]}
    assert waiting >= {"study-load-minimum", "study-load-step", "level-basis"}
    assert body["draft"]["publishable"] is False
    assert len(await catalogue.events()) == 2


async def test_a_draft_without_a_title_is_refused(catalogue: Catalogue) -> None:
    answer = await catalogue.draft({})

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/content/title"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"learningOutcome": []}, "/content/learningOutcome"),
        ({"studyLoad": {"unit": "ects", "value": True}}, "/content/studyLoad/value"),
        ({"studyLoad": {"unit": "ects", "value": 5.25}}, "/content/studyLoad/value"),
        ({"studyLoad": {"unit": "ects", "value": 0}}, "/content/studyLoad/value"),
        ({"level": {"value": "bachelor", "basis": "self-declared"}}, "/content/level/value"),
        ({"level": {"value": "eqf_5", "basis": "ncp-registered"}}, "/content/level"),
        ({"assessment": {"types": [], "description": {"nl": "x"}}}, "/content/assessment/types"),
    ],
)
async def test_a_draft_is_judged_by_its_form_at_once(
    catalogue: Catalogue, changed: dict[str, Any], pointer: str
) -> None:
    answer = await catalogue.draft(content(**changed))

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("title", ["nul \x00 inside", "half \ud83d of a pair"])
async def test_a_text_that_cannot_be_kept_is_refused(catalogue: Catalogue, title: str) -> None:
    answer = await catalogue.http.post(
        "/v1/microcredentials",
        content=json.dumps({"content": {"title": {"nl": title}}}),
        headers={**catalogue.headers(), "Content-Type": "application/json"},
    )

    assert answer.status_code == 400, answer.text


async def test_publishing_makes_a_version_with_its_policy_and_tells_everybody(
    catalogue: Catalogue,
) -> None:
    drafted = (await catalogue.draft(WHOLE)).json()
    microcredential_id = drafted["microcredentialId"]
    published = await catalogue.publish(microcredential_id)

    body = published.json()
    assert published.status_code == 201, body
    assert published.headers["location"] == (
        f"{PUBLIC_URL}/v1/microcredentials/{microcredential_id}/versions/1"
    )
    assert body["content"] == SHOWN
    assert body["policy"]["policyId"] == "wo"
    assert body["policy"]["framework"]["url"] == f"{PUBLIC_URL}/frameworks/wo/1"
    version = await catalogue.http.get(f"/v1/microcredentials/{microcredential_id}/versions/1")
    latest = await catalogue.http.get(f"/v1/microcredentials/{microcredential_id}")
    assert version.json() == body
    assert latest.json() == {**body, "state": "published"}
    event = (await catalogue.events())[-1]
    assert event.dataref == published.headers["location"]
    assert event.type == "nl.microcredentials.microcredential-published.v1"
    assert event.subject == f"{microcredential_id}/versions/1"
    assert event.data == {"recordVersion": 1, "microcredential": body}


async def test_publication_is_refused_with_every_reason(catalogue: Catalogue) -> None:
    small = content("level", "learningOutcomes", studyLoad={"unit": "ects", "value": 2.7})
    drafted = (await catalogue.draft(small)).json()
    refused = await catalogue.publish(drafted["microcredentialId"])

    assert (refused.status_code, refused.json()["code"]) == (400, "policy-not-met")
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/content/learningOutcomes", "learning-outcomes"),
        ("/content/level", "level"),
        ("/content/studyLoad/value", "study-load-minimum"),
        ("/content/studyLoad/value", "study-load-step"),
    ]
    assert "edubadge, not a microcredential" in refused.text
    assert len(await catalogue.events()) == 2


@pytest.mark.parametrize(
    "period",
    [
        {"recogniser": "OCW", "validFrom": "2021-10-01", "validUntil": "2026-11-22"},
        {"recogniser": "OCW", "validFrom": "2026-11-23"},
    ],
)
async def test_a_provider_that_is_not_recognised_today_publishes_nothing(
    empty: Catalogue, period: dict[str, str]
) -> None:
    await empty.record(recognitions=[period])
    await empty.publish_policy()
    drafted = (await empty.draft(WHOLE)).json()

    refused = await empty.publish(drafted["microcredentialId"])

    assert refused.status_code == 400
    assert [one["code"] for one in refused.json()["errors"]] == ["provider-recognised"]


async def test_an_unknown_organisation_and_a_sector_without_policy_publish_nothing(
    empty: Catalogue,
) -> None:
    drafted = (await empty.draft(WHOLE)).json()
    unknown = await empty.publish(drafted["microcredentialId"])
    await empty.record()
    lawless = await empty.publish(drafted["microcredentialId"])

    assert [unknown.json()["code"], lawless.json()["code"]] == ["policy-not-met", "no-policy"]


async def test_the_policy_of_the_day_judges(catalogue: Catalogue) -> None:
    await catalogue.publish_policy(
        "wo-experiment", minimum=1, validFrom="2025-05-01", validUntil="2026-11-22"
    )
    small = content(studyLoad={"unit": "ects", "value": 1})
    today = (await catalogue.draft(small)).json()["microcredentialId"]
    tomorrow = (await catalogue.draft(small)).json()["microcredentialId"]

    accepted = await catalogue.publish(today)
    catalogue.clock.pass_(hours=14)
    refused = await catalogue.publish(tomorrow)

    assert accepted.json()["policy"]["policyId"] == "wo-experiment"
    assert [one["code"] for one in refused.json()["errors"]] == ["study-load-minimum"]


async def test_a_revision_is_a_new_version_and_the_old_one_stays(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    revised = {**SHOWN, "title": {"nl": "Quantum, herzien"}}
    put = await catalogue.put(microcredential_id, revised)
    outside = await catalogue.http.get(f"/v1/microcredentials/{microcredential_id}")
    await catalogue.publish(microcredential_id)

    assert put.json()["draft"]["content"] == revised
    assert put.json()["content"] == SHOWN
    assert (outside.json()["content"], "draft" in outside.json()) == (SHOWN, False)
    path = f"/v1/microcredentials/{microcredential_id}"
    assert (await catalogue.http.get(path)).json()["version"] == 2
    assert (await catalogue.http.get(f"{path}/versions/1")).json()["content"] == SHOWN
    assert (await catalogue.http.get(f"{path}/versions/2")).json()["content"] == revised
    listed = (await catalogue.http.get("/v1/microcredentials")).json()["items"]
    assert [one["version"] for one in listed] == [2]


async def test_publishing_twice_needs_a_new_draft(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)

    again = await catalogue.publish(microcredential_id)

    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-publish")


async def test_twins_publish_one_version(catalogue: Catalogue) -> None:
    microcredential_id = (await catalogue.draft(WHOLE)).json()["microcredentialId"]

    answers = await asyncio.gather(*(catalogue.publish(microcredential_id) for _ in range(5)))

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409]
    assert len(await catalogue.events()) == 3


async def test_a_repeated_request_gets_its_first_answer(catalogue: Catalogue) -> None:
    first, again = await asyncio.gather(
        catalogue.draft(WHOLE, key="d"), catalogue.draft(WHOLE, key="d")
    )
    microcredential_id = first.json()["microcredentialId"]
    published = await catalogue.publish(microcredential_id, key="p")
    repeated = await catalogue.publish(microcredential_id, key="p")
    reused = await catalogue.draft(TITLE_ONLY, key="d")

    assert first.json() == again.json()
    assert (repeated.status_code, repeated.content) == (201, published.content)
    assert repeated.headers["location"] == published.headers["location"]
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency-key-reused")


async def test_a_key_counts_for_one_path_only(catalogue: Catalogue) -> None:
    drafts = [(await catalogue.draft(WHOLE)).json()["microcredentialId"] for _ in range(2)]

    published = [await catalogue.publish(one, key="same") for one in drafts]

    assert [one.json()["microcredentialId"] for one in published] == drafts


async def test_a_key_is_its_organisations_own(catalogue: Catalogue) -> None:
    mine = await catalogue.draft(WHOLE, key="d")
    theirs = await catalogue.draft(TITLE_ONLY, key="d", by=STRANGER)

    assert theirs.status_code == 201
    assert theirs.json()["microcredentialId"] != mine.json()["microcredentialId"]


async def test_a_strangers_draft_looks_exactly_like_no_draft(catalogue: Catalogue) -> None:
    mine = (await catalogue.draft(WHOLE)).json()["microcredentialId"]

    def refusals_of(microcredential_id: str) -> list[Any]:
        return [
            catalogue.http.get(f"/v1/microcredentials/{microcredential_id}"),
            catalogue.http.get(
                f"/v1/microcredentials/{microcredential_id}", headers=catalogue.headers(STRANGER)
            ),
            catalogue.http.get(f"/v1/microcredentials/{microcredential_id}/versions/1"),
            catalogue.put(microcredential_id, WHOLE, by=STRANGER),
            catalogue.publish(microcredential_id, by=STRANGER),
            catalogue.archive(microcredential_id, by=STRANGER),
        ]

    secret = [await one for one in refusals_of(mine)]
    absent = [await one for one in refusals_of(str(uuid4()))]

    assert {one.status_code for one in secret} == {404}
    for there, nowhere in zip(secret, absent, strict=True):
        assert {**there.json(), "requestId": ""} == {**nowhere.json(), "requestId": ""}


async def test_its_own_provider_reads_the_draft(catalogue: Catalogue) -> None:
    microcredential_id = (await catalogue.draft(WHOLE)).json()["microcredentialId"]
    path = f"/v1/microcredentials/{microcredential_id}"

    own = await catalogue.http.get(path, headers=catalogue.headers())
    without_scope = await catalogue.http.get(
        path, headers=catalogue.headers(scopes=["awards:read"])
    )
    forged = await catalogue.http.get(path, headers={"Authorization": "Bearer nonsense"})

    assert own.json()["draft"]["content"] == SHOWN
    assert own.json()["draft"]["publishable"] is True
    assert (without_scope.status_code, forged.status_code) == (404, 401)


async def test_row_level_security_is_a_second_wall(catalogue: Catalogue) -> None:
    await catalogue.draft(WHOLE)
    query = text("SELECT count(*) FROM desk")

    async with catalogue.database.transaction() as session:
        await act_for(session, STRANGER)
        assert await session.scalar(query) == 0
    async with catalogue.database.transaction() as session:
        await act_for(session, PROVIDER)
        assert await session.scalar(query) == 1
    with pytest.raises(DBAPIError):
        async with catalogue.database.transaction() as session:
            await session.scalar(query)


async def test_a_draft_may_be_replaced_and_the_provider_never_comes_from_the_body(
    catalogue: Catalogue,
) -> None:
    microcredential_id = (await catalogue.draft(TITLE_ONLY)).json()["microcredentialId"]

    put = await catalogue.put(microcredential_id, WHOLE)
    smuggled = await catalogue.http.post(
        "/v1/microcredentials",
        json={"content": WHOLE, "provider": STRANGER},
        headers=catalogue.headers(),
    )

    assert put.json()["draft"]["publishable"] is True
    assert smuggled.status_code == 400
    assert [one["pointer"] for one in smuggled.json()["errors"]] == ["/provider"]


async def test_a_description_too_long_for_an_event_is_refused(catalogue: Catalogue) -> None:
    outcomes = [{"nl": f"{at} {'n' * 3998}", "en": f"{at} {'e' * 3998}"} for at in range(8)]
    drafted = await catalogue.draft(content(learningOutcomes=outcomes))

    refused = await catalogue.publish(drafted.json()["microcredentialId"])

    assert (refused.status_code, refused.json()["code"]) == (400, "too-long-to-publish")
