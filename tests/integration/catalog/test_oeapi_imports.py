"""An institution's OEAPI becomes drafts: nothing doubles, and nobody's work is undone."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from services.catalog.app import create_worker
from services.catalog.oeapi import Entry, Expand, write_programme
from services.catalog.operations.oeapi_imports import run_next_import
from services.catalog.repository import oeapi_imports
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.embedded import EmbeddedBroker
from shared.runtime.fetching import Reach
from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, STRANGER, Catalogue
from tests.support.bus import at_work, until
from tests.support.descriptions import a_microcredential
from tests.support.serving import serving
from tests.unit.catalog.builders import a_description, an_organisation, content

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
SOURCE = f"/v1/organisations/{PROVIDER}/oeapi-source"


def a_programme(**changed: Any) -> Json:
    """Return a microcredential as a student information system may serve it."""
    programme: Json = {
        "programmeId": str(uuid4()),
        "programmeType": "specification",
        "formalDocument": "micro_credential_certificate",
        "primaryCode": {"codeType": "programme_code", "code": "QC-101"},
        "name": [{"language": "nl-NL", "value": "Kwantum"}, {"language": "de", "value": "Quanten"}],
        "levelOfQualification": "eqf_7",
        "studyLoad": [{"studyLoadUnit": "ects", "value": 5}],
        "teachingLanguages": ["eng"],
    }
    return {**programme, **changed}


def an_offering(**changed: Any) -> Json:
    """Return a run as a student information system may serve it."""
    offering: Json = {
        "programmeOfferingId": str(uuid4()),
        "primaryCode": {"codeType": "offering_code", "code": "QC-101-1"},
        "name": [{"language": "nl-NL", "value": "Kwantum, voorjaar"}],
        "state": "active",
        "startDateTime": "2027-02-01T00:00:00+01:00",
        "endDateTime": "2027-06-30T00:00:00+02:00",
        "addresses": [{"addressType": "teaching", "city": "Enschede"}],
        "modesOfDelivery": ["online"],
    }
    return {**offering, **changed}


@dataclass
class Institution:
    """Somebody's OEAPI: what it serves, and what it was asked."""

    programmes: list[Json] = field(default_factory=list)
    courses: list[Json] = field(default_factory=list)
    outcomes: list[Json] = field(default_factory=list)
    offerings: list[Json] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    instead: Response | None = None
    url: str = ""

    async def answer(self, request: Request) -> Response:
        """Answer as OEAPI v6 says."""
        self.meanwhile()
        path = request.path_params["path"]
        self.asked.append(path)
        assert request.headers["accept"] == "application/vnd.oeapi+json;version=6"
        assert "cookie" not in request.headers
        if self.instead is not None:
            return self.instead
        kind, _, rest = path.partition("/")
        if rest.endswith("-offerings"):
            return self._page(request, self.offerings)
        things = {
            "programmes": (self.programmes, "programmeId"),
            "courses": (self.courses, "courseId"),
            "learning-outcomes": (self.outcomes, "learningOutcomeId"),
        }
        if kind not in things or "/" in rest:
            return JSONResponse({"status": 404}, 404)
        listed, name = things[kind]
        if not rest:
            return self._page(request, listed)
        found = [one for one in listed if one[name] == rest]
        return JSONResponse(found[0]) if found else JSONResponse({"status": 404}, 404)

    def _page(self, request: Request, things: list[Json]) -> Response:
        size = int(request.query_params["pageSize"])
        number = int(request.query_params["pageNumber"])
        page = things[(number - 1) * size : number * size]
        return JSONResponse(
            {
                "pageSize": size,
                "pageNumber": number,
                "hasPreviousPage": number > 1,
                "hasNextPage": number * size < len(things),
                "items": page,
            },
            media_type="application/vnd.oeapi+json;version=6",
            headers={"Set-Cookie": "session=1"},
        )


