"""Awarding over HTTP, on real PostgreSQL."""

import asyncio
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jws as oracle
from joserfc.jwk import import_key

from services.issuer.domain import Signatures
from services.issuer.operations.desk import Desk
from shared.contracts.policy import Recognition
from shared.contracts.vocabulary import Recogniser
from shared.proofs import vc_jwt
from tests.integration.issuer.conftest import (
    PUBLIC_URL,
    Issuer,
    archived,
    published,
    recorded,
)
from tests.support.issuing import (
    CANARY_EDU_ID,
    NHL,
    UTWENTE,
    a_description,
    a_microcredential,
    a_provider,
    an_award_request,
)

pytestmark = pytest.mark.anyio
STRANGER = "00000099000000770000"


async def test_an_award_is_signed_and_announced_when_it_is_answered(issuer: Issuer) -> None:
    answer = await issuer.award()

    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"{PUBLIC_URL}/v1/awards/{body['awardId']}"
    assert body["links"]["self"] == answer.headers["location"]
    [event] = await issuer.announced("awards")
    assert event["type"] == "nl.microcredentials.award-granted.v1"
    assert event["subject"] == body["awardId"]
    assert (await issuer.read(f"/v1/awards/{body['awardId']}")).json() == body


async def test_the_credential_verifies_with_the_published_key_and_an_independent_library(
    issuer: Issuer,
) -> None:
    award = (await issuer.award()).json()
    token = (await issuer.read(f"/v1/awards/{award['awardId']}/credential")).text
    kid = str(vc_jwt.read(token)[0].header["kid"])
    bare = await issuer.client.get(f"/issuers/{UTWENTE}/keys/{kid.rpartition('#')[2]}")

    believed = oracle.deserialize_compact(token, import_key(bare.json()), algorithms=["ES256"])

    assert believed.headers()["typ"] == "JWT"
    [event] = await issuer.announced("awards")
    assert event["data"]["award"]["credentialDigest"] == sha256(believed.payload or b"").hexdigest()


async def test_both_forms_have_the_same_payload_and_a_signature_of_their_own(
    issuer: Issuer,
) -> None:
    address = (await issuer.award()).json()["links"]["credential"].removeprefix(PUBLIC_URL)

    plain = await issuer.read(address)
    jwt = await issuer.read(address, accept="application/jwt")
    enveloped = await issuer.read(address, accept="text/html;q=0.9, application/vc+jwt")

    assert plain.headers["content-type"].startswith("text/plain")
    assert jwt.headers["content-type"] == "application/jwt"
    assert enveloped.headers["content-type"] == "application/vc+jwt"
    assert jwt.text == plain.text
    assert enveloped.text.split(".")[1] == plain.text.split(".")[1]
    assert enveloped.text.split(".")[2] != plain.text.split(".")[2]
    header = dict(vc_jwt.read(enveloped.text)[0].header)
    assert (header["typ"], header["cty"]) == ("vc+jwt", "vc")


async def test_a_form_we_do_not_have_is_refused(issuer: Issuer) -> None:
    address = (await issuer.award()).json()["links"]["credential"].removeprefix(PUBLIC_URL)

    answer = await issuer.read(address, accept="application/json")

    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")


async def test_an_edu_id_alone_is_enough(issuer: Issuer) -> None:
    answer = await issuer.award(an_award_request(learner={"eduId": CANARY_EDU_ID}, result=None))

    assert answer.status_code == 201


async def test_every_fault_of_a_request_is_named_at_once_without_its_value(issuer: Issuer) -> None:
    answer = await issuer.award(
        {
            "microcredentialId": "kanarie-1",
            "enrolmentReference": "kanarie@example.nl",
            "awardedOn": "gisteren",
            "learner": {"email": "kanarie@example.nl"},
            "organisation": UTWENTE,
        }
    )

    assert answer.status_code == 400
    pointers = {fault["pointer"] for fault in answer.json()["errors"]}
    assert pointers == {
        "/microcredentialId",
        "/enrolmentReference",
        "/awardedOn",
        "/learner",
        "/organisation",
    }
    assert "kanarie" not in answer.text


