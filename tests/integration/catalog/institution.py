"""An institution with an OEAPI of its own, and what a catalogue does with it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.catalog.operations.oeapi_imports import run_next_import
from shared.runtime.fetching import Reach
from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, Catalogue
from tests.support.serving import serving

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
    organisations: list[Json] = field(default_factory=list)
    of_version_5: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None
    instead: Response | None = None
    url: str = ""

    async def answer(self, request: Request) -> Response:
        """Answer as OEAPI v6 says."""
        self.meanwhile()
        path = request.path_params["path"]
        self.asked.append(path)
        if self.of_version_5:
            is_served = path in self.of_version_5
            return self._page(request, []) if is_served else JSONResponse({"status": 404}, 404)
        if path.split("/")[-1] not in {"education-specifications", "programs"}:
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
            "organisations": (self.organisations, "organisationId"),
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
        number = int(request.query_params.get("pageNumber", 1))
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


@asynccontextmanager
async def an_institution() -> AsyncIterator[Institution]:
    """Give an institution with an OEAPI of its own on this machine."""
    one = Institution()
    async with serving(Starlette(routes=[Route("/{path:path}", one.answer)])) as url:
        one.url = url
        yield one


async def in_sandbox(catalogue: Catalogue, institution: Institution) -> Catalogue:
    """Return a catalogue in a sandbox, in which the institution registered its OEAPI."""
    settings = catalogue.app.state.settings
    catalogue.app.state.settings = settings.model_copy(update={"fetch_anywhere": True})
    answer = await register(catalogue, institution.url)
    assert answer.status_code == 201, answer.text
    return catalogue
