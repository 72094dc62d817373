"""Access: a learner gets everything, signed, with proofs that hold without the register."""

import hashlib
import json
import re
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.proofs import jws
from shared.proofs.keys import parse_public_jwk
from shared.proofs.lines import parse_base64
from shared.proofs.log_entries import commit
from shared.proofs.log_proofs import check_log_proof, read_log_proof
from shared.runtime.database import Database
from shared.strict_json import canonical
from tests.support.awards import DELFT, TWENTE, erased, granted, revoked
from tests.support.consulting import MERLE, ROBIN, Register, name_of, open_register
from tests.support.postgres import MakeDatabase
from tests.support.registering import a_sequencer, put_in_log

pytestmark = pytest.mark.anyio
EXPORTS = "/v1/access-exports"


@pytest.fixture
def database(make_database: MakeDatabase, open_database: Callable[..., Database]) -> Database:
    return open_database(
        make_database("services.registry"), "urn:nld:oin:00000099000000000000:systeem:registry"
    )


@pytest.fixture
async def register(database: Database) -> AsyncIterator[Register]:
    opened = open_register(database)
    async with opened.client:
        yield opened


async def export(register: Register, learner: dict[str, str] = ROBIN) -> dict[str, Any]:
    answer = await register.post(EXPORTS, {"learner": learner}, "learners:access")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_everything_of_one_learner_is_in_it_and_nothing_of_another(
    register: Register,
) -> None:
    one = await register.award(ROBIN)
    await register.hear(revoked(one.award_id))
    register.clock.now += timedelta(minutes=1)
    two = await register.award(ROBIN, organisation=DELFT)
    others = await register.award(MERLE)
    await register.search(ROBIN, organisation=DELFT)
    names = (await register.search(ROBIN)).json()["items"][0]["learner"]

    said = (await export(register))["export"]

    assert [held["registration"]["registrationId"] for held in said["registrations"]] == [
        str(one.award_id),
        str(two.award_id),
    ]
    assert [fact["kind"] for fact in said["registrations"][0]["facts"]] == ["issued", "revoked"]
    assert [line["organisation"] for line in said["consultations"]] == [TWENTE, DELFT]
    assert said["learner"] == name_of(ROBIN)
    assert {known["organisation"]: known["names"] for known in said["consumerNames"]}[TWENTE] == [
        names
    ]
    assert {one["activity"] for one in said["processingActivities"]} >= {"registering", "admission"}
    assert str(others.award_id) not in str(said)
    assert "robin" not in str(said)


async def test_each_opening_opens_and_each_proof_holds_with_nothing_but_the_logs_key(
    register: Register,
) -> None:
    award = await register.award(ROBIN)
    for _ in range(5):
        await register.award(MERLE)
    await register.hear(revoked(award.award_id))
    await put_in_log(register.database)
    keys = a_sequencer(register.database).signer.keys

    [held] = (await export(register))["export"]["registrations"]

    assert [fact["index"] for fact in held["facts"]] == [0, 6]
    for fact in held["facts"]:
        content = canonical(fact["content"])
        assert commit(parse_base64(fact["salt"]), content) == parse_base64(fact["commitment"])
        proof = read_log_proof(fact["proof"].encode())
        shown = check_log_proof(proof, log_keys=keys, witnesses=[], quorum=0)
        assert (shown.index, shown.content) == (fact["index"], content)
    assert held["facts"][1]["content"]["status"] == held["registration"]["status"] == "revoked"


async def test_what_is_not_logged_yet_is_shown_without_a_proof(register: Register) -> None:
    award = await register.award(ROBIN)
    await register.hear(revoked(award.award_id))

    [held] = (await export(register))["export"]["registrations"]

    assert "proof" in held["facts"][0]
    assert held["facts"][1].keys().isdisjoint({"proof", "index"})


async def test_the_operator_signs_exactly_what_is_shown(register: Register) -> None:
    await register.award(ROBIN)
    whole = await export(register)
    [jwk] = (await register.client.get("/v1/access-export-keys")).json()["keys"]

    token = jws.parse(whole["signature"], types=["waarmerk-access-export+jws"])
    jws.verify(token, key=parse_public_jwk(jwk))

    claims = jws.read_claims(token)
    assert claims == {
        "iss": "https://register.example.nl",
        "exportId": whole["export"]["exportId"],
        "createdAt": whole["export"]["createdAt"],
        "sha256": hashlib.sha256(canonical(whole["export"])).hexdigest(),
    }
    assert token.key_id == jwk["kid"]
    assert "d" not in jwk


