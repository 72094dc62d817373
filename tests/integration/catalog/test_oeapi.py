"""Every answer of the OEAPI facade is what OEAPI's own document says; so are its refusals."""

import json
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from services.catalog.oeapi.identity import delivery_id, organisation_id, outcome_id
from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.integration.catalog.oeapi_served import RICH, Served, offer, serve
from tests.support.oeapi import faults, schema_validator, validator
from tests.unit.catalog.builders import content

pytestmark = [pytest.mark.anyio, pytest.mark.shared_material]


@pytest.fixture
async def served(catalogue: Catalogue) -> Served:
    """Give a catalogue with public and private providers, rich and plain things, and runs."""
    return await serve(catalogue)


async def test_every_path_answers_what_the_document_says(served: Served) -> None:
    for path, template in served.paths():
        for query in ("", "?consumer=rio", "?consumer=eduxchange", "?fields=(abbreviation)"):
            answer = await served.get(path + query)

            assert answer.status_code == 200, (path, answer.text)
            assert answer.headers["content-type"] == "application/vnd.oeapi+json;version=6"
            assert faults(validator(template), answer.json()) == [], path + query


async def test_every_list_has_something_and_every_consumer_its_block(served: Served) -> None:
    for path, template in served.paths():
        for consumer in ("rio", "eduxchange"):
            body = (await served.get(f"{path}?consumer={consumer}")).json()
            if "items" in body:
                assert body["items"], path
            for one in body.get("items", [body]):
                if {"organisationType", "learningOutcomeId", "contactEmail"} & one.keys():
                    continue
                if served.plain in json.dumps(one) and consumer == "eduxchange":
                    continue
                assert one["consumer"]["consumerKey"] == consumer, (path, template)


IN_FULL = (
    ("/programmes/{private}", "children,organisation,learningOutcomes"),
    ("/programmes/{taught}", "parent,organisation,coordinators,instructors"),
    ("/courses/{course}", "programmes,organisation,learning_outcomes"),
    ("/course-offerings/{run}", "course,organisation"),
    ("/programme-offerings/{private_run}", "programme,organisation,academic_session"),
)


async def test_what_is_asked_in_full_is_there_and_right(served: Served) -> None:
    for path, expand in IN_FULL:
        where = path.format(
            private=served.private,
            taught=delivery_id(UUID(served.private)),
            course=delivery_id(UUID(served.rich)),
            run=served.run,
            private_run=served.private_run,
        )
        template = next(known for asked, known in served.paths() if asked == where)

        body = (await served.get(f"{where}?expand={expand}")).json()

        assert faults(validator(template), body) == []
        nobody = {"coordinators", "instructors", "academic_session"}
        for name in (
            set(expand.replace("learning_outcomes", "learningOutcomes").split(",")) - nobody
        ):
            assert body[name], name


async def test_the_microcredential_is_what_oeapi_calls_one(served: Served) -> None:
    programme = (await served.get(f"/programmes/{served.rich}")).json()

    assert programme["programmeType"] == "specification"
    assert programme["formalDocument"] == "micro_credential_certificate"
    assert programme["levelOfQualification"] == "eqf_7"
    assert programme["studyLoad"] == [{"studyLoadUnit": "ects", "value": 5}]
    assert programme["fieldsOfStudy"] == "0533"
    assert programme["organisationId"] == str(organisation_id(PROVIDER))
    assert programme["consumer"]["specificationType"] == "course"
    course = (await served.page(f"/programmes/{served.rich}/courses"))[0]
    assert course["programmeIds"] == [served.rich]
    assert course["consumer"]["specificationId"] == served.rich
    (run,) = await served.page(f"/courses/{course['courseId']}/course-offerings")
    assert run["courseId"] == course["courseId"]
    assert run["consumer"]["registrationStatus"] == "open"


async def test_earlier_versions_are_told_as_periods_without_gaps(served: Served) -> None:
    served.catalogue.clock.pass_(days=10)
    changed = content(**RICH, title={"nl": "Nieuw"})
    assert (await served.catalogue.put(served.rich, changed)).status_code == 200
    assert (await served.catalogue.publish(served.rich)).status_code == 201

    for path, template, name in (
        (f"/programmes/{served.rich}", "/programmes/{programmeId}", "programme"),
        (f"/courses/{delivery_id(UUID(served.rich))}", "/courses/{courseId}", "course"),
    ):
        body = (await served.get(f"{path}?returnTimelineOverrides=true")).json()
        assert faults(validator(template), body) == []
        (override,) = body["timelineOverrides"]
        assert override["validTo"] == body["validFrom"]
        assert body["name"][0]["value"] == "Nieuw" != override[name]["name"][0]["value"]


async def test_an_archived_microcredential_is_listed_no_more_and_still_answers(
    served: Served,
) -> None:
    assert (await served.catalogue.archive(served.rich)).status_code == 201

    listed = [one["programmeId"] for one in await served.page("/programmes?pageSize=50")]
    programme = await served.get(f"/programmes/{served.rich}")

    assert served.rich not in listed
    assert programme.json()["validTo"]
    assert faults(validator("/programmes/{programmeId}"), programme.json()) == []


