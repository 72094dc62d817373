"""One description through every system: edubadges, a draft, a version, OEAPI v6, and back again."""

from typing import Any

import pytest

from services.catalog.oeapi import read_programme
from shared.contracts.microcredential import Description
from tests.integration.catalog.conftest import Catalogue
from tests.unit.catalog.edubadges_builders import achievement, api_badge_class, public_badge_class

pytestmark = pytest.mark.anyio
V6 = {"Accept": "application/vnd.oeapi+json;version=6"}
ONE_SIZE_FOR_ALL: dict[str, Any] = {
    "unit": "ects",
    "minimum": 0.5,
    "maximum": 30,
    "requiredElements": ["title"],
}


async def programme_of(catalogue: Catalogue, microcredential_id: str) -> Any:
    """Return the specification of a microcredential as OEAPI gives it, outcomes written out."""
    answer = await catalogue.http.get(
        f"/oeapi/v6/programmes/{microcredential_id}",
        params={"expand": "learningOutcomes"},
        headers=V6,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    "badge_class",
    [
        api_badge_class(),
        public_badge_class(**{"extensions:StudyLoadExtension": None}),
        achievement(),
    ],
    ids=["api", "public", "achievement"],
)
async def test_a_badge_class_comes_back_from_oeapi_as_it_was_published(
    empty: Catalogue, badge_class: dict[str, Any]
) -> None:
    await empty.record()
    await empty.publish_policy(**ONE_SIZE_FOR_ALL)
    imported = await empty.http.post(
        "/v1/edubadges-imports", json=badge_class, headers=empty.headers()
    )
    [made] = imported.json()["imported"]
    microcredential_id = made["microcredentialId"]
    await empty.submit(microcredential_id)
    approved = await empty.approve(microcredential_id)
    assert approved.status_code == 201, approved.text
    published = await empty.publish(microcredential_id)
    assert published.status_code == 201, published.text

    returned, losses = read_programme(await programme_of(empty, microcredential_id))

    assert losses == ()
    assert returned == Description.model_validate(made["content"])
    assert returned == Description.model_validate(published.json()["content"])
