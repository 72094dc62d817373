"""Issuers as the world sees them, and how hearing of a provider makes it one."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from services.issuer.domain.keys import Rhythm
from services.issuer.operations import issuers
from services.issuer.signing import Signer
from shared.contracts.identifiers import did_web
from shared.proofs import did_documents, jws, vc_jwt
from shared.proofs.sealing import KeyEncryptionKey
from shared.strict_json import load_object
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer, recorded
from tests.support.issuing import NHL, UTWENTE, a_provider

pytestmark = pytest.mark.anyio
DID = did_web(PUBLIC_URL, UTWENTE)


async def test_a_provider_gets_a_key_and_a_status_list_when_we_hear_of_it(issuer: Issuer) -> None:
    keys = await issuer.announced("issuer-keys")
    lists = await issuer.announced("status-lists")

    assert [event["type"] for event in keys] == ["nl.microcredentials.issuer-key-published.v1"] * 4
    assert [(key["algorithm"], key["organisation"]) for key in public_keys(keys)] == [
        ("ES256", UTWENTE),
        ("Ed25519", UTWENTE),
        ("ES256", NHL),
        ("Ed25519", NHL),
    ]
    assert [event["data"]["organisation"] for event in lists] == [UTWENTE, UTWENTE, NHL, NHL]
    assert not any("d" in key["publicJwk"] for key in public_keys(keys))


async def test_hearing_of_a_provider_twice_changes_nothing_but_our_copy(issuer: Issuer) -> None:
    await issuer.hear(recorded(a_provider()), recorded(a_provider()))

    assert len(await issuer.announced("issuer-keys")) == 4
    assert await issuer.ask("SELECT count(*) FROM signing_key") == [(4,)]


async def test_the_did_document_holds_the_key_that_signs(issuer: Issuer) -> None:
    award_id = (await issuer.award()).json()["awardId"]
    token = (await issuer.read(f"/v1/awards/{award_id}/credential")).text
    answer = await issuer.client.get(f"/issuers/{UTWENTE}/did.json")

    read, _claims = vc_jwt.read(token)
    key = did_documents.find_key(
        load_object(answer.content), issuer=DID, key_id=str(read.header["kid"])
    )

    jws.verify(read, key=key)
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_key_is_served_as_a_bare_jwk_and_in_the_set_with_its_issuer(issuer: Issuer) -> None:
    key_set = (await issuer.client.get("/.well-known/jwks.json")).json()["keys"]
    own, edwards = [key for key in key_set if key["iss"] == DID]

    thumbprint = own["kid"].removeprefix(f"{DID}#")
    bare = (await issuer.client.get(f"/issuers/{UTWENTE}/keys/{thumbprint}")).json()

    assert (bare["kty"], bare["x"], bare["y"]) == ("EC", own["x"], own["y"])
    assert (edwards["kty"], edwards["crv"]) == ("OKP", "Ed25519")
    assert len(key_set) == 4
    assert "d" not in bare


async def test_a_compromised_key_stays_in_the_document_and_leaves_the_set(issuer: Issuer) -> None:
    async with issuer.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE signing_key SET compromised_at = now(), state = 'compromised'"
                " WHERE organisation = :oin"
            ),
            {"oin": UTWENTE},
        )

    document = (await issuer.client.get(f"/issuers/{UTWENTE}/did.json")).json()
    key_set = (await issuer.client.get("/.well-known/jwks.json")).json()["keys"]

    assert len(document["verificationMethod"]) == 2
    assert document["assertionMethod"] == []
    assert DID not in {key["iss"] for key in key_set}


async def test_nobody_else_is_an_issuer(issuer: Issuer) -> None:
    stranger = "00000099000000770000"
    for path in (f"/issuers/{stranger}/did.json", f"/issuers/{UTWENTE}/keys/{'A' * 43}"):
        assert (await issuer.client.get(path)).status_code == 404, path
    assert (await issuer.client.get("/issuers/kanarie/did.json")).status_code in {400, 404}


async def test_the_context_of_the_dutch_terms_is_served_for_ever(issuer: Issuer) -> None:
    answer = await issuer.client.get("/contexts/nl-microcredential/v1")

    assert "NLMicrocredential" in json.dumps(answer.json())
    assert answer.headers["content-type"] == "application/ld+json"
    assert "immutable" in answer.headers["cache-control"]


async def test_an_issuer_that_moved_signs_with_a_new_key_under_its_new_name(issuer: Issuer) -> None:
    moved = Signer(
        key_encryption_key=KeyEncryptionKey.from_setting(
            issuer.settings.key_encryption_key.get_secret_value()
        ),
        public_url="https://elders.example.nl",
    )
    async with issuer.database.transaction() as session:
        await issuers.establish_issuer(
            session, moved, UTWENTE, rhythm=Rhythm(), open_lists=1, now=issuer.clock.now
        )
        document = await issuers.read_did_document(session, moved, UTWENTE)

    events = [event["type"] for event in await issuer.announced("issuer-keys")]
    retired, published = "issuer-key-retired", "issuer-key-published"
    assert events[4:] == [
        f"nl.microcredentials.{name}.v1" for name in (retired, retired, published, published)
    ]
    assert document["id"] == f"did:web:elders.example.nl:issuers:{UTWENTE}"
    urls = await issuer.ask("SELECT url FROM status_list WHERE is_open ORDER BY list_id DESC")
    assert urls[0] == (f"https://elders.example.nl/status-lists/{UTWENTE}/3",)


async def test_the_description_of_the_api_lists_every_refusal(issuer: Issuer) -> None:
    paths = (await issuer.client.get("/v1/openapi.json")).json()["paths"]

    assert set(paths["/awards"] if "/awards" in paths else paths["/v1/awards"]) >= {"get", "post"}


def public_keys(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event["data"]["key"] for event in events]
