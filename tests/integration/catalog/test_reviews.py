"""Nothing is published that nobody else approved, and the desk remembers who did what."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.runtime.database import act_for
from tests.integration.catalog.conftest import (
    APPROVE,
    BODY,
    PROVIDER,
    STRANGER,
    WRITE,
    Catalogue,
)
from tests.integration.catalog.reviewing import REASON, drafted, post, submitted
from tests.unit.catalog.builders import a_description, content

pytestmark = pytest.mark.anyio

BOTH = [*WRITE, *APPROVE]

WHOLE = content()
SHOWN = a_description().model_dump(mode="json", exclude_none=True)


async def test_a_version_says_which_body_approved_it_and_names_nobody(
    catalogue: Catalogue,
) -> None:
    microcredential_id = await drafted(catalogue)
    waiting = await catalogue.submit(microcredential_id, subject="anna")
    approved = await catalogue.approve(microcredential_id, subject="bram")
    published = await catalogue.publish_approved(microcredential_id)

    assert waiting.json()["state"] == waiting.json()["draft"]["state"] == "submitted"
    assert approved.json()["state"] == approved.json()["draft"]["state"] == "approved"
    assert published.status_code == 201
    approval = {"body": BODY, "approvedOn": "2026-11-22"}
    assert approved.json()["draft"]["approval"] == published.json()["approval"] == approval
    latest = await catalogue.http.get(f"/v1/microcredentials/{microcredential_id}")
    assert latest.json()["approval"] == approval
    event = (await catalogue.events())[-1].model_dump_json()
    for told in (event, latest.text, published.text, waiting.text, approved.text):
        assert "anna" not in told
        assert "bram" not in told


async def test_what_is_not_approved_is_not_published(catalogue: Catalogue) -> None:
    microcredential_id = await drafted(catalogue)

    at_once = await catalogue.publish_approved(microcredential_id)
    await catalogue.submit(microcredential_id)
    waiting = await catalogue.publish_approved(microcredential_id)

    for refused in (at_once, waiting):
        assert (refused.status_code, refused.json()["code"]) == (409, "not-approved")


async def test_a_board_never_reads_what_cannot_be_published(catalogue: Catalogue) -> None:
    microcredential_id = await drafted(catalogue, content("level", "learningOutcomes"))

    refused = await catalogue.submit(microcredential_id)

    assert (refused.status_code, refused.json()["code"]) == (400, "policy-not-met")
    assert {one["pointer"] for one in refused.json()["errors"]} == {
        "/content/level",
        "/content/learningOutcomes",
    }


@pytest.mark.parametrize(
    ("editor", "submitter", "approver"),
    [("anna", "bram", "anna"), ("bram", "anna", "anna"), ("anna", "anna", "anna")],
)
async def test_who_changed_or_submitted_it_does_not_approve_it(
    catalogue: Catalogue, editor: str, submitter: str, approver: str
) -> None:
    microcredential_id = await drafted(catalogue, {"title": {"nl": "Iets"}})
    await catalogue.put(microcredential_id, WHOLE, subject=editor)
    await catalogue.submit(microcredential_id, subject=submitter)

    refused = await catalogue.approve(microcredential_id, subject=approver)
    somebody_else = await catalogue.approve(microcredential_id, subject="chris")

    assert (refused.status_code, refused.json()["code"]) == (403, "four-eyes")
    assert somebody_else.status_code == 201


async def test_approving_takes_its_own_scope(catalogue: Catalogue) -> None:
    microcredential_id = await submitted(catalogue)
    tag = await catalogue.tag(microcredential_id)

    by_writer = await post(
        catalogue, microcredential_id, "approvals", {"body": BODY}, tag=tag, subject="bram"
    )
    writing = await catalogue.http.post(
        "/v1/microcredentials",
        json={"content": WHOLE},
        headers=catalogue.headers(scopes=APPROVE, subject="bram"),
    )
    read = await catalogue.http.get(
        f"/v1/microcredentials/{microcredential_id}",
        headers=catalogue.headers(scopes=APPROVE, subject="bram"),
    )

    assert {one.json()["code"] for one in (by_writer, writing)} == {"scope-missing"}
    assert read.json()["draft"]["content"] == SHOWN
    assert read.headers["etag"] == tag


async def test_an_edit_after_approval_makes_it_a_draft_again(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.approved(WHOLE)

    same = await catalogue.put(microcredential_id, WHOLE)
    changed = await catalogue.put(microcredential_id, content(title={"nl": "Anders"}))
    refused = await catalogue.publish_approved(microcredential_id)

    assert same.json()["draft"]["state"] == "approved"
    assert changed.json()["draft"]["state"] == "draft"
    assert (refused.status_code, refused.json()["code"]) == (409, "not-approved")


async def test_what_is_sent_back_says_why_until_it_is_mended(catalogue: Catalogue) -> None:
    microcredential_id = await submitted(catalogue)
    tag = await catalogue.tag(microcredential_id)

    back = await post(
        catalogue,
        microcredential_id,
        "rejections",
        {"reason": REASON, "body": BODY},
        scopes=APPROVE,
        subject="bram",
        tag=tag,
    )
    again = await catalogue.submit(microcredential_id)

    assert back.status_code == 201
    assert back.json()["draft"]["state"] == "draft"
    assert back.json()["draft"]["rejection"] == {
        "reason": REASON,
        "body": BODY,
        "rejectedAt": "2026-11-22T09:30:00Z",
    }
    assert "rejection" not in again.json()["draft"]


async def test_a_submission_can_be_taken_back(catalogue: Catalogue) -> None:
    microcredential_id = await submitted(catalogue)

    back = await post(catalogue, microcredential_id, "withdrawals")
    again = await post(catalogue, microcredential_id, "withdrawals")
    refused = await catalogue.approve(microcredential_id)

    assert back.json()["draft"]["state"] == "draft"
    assert [(one.status_code, one.json()["code"]) for one in (again, refused)] == [
        (409, "not-submitted")
    ] * 2


async def test_a_step_taken_twice_is_refused_by_name(catalogue: Catalogue) -> None:
    microcredential_id = await submitted(catalogue)
    resubmitted = await catalogue.submit(microcredential_id)
    await catalogue.approve(microcredential_id)
    reapproved = await catalogue.approve(microcredential_id)
    await catalogue.publish_approved(microcredential_id)
    after = [
        await catalogue.submit(microcredential_id),
        await catalogue.approve(microcredential_id),
        await catalogue.publish_approved(microcredential_id),
    ]

    assert [one.json()["code"] for one in (resubmitted, reapproved, *after)] == [
        "already-submitted",
        "already-approved",
        "nothing-to-submit",
        "not-submitted",
        "nothing-to-publish",
    ]
    assert {one.status_code for one in after} == {409}


async def test_the_history_tells_its_own_provider_who_did_what(catalogue: Catalogue) -> None:
    microcredential_id = await drafted(catalogue)
    await catalogue.submit(microcredential_id, subject="anna")
    catalogue.clock.pass_(minutes=5)
    await catalogue.approve(microcredential_id, subject="bram")
    await catalogue.publish_approved(microcredential_id)
    await catalogue.archive(microcredential_id)
    path = f"/v1/microcredentials/{microcredential_id}/history"

    own = await catalogue.http.get(path, headers=catalogue.headers())
    page = await catalogue.http.get(f"{path}?limit=2", headers=catalogue.headers())
    rest = await catalogue.http.get(
        f"{path}?cursor={page.json()['next']}", headers=catalogue.headers()
    )
    stranger = await catalogue.http.get(path, headers=catalogue.headers(STRANGER))
    anybody = await catalogue.http.get(path)

    items = own.json()["items"]
    assert [(one["deed"], one["subject"]) for one in items] == [
        ("drafted", "test"),
        ("submitted", "anna"),
        ("approved", "bram"),
        ("published", "test"),
        ("archived", "test"),
    ]
    assert items[2] == {
        "deed": "approved",
        "happenedAt": "2026-11-22T09:35:00Z",
        "client": "test",
        "subject": "bram",
        "body": BODY,
    }
    assert items[3]["version"] == 1
    assert page.json()["items"] + rest.json()["items"] == items
    assert (stranger.status_code, anybody.status_code) == (404, 401)


async def test_a_history_is_behind_the_second_wall_too(catalogue: Catalogue) -> None:
    await drafted(catalogue)
    query = text("SELECT count(*) FROM desk_history")

    async with catalogue.database.transaction() as session:
        await act_for(session, STRANGER)
        assert await session.scalar(query) == 0
    async with catalogue.database.transaction() as session:
        await act_for(session, PROVIDER)
        assert await session.scalar(query) == 1
    with pytest.raises(DBAPIError):
        async with catalogue.database.transaction() as session:
            await session.scalar(query)


async def test_no_step_tells_a_stranger_that_a_desk_is_there(catalogue: Catalogue) -> None:
    microcredential_id = await submitted(catalogue)

    answers = [
        await post(catalogue, microcredential_id, what, body, organisation=STRANGER, **who)
        for what, body, who in (
            ("submissions", None, {"tag": "*"}),
            ("withdrawals", None, {}),
            ("approvals", {"body": BODY}, {"tag": '"2"', "scopes": APPROVE}),
            ("rejections", {"reason": REASON}, {"tag": "*", "scopes": APPROVE}),
            ("publications", None, {}),
            ("copies", {}, {}),
        )
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (404, "microcredential-unknown")
    ] * 6


@pytest.mark.parametrize(
    ("what", "body", "pointer"),
    [
        ("approvals", {}, "/body"),
        ("approvals", {"body": {}}, "/body"),
        ("approvals", {"body": BODY, "by": "anna"}, "/by"),
        ("rejections", {}, "/reason"),
        ("rejections", {"reason": "zo maar"}, "/reason"),
        ("submissions", {"note": "please"}, "/note"),
        ("withdrawals", {"reason": "a mistake"}, "/reason"),
        ("publications", {"version": 4}, "/version"),
        ("publications", ["now"], ""),
    ],
)
async def test_what_a_board_sends_is_judged_by_its_form(
    catalogue: Catalogue, what: str, body: dict[str, Any], pointer: str
) -> None:
    microcredential_id = await submitted(catalogue)

    answer = await post(
        catalogue,
        microcredential_id,
        what,
        body,
        scopes=[*WRITE, *APPROVE],
        subject="bram",
        tag='"2"',
    )

    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_an_empty_body_says_nothing(catalogue: Catalogue) -> None:
    microcredential_id = str((await catalogue.draft(WHOLE)).json()["microcredentialId"])

    for what in ("submissions", "withdrawals"):
        answer = await post(catalogue, microcredential_id, what, {}, tag="*")
        assert answer.status_code == 201, answer.text
