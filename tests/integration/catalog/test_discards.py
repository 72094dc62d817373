"""A draft is thrown away: what was never published is gone, and what was published stays."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx import Response
from sqlalchemy import text

from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.integration.catalog.conftest import APPROVE, PROVIDER, STRANGER, Catalogue
from tests.integration.catalog.institution import (
    Institution,
    a_programme,
    an_institution,
    draft_of,
    in_sandbox,
    run,
)
from tests.integration.catalog.reviewing import drafted, submitted
from tests.unit.catalog.builders import content
from tests.unit.catalog.edubadges_builders import api_badge_class

pytestmark = pytest.mark.anyio


@pytest.fixture
async def institution() -> AsyncIterator[Institution]:
    """Give an institution with an OEAPI of its own."""
    async with an_institution() as one:
        yield one


async def discard(
    catalogue: Catalogue, microcredential_id: str, *, by: str = PROVIDER, tag: str | None = "*"
) -> Response:
    return await catalogue.http.delete(
        f"/v1/microcredentials/{microcredential_id}/draft",
        headers=catalogue.headers(by, tag=tag),
    )


async def rows_of(catalogue: Catalogue, microcredential_id: str) -> int:
    """Count what the database still knows of a desk."""
    counted = 0
    async with catalogue.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        for table, column in (
            ("desk", "microcredential_id"),
            ("desk_history", "microcredential_id"),
            ("oeapi_link", "target_id"),
            ("rio_change", "microcredential_id"),
        ):
            query = text(f"SELECT count(*) FROM {table} WHERE {column} = :id")
            counted += int(await session.scalar(query, {"id": microcredential_id}) or 0)
    return counted


async def test_what_was_never_published_is_gone_with_its_history(catalogue: Catalogue) -> None:
    waiting, accepted = await submitted(catalogue), await catalogue.approved(content())
    for one in (await drafted(catalogue), waiting, accepted):
        answer = await discard(catalogue, one, tag=await catalogue.tag(one))
        again = await discard(catalogue, one)

        assert (answer.status_code, answer.content) == (204, b"")
        assert (again.status_code, again.json()["code"]) == (404, "microcredential-unknown")
        assert await rows_of(catalogue, one) == 0
        assert (await catalogue.publish_approved(one)).status_code == 404
    desks = await catalogue.http.get("/v1/desks", headers=catalogue.headers())
    assert desks.json()["items"] == []


async def test_of_what_is_published_only_the_revision_goes(catalogue: Catalogue) -> None:
    one = await drafted(catalogue)
    await catalogue.publish(one)
    before = (await catalogue.http.get(f"/v1/microcredentials/{one}")).json()
    await catalogue.put(one, content(title={"nl": "Anders"}))
    await catalogue.submit(one)
    await catalogue.approve(one)

    assert (await discard(catalogue, one)).status_code == 204

    own = await catalogue.http.get(f"/v1/microcredentials/{one}", headers=catalogue.headers())
    assert own.json() == before
    refused = await catalogue.publish_approved(one)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-publish")
    again = await discard(catalogue, one)
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-discard")
    history = await catalogue.http.get(
        f"/v1/microcredentials/{one}/history", headers=catalogue.headers()
    )
    assert history.json()["items"][-1]["deed"] == "discarded"
    assert (await catalogue.put(one, content(title={"nl": "Nieuw"}))).status_code == 200
    assert (await catalogue.publish(one)).json()["version"] == 2


async def test_nobody_discards_what_they_did_not_read_or_is_not_theirs(
    catalogue: Catalogue,
) -> None:
    one = await drafted(catalogue)
    old = await catalogue.tag(one)
    await catalogue.put(one, content(title={"nl": "Anders"}))

    assert (await discard(catalogue, one, tag=None)).status_code == 428
    assert (await discard(catalogue, one, tag=old)).status_code == 412
    assert (await discard(catalogue, one, by=STRANGER)).status_code == 404
    board = await catalogue.http.delete(
        f"/v1/microcredentials/{one}/draft", headers=catalogue.headers(scopes=APPROVE, tag="*")
    )
    assert board.status_code == 403
    assert (await draft_of(catalogue, one))["title"] == {"nl": "Anders"}


async def test_of_two_at_once_one_discards(catalogue: Catalogue) -> None:
    one = await drafted(catalogue)
    answers = await asyncio.gather(*(discard(catalogue, one) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]


async def test_a_later_import_may_make_it_again(
    catalogue: Catalogue, institution: Institution
) -> None:
    importing = await in_sandbox(catalogue, institution)
    institution.programmes = [a_programme()]
    (first,) = (await run(importing))["items"]
    assert (await discard(catalogue, first["microcredentialId"])).status_code == 204
    assert await rows_of(catalogue, first["microcredentialId"]) == 0

    (second,) = (await run(importing))["items"]
    assert second["verdict"] == "created"
    assert second["microcredentialId"] != first["microcredentialId"]
    assert (await run(importing))["counts"] == {"unchanged": 1}


async def test_a_discarded_revision_of_an_import_is_followed_again(
    catalogue: Catalogue, institution: Institution
) -> None:
    importing = await in_sandbox(catalogue, institution)
    await importing.publish_policy("wo-short", validFrom="2022-01-01", requiredElements=["title"])
    institution.programmes = [a_programme()]
    target = (await run(importing))["items"][0]["microcredentialId"]
    published = await catalogue.publish(target)
    assert published.status_code == 201, published.text
    institution.programmes[0]["abbreviation"] = "KW"
    assert (await run(importing))["counts"] == {"updated": 1}
    assert (await discard(catalogue, target)).status_code == 204

    assert (await run(importing))["counts"] == {"updated": 1}
    assert (await draft_of(importing, target))["abbreviation"] == "KW"


async def test_a_badge_class_becomes_a_draft_again(catalogue: Catalogue) -> None:
    made = []
    for _ in range(2):
        answer = await catalogue.http.post(
            "/v1/edubadges-imports", json=api_badge_class(), headers=catalogue.headers()
        )
        made.append(answer.json()["imported"][0])
        assert (await discard(catalogue, made[-1]["microcredentialId"])).status_code == 204

    assert [one["isNew"] for one in made] == [True, True]
