"""`POST /v1/verifications`: always a verdict, of which nothing is kept."""

import json

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from services.verifier.domain.findings import Check
from services.verifier.intake import MOST_BYTES, RAW
from shared.contracts.vocabulary import RegistrationStatus
from shared.runtime.database import Database
from tests.integration.verifier.conftest import Hear
from tests.integration.verifier.news import a_published_list, a_state
from tests.unit.verifier.forge import INDEX, OIN, a_token, put

pytestmark = pytest.mark.anyio


async def ask(verifier: AsyncClient, token: str) -> Response:
    return await verifier.post("/v1/verifications", json={"credential": token})


async def test_an_honest_credential_is_genuine_and_valid(verifier: AsyncClient, token: str) -> None:
    response = await ask(verifier, token)
    answer = response.json()

    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert answer["verdict"] == {
        "state": "valid",
        "code": "registered",
        "title": {"nl": "Echt en geldig", "en": "Genuine and valid"},
        "look": "green",
    }
    assert [check["name"] for check in answer["checks"]] == list(Check)
    assert [check["number"] for check in answer["checks"]] == list(range(1, 14))
    assert answer["checks"][10]["lookedUp"]["where"] == "register"
    assert answer["checks"][10]["lookedUp"]["asOf"] == answer["knowledge"]["asOf"]
    assert answer["test"] is True


async def test_the_answer_says_what_the_credential_says(verifier: AsyncClient, token: str) -> None:
    shown = (await ask(verifier, token)).json()["credential"]

    assert shown["who"]["name"] == "Sam de Vries"
    assert shown["studyLoad"]["name"] == {
        "nl": "5 EC, ongeveer 140 uur",
        "en": "5 EC, about 140 hours",
    }
    assert shown["level"]["value"] == "eqf_7"
    assert shown["level"]["basis"] == "self-declared"
    assert shown["awardedOn"] == "2026-01-14"
    assert shown["result"] == "8.0"
    assert len(shown["learningOutcomes"]) == 2
    assert shown["assessment"][0]["code"] == "written_exam"
    assert shown["supervision"]["en"] == "Supervised; identity was checked."
    assert shown["qualityFramework"]["version"] == "2.0"
    assert {
        "nl": "Het is geen diploma en geen graad, en heeft nog geen wettelijke status.",
        "en": "It is not a diploma and not a degree, and has no legal status yet.",
    } in shown["meaning"]


async def test_the_issuer_is_shown_as_the_catalogue_knows_it(
    verifier: AsyncClient, hear: Hear, token: str
) -> None:
    boasting = a_token(put("issuer/name", "Harvard University"))
    await hear(a_state(boasting, version=2))

    issuer = (await ask(verifier, boasting)).json()["issuer"]

    assert issuer["oin"] == OIN
    assert issuer["name"] == {"nl": "Universiteit Twente", "en": "University of Twente"}


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/jwt", "application/vc+jwt", "Text/Plain; charset=utf-8"],
)
async def test_a_credential_may_be_sent_as_it_is(
    verifier: AsyncClient, token: str, media_type: str
) -> None:
    response = await verifier.post(
        "/v1/verifications", content=token + "\n", headers={"Content-Type": media_type}
    )

    assert response.json()["verdict"]["state"] == "valid"


@pytest.mark.parametrize("garbage", ["hello", "a.b.c", "{}", "....", "%PDF-1.7", "\0", "é"])
async def test_what_is_no_credential_is_a_verdict(verifier: AsyncClient, garbage: str) -> None:
    response = await verifier.post(
        "/v1/verifications", content=garbage, headers={"Content-Type": "text/plain"}
    )

    assert response.status_code == 200
    assert response.json()["verdict"]["state"] == "not-a-credential"
    assert response.json()["credential"] is None