ACCEPTED = (
    ("application/vnd.oeapi+json;version=6", "application/vnd.oeapi+json;version=6"),
    ('application/vnd.oeapi+json; version="6.0"', "application/vnd.oeapi+json;version=6"),
    ("application/vnd.oeapi+json", "application/vnd.oeapi+json;version=6"),
    ("*/*", "application/vnd.oeapi+json;version=6"),
    ("application/json", "application/json"),
    ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
)


async def test_the_media_type_is_what_was_asked(served: Served) -> None:
    for accept, kind in ACCEPTED:
        answer = await served.get("/programmes", Accept=accept)

        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert "Accept" in answer.headers["vary"]


NOT_ACCEPTED = (
    ("application/vnd.oeapi+json;version=5", "5"),
    ("application/vnd.oeapi+json;version=6.9", "6.9"),
    ("application/vnd.oeapi+json;version=<b>", "unknown"),
    ("text/csv", "unknown"),
)


async def test_another_version_is_not_acceptable_and_says_which_are(served: Served) -> None:
    for accept, version in NOT_ACCEPTED:
        answer = await served.get("/programmes", Accept=accept)

        assert answer.status_code == 406
        assert answer.headers["content-type"] == "application/problem+json"
        assert faults(schema_validator("ProblemVersionNotAcceptable"), answer.json()) == []
        assert answer.json()["requestedVersion"] == version
        assert answer.json()["supportedVersions"] == ["6", "6.0"]
        assert "Accept-Language" in answer.headers["vary"]


async def test_another_version_is_refused_in_dutch_to_who_reads_dutch(served: Served) -> None:
    answer = await served.get(
        "/programmes",
        **{"Accept": "application/vnd.oeapi+json;version=5", "Accept-Language": "nl"},
    )

    assert answer.json()["detail"].startswith("Deze versie van OEAPI")
    assert answer.headers["content-language"] == "nl"


REFUSED: tuple[tuple[str, int, set[str]], ...] = (
    ("/programmes?pageSize=11&pageNumber=0&q=", 400, {"/pageSize", "/pageNumber", "/q"}),
    ("/programmes?pageNumber=99999999999999999999", 400, {"/pageNumber"}),
    ("/programmes?consumer=nobody", 400, {"/consumer"}),
    ("/programmes?fields=((", 400, {"/fields"}),
    ("/programmes?fields=(a))", 400, {"/fields"}),
    ("/programmes?filter_query[name][like]=a", 400, {"/filter_query"}),
    ("/programmes/12", 400, {"/programme"}),
    (f"/programmes/{uuid4()}?expand=rooms", 400, {"/expand"}),
    ("/courses?teachingLanguage=English", 400, {"/teachingLanguage"}),
    (f"/programmes/{uuid4()}", 404, set()),
    (f"/courses/{uuid4()}", 404, set()),
    (f"/course-offerings/{uuid4()}", 404, set()),
    (f"/learning-outcomes/{uuid4()}", 404, set()),
    (f"/organisations/{uuid4()}", 404, set()),
    (f"/organisations/{uuid4()}/courses", 404, set()),
    ("/persons", 404, set()),
)


async def test_a_refusal_is_oeapis_own_problem(served: Served) -> None:
    for path, status, pointers in REFUSED:
        answer = await served.get(path)

        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert faults(schema_validator("Problem"), answer.json()) == []
        assert {one["pointer"] for one in answer.json().get("errors", [])} == pointers


async def test_a_course_of_a_programme_is_no_programme_and_the_other_way_round(
    served: Served,
) -> None:
    course, programme = delivery_id(UUID(served.rich)), delivery_id(UUID(served.private))

    for path in (
        f"/programmes/{course}",
        f"/courses/{programme}",
        f"/course-offerings/{served.private_run}",
        f"/programme-offerings/{served.run}",
        f"/learning-outcomes/{outcome_id(UUID(served.rich), 2)}",
    ):
        assert (await served.get(path)).status_code == 404, path


async def test_nothing_can_be_written(served: Served) -> None:
    answer = await served.catalogue.http.put(f"/oeapi/v6/programmes/{served.rich}", json={})

    assert answer.status_code == 405
    assert faults(schema_validator("Problem"), answer.json()) == []


async def test_a_concept_and_a_draft_are_not_shown(served: Served) -> None:
    draft = (await served.catalogue.draft(content())).json()["microcredentialId"]
    concept = await offer(
        served.catalogue,
        served.rich,
        PROVIDER,
        {"primaryCode": "later", "state": "concept"},
    )

    assert (await served.get(f"/programmes/{draft}")).status_code == 404
    assert (await served.get(f"/course-offerings/{concept}")).status_code == 404


async def test_it_works_below_a_path_as_well(served: Served) -> None:
    outer = FastAPI()
    outer.mount("/catalog", served.catalogue.app)
    async with AsyncClient(transport=ASGITransport(outer), base_url="http://all") as http:
        programme = await http.get(f"/catalog/oeapi/v6/programmes/{served.rich}")
        service = await http.get("/catalog/oeapi/v6")

    assert programme.json()["programmeId"] == served.rich
    assert faults(validator("/"), service.json()) == []
