"""The catalogue answers as OOAPI v5 too."""

from uuid import UUID

import pytest

from services.catalog.oeapi.identity import delivery_id, organisation_id
from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.integration.catalog.oeapi_served import ACADEMY, RUN, Served, offer, serve

pytestmark = [pytest.mark.anyio, pytest.mark.shared_material]


@pytest.fixture
async def served(catalogue: Catalogue) -> Served:
    """Give a catalogue with public and private providers, rich and plain things, and runs."""
    return await serve(catalogue)


V5_PATHS = (
    "/",
    "/organizations",
    "/organizations/{ut}",
    "/organizations/{ut}/courses",
    "/organizations/{ut}/offerings",
    "/organizations/{ut}/education-specifications",
    "/organizations/{academy}/programs",
    "/education-specifications",
    "/education-specifications/{rich}",
    "/education-specifications/{rich}/courses",
    "/education-specifications/{private}/programs",
    "/programs",
    "/programs/{taught}",
    "/programs/{taught}/offerings",
    "/courses",
    "/courses/{course}",
    "/courses/{course}/offerings",
    "/offerings/{run}",
    "/offerings/{private_run}",
)


async def test_every_path_of_v5_answers(served: Served) -> None:
    for template in V5_PATHS:
        path = template.format(
            ut=organisation_id(PROVIDER),
            academy=organisation_id(ACADEMY),
            rich=served.rich,
            private=served.private,
            taught=delivery_id(UUID(served.private)),
            course=delivery_id(UUID(served.rich)),
            run=served.run,
            private_run=served.private_run,
        )
        for query in ("", "?consumer=rio", "?consumer=eduxchange"):
            answer = await served.catalogue.http.get(f"/oeapi/v5{path}{query}")

            assert answer.status_code == 200, (path, answer.text)
            assert answer.headers["content-type"] == "application/json"
            body = answer.json()
            assert body.get("items", [body]), path
            assert "micro_credential" not in answer.text


async def test_v5_leaves_out_what_it_cannot_say(served: Served) -> None:
    terms = {
        "primaryCode": "always",
        "state": "active",
        "flexibleEntry": {"firstDay": "2026-12-01"},
        "location": RUN["location"],
    }
    run = await offer(served.catalogue, served.rich, PROVIDER, terms)
    course = delivery_id(UUID(served.rich))

    listed = await served.catalogue.http.get(f"/oeapi/v5/courses/{course}/offerings")

    assert [one["offeringId"] for one in listed.json()["items"]] == [served.run]
    assert (await served.catalogue.http.get(f"/oeapi/v5/offerings/{run}")).status_code == 404
    assert len(await served.page(f"/courses/{course}/course-offerings")) == 2


async def test_v5_refuses_who_asks_for_v6(served: Served) -> None:
    answer = await served.catalogue.http.get(
        "/oeapi/v5/courses", headers={"Accept": "application/vnd.oeapi+json;version=6"}
    )

    assert answer.status_code == 406
    assert answer.json()["supportedVersions"] == ["5.0", "5"]
