"""Sharing a credential by link and by code, opening it everywhere, and ending it."""

import asyncio
import io
import json
from datetime import timedelta

import pytest
from httpx import AsyncClient

from services.verifier.shares import book
from services.verifier.shares.secrets import LinkSecret, write_id
from shared.contracts.events import RegistrationErased, RegistrationState
from shared.contracts.vocabulary import RegistrationStatus
from shared.proofs import base64url
from shared.runtime.database import Database
from tests.integration.verifier.conftest import Hear
from tests.integration.verifier.gallery import Gallery
from tests.integration.verifier.sending import PATH as BATCHES
from tests.integration.verifier.sending import as_form, as_zip, rows_of
from tests.support.handing import a_page, a_pdf_with, as_bytes
from tests.support.shares import PATH, PUBLIC, Sharing
from tests.support.spreadsheets import an_xlsx
from tests.unit.verifier.forge import NOW, OIN, REGISTRATION, payload_of
from tests.unit.verifier.world import a_registration

pytestmark = pytest.mark.anyio


async def test_a_link_and_a_code_are_judged_like_the_credential_and_say_how_it_came(
    sharing: Sharing, token: str
) -> None:
    shared = await sharing.share(token, withCode=True)

    assert shared["link"].startswith(f"{PUBLIC}/s/{shared['shareId']}#")
    assert shared["expiresAt"] == "2027-02-20T12:00:00Z"
    assert await sharing.open(shared["link"]) == ("valid", "link-opened")
    assert await sharing.open(shared["code"]) == ("valid", "code-opened")
    assert await sharing.open(f" {shared['code'].lower().replace('-', ' ')} ") == (
        "valid",
        "code-opened",
    )


async def test_without_asking_there_is_no_code(sharing: Sharing, token: str) -> None:
    assert (await sharing.share(token, days=1))["code"] is None


async def test_every_opening_judges_afresh(sharing: Sharing, hear: Hear, token: str) -> None:
    link = (await sharing.share(token))["link"]
    revoked = a_registration(payload_of(token), status=RegistrationStatus.REVOKED)
    await hear(RegistrationState(registration=revoked, record_version=2))

    assert await sharing.open(link) == ("revoked", "link-opened")


async def test_who_withdraws_a_share_ends_its_link_and_its_code(
    sharing: Sharing, token: str
) -> None:
    shared = await sharing.share(token, withCode=True)
    other = await sharing.share(token)

    assert (await sharing.withdraw(shared, secret=other["withdrawal"])).status_code == 404
    assert (await sharing.withdraw(shared)).status_code == 204
    assert await sharing.open(shared["link"]) == ("not-shared", "link-ended")
    assert await sharing.open(shared["code"]) == ("not-shared", "code-ended")
    again = await sharing.withdraw(shared)
    assert (again.status_code, again.json()["code"]) == (404, "share-not-found")
    assert await sharing.open(other["link"]) == ("valid", "link-opened")


async def test_a_share_ends_on_its_day_and_is_remembered_for_ninety_more(
    sharing: Sharing, database: Database, token: str
) -> None:
    shared = await sharing.share(token, days=1, withCode=True)
    sharing.now = NOW + timedelta(days=1)

    assert await sharing.open(shared["link"]) == ("not-shared", "link-ended")
    await book.forget_old(database, now=sharing.now)
    assert await sharing.open(shared["code"]) == ("not-shared", "code-ended")
    sharing.now += timedelta(days=90)
    await book.forget_old(database, now=sharing.now)
    assert await sharing.open(shared["link"]) == ("not-found", "link-unknown")
    assert await sharing.open(shared["code"]) == ("not-found", "code-unknown")


async def test_a_link_nobody_made_is_not_found_and_one_that_is_cut_says_so(
    sharing: Sharing, token: str
) -> None:
    link = (await sharing.share(token))["link"]
    stranger = LinkSecret.new()
    foreign_key = f"{link.partition('#')[0]}#{stranger.text}"
    nobodys = f"{PUBLIC}/s/{write_id(stranger.share_id)}#{stranger.text}"

    assert await sharing.open(foreign_key) == ("not-found", "link-unknown")
    assert await sharing.open(nobodys) == ("not-found", "link-unknown")
    assert await sharing.open(link.partition("#")[0]) == ("not-found", "link-cut")
    assert await sharing.open(link[:-1]) == ("not-found", "link-unknown")
    assert await sharing.open("7Q4K-M2XD-9HT8") == ("not-found", "code-mistyped")


async def test_only_what_is_genuine_and_registered_can_be_shared(
    sharing: Sharing, gallery: Gallery
) -> None:
    refused = {
        name: await sharing.refused(gallery.cases[name].text)
        for name in ("altered", "revoked", "issuer-unknown", "erased", "no-credential")
    }

    assert set(refused.values()) == {(400, "not-shareable")}, refused
    assert (await sharing.share(gallery.cases["expired"].text))["link"]


