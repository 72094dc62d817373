"""What an organisation imports is its own, from an address that is OEAPI v6; and it has a list."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from starlette.responses import JSONResponse

from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue
from tests.integration.catalog.institution import (
    SOURCE,
    Institution,
    Json,
    a_programme,
    an_institution,
    in_sandbox,
    register,
    run,
)
from tests.support.serving import serving

pytestmark = pytest.mark.anyio


@pytest.fixture
async def institution() -> AsyncIterator[Institution]:
    """Give an institution with an OEAPI of its own."""
    async with an_institution() as one:
        yield one


@pytest.fixture
async def importing(catalogue: Catalogue, institution: Institution) -> Catalogue:
    """Give a catalogue in a sandbox, in which the institution registered its OEAPI."""
    return await in_sandbox(catalogue, institution)


def an_organisation(kind: str, code: str, **more: str) -> Json:
    return {
        "organisationId": str(uuid4()),
        "primaryCode": {"codeType": kind, "code": code},
        **more,
    }


async def test_of_a_national_facade_only_ones_own_becomes_a_draft(
    importing: Catalogue, institution: Institution
) -> None:
    mine, other = an_organisation("x-oin", PROVIDER), an_organisation("x-oin", STRANGER)
    faculty = an_organisation("organisation_id", "TNW", parentId=mine["organisationId"])
    department = an_organisation("organisation_id", "E&I", parentId=other["organisationId"])
    institution.organisations = [mine, other, faculty, department]
    institution.programmes = [
        a_programme(primaryCode={"codeType": "x", "code": str(n)}, **owned)
        for n, owned in enumerate(
            (
                {"organisationId": mine["organisationId"]},
                {"organisationId": faculty["organisationId"]},
                {"organisationId": other["organisationId"]},
                {"organisationId": department["organisationId"]},
                {"organisation": other},
                {"organisationId": str(uuid4())},
                {},
            )
        )
    ]

    report = await run(importing)

    assert [one["verdict"] for one in report["items"]] == [
        "created",
        "created",
        "refused",
        "refused",
        "refused",
        "created",
        "created",
    ]
    refused = report["items"][2]
    assert (refused["name"], refused.get("microcredentialId")) == ("Kwantum", None)
    assert [(one["pointer"], one["code"]) for one in refused["reasons"]] == [
        ("/organisationId", "of-another-organisation")
    ]
    assert institution.asked.count(f"organisations/{other['organisationId']}") == 1


async def test_organisations_that_are_parts_of_each_other_are_asked_once(
    importing: Catalogue, institution: Institution
) -> None:
    one, other = an_organisation("organisation_id", "A"), an_organisation("organisation_id", "B")
    one["parentId"], other["parentId"] = other["organisationId"], one["organisationId"]
    institution.organisations = [one, other]
    institution.programmes = [a_programme(organisationId=one["organisationId"])]

    assert (await run(importing))["counts"] == {"created": 1}
    assert len([path for path in institution.asked if path.startswith("organisations")]) == 2


@pytest.mark.parametrize(
    ("lists", "named"),
    [
        (("education-specifications",), "v5 (/education-specifications)"),
        (("programs",), "v5 (/programs)"),
        ((), "/programmes {said} 404"),
    ],
)
async def test_an_address_of_something_else_is_told_for_what_it_is(
    importing: Catalogue, institution: Institution, lists: tuple[str, ...], named: str
) -> None:
    institution.of_version_5 = lists
    address = f"{institution.url}/nothing" if not lists else institution.url
    assert (await register(importing, address)).status_code == 200

    report = await run(importing)

    problem = report["problem"]
    assert (report["state"], problem["code"]) == ("failed", "source-not-oeapi-v6")
    assert named.format(said="answers") in problem["detail"]["en"]
    assert named.format(said="antwoordt") in problem["detail"]["nl"]


@pytest.mark.parametrize(
    ("path", "said"),
    [("/oeapi/v5", "OEAPI v5 (/education-specifications)"), ("/v1", "/programmes answers 404")],
)
async def test_other_addresses_of_a_catalogue_are_told_for_what_they_are(
    importing: Catalogue, path: str, said: str
) -> None:
    async with serving(importing.app) as url:
        assert (await register(importing, url + path)).status_code == 200

        problem = (await run(importing))["problem"]

    assert problem["code"] == "source-not-oeapi-v6"
    assert said in problem["detail"]["en"]


async def test_a_refusal_is_told_with_its_status(
    importing: Catalogue, institution: Institution
) -> None:
    institution.instead = JSONResponse({}, 403)

    problem = (await run(importing))["problem"]

    assert problem["code"] == "source-refused"
    assert all("403" in sentence for sentence in problem["detail"].values())


async def test_a_source_can_be_taken_away_and_what_came_from_it_stays(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [a_programme()]
    (item,) = (await run(importing))["items"]
    stranger = await importing.http.delete(SOURCE, headers=importing.headers(STRANGER))

    removed = await importing.http.delete(SOURCE, headers=importing.headers())
    again = await importing.http.delete(SOURCE, headers=importing.headers())

    assert (stranger.status_code, removed.status_code, again.status_code) == (403, 204, 404)
    assert again.json()["code"] == "oeapi-source-unknown"
    assert (await importing.http.get(SOURCE, headers=importing.headers())).status_code == 404
    asked = await importing.http.post("/v1/oeapi-imports", json={}, headers=importing.headers())
    assert (asked.status_code, asked.json()["code"]) == (409, "no-oeapi-source")
    where = f"/v1/microcredentials/{item['microcredentialId']}"
    assert (await importing.http.get(where, headers=importing.headers())).status_code == 200


async def test_imports_are_listed_newest_first_to_who_asked_for_them(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [a_programme()]
    made = []
    for _ in range(3):
        made.append((await run(importing))["importId"])
        importing.clock.pass_(seconds=1)
    where, mine = "/v1/oeapi-imports", importing.headers()

    first = (await importing.http.get(where, params={"limit": 2}, headers=mine)).json()
    rest = await importing.http.get(
        where, params={"limit": 2, "cursor": first["next"]}, headers=mine
    )
    strange = await importing.http.get(where, headers=importing.headers(STRANGER))

    listed = [*first["items"], *rest.json()["items"]]
    assert [one["importId"] for one in listed] == made[::-1]
    assert [one["counts"] for one in listed] == [{"unchanged": 1}] * 2 + [{"created": 1}]
    assert all(one["state"] == "done" and "items" not in one for one in listed)
    assert "next" not in rest.json()
    assert strange.json() == {"items": []}
    assert (await importing.http.get(where)).status_code == 401
