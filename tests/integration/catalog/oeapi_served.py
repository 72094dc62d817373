"""A catalogue with something of everything, as OEAPI sees it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from httpx import Response

from services.catalog.oeapi.identity import delivery_id, organisation_id, outcome_id
from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.unit.catalog.builders import content

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
        programme = delivery_id(UUID(self.private))
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
            *self._paths_of_courses(),
        ]

    def _paths_of_courses(self) -> list[tuple[str, str]]:
        course = delivery_id(UUID(self.rich))
        return [
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


async def serve(catalogue: Catalogue) -> Served:
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