async def test_every_broken_rule_is_named_at_once(issuer: Issuer) -> None:
    answer = await issuer.award(
        an_award_request(
            awardedOn="2019-12-31", result={"grade": "5"}, validUntil="2026-11-01T00:00:00Z"
        )
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "award-not-allowed")
    assert {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]} == {
        ("/awardedOn", "not-recognised-then"),
        ("/result/grade", "grade-insufficient"),
        ("/validUntil", "valid-until-past"),
    }


async def test_a_provider_that_lost_its_recognition_awards_nothing(issuer: Issuer) -> None:
    ended = Recognition(
        recogniser=Recogniser.NRTO, valid_from=date(2020, 1, 1), valid_until=date(2026, 11, 22)
    )
    await issuer.hear(recorded(a_provider(recognitions=(ended,))))

    answer = await issuer.award()

    assert [fault["code"] for fault in answer.json()["errors"]] == ["not-recognised-now"]


async def test_what_the_catalogue_has_not_told_yet_is_a_conflict_that_passes(
    issuer: Issuer,
) -> None:
    new, key = uuid4(), uuid4().hex
    request = an_award_request(microcredentialId=str(new))

    early = await issuer.award(request, key=key)
    await issuer.hear(published(a_microcredential(microcredential_id=new)))
    later = await issuer.award(request, key=key)

    assert (early.status_code, early.json()["code"]) == (409, "microcredential-not-known-yet")
    assert early.headers["retry-after"] == "5"
    assert later.status_code == 201


async def test_another_providers_microcredential_looks_like_none(issuer: Issuer) -> None:
    unknown = await issuer.award(an_award_request(microcredentialId=str(uuid4())))
    others = await issuer.award(organisation=NHL)

    assert others.status_code == unknown.status_code == 409
    assert others.json()["code"] == unknown.json()["code"]
    assert others.json()["detail"] == unknown.json()["detail"]


async def test_an_organisation_we_never_heard_of_is_asked_for_patience(issuer: Issuer) -> None:
    answer = await issuer.award(organisation=STRANGER)

    assert (answer.status_code, answer.json()["code"]) == (409, "organisation-not-known-yet")


async def test_an_archived_microcredential_is_not_awarded(issuer: Issuer) -> None:
    await issuer.hear(archived(a_microcredential()))

    answer = await issuer.award()

    assert (answer.status_code, answer.json()["code"]) == (409, "microcredential-archived")


async def test_the_newest_version_is_awarded_unless_another_is_asked_for(issuer: Issuer) -> None:
    await issuer.hear(published(a_microcredential(version=2)))

    newest = await issuer.award()
    asked = await issuer.award(an_award_request(microcredentialVersion=1))
    absent = await issuer.award(an_award_request(microcredentialVersion=3))

    assert newest.json()["microcredentialVersion"] == 2
    assert asked.json()["microcredentialVersion"] == 1
    assert absent.json()["code"] == "microcredential-not-known-yet"


async def test_a_microcredential_without_a_level_cannot_be_awarded(issuer: Issuer) -> None:
    incomplete = a_microcredential(microcredential_id=uuid4(), content=a_description(level=None))
    await issuer.hear(published(incomplete))

    answer = await issuer.award(
        an_award_request(microcredentialId=str(incomplete.microcredential_id))
    )

    assert answer.json()["code"] == "microcredential-incomplete"
    assert await issuer.ask("SELECT count(*) FROM idempotency") == [(0,)]


async def test_an_enrolment_is_awarded_a_microcredential_once(issuer: Issuer) -> None:
    request = an_award_request()
    first = (await issuer.award(request)).json()

    second = await issuer.award(request)

    assert (second.status_code, second.json()["code"]) == (409, "already-awarded")
    assert first["awardId"] in second.json()["detail"]


async def test_a_repeated_request_gets_the_first_answer_to_the_byte(issuer: Issuer) -> None:
    request, key = an_award_request(), uuid4().hex

    first = await issuer.award(request, key=key)
    again = await issuer.award(request, key=key)

    assert again.content == first.content
    assert again.status_code == first.status_code == 201
    assert again.headers["location"] == first.headers["location"]
    assert len(await issuer.announced("awards")) == 1


async def test_a_key_is_not_used_for_another_body(issuer: Issuer) -> None:
    key = uuid4().hex
    await issuer.award(key=key)

    answer = await issuer.award(key=key)

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-reused")