@pytest.mark.parametrize(
    ("content", "media_type", "status", "code"),
    [
        (b"", "text/plain", 400, "invalid-request"),
        (b" \n", "application/jwt", 400, "invalid-request"),
        (b"", "application/json", 400, "invalid-request"),
        (b"{", "application/json", 400, "json-refused"),
        (b'{"credential": "a", "credential": "b"}', "application/json", 400, "json-refused"),
        (b"[" * 5000, "application/json", 400, "json-refused"),
        (b"\xff", "application/json", 400, "json-refused"),
        (b"[]", "application/json", 400, "json-refused"),
        (b"{}", "application/json", 400, "invalid-request"),
        (b'{"credential": 5}', "application/json", 400, "invalid-request"),
        (b'{"credential": ""}', "application/json", 400, "invalid-request"),
        (b'{"credential": "a.b.c", "more": 1}', "application/json", 400, "invalid-request"),
        (b"<xml/>", "application/xml", 415, "unsupported-media-type"),
        (b"x" * (MOST_BYTES + 1), "text/plain", 413, "too-large"),
    ],
)
async def test_a_broken_request_is_a_problem(
    verifier: AsyncClient, content: bytes, media_type: str, status: int, code: str
) -> None:
    response = await verifier.post(
        "/v1/verifications", content=content, headers={"Content-Type": media_type}
    )

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == code


async def test_a_missing_member_is_pointed_at(verifier: AsyncClient) -> None:
    problem = (await verifier.post("/v1/verifications", json={})).json()

    assert [fault["pointer"] for fault in problem["errors"]] == ["/credential"]


async def test_an_altered_credential_shows_nothing_of_its_content(
    verifier: AsyncClient, token: str
) -> None:
    forged = token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:]

    response = await ask(verifier, forged)

    assert response.json()["verdict"]["state"] == "altered"
    assert response.json()["credential"] is None
    assert response.json()["registration"] is None
    assert "Sam de Vries" not in response.text
    assert "kwantum" not in response.text


async def test_a_revocation_is_seen_at_once(verifier: AsyncClient, hear: Hear, token: str) -> None:
    before = (await ask(verifier, token)).json()
    await hear(
        a_published_list(INDEX, edition=2),
        a_state(token, status=RegistrationStatus.REVOKED, version=2),
    )
    after = (await ask(verifier, token)).json()

    assert before["verdict"]["state"] == "valid"
    assert after["verdict"]["state"] == "revoked"
    assert after["verdict"]["title"]["nl"] == (
        "Ingetrokken door Universiteit Twente op 20 november 2026. Niet meer geldig."
    )
    assert after["registration"]["revocation"]["reason"] == "fraud"


async def test_nothing_is_known_before_anything_was_heard(verifier: AsyncClient) -> None:
    answer = (await ask(verifier, a_token())).json()

    assert answer["verdict"]["state"] == "cannot-check"
    assert answer["verdict"]["look"] == "grey"
    assert answer["knowledge"]["asOf"] is None
    assert answer["credential"] is None


async def test_nothing_about_a_verification_is_kept(
    verifier: AsyncClient, database: Database, token: str
) -> None:
    async def rows() -> dict[str, int]:
        async with database.transaction() as session:
            tables = await session.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            )
            return {
                table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
                for table in tables
            }

    before = await rows()
    await ask(verifier, token)

    assert await rows() == before


async def test_no_name_reaches_the_log(
    verifier: AsyncClient, token: str, capfd: pytest.CaptureFixture[str]
) -> None:
    await ask(verifier, token)
    await verifier.post("/", data={"credential": token})
    said = "".join(capfd.readouterr())

    assert "Sam" not in said
    assert token[:40] not in said


async def test_every_answer_fits_its_own_description(verifier: AsyncClient, token: str) -> None:
    document = (await verifier.get("/v1/openapi.json")).json()
    operation = document["paths"]["/verifications"]["post"]

    assert set(operation["requestBody"]["content"]) == {"application/json", *RAW}
    assert {"200", "400", "413", "415"} <= set(operation["responses"])
    assert "VerificationAnswer" in json.dumps(operation["responses"]["200"])
