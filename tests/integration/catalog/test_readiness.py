"""The readiness meter over HTTP: whose draft it shows, and by which rules it measures."""

from typing import Any

import pytest

from tests.integration.catalog.conftest import STRANGER, Catalogue
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio


async def meter_of(catalogue: Catalogue, microcredential_id: str, **asked: Any) -> Any:
    """Return the meter of a microcredential, by the names of its parts."""
    path = f"/v1/microcredentials/{microcredential_id}/readiness"
    answer = await catalogue.http.get(path, **asked)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return body | {"parts": {one["part"]: one for one in body["parts"]}}


async def test_a_draft_is_measured_for_its_own_provider_only(catalogue: Catalogue) -> None:
    title_only = {"title": {"nl": "Iets"}}
    microcredential_id = (await catalogue.draft(title_only)).json()["microcredentialId"]
    path = f"/v1/microcredentials/{microcredential_id}/readiness"

    own = await meter_of(catalogue, microcredential_id, headers=catalogue.headers())
    public = await catalogue.http.get(path)
    strange = await catalogue.http.get(path, headers=catalogue.headers(STRANGER))

    assert "version" not in own
    framework = own["parts"].pop("quality-framework")
    assert [one["pointer"] for one in framework["missing"]] == [
        "/content/learningOutcomes",
        "/content/studyLoad",
        "/content/level",
    ]
    assert {part: (one["present"], one["total"]) for part, one in own["parts"].items()} == {
        "eu-standard": (3, 13),
        "oeapi": (1, 13),
        "rio": (2, 12),
        "europass": (3, 15),
    }
    first = own["parts"]["eu-standard"]["missing"][0]
    assert first["pointer"] == "/content/learningOutcomes"
    assert first["example"][0].keys() == {"nl", "en"}
    assert (public.status_code, strange.status_code) == (404, 404)


async def test_a_version_is_measured_for_everybody_by_the_policy_of_its_day(
    catalogue: Catalogue,
) -> None:
    microcredential_id = await catalogue.published(content())
    await catalogue.publish_policy(minimum=10)
    await catalogue.put(microcredential_id, content("description"))

    public = await meter_of(catalogue, microcredential_id)
    own = await meter_of(catalogue, microcredential_id, headers=catalogue.headers())
    first = await meter_of(
        catalogue, microcredential_id, headers=catalogue.headers(), params={"version": 1}
    )

    assert public["version"] == 1
    assert public["parts"]["quality-framework"]["missing"] == []
    assert "version" not in own
    [size] = own["parts"]["quality-framework"]["missing"]
    assert (size["pointer"], size["example"]) == (
        "/content/studyLoad",
        {"unit": "ects", "value": 10},
    )
    assert first == public


@pytest.mark.parametrize(("version", "status"), [("2", 404), ("0", 400), ("x", 400)])
async def test_a_version_that_is_not_there_is_refused(
    catalogue: Catalogue, version: str, status: int
) -> None:
    microcredential_id = await catalogue.published(content())
    path = f"/v1/microcredentials/{microcredential_id}/readiness"

    answer = await catalogue.http.get(path, params={"version": version})

    assert answer.status_code == status
