"""Every answer of the OEAPI facade is what OEAPI's own document says; so are its refusals."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import event

from services.catalog.oeapi.identity import delivery_id, organisation_id, outcome_id
from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.support.oeapi import faults, schema_validator, validator
from tests.unit.catalog.builders import content

pytestmark = [pytest.mark.anyio, pytest.mark.shared_material]
ACADEMY = "00000099000000230000"
RICH: dict[str, Any] = {
    "primaryCode": "QC-101",
    "abbreviation": "QC",
    "fieldOfStudy": "0533",
    "learningOutcomes": [{"nl": "U rekent."}, {"en": "You compute.", "nl": "U telt."}],
    "otherCodes": [
        {"codeType": "x-eduxchange-alliance", "code": "lde"},
        {"codeType": "x-rio-opleidingseenheidcode", "code": "1000O1234"},
    ],
    "privateCategories": ["economy"],
    "stackability": {"nl": "Stapelt op."},
    "skills": [
        {
            "uri": "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d",
            "label": {"nl": "rekenen"},
        }
    ],
    "keywords": ["qubit"],
}
RUN: dict[str, Any] = {
    "primaryCode": "QC-101-1",
    "state": "active",
    "runs": {"firstDay": "2027-02-01", "lastDay": "2027-06-30"},
    "enrolmentPeriods": [
        {"firstDay": "2026-09-01", "lastDay": "2026-12-01"},
        {"firstDay": "2026-12-05"},
    ],
    "places": 20,
    "placesLeft": 5,
    "price": {"amount": "450.00", "vatAmount": "0.00", "explanation": {"nl": "Met boek."}},
    "location": {"city": "Enschede", "region": "NL-OV", "name": {"nl": "Campus"}},
    "permissionNeeded": True,
    "permissionExplanation": {"nl": "Vraag het."},
    "enrolAt": "https://www.example.nl/qc",
}


@dataclass
class Served:
    """A catalogue with something of everything, and the ids of it in OEAPI."""

    catalogue: Catalogue
    rich: str
    plain: str
    private: str
    run: str
    private_run: str

    async def get(self, path: str, **headers: str) -> Response:
        return await self.catalogue.http.get(f"/oeapi/v6{path}", headers=headers)

    async def page(self, path: str) -> list[dict[str, Any]]:
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def paths(self) -> list[tuple[str, str]]:
        """Return every path that is served, as it is and as the document has it."""
        course, programme = delivery_id(UUID(self.rich)), delivery_id(UUID(self.private))
        ut, academy = organisation_id(PROVIDER), organisation_id(ACADEMY)
        of_programme = "/programmes/{programmeId}"
        of_organisation = "/organisations/{organisationId}"
        return [
            ("/", "/"),
            ("", "/"),
            ("/organisations", "/organisations"),
            (f"/organisations/{ut}", of_organisation),
            (f"/organisations/{ut}/programmes", f"{of_organisation}/programmes"),
            (f"/organisations/{ut}/courses", f"{of_organisation}/courses"),
            (f"/organisations/{ut}/course-offerings", f"{of_organisation}/course-offerings"),
            (
                f"/organisations/{academy}/programme-offerings",
                f"{of_organisation}/programme-offerings",
            ),
            ("/programmes", "/programmes"),
            (f"/programmes/{self.rich}", of_programme),
            (f"/programmes/{self.plain}", of_programme),
            (f"/programmes/{self.private}", of_programme),
            (f"/programmes/{programme}", of_programme),
            (f"/programmes/{self.private}/programmes", f"{of_programme}/programmes"),
            (f"/programmes/{self.rich}/courses", f"{of_programme}/courses"),
            (
                f"/programmes/{programme}/programme-offerings",
                f"{of_programme}/programme-offerings",
            ),
            (
                f"/programmes/{self.private}/programme-offerings",
                f"{of_programme}/programme-offerings",
            ),
            (
                f"/programme-offerings/{self.private_run}",
                "/programme-offerings/{programmeOfferingId}",
            ),
            ("/courses", "/courses"),
            (f"/courses/{course}", "/courses/{courseId}"),
            (f"/courses/{course}/course-offerings", "/courses/{courseId}/course-offerings"),
            (f"/course-offerings/{self.run}", "/course-offerings/{courseOfferingId}"),
            ("/learning-outcomes", "/learning-outcomes"),
            (
                f"/learning-outcomes/{outcome_id(UUID(self.rich), 1)}",
                "/learning-outcomes/{learningOutcomeId}",
            ),
        ]


async def publish(catalogue: Catalogue, by: str, wanted: dict[str, Any]) -> str:
    drafted = await catalogue.draft(wanted, by=by)
    microcredential_id = str(drafted.json()["microcredentialId"])
    published = await catalogue.publish(microcredential_id, by=by)
    assert published.status_code == 201, published.text
    return microcredential_id


async def offer(catalogue: Catalogue, of: str, by: str, terms: dict[str, Any]) -> str:
    offered = await catalogue.http.post(
        f"/v1/microcredentials/{of}/offerings", json=terms, headers=catalogue.headers(by)
    )
    assert offered.status_code == 201, offered.text
    return str(offered.json()["offeringId"])


@pytest.fixture
async def served(catalogue: Catalogue) -> Served:
    """Give a catalogue with public and private providers, rich and plain things, and runs."""
    known = {"educationOffererCode": "100A123", "city": "Enschede", "region": "NL-OV"}
    assert (await catalogue.record(**known, website="https://www.example.nl")).status_code == 200
    assert (await catalogue.record(ACADEMY, sector="private", **known)).status_code == 201
    assert (await catalogue.publish_policy("private", sector="private")).status_code == 201
    rich = await publish(catalogue, PROVIDER, content(**RICH))
    needed = {"title", "learningOutcomes", "studyLoad", "level"}
    bare = content(*(content().keys() - needed))
    plain = await publish(catalogue, PROVIDER, bare)
    level = {"value": "eqf_7", "basis": "self-declared"}
    private = await publish(catalogue, ACADEMY, content(**RICH, level=level))
    return Served(
        catalogue,
        rich,
        plain,
        private,
        await offer(catalogue, rich, PROVIDER, RUN),
        await offer(catalogue, private, ACADEMY, RUN),
    )


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


async def test_lists_are_paged_by_number(served: Served) -> None:
    for n in range(22):
        await publish(served.catalogue, PROVIDER, content(title={"nl": f"Nummer {n}"}))

    first = (await served.get("/programmes?pageSize=20")).json()
    second = (await served.get("/programmes?pageSize=20&pageNumber=2")).json()
    beyond = (await served.get("/programmes?pageSize=20&pageNumber=99")).json()

    ids = [one["programmeId"] for page in (first, second) for one in page["items"]]
    assert len(ids) == len(set(ids)) == 26
    assert (first["hasPreviousPage"], first["hasNextPage"], first["totalPages"]) == (False, True, 2)
    assert (second["hasPreviousPage"], second["hasNextPage"]) == (True, False)
    assert (beyond["items"], beyond["hasNextPage"]) == ([], False)


QUESTIONS = (
    ("programmes?q=KWANTUM", 0),
    ("programmes?q=quantum", 4),
    ("programmes?q=qubit", 3),
    ("programmes?q=%25", 0),
    ("programmes?primaryCode=QC-101", 3),
    ("programmes?primaryCode=QC-10", 0),
    ("programmes?programmeType=specification", 3),
    ("programmes?programmeType=programme", 1),
    ("programmes?programmeType=minor", 0),
    ("programmes?qualificationAwarded=certificate", 4),
    ("programmes?qualificationAwarded=master", 0),
    ("programmes?levelOfQualification=eqf_7", 4),
    ("programmes?levelOfQualification=eqf_6", 0),
    ("programmes?fieldsOfStudy=05", 3),
    ("programmes?fieldsOfStudy=06", 0),
    ("programmes?teachingLanguage=eng", 3),
    ("programmes?teachingLanguage=en", 3),
    ("programmes?teachingLanguage=nl", 0),
    ("programmes?consumer=eduxchange", 3),
    ("programmes?consumer=eduxchange&alliances.name=ewuu", 0),
    ("courses", 2),
    ("courses?level=master", 2),
    ("courses?level=bachelor", 0),
    ("courses?modeOfDelivery=blended", 1),
    ("courses?modeOfDelivery=online", 0),
    ("learning-outcomes?q=telt", 2),
    ("organisations", 2),
    ("organisations?organisationType=root", 2),
    ("organisations?organisationType=faculty", 0),
    ("organisations?q=twente", 2),
    (f"organisations?primaryCode={ACADEMY}", 1),
)


async def test_what_is_asked_is_found(served: Served) -> None:
    for query, found in QUESTIONS:
        assert len(await served.page(f"/{query}")) == found, query


QUESTIONS_OF_RUNS = (
    ("", 1),
    ("since=2027-02-01T00:00:00%2B01:00", 1),
    ("since=2027-02-02", 0),
    ("until=2027-06-30", 1),
    ("until=2027-06-29", 0),
    ("state=active", 1),
    ("state=cancelled", 0),
    ("resultExpected=true", 1),
    ("resultExpected=false", 0),
    ("teachingLanguage=eng", 1),
    ("modeOfDelivery=blended", 1),
    ("modeOfDelivery=online", 0),
    ("q=quantumcomputing", 1),
    ("q=zzz", 0),
)


async def test_runs_are_found_by_day_and_state(served: Served) -> None:
    for query, found in QUESTIONS_OF_RUNS:
        path = f"/courses/{delivery_id(UUID(served.rich))}/course-offerings"

        assert len(await served.page(f"{path}?{query}")) == found, query


async def test_a_run_of_the_past_is_only_shown_to_who_asks(served: Served) -> None:
    served.catalogue.clock.pass_(days=400)
    path = f"/courses/{delivery_id(UUID(served.rich))}/course-offerings"

    assert await served.page(path) == []
    assert len(await served.page(f"{path}?since=2027-01-01")) == 1


async def test_only_the_fields_that_are_asked_come_and_what_is_mandatory(served: Served) -> None:
    where = f"/programmes/{served.rich}?expand=organisation&fields=(name(value),organisation(link))"

    body = (await served.get(where)).json()

    assert body.keys() == {"programmeId", "programmeType", "name", "primaryCode", "organisation"}
    assert body["organisation"].keys() == {
        "organisationId",
        "organisationType",
        "name",
        "primaryCode",
        "link",
    }


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


async def test_who_is_shown_to_a_consumer_is_the_same_in_sql_and_in_the_rules(
    served: Served,
) -> None:
    known = {"educationOffererCode": "100A123"}
    for changed in ({}, {"sector": "mbo", **known}, {"sector": "hbo", **known}):
        assert (await served.catalogue.record(**changed)).is_success
        for consumer in ("rio", "eduxchange"):
            listed = await served.page(f"/programmes?consumer={consumer}&pageSize=50")
            every = await served.page("/programmes?pageSize=50")
            shown = [
                (await served.get(f"/programmes/{one['programmeId']}?consumer={consumer}")).json()
                for one in every
            ]
            assert {one["programmeId"] for one in listed} == {
                one["programmeId"] for one in shown if "consumer" in one
            }


async def test_a_page_takes_as_many_questions_however_long_it_is(served: Served) -> None:
    asked: list[str] = []
    engine = served.catalogue.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    course = delivery_id(UUID(served.rich))
    paths = ("/programmes", "/courses", "/learning-outcomes", f"/courses/{course}/course-offerings")
    counts = []
    for when in ("before", "after"):
        for path in paths:
            asked.clear()
            assert await served.page(f"{path}?pageSize=50")
            counts.append(len(asked))
        for n in range(3):
            await publish(served.catalogue, PROVIDER, content(**RICH, title={"nl": f"Nog {n}"}))
            await offer(
                served.catalogue, served.rich, PROVIDER, {**RUN, "primaryCode": when + str(n)}
            )

    assert counts[:4] == counts[4:]
    assert max(counts) <= 5


async def test_it_works_below_a_path_as_well(served: Served) -> None:
    outer = FastAPI()
    outer.mount("/catalog", served.catalogue.app)
    async with AsyncClient(transport=ASGITransport(outer), base_url="http://all") as http:
        programme = await http.get(f"/catalog/oeapi/v6/programmes/{served.rich}")
        service = await http.get("/catalog/oeapi/v6")

    assert programme.json()["programmeId"] == served.rich
    assert faults(validator("/"), service.json()) == []


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
