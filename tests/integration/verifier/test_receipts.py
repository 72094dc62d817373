"""`/v1/verifications/receipts`: verified and signed in one go, of which nothing is kept."""

import asyncio
import json
from typing import Any

import pytest
from anyio import CapacityLimiter
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr, ValidationError

from services.verifier.app import create_app
from services.verifier.domain.receipts import MOST_WAITING
from services.verifier.settings import Settings
from shared.proofs.keys import SigningKey
from shared.proofs.receipts import digest_of, is_about, read_key_set, read_receipt
from shared.runtime.database import Database
from tests.support.canary import find, needles
from tests.support.receipts import PATH, PUBLIC, Office, a_private_jwk, count_kept
from tests.unit.verifier.forge import KID, NOW
from tests.unit.verifier.test_receipts import PERSON
from tests.unit.verifier.test_receipts_paper import attachments, text_of

pytestmark = pytest.mark.anyio


async def test_a_receipt_says_the_verdict_and_is_believed_with_the_published_keys(
    office: Office, token: str
) -> None:
    answer = await office.make(token)

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    believed = await office.believed(said["receipt"])
    assert believed.content.iss == PUBLIC
    assert believed.content.verdict.state == "valid"
    assert believed.content.handed_in.sha256 == digest_of(token.encode())
    assert is_about(believed.content, token.encode())
    assert believed.content.checked_against is not None
    assert believed.content.checked_against.issuer is not None
    assert believed.content.checked_against.issuer.kid == KID
    assert said["content"] == believed.content.model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
    assert said.keys() == {"receipt", "content"}


@pytest.mark.parametrize("media_type", ["text/plain", "application/vc+jwt"])
async def test_a_credential_may_be_sent_as_it_is(
    office: Office, token: str, media_type: str
) -> None:
    answer = await office.client.post(
        PATH,
        content=f"{token}\n",
        headers={"Content-Type": media_type, "Accept": "application/jwt"},
    )

    assert answer.headers["content-type"] == "application/jwt"
    assert is_about((await office.believed(answer.text)).content, token.encode())


@pytest.mark.parametrize(("language", "title"), [("nl", "Echt en geldig"), ("en", "Genuine and")])
async def test_a_paper_holds_the_signed_receipt(
    office: Office, token: str, language: str, title: str
) -> None:
    office.client.headers["Accept-Language"] = language
    answer = await office.make(token, accept="application/pdf")

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-language"] == language
    assert "attachment" in answer.headers["content-disposition"]
    [(_, attached)] = attachments(answer.content)
    assert (await office.believed(attached.decode())).content.verdict.state == "valid"
    assert title in text_of(answer.content)


@pytest.mark.parametrize("accept", ["application/json", "application/jwt", "application/pdf"])
async def test_nothing_of_the_person_is_in_it_unless_that_was_asked(
    office: Office, token: str, accept: str
) -> None:
    silent = await office.make(token, accept=accept)
    telling = await office.make(token, accept=accept, withPerson="true")

    for answer, is_told in ((silent, False), (telling, True)):
        raw = answer.content
        if accept == "application/pdf":
            [(_, attached)] = attachments(raw)
            raw, shown = attached, text_of(answer.content)
            assert ("Sam de Vries" in shown) == is_told
        signed = raw.decode() if accept != "application/json" else answer.json()["receipt"]
        content = (await office.believed(signed)).content.model_dump_json().encode()
        assert bool(find(needles("Sam de Vries"), content)) == is_told
        assert find(needles(*PERSON[2:]), content + raw) == []


async def test_of_an_altered_credential_a_receipt_says_only_that(
    office: Office, token: str
) -> None:
    answer = await office.make(token[:-8] + "AAAAAAAA", withPerson="true")

    content = answer.json()["content"]
    assert content["verdict"]["state"] == "altered"
    assert content.keys().isdisjoint({"checkedAgainst", "person"})


async def test_nothing_is_kept_unless_it_was_asked(
    office: Office, database: Database, token: str
) -> None:
    answer = await office.make(token, withPerson="true")

    assert "location" not in answer.headers
    assert await count_kept(database) == 0


async def test_without_a_key_there_are_no_receipts_and_everything_else_works(
    verifier: AsyncClient, token: str
) -> None:
    refused = await verifier.post(PATH, json={"credential": token})

    assert (refused.status_code, refused.json()["code"]) == (503, "receipts-closed")
    assert (await verifier.get("/.well-known/jwks.json")).json() == {"keys": []}
    checked = await verifier.post("/v1/verifications", json={"credential": token})
    assert checked.json()["verdict"]["state"] == "valid"


async def test_a_receipt_of_an_earlier_key_stays_believed(
    settings: Settings, office: Office, database: Database, receipt_key: str, token: str
) -> None:
    made = (await office.make(token, keepDays=1)).json()
    earlier = SigningKey.read_jwk(receipt_key).public
    renewed = settings.model_copy(
        update={
            "receipt_key": SecretStr(a_private_jwk()),
            "receipt_other_keys": (earlier.jwk,),
        }
    )
    app = create_app(renewed, database)
    app.state.clock = lambda: NOW
    async with AsyncClient(transport=ASGITransport(app), base_url=PUBLIC) as client:
        keys = await client.get("/.well-known/jwks.json")
        fetched = await client.get(made["address"])

    assert [one["kid"] for one in keys.json()["keys"]][1:] == [earlier.thumbprint]
    assert "d" not in keys.text.split('"')
    assert "max-age" in keys.headers["cache-control"]
    assert fetched.json()["receipt"] == made["receipt"]
    assert read_receipt(made["receipt"], keys=read_key_set(keys.content)).content.iss == PUBLIC


async def test_another_media_type_is_not_to_be_had(office: Office, token: str) -> None:
    answer = await office.make(token, accept="text/html")

    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")


async def test_nothing_to_verify_is_nothing_to_sign(office: Office) -> None:
    answer = await office.client.post(
        PATH, content=b"", headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 400


async def test_who_comes_when_too_many_papers_wait_is_told_to_come_back(
    office: Office, token: str
) -> None:
    table = CapacityLimiter(1)
    office.app.state.receipt_table = table
    await table.acquire()
    waiting = [
        asyncio.create_task(office.make(token, accept="application/pdf"))
        for _ in range(MOST_WAITING)
    ]
    async with asyncio.timeout(10):
        while table.statistics().tasks_waiting < MOST_WAITING:
            await asyncio.sleep(0.01)

    refused = await office.make(token, accept="application/pdf")
    signed = await office.make(token)
    table.release()
    drawn = await asyncio.gather(*waiting)

    assert (refused.status_code, refused.json()["code"]) == (503, "receipts-busy")
    assert signed.status_code == 200
    assert {answer.status_code for answer in drawn} == {200}


def test_a_receipt_key_that_is_none_stops_the_start() -> None:
    given: dict[str, Any] = {"database_url": "postgresql://x", "public_url": PUBLIC}

    with pytest.raises(ValidationError, match="a private P-256 key is expected"):
        Settings(**given, receipt_key=SecretStr("{}"))
    with pytest.raises(ValidationError, match="private half"):
        Settings(**given, receipt_other_keys=(json.loads(a_private_jwk()),))


async def test_many_receipts_at_once_are_each_their_own(office: Office, token: str) -> None:
    answers = await asyncio.gather(*(office.make(token) for _ in range(30)))

    assert len({answer.json()["content"]["jti"] for answer in answers}) == 30
