"""Imports from edubadges over HTTP: drafts on one's own desk, never twice, and all or none."""

import asyncio
import json
from typing import Any

import pytest
from httpx import Response

from tests.integration.catalog.conftest import PUBLIC_URL, STRANGER, Catalogue
from tests.unit.catalog.edubadges_builders import (
    achievement,
    api_badge_class,
    public_badge_class,
)

pytestmark = pytest.mark.anyio
PATH = "/v1/edubadges-imports"


async def import_(catalogue: Catalogue, body: Any, **asked: Any) -> Response:
    """Send badge classes."""
    headers = catalogue.headers(**{name: asked.pop(name) for name in ("key",) if name in asked})
    return await catalogue.http.post(PATH, json=body, headers=headers, params=asked)


async def test_a_badge_class_becomes_a_draft_of_its_provider(catalogue: Catalogue) -> None:
    answer = await import_(catalogue, api_badge_class())

    assert answer.status_code == 201, answer.text
    [made] = answer.json()["imported"]
    where = f"/v1/microcredentials/{made['microcredentialId']}"
    assert answer.headers["location"] == PUBLIC_URL + where
    own = (await catalogue.http.get(where, headers=catalogue.headers())).json()
    assert own["state"] == "draft"
    assert own["draft"]["content"] == made["content"]
    assert made["counts"].keys() == {"taken", "changed", "lost", "doubtful"}
    assert (await catalogue.http.get(where)).status_code == 404


async def test_a_check_makes_nothing_and_says_the_same(catalogue: Catalogue) -> None:
    checked = await import_(catalogue, [public_badge_class(), achievement()], mode="check")
    drafted = await import_(catalogue, [public_badge_class(), achievement()])

    assert (checked.status_code, drafted.status_code) == (200, 201)
    assert all("microcredentialId" not in one for one in checked.json()["imported"])
    for tried, made in zip(checked.json()["imported"], drafted.json()["imported"], strict=True):
        assert made.pop("microcredentialId")
        assert tried == made


async def test_the_same_badge_class_never_comes_twice(catalogue: Catalogue) -> None:
    one = api_badge_class()
    answers = await asyncio.gather(*(import_(catalogue, one) for _ in range(5)))
    twice = await import_(catalogue, [one, api_badge_class(entity_id="another"), one])

    made = [answer.json()["imported"][0] for answer in answers]
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({each["microcredentialId"] for each in made}) == 1
    assert sorted(each["isNew"] for each in made) == [False] * 4 + [True]
    assert [each["isNew"] for each in twice.json()["imported"]] == [False, True, False]
    other = await catalogue.http.post(PATH, json=one, headers=catalogue.headers(STRANGER))
    assert other.json()["imported"][0]["isNew"] is True


async def test_a_repeated_request_gets_its_first_answer(catalogue: Catalogue) -> None:
    first = await import_(catalogue, public_badge_class(), key="k")
    again = await import_(catalogue, public_badge_class(), key="k")
    reused = await import_(catalogue, achievement(), key="k")

    assert again.content == first.content
    assert first.json()["imported"][0]["isNew"] is True
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency-key-reused")


async def test_one_that_is_no_badge_class_keeps_all_of_them_out(catalogue: Catalogue) -> None:
    wrong = {"name": "geheim", "surprise": "<b>hier</b>"}
    answer = await import_(catalogue, [api_badge_class(), wrong, api_badge_class(name=5)])
    tried = await import_(catalogue, api_badge_class(), mode="check")

    assert (answer.status_code, answer.json()["code"]) == (400, "edubadges-refused")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/1", "/2/name"]
    assert "geheim" not in answer.text
    assert tried.json()["imported"][0]["isNew"] is True


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ("niets", [""]),
        (5, [""]),
        (None, [""]),
        ([], [""]),
        (["niets"], ["", "/0"]),
        ([api_badge_class()] * 101, [""]),
    ],
)
async def test_what_is_no_list_of_badge_classes_is_refused(
    catalogue: Catalogue, body: Any, pointers: list[str]
) -> None:
    answer = await import_(catalogue, body)

    assert answer.status_code == 400, answer.text
    assert {one["pointer"] for one in answer.json()["errors"]} == set(pointers)
    assert "niets" not in answer.text


async def test_a_hundred_long_ones_fit_in_one_request(catalogue: Catalogue) -> None:
    many = [
        api_badge_class(entity_id=f"code-{number}", description="woord " * 2500)
        for number in range(100)
    ]
    assert len(json.dumps(many)) > 1_000_000

    answer = await import_(catalogue, many)

    assert answer.status_code == 201, answer.text
    assert sum(one["isNew"] for one in answer.json()["imported"]) == 100
    lost = [one["code"] for one in answer.json()["imported"][0]["members"]]
    assert "too-long" in lost


async def test_who_may_not_write_imports_nothing(catalogue: Catalogue) -> None:
    headers = catalogue.headers(scopes=["awards:read"])
    answer = await catalogue.http.post(PATH, json=api_badge_class(), headers=headers)
    nobody = await catalogue.http.post(
        PATH, json=api_badge_class(), headers={"Idempotency-Key": "k"}
    )

    assert (answer.status_code, nobody.status_code) == (403, 401)
