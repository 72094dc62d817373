"""Nobody's work is overwritten unseen, and nobody approves what they did not read."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import text

from shared.runtime.database import act_for
from tests.integration.catalog.conftest import APPROVE, BODY, PROVIDER, WRITE, Catalogue
from tests.integration.catalog.reviewing import REASON, drafted, post, submitted
from tests.unit.catalog.builders import a_description, content

pytestmark = pytest.mark.anyio

WHOLE = content()
SHOWN = a_description().model_dump(mode="json", exclude_none=True)


async def at_once(catalogue: Catalogue, *steps: Awaitable[Response]) -> list[Response]:
    """Hold every desk until all steps wait for one, then let them go together."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with catalogue.database.transaction() as holder, asyncio.timeout(30):
        await act_for(holder, PROVIDER)
        await holder.execute(text("SELECT FROM desk FOR UPDATE"))
        running = [asyncio.ensure_future(step) for step in steps]
        while await holder.scalar(waiting) < len(steps):
            await asyncio.sleep(0.01)
    return list(await asyncio.gather(*running))


async def test_a_repeated_step_gets_its_first_answer_although_the_state_moved_on(
    catalogue: Catalogue,
) -> None:
    microcredential_id = await drafted(catalogue)
    tag = await catalogue.tag(microcredential_id)

    first = await post(catalogue, microcredential_id, "submissions", key="s", tag=tag)
    again = await post(catalogue, microcredential_id, "submissions", key="s", tag=tag)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"] != tag


@pytest.mark.parametrize("what", ["submissions", "approvals", "rejections"])
async def test_who_acts_says_which_state_they_read(catalogue: Catalogue, what: str) -> None:
    microcredential_id = await submitted(catalogue)
    body = {"approvals": {"body": BODY}, "rejections": {"reason": REASON}}.get(what)

    def ask(tag: str | None) -> Any:
        scopes = WRITE if what == "submissions" else APPROVE
        return post(
            catalogue, microcredential_id, what, body, scopes=scopes, subject="bram", tag=tag
        )

    without, stale, weak, nonsense = [
        await ask(tag) for tag in (None, '"1"', f"W/{await catalogue.tag(microcredential_id)}", "7")
    ]

    assert (without.status_code, without.json()["code"]) == (428, "unconditional")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert (weak.status_code, weak.json()["code"]) == (412, "stale")
    assert [(one["in"], one["pointer"]) for one in nonsense.json()["errors"]] == [
        ("header", "/If-Match")
    ]


async def test_a_board_does_not_approve_whatever_is_there(catalogue: Catalogue) -> None:
    microcredential_id = await submitted(catalogue)

    blind = await catalogue.approve(microcredential_id, tag="*")

    assert (blind.status_code, blind.json()["code"]) == (428, "unconditional")


async def test_what_was_submitted_anew_is_not_what_the_board_read(catalogue: Catalogue) -> None:
    microcredential_id = await submitted(catalogue)
    read = await catalogue.tag(microcredential_id)
    await catalogue.put(microcredential_id, content(title={"nl": "Stiekem anders"}))
    await catalogue.submit(microcredential_id)

    refused = await catalogue.approve(microcredential_id, tag=read)

    assert (refused.status_code, refused.json()["code"]) == (412, "stale")


async def test_of_two_edits_at_once_exactly_one_wins(catalogue: Catalogue) -> None:
    microcredential_id = await drafted(catalogue)
    tag = await catalogue.tag(microcredential_id)

    answers = await at_once(
        catalogue,
        *(
            catalogue.put(microcredential_id, content(title={"nl": title}), tag=tag)
            for title in ("Een", "Twee")
        ),
    )

    [won] = [one for one in answers if one.status_code == 200]
    [lost] = [one for one in answers if one.status_code != 200]
    assert (lost.status_code, lost.json()["code"]) == (412, "stale")
    own = await catalogue.http.get(
        f"/v1/microcredentials/{microcredential_id}", headers=catalogue.headers()
    )
    assert own.json()["draft"]["content"] == won.json()["draft"]["content"]
    assert own.headers["etag"] == won.headers["etag"]


async def test_an_edit_and_an_approval_at_once_never_publish_what_was_not_read(
    catalogue: Catalogue,
) -> None:
    microcredential_id = await submitted(catalogue)
    tag = await catalogue.tag(microcredential_id)

    edited, approved = await at_once(
        catalogue,
        catalogue.put(microcredential_id, content(title={"nl": "Anders"}), tag=tag),
        catalogue.approve(microcredential_id, tag=tag),
    )
    published = await catalogue.publish_approved(microcredential_id)

    assert sorted([edited.status_code, approved.status_code]) in ([200, 412], [201, 412])
    if approved.status_code == 201:
        assert published.json()["content"] == SHOWN
    else:
        assert published.json()["code"] == "not-approved"


async def test_an_edit_says_which_state_it_replaces(catalogue: Catalogue) -> None:
    microcredential_id = await drafted(catalogue)

    without = await catalogue.put(microcredential_id, WHOLE, tag=None)
    stale = await catalogue.put(microcredential_id, WHOLE, tag='"9"')
    either = await catalogue.put(microcredential_id, WHOLE, tag='"9", "1"')

    assert (without.status_code, without.json()["code"]) == (428, "unconditional")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert either.status_code == 200


async def test_a_version_that_is_known_is_not_sent_again(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    path = f"/v1/microcredentials/{microcredential_id}/versions/1"
    first = await catalogue.http.get(path)
    tag = first.headers["etag"]

    known = await catalogue.http.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    await catalogue.archive(microcredential_id)
    changed = await catalogue.http.get(path, headers={"If-None-Match": tag})

    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["etag"] == tag
    assert (changed.status_code, "archivedAt" in changed.json()) == (200, True)
    assert changed.headers["etag"] != tag