@pytest.fixture
async def institution() -> AsyncIterator[Institution]:
    """Give an institution with an OEAPI of its own on this machine."""
    one = Institution()
    async with serving(Starlette(routes=[Route("/{path:path}", one.answer)])) as url:
        one.url = url
        yield one


@pytest.fixture
async def importing(catalogue: Catalogue, institution: Institution) -> Catalogue:
    """Give a catalogue in a sandbox, in which the institution registered its OEAPI."""
    settings = catalogue.app.state.settings
    catalogue.app.state.settings = settings.model_copy(update={"fetch_anywhere": True})
    answer = await register(catalogue, institution.url)
    assert answer.status_code == 201, answer.text
    return catalogue


async def register(catalogue: Catalogue, url: str, *, by: str = PROVIDER) -> Any:
    return await catalogue.http.put(SOURCE, json={"url": url}, headers=catalogue.headers(by))


async def run(catalogue: Catalogue, wanted: Json | None = None) -> Json:
    """Ask for an import, do it, and return its report."""
    asked = await catalogue.http.post(
        "/v1/oeapi-imports", json=wanted or {}, headers=catalogue.headers()
    )
    assert asked.status_code == 201, asked.text
    assert asked.json()["state"] == "queued"
    assert await work(catalogue)
    report = await catalogue.http.get(
        asked.headers["location"].removeprefix(PUBLIC_URL), headers=catalogue.headers()
    )
    assert report.status_code == 200, report.text
    body: Json = report.json()
    return body


async def work(catalogue: Catalogue) -> bool:
    return await run_next_import(
        catalogue.database,
        public_url=PUBLIC_URL,
        reach=Reach(anywhere=True, max_bytes=500_000, silence_seconds=0.5, total_seconds=2),
        clock=catalogue.clock,
    )


async def draft_of(catalogue: Catalogue, microcredential_id: str) -> Json:
    shown = await catalogue.http.get(
        f"/v1/microcredentials/{microcredential_id}", headers=catalogue.headers()
    )
    draft: Json = shown.json()["draft"]["content"]
    return draft


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


async def test_a_course_is_imported_when_it_is_named(
    importing: Catalogue, institution: Institution
) -> None:
    course = a_programme(courseId=str(uuid4()))
    institution.courses = [course]
    institution.programmes = [a_programme()]

    report = await run(importing, {"courseIds": [course["courseId"], str(uuid4())]})

    assert [one["kind"] for one in report["items"]] == ["course"]
    assert report["counts"] == {"created": 1}


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


async def test_no_connection_waits_for_the_source(
    importing: Catalogue, institution: Institution
) -> None:
    held: list[int] = []
    pool = importing.database.engine.pool
    institution.meanwhile = lambda: held.append(pool.checkedout())  # type: ignore[attr-defined]
    await importing.published(content(primaryCode="QC-101"))
    institution.programmes = [a_programme()]

    await run(importing)

    assert len(held) >= 3
    assert set(held) == {0}


async def test_many_pages_are_read(importing: Catalogue, institution: Institution) -> None:
    institution.programmes = [a_programme(formalDocument="diploma") for _ in range(600)]
    institution.programmes.append(a_programme())

    report = await run(importing)

    assert report["counts"] == {"created": 1}
    assert institution.asked[:3] == ["programmes"] * 3


@pytest.mark.parametrize(
    ("instead", "code"),
    [
        (JSONResponse({}, 403), "source-refused"),
        (JSONResponse({"items": 5}), "source-unreadable"),
        (Response(b"{", media_type="application/json"), "source-unreadable"),
        (Response("<html>", media_type="text/html"), "answer-refused"),
        (RedirectResponse("http://169.254.169.254/latest/meta-data"), "source-refused"),
        (JSONResponse({"items": ["x" * 600_000]}), "answer-too-large"),
        (
            Response(b"{}", headers={"Content-Encoding": "gzip"}, media_type="application/json"),
            "answer-refused",
        ),
    ],
)
async def test_a_source_that_does_not_answer_well_fails_the_import_and_says_why(
    importing: Catalogue, institution: Institution, instead: Response, code: str
) -> None:
    institution.instead = instead

    report = await run(importing)

    assert (report["state"], report["problem"]["code"]) == ("failed", code)
    assert report["problem"]["detail"].keys() == {"nl", "en"}
    assert report["items"] == []


