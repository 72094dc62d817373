"""The register over HTTP: public by id, an export for the organisation itself."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from services.demo.sandbox import AUDIENCE, Sandbox, open_sandbox
from services.registry.app import create_app
from services.registry.operations import registrations as operations
from services.registry.settings import Settings
from shared.runtime.database import Database
from shared.runtime.settings import TEST_OIN
from tests.support.awards import DELFT, NOW, TWENTE, an_award, granted, revoked
from tests.support.postgres import MakeDatabase

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return open_sandbox(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    source = f"urn:nld:oin:{TEST_OIN}:systeem:registry"
    database = Database(make_database("services.registry"), source=source)
    yield database
    await database.dispose()


@pytest.fixture
async def register(database: Database, sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        database_url=database.url,
        public_url="https://register.example.nl",
        token_issuers=(sandbox.token_issuer,),
        token_audience=AUDIENCE,
    )
    transport = httpx.ASGITransport(create_app(settings, database))
    async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client:
        yield client


async def record(database: Database, organisation: str = TWENTE) -> UUID:
    award = an_award(organisation=organisation)
    async with database.transaction() as session:
        await operations.record_awards(session, [granted(award)], now=NOW)
    return award.award_id


async def revoke(database: Database, award_id: UUID) -> None:
    async with database.transaction() as session:
        await operations.change_registrations(session, [revoked(award_id)], now=NOW)


def bearer(sandbox: Sandbox, organisation: str, *scopes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {sandbox.token(organisation, scopes)}"}


async def test_anybody_who_knows_the_id_reads_a_registration_without_its_learner(
    register: httpx.AsyncClient, database: Database
) -> None:
    award_id = await record(database)

    answer = await register.get(f"/v1/registrations/{award_id}")

    assert answer.status_code == 200
    assert answer.json() | {"recordedAt": "", "changedAt": "", "credentialId": ""} == {
        "registrationId": str(award_id),
        "recordVersion": 1,
        "status": "active",
        "organisation": TWENTE,
        "microcredentialId": str(UUID(int=2)),
        "microcredentialVersion": 1,
        "studyLoad": {"unit": "ects", "value": 2.5},
        "level": {"value": "eqf_6", "basis": "self-declared"},
        "awardedOn": "2026-11-13",
        "validFrom": "2026-11-22T12:00:00Z",
        "credentialId": "",
        "credentialDigest": "a" * 64,
        "recordedAt": "",
        "changedAt": "",
    }


async def test_every_version_stays_readable(
    register: httpx.AsyncClient, database: Database
) -> None:
    award_id = await record(database)
    await revoke(database, award_id)
    address = f"/v1/registrations/{award_id}"

    now = (await register.get(address)).json()
    versions = [(await register.get(f"{address}/versions/{n}")).json() for n in (1, 2)]

    assert [one["status"] for one in versions] == ["active", "revoked"]
    assert versions[1] == now
    assert now["revocation"]["reason"] == "fraud"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"/v1/registrations/{UUID(int=7)}", 404, "registration-unknown"),
        (f"/v1/registrations/{UUID(int=7)}/versions/1", 404, "registration-version-unknown"),
        (f"/v1/registrations/{UUID(int=7)}/versions/0", 400, "invalid-request"),
        ("/v1/registrations/nothing", 400, "invalid-request"),
        ("/v1/registrations", 401, "unauthenticated"),
    ],
)
async def test_a_refusal_is_a_problem_document(
    register: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await register.get(path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def export(
    register: httpx.AsyncClient, headers: dict[str, str], *, limit: int = 2
) -> list[str]:
    found: list[str] = []
    query: dict[str, str | int] = {"limit": limit}
    while True:
        answer = await register.get("/v1/registrations", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        found += [one["registrationId"] for one in page["items"]]
        if "next" not in page:
            return found
        query["cursor"] = page["next"]


async def test_an_organisation_exports_its_own_and_the_operator_everything(
    register: httpx.AsyncClient, database: Database, sandbox: Sandbox
) -> None:
    ours = {str(await record(database, TWENTE)) for _ in range(5)}
    theirs = {str(await record(database, DELFT)) for _ in range(2)}

    exports = [
        await export(register, bearer(sandbox, organisation, "registrations:read"))
        for organisation in (TWENTE, DELFT, TEST_OIN)
    ]

    assert [len(one) for one in exports] == [5, 2, 7]
    assert [set(one) for one in exports] == [ours, theirs, ours | theirs]


async def test_an_export_takes_its_own_scope(register: httpx.AsyncClient, sandbox: Sandbox) -> None:
    answer = await register.get("/v1/registrations", headers=bearer(sandbox, TWENTE, "awards:read"))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIl0", "WzFd", "WyJhIiwiYiJd"])
async def test_a_strange_cursor_is_refused(
    register: httpx.AsyncClient, sandbox: Sandbox, cursor: str
) -> None:
    answer = await register.get(
        "/v1/registrations",
        params={"cursor": cursor},
        headers=bearer(sandbox, TWENTE, "registrations:read"),
    )

    assert answer.status_code == 400
    assert cursor not in answer.text


@pytest.mark.parametrize(
    ("language", "heading"), [("nl", "Geregistreerd en geldig"), ("en", "Registered and valid")]
)
async def test_the_page_tells_a_person_what_the_register_says(
    register: httpx.AsyncClient, database: Database, language: str, heading: str
) -> None:
    award_id = await record(database)

    answer = await register.get("/", params={"id": f" urn:uuid:{award_id}\n", "lang": language})

    assert answer.status_code == 200
    assert f"<h1>{heading}</h1>" in answer.text
    assert f'<html lang="{language}">' in answer.text


async def test_the_page_says_that_an_award_was_revoked_and_why(
    register: httpx.AsyncClient, database: Database
) -> None:
    award_id = await record(database)
    await revoke(database, award_id)

    answer = await register.get("/", params={"id": str(award_id)})

    assert "ingetrokken. Niet meer geldig." in answer.text
    assert "fraude" in answer.text


@pytest.mark.parametrize("question", ["niets", str(UUID(int=7)), "<script>alert(1)</script>"])
async def test_the_page_has_an_answer_to_what_it_cannot_find(
    register: httpx.AsyncClient, question: str
) -> None:
    answer = await register.get("/", params={"id": question})

    assert answer.status_code == 404
    assert "staat niet in het register" in answer.text
    assert "<script" not in answer.text


async def test_the_page_begins_with_a_box(register: httpx.AsyncClient) -> None:
    answer = await register.get("/")

    assert answer.status_code == 200
    assert 'name="id"' in answer.text


async def test_the_openapi_document_names_every_route_and_refusal(
    register: httpx.AsyncClient,
) -> None:
    document = (await register.get("/v1/openapi.json")).json()

    assert set(document["paths"]) >= {
        "/registrations",
        "/registrations/{registrationId}",
        "/registrations/{registrationId}/versions/{recordVersion}",
    }
