"""An institution's OEAPI becomes drafts: nothing doubles, and nobody's work is undone."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from services.catalog.oeapi import Entry, Expand, write_programme
from tests.integration.catalog.conftest import Catalogue
from tests.integration.catalog.institution import (
    Institution,
    Json,
    a_programme,
    an_institution,
    an_offering,
    draft_of,
    in_sandbox,
    register,
    run,
)
from tests.support.descriptions import a_microcredential
from tests.support.serving import serving
from tests.unit.catalog.builders import a_description, an_organisation, content

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


async def test_a_microcredential_becomes_a_draft_with_a_report_of_what_was_lost(
    importing: Catalogue, institution: Institution
) -> None:
    outcome_id = str(uuid4())
    institution.programmes = [
        a_programme(formalDocument="diploma"),
        a_programme(learningOutcomeIds=[outcome_id], assessment=[]),
    ]
    institution.outcomes = [
        {"learningOutcomeId": outcome_id, "name": [{"language": "nl", "value": "U rekent."}]}
    ]

    report = await run(importing)

    assert report["state"] == "done"
    assert report["counts"] == {"created": 1}
    (item,) = report["items"]
    assert item["sourceId"] == institution.programmes[1]["programmeId"]
    assert {one["pointer"] for one in item["lost"]} == {"/name/1", "/levelOfQualification"}
    assert await draft_of(importing, item["microcredentialId"]) == {
        "title": {"nl": "Kwantum"},
        "learningOutcomes": [{"nl": "U rekent."}],
        "studyLoad": {"unit": "ects", "value": 5},
        "level": {"value": "eqf_7", "basis": "self-declared"},
        "inLanguage": "en",
        "primaryCode": "QC-101",
        **await defaults(importing, item["microcredentialId"]),
    }
    public = await importing.http.get(f"/v1/microcredentials/{item['microcredentialId']}")
    assert public.status_code == 404


async def defaults(catalogue: Catalogue, microcredential_id: str) -> Json:
    """Return the empty lists that a draft is shown with."""
    draft = await draft_of(catalogue, microcredential_id)
    return {name: value for name, value in draft.items() if value == []}


async def test_importing_twice_changes_nothing(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [
        a_programme(primaryCode={"codeType": "x", "code": str(n)}) for n in range(3)
    ]
    first = await run(importing)
    events = await importing.events()

    second = await run(importing)

    assert first["counts"] == {"created": 3}
    assert second["counts"] == {"unchanged": 3}
    assert {one["microcredentialId"] for one in first["items"]} == {
        one["microcredentialId"] for one in second["items"]
    }
    assert await importing.events() == events


async def test_what_the_source_changes_is_followed_until_a_person_changes_it(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [a_programme()]
    target = (await run(importing))["items"][0]["microcredentialId"]

    institution.programmes[0]["abbreviation"] = "KW"
    followed = await run(importing)
    assert followed["counts"] == {"updated": 1}
    assert (await draft_of(importing, target))["abbreviation"] == "KW"

    mine = {**await draft_of(importing, target), "abbreviation": "Mine"}
    assert (await importing.put(target, mine)).status_code == 200
    institution.programmes[0]["abbreviation"] = "KWA"
    for _ in range(2):
        (item,) = (await run(importing))["items"]
        assert (item["verdict"], item["differences"]) == ("kept", ["/abbreviation"])
    assert await draft_of(importing, target) == mine

    institution.programmes[0]["abbreviation"] = "Mine"
    assert (await run(importing))["counts"] == {"unchanged": 1}
    institution.programmes[0]["abbreviation"] = "Again"
    assert (await run(importing))["counts"] == {"updated": 1}


async def test_what_waits_for_approval_is_not_changed(
    importing: Catalogue, institution: Institution
) -> None:
    provider = an_organisation()
    entry = Entry(a_microcredential(a_description(), provider), provider)
    institution.programmes = [write_programme(entry, expand={Expand.LEARNING_OUTCOMES})]
    target = (await run(importing))["items"][0]["microcredentialId"]
    assert (await importing.submit(target)).status_code == 201
    institution.programmes[0]["abbreviation"] = "KW"

    report = await run(importing)

    assert report["counts"] == {"kept": 1}


@pytest.mark.parametrize(
    ("mine", "theirs", "basis"),
    [
        ({"primaryCode": "QC-101"}, {}, "primary-code"),
        (
            {"otherCodes": [{"codeType": "x-rio-opleidingseenheidcode", "code": "1000O1234"}]},
            {"otherCodes": [{"codeType": "x-rio-opleidingseenheidcode", "code": "1000O1234"}]},
            "rio-code",
        ),
    ],
)
async def test_what_is_there_already_is_matched_and_not_doubled(
    importing: Catalogue, institution: Institution, mine: Json, theirs: Json, basis: str
) -> None:
    microcredential_id = await importing.published(content(**mine))
    institution.programmes = [a_programme(**theirs)]

    (item,) = (await run(importing))["items"]

    assert (item["microcredentialId"], item["matchedBy"]) == (microcredential_id, basis)
    assert item["verdict"] == "kept"
    (again,) = (await run(importing))["items"]
    assert again["matchedBy"] == "earlier-import"


async def test_our_own_id_in_the_source_leads_back(
    importing: Catalogue, institution: Institution
) -> None:
    microcredential_id = await importing.published(content())
    code = {"codeType": "x-waarmerk-microcredential", "code": microcredential_id}
    institution.programmes = [a_programme(otherCodes=[code])]

    (item,) = (await run(importing))["items"]

    assert (item["microcredentialId"], item["matchedBy"]) == (microcredential_id, "own-id")


async def test_what_may_be_two_of_ours_is_reported_and_not_guessed(
    importing: Catalogue, institution: Institution
) -> None:
    ids = {
        (await importing.draft(content(primaryCode="QC-101"))).json()["microcredentialId"]
        for _ in range(2)
    }
    institution.programmes = [a_programme()]

    (item,) = (await run(importing))["items"]

    assert item["verdict"] == "ambiguous"
    assert set(item["candidates"]) == ids


async def test_two_of_theirs_never_become_one_of_ours(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [a_programme(), a_programme()]

    report = await run(importing)

    assert report["counts"] == {"created": 1, "ambiguous": 1}


async def test_what_cannot_be_read_is_refused_with_the_reason(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [
        a_programme(name=[{"language": "de", "value": "Quanten"}]),
        a_programme(name="<script>x", studyLoad="much", otherCodes=7, learningOutcomes={"a": []}),
    ]

    report = await run(importing)

    assert report["counts"] == {"refused": 2}
    assert [one["reasons"][0]["pointer"] for one in report["items"]] == ["/name", "/name"]


async def test_a_course_is_imported_when_it_is_named_and_what_is_not_there_is_reported(
    importing: Catalogue, institution: Institution
) -> None:
    course = a_programme(courseId=str(uuid4()))
    institution.courses = [course]
    institution.programmes = [a_programme()]

    absent, other = str(uuid4()), str(uuid4())

    report = await run(
        importing, {"programmeIds": [other], "courseIds": [course["courseId"], absent, absent]}
    )

    assert [(one["kind"], one["sourceId"]) for one in report["items"]] == [
        ("course", course["courseId"]),
        ("programme", other),
        ("course", absent),
    ]
    assert report["counts"] == {"created": 1, "refused": 2}
    for item in report["items"][1:]:
        assert [one["code"] for one in item["reasons"]] == ["not-at-source"]


async def test_the_runs_of_what_is_published_are_imported_once(
    importing: Catalogue, institution: Institution
) -> None:
    microcredential_id = await importing.published(content(primaryCode="QC-101"))
    institution.programmes = [a_programme()]
    institution.offerings = [an_offering(), an_offering(state="cancelled", primaryCode="QC-101-2")]

    first = await run(importing)
    institution.offerings[0]["maxNumberStudents"] = 20
    second = await run(importing)
    third = await run(importing)

    verdicts = [
        [one["verdict"] for one in report["items"] if one["kind"] == "offering"]
        for report in (first, second, third)
    ]
    assert verdicts == [
        ["created", "refused"],
        ["updated", "refused"],
        ["unchanged", "refused"],
    ]
    listed = await importing.http.get(f"/v1/microcredentials/{microcredential_id}/offerings")
    (offering,) = listed.json()["items"]
    assert offering["places"] == 20
    assert offering["runs"] == {"firstDay": "2027-02-01", "lastDay": "2027-06-30"}
    there = {"codeType": "uuid", "code": institution.offerings[0]["programmeOfferingId"]}
    assert there in offering["otherCodes"]


async def test_our_own_oeapi_can_be_imported(importing: Catalogue) -> None:
    microcredential_id = await importing.published(content())
    other = (await importing.draft(content("level", "assessment"))).json()["microcredentialId"]
    async with serving(importing.app) as url:
        assert (await register(importing, f"{url}/oeapi/v6/")).status_code == 200
        first = await run(importing)
        second = await run(importing)

    assert first["counts"] == {"matched": 1}
    assert second["counts"] == {"unchanged": 1}
    assert first["items"][0]["microcredentialId"] == microcredential_id != other
    assert first["items"][0]["lost"] == []