async def test_a_source_that_is_gone_fails_the_import(importing: Catalogue) -> None:
    assert (await register(importing, "http://127.0.0.1:1/")).status_code == 200

    report = await run(importing)

    assert report["problem"]["code"] == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "http://oeapi.example.nl/v6",
        "https://127.0.0.1/v6",
        "https://10.1.2.3/v6",
        "https://[::1]/v6",
        "https://user:pass@oeapi.example.nl/v6",
        "https://oeapi.example.nl/v6?x=1",
        "ftp://oeapi.example.nl",
        "nonsense",
    ],
)
async def test_outside_a_sandbox_only_a_public_address_is_registered(
    catalogue: Catalogue, url: str
) -> None:
    refused = await register(catalogue, url)

    assert refused.status_code == 400, refused.text
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/url"]
    assert url not in refused.text


async def test_only_the_organisation_itself_registers_imports_and_reads(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [a_programme()]
    report = await run(importing)
    strange = importing.headers(STRANGER)

    assert (await register(importing, institution.url, by=STRANGER)).status_code == 403
    assert (await importing.http.get(SOURCE, headers=strange)).status_code == 403
    where = f"/v1/oeapi-imports/{report['importId']}"
    assert (await importing.http.get(where, headers=strange)).status_code == 404
    assert (await importing.http.get(where)).status_code == 401
    nothing = await importing.http.post("/v1/oeapi-imports", json={}, headers=strange)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no-oeapi-source")


async def test_one_import_at_a_time_and_the_same_key_asks_once(importing: Catalogue) -> None:
    headers = importing.headers(key="again")
    first = await importing.http.post("/v1/oeapi-imports", json={}, headers=headers)
    again = await importing.http.post("/v1/oeapi-imports", json={}, headers=headers)
    other = await importing.http.post(
        "/v1/oeapi-imports", json={}, headers=importing.headers(key="other")
    )

    assert (first.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "oeapi-import-under-way")
    assert await work(importing)
    assert not await work(importing)


async def test_an_import_that_a_process_left_is_done_by_the_next(
    importing: Catalogue, institution: Institution
) -> None:
    institution.programmes = [a_programme(), a_programme(primaryCode="B")]
    asked = await importing.http.post("/v1/oeapi-imports", json={}, headers=importing.headers())
    async with importing.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        now = importing.clock()
        assert await oeapi_imports.claim_import(
            session, now=now, lease_until=now + timedelta(minutes=20)
        )
    assert not await work(importing)
    importing.clock.pass_(minutes=21)

    assert await work(importing)

    report = await importing.http.get(
        f"/v1/oeapi-imports/{asked.json()['importId']}", headers=importing.headers()
    )
    assert report.json()["counts"] == {"created": 2}


async def test_the_worker_does_the_imports(
    importing: Catalogue, institution: Institution, broker: EmbeddedBroker
) -> None:
    institution.programmes = [a_programme()]
    told = {"fetch_anywhere": True, "kafka_servers": broker.servers}
    settings = importing.app.state.settings.model_copy(update=told)
    asked = await importing.http.post("/v1/oeapi-imports", json={}, headers=importing.headers())
    where = asked.headers["location"].removeprefix(PUBLIC_URL)

    async def is_done() -> bool:
        report = await importing.http.get(where, headers=importing.headers())
        return bool(report.json()["state"] == "done")

    async with at_work(create_worker(settings, importing.database).run):
        await until(is_done)