@pytest.mark.parametrize("apart", [0.0, 0.01])
async def test_ten_equal_requests_at_once_make_one_award_and_get_ten_equal_answers(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch, apart: float
) -> None:
    request, key, sign = an_award_request(), uuid4().hex, Desk.sign_credential

    async def sign_slowly(*given: Any, **named: Any) -> Signatures:
        await asyncio.sleep(0.2)
        return await sign(*given, **named)

    async def ask(number: int) -> httpx.Response:
        await asyncio.sleep(number * apart)
        return await issuer.award(request, key=key)

    monkeypatch.setattr(Desk, "sign_credential", sign_slowly)

    answers = await asyncio.gather(*map(ask, range(10)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    await _has_exactly_one_award(issuer)


async def test_ten_requests_for_one_enrolment_under_different_keys_make_one_award(
    issuer: Issuer,
) -> None:
    request = an_award_request()

    answers = await asyncio.gather(*(issuer.award(request) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    await _has_exactly_one_award(issuer)


async def test_awards_of_one_learner_at_once_share_the_learner(issuer: Issuer) -> None:
    answers = await asyncio.gather(*(issuer.award() for _ in range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert await issuer.ask("SELECT count(*) FROM learner") == [(1,)]
    assert await issuer.ask("SELECT count(DISTINCT status_index) FROM credential") == [(8,)]
    for answer in answers:
        credential = await issuer.read(f"/v1/awards/{answer.json()['awardId']}/credential")
        assert credential.status_code == 200


async def test_anothers_award_looks_like_none(issuer: Issuer) -> None:
    award_id = (await issuer.award()).json()["awardId"]

    for path in ("", "/credential"):
        theirs = await issuer.read(f"/v1/awards/{award_id}{path}", organisation=NHL)
        none = await issuer.read(f"/v1/awards/{uuid4()}{path}", organisation=NHL)
        assert theirs.status_code == none.status_code == 404
        assert theirs.json() | {"requestId": ""} == none.json() | {"requestId": ""}
    revoked = await issuer.revoke(award_id, organisation=NHL)
    assert (revoked.status_code, revoked.json()["code"]) == (404, "award-not-found")
    assert (await issuer.read("/v1/awards", organisation=NHL)).json()["items"] == []


async def test_the_export_holds_every_award_once(issuer: Issuer) -> None:
    made = [(await issuer.award()).json()["awardId"] for _ in range(5)]

    seen: list[str] = []
    address = "/v1/awards?limit=2"
    while address:
        page = (await issuer.read(address)).json()
        seen += [award["awardId"] for award in page["items"]]
        address = f"/v1/awards?limit=2&cursor={page['next']}" if "next" in page else ""

    assert seen == made


async def test_a_strange_cursor_is_refused(issuer: Issuer) -> None:
    for cursor in ("WyJrYW5hcmllIl0", "WzEsMl0", "Wy0xXQ", "kanarie"):
        answer = await issuer.read(f"/v1/awards?cursor={cursor}")
        assert answer.status_code == 400, cursor


async def test_writing_needs_a_token_with_the_scope_and_a_key(issuer: Issuer) -> None:
    body = an_award_request()
    nobody = await issuer.client.post("/v1/awards", json=body, headers={"Idempotency-Key": "k"})
    reader = await issuer.client.post(
        "/v1/awards",
        json=body,
        headers=issuer.headers(scope="awards:read") | {"Idempotency-Key": "k"},
    )
    keyless = await issuer.client.post("/v1/awards", json=body, headers=issuer.headers())

    assert [nobody.status_code, reader.status_code, keyless.status_code] == [401, 403, 400]
    assert await issuer.ask("SELECT count(*) FROM award") == [(0,)]


async def _has_exactly_one_award(issuer: Issuer) -> None:
    assert await issuer.ask("SELECT state FROM award") == [("granted",)]
    assert await issuer.ask("SELECT count(*) FROM credential WHERE kid IS NOT NULL") == [(1,)]
    assert len(await issuer.announced("awards")) == 1


@pytest.mark.parametrize("kind", ["text/csv", "application/xml", "text/plain"])
async def test_what_is_not_sent_as_json_is_another_media_type(issuer: Issuer, kind: str) -> None:
    headers = issuer.headers() | {"Idempotency-Key": "another-type", "Content-Type": kind}

    for content in (b"x", b"{}"):
        answer = await issuer.client.post("/v1/awards", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