async def test_an_earlier_key_stays_known(register: Register) -> None:
    [earlier] = (await register.client.get("/v1/access-export-keys")).json()["keys"]
    anew = open_register(register.database, export_other_keys=[earlier])
    async with anew.client:
        keys = (await anew.client.get("/v1/access-export-keys")).json()["keys"]

    assert keys[1] == earlier
    assert keys[0]["kid"] != earlier["kid"]


async def test_that_it_was_shown_is_in_it_the_next_time(register: Register) -> None:
    first = (await export(register))["export"]
    second = (await export(register))["export"]

    assert first["registrations"] == first["consultations"] == []
    [line] = second["consultations"]
    assert line["name"] == "export everything about a learner"
    assert line["attributes"]["dpl.core.processing_activity_id"].endswith("/access-export")


async def test_what_a_law_keeps_from_everybody_is_shown_to_its_learner_with_its_opening(
    database: Database,
) -> None:
    register = open_register(database, legal_profile="statutory")
    async with register.client:
        award = await register.award(ROBIN)
        await register.hear(revoked(award.award_id), erased(award.award_id, record_version=3))
        await put_in_log(database)

        [held] = (await export(register))["export"]["registrations"]

    assert held["restricted"] is True
    assert held["registration"]["status"] == "revoked"
    assert [fact["kind"] for fact in held["facts"]] == ["issued", "revoked", "erased"]
    keys = a_sequencer(database).signer.keys
    for fact in held["facts"]:
        proof = read_log_proof(fact["proof"].encode())
        assert check_log_proof(proof, log_keys=keys, witnesses=[], quorum=0).index == fact["index"]


async def test_of_what_was_erased_nothing_is_left_to_show(register: Register) -> None:
    award = await register.award(ROBIN)
    await register.hear(erased(award.award_id))

    assert (await export(register))["export"]["registrations"] == []


@pytest.mark.parametrize(
    ("language", "title"),
    [("nl", "Wat het register van u weet"), ("en", "What the register knows of you")],
)
async def test_the_paper_is_accessible_says_the_same_and_holds_the_signed_json(
    register: Register, language: str, title: str
) -> None:
    award = await register.award(ROBIN)
    await register.hear(revoked(award.award_id))
    await register.search(ROBIN)

    answer = await register.post(
        EXPORTS,
        {"learner": ROBIN},
        "learners:access",
        accept="application/pdf",
        **{"accept-language": language},
    )

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-language"] == language
    assert b"<pdfuaid:part>1</pdfuaid:part>" in answer.content
    assert b"<pdfaid:part>3</pdfaid:part>" in answer.content
    assert f">{title}</rdf:li></rdf:Alt></dc:title>".encode() in answer.content
    assert f"/Lang({language})".encode() in answer.content
    assert b"/StructTreeRoot" in answer.content
    [attached] = [json.loads(one) for one in streams(answer.content) if one[:10] == b'{"export":']
    assert attached["export"]["registrations"][0]["registration"]["registrationId"] == str(
        award.award_id
    )
    [jwk] = (await register.client.get("/v1/access-export-keys")).json()["keys"]
    token = jws.parse(attached["signature"], types=["waarmerk-access-export+jws"])
    jws.verify(token, key=parse_public_jwk(jwk))
    digest = hashlib.sha256(canonical(attached["export"])).hexdigest()
    assert jws.read_claims(token)["sha256"] == digest


def streams(pdf: bytes) -> list[bytes]:
    """Return what stands in a PDF under compression."""
    found = []
    for raw in re.findall(rb"\bstream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            found.append(zlib.decompress(raw))
    return found


async def test_another_media_type_is_not_to_be_had(register: Register) -> None:
    answer = await register.post(EXPORTS, {"learner": ROBIN}, "learners:access", accept="text/html")

    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")
    assert await register.ask("SELECT count(*) FROM consultation") == [(0,)]


async def test_a_thousand_consultations_are_no_reason_to_leave_some_out(
    register: Register,
) -> None:
    await register.award(ROBIN)
    await register.search(ROBIN)
    await register.change(
        "INSERT INTO consultation (trace_id, operation_id, name, status_code, started_at,"
        " ended_at, organisation, client, activity, subject, found)"
        " SELECT trace_id, operation_id, name, status_code, started_at, ended_at, organisation,"
        " client, activity, subject, found FROM consultation, generate_series(1, 999)"
    )

    said = (await export(register))["export"]
    paper = await register.post(
        EXPORTS, {"learner": ROBIN}, "learners:access", accept="application/pdf"
    )

    assert len(said["consultations"]) == 1000
    [attached] = [json.loads(one) for one in streams(paper.content) if one[:10] == b'{"export":']
    assert len(attached["export"]["consultations"]) == 1001


async def test_a_fact_that_never_was_granted_is_nobodys(register: Register) -> None:
    award = await register.award(MERLE)
    await register.hear(granted(award))

    assert (await export(register))["export"]["registrations"] == []