async def test_a_link_cannot_be_shared_on_by_who_was_given_it(sharing: Sharing, token: str) -> None:
    shared = await sharing.share(token, withCode=True)

    for one in (shared["link"], shared["code"]):
        assert await sharing.refused(one) == (400, "link-not-shareable")


async def test_several_at_once_and_presentations_are_refused(sharing: Sharing, token: str) -> None:
    several = await sharing.refused(json.dumps([token, token]))
    presentation = {"@context": ["https://www.w3.org/ns/credentials/v2"]}
    presentation |= {"type": ["VerifiablePresentation"], "verifiableCredential": []}
    bound = f"{token}~{base64url.encode(b'x').decode()}~{token}"

    assert several == (400, "several-found")
    assert await sharing.refused(json.dumps(presentation)) == (400, "presentation-not-shareable")
    assert await sharing.refused(bound) == (400, "presentation-not-shareable")


@pytest.mark.parametrize("days", [0, 366, -1, "90", 1.5, None], ids=str)
async def test_a_share_lasts_one_to_365_days(sharing: Sharing, token: str, days: object) -> None:
    assert await sharing.refused(token, days=days) == (400, "invalid-request")


async def test_the_whole_year_can_be_asked_and_a_file_asks_in_the_query(
    sharing: Sharing, token: str
) -> None:
    pdf = a_pdf_with("bewijs.jwt", token.encode())
    answer = await sharing.client.post(
        PATH,
        content=pdf,
        params={"days": 365, "withCode": "true"},
        headers={"Content-Type": "application/pdf"},
    )

    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{PUBLIC}{PATH}/{answer.json()['shareId']}"
    assert answer.json()["expiresAt"] == "2027-11-22T12:00:00Z"
    assert await sharing.open(answer.json()["code"]) == ("valid", "code-opened")


async def test_an_erasure_destroys_every_share_whenever_it_is_heard(
    sharing: Sharing, hear: Hear, token: str
) -> None:
    shared = await sharing.share(token, withCode=True)
    await hear(
        RegistrationErased(
            record_version=2, registration_id=REGISTRATION, organisation=OIN, erased_at=NOW
        )
    )
    assert await sharing.open(shared["link"]) == ("not-shared", "link-ended")
    assert await sharing.open(shared["code"]) == ("not-shared", "code-ended")
    assert await sharing.refused(token) == (400, "not-shareable")


async def test_there_are_at_most_fifty_links_of_one_award(sharing: Sharing, token: str) -> None:
    made = await asyncio.gather(*(sharing.share(token) for _ in range(50)))

    assert await sharing.refused(token) == (409, "many-shares")
    assert (await sharing.withdraw(made[0])).status_code == 204
    assert await sharing.share(token)


async def test_without_a_pepper_links_are_given_and_codes_are_not(
    verifier: AsyncClient, token: str
) -> None:
    link = await verifier.post(PATH, json={"credential": token})
    code = await verifier.post(PATH, json={"credential": token, "withCode": True})

    assert link.status_code == 201
    assert (code.status_code, code.json()["code"]) == (503, "codes-closed")
    told = await verifier.post("/v1/verifications", json={"credential": "7Q4K-M2XD-9HT7"})
    assert told.json()["verdict"]["state"] == "not-found"


async def test_a_link_or_a_code_is_taken_wherever_a_credential_is(
    sharing: Sharing, token: str
) -> None:
    shared = await sharing.share(token, withCode=True)
    link, code = shared["link"], shared["code"]
    screenshot = as_bytes(a_page(link))
    book_ = io.BytesIO(an_xlsx([["naam", "bewijs"], ["Sam", link], ["Bo", code]]).read())
    csv = f"naam;bewijs\r\nSam;{link}\r\nBo;{code}\r\n"
    client = sharing.client

    raw = await client.post(
        "/v1/verifications", content=code, headers={"Content-Type": "text/plain"}
    )
    photo = await client.post(
        "/v1/verifications", content=screenshot, headers={"Content-Type": "image/png"}
    )
    page = await client.post("/", data={"credential": link})
    files = {
        "los.txt": link.encode(),
        "lijst.csv": csv.encode(),
        "map.zip": as_zip({"scherm.png": screenshot, "code.txt": code.encode()}),
        "boek.xlsx": book_.getvalue(),
    }
    batch = await client.post(BATCHES, files=as_form(files))
    for _ in range(100):
        if (await client.get(f"{BATCHES}/{batch.json()['batchId']}")).json()["done"]:
            break
        await asyncio.sleep(0.1)
    rows = await rows_of(client, batch)

    assert (raw.json()["verdict"]["state"], raw.json()["checks"][0]["code"]) == (
        "valid",
        "code-opened",
    )
    assert (photo.json()["verdict"]["state"], photo.json()["checks"][0]["code"]) == (
        "valid",
        "link-opened",
    )
    assert "Echt en geldig" in page.text
    assert [row["state"] for row in rows] == ["valid"] * 7, rows
