"""Lists of the OEAPI facade are paged, searched and shown to who they are meant for."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from services.catalog.oeapi.identity import delivery_id
from services.catalog.routes.oeapi.edge import OEAPI_JSON
from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.integration.catalog.oeapi_served import ACADEMY, RICH, RUN, Served, offer, publish, serve
from tests.unit.catalog.builders import content

pytestmark = [pytest.mark.anyio, pytest.mark.shared_material]


@pytest.fixture
async def served(catalogue: Catalogue) -> Served:
    """Give a catalogue with public and private providers, rich and plain things, and runs."""
    return await serve(catalogue)


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


async def test_what_a_path_does_not_take_is_refused_by_name(served: Served) -> None:
    asked = "pageSize=10&sort=name&expand=organisation&filter=x&a@b.nl=1"
    for path in ("/programmes", "/courses", "/organisations", "/learning-outcomes"):
        answer = await served.get(f"{path}?{asked}", **{"Accept-Language": "nl"})

        told = answer.json()["errors"]
        assert [(one["in"], one["pointer"], one["code"]) for one in told] == [
            ("query", pointer, "unknown-parameter")
            for pointer in ("", "/expand", "/filter", "/sort")
        ]
        assert all(one["detail"].startswith("Dit kan op dit pad niet") for one in told)
        assert "pageSize" in told[0]["detail"]
        assert "a@b" not in answer.text


FAULTS_IN_DUTCH = (
    ("programmes?pageSize=11", "/pageSize", "Hier hoort een van deze: 10, 20, 50, 100 of 250."),
    (
        "programmes?teachingLanguage=N_",
        "/teachingLanguage",
        "Een taal schrijft u als nl, nld of nl-NL (BCP 47).",
    ),
    (
        "programmes?alliances.name=A%20B",
        "/alliances.name",
        "Hier horen kleine letters, cijfers en koppeltekens, hoogstens 40.",
    ),
    (
        f"courses/{uuid4()}/course-offerings?since=gisteren",
        "/since",
        "Hier hoort een dag of een tijdstip, zoals 2026-05-31 of 2026-05-31T12:00:00Z.",
    ),
    (f"organisations/{uuid4()}", "", "Deze organisatie is er hier niet."),
)


async def test_a_fault_in_a_question_is_told_in_dutch(served: Served) -> None:
    for query, pointer, sentence in FAULTS_IN_DUTCH:
        told = (await served.get(f"/{query}", **{"Accept-Language": "nl"})).json()

        (fault,) = told.get("errors", [{"pointer": "", "detail": told["detail"]}])
        assert (fault["pointer"], fault["detail"]) == (pointer, sentence), query


async def test_what_is_not_there_is_called_by_its_own_noun(served: Served) -> None:
    answer = await served.get(f"/learning-outcomes/{uuid4()}")

    assert (answer.status_code, answer.json()["code"]) == (404, "learning-outcome-unknown")


async def test_what_weighs_nothing_is_not_acceptable(served: Served) -> None:
    for accept in (f"{OEAPI_JSON};version=6;q=0", f"{OEAPI_JSON};q=0.000", "*/*;q=0"):
        answer = await served.get("/programmes", Accept=accept)

        assert answer.status_code == 406, accept
