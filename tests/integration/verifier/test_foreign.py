"""Keys and lists of strangers are found where they publish them, by asking once for everybody."""

import asyncio
import socket

import pytest
from starlette.responses import RedirectResponse, Response

from services.verifier.foreign.findings import ForeignCode, ForeignOutcome
from services.verifier.foreign.resolving import ForeignKeys
from shared.proofs.did_documents import PublishedKey, did_document, key_id
from tests.support.strangers import (
    DID_JSON,
    KEY,
    KEY_SET,
    SANDBOX,
    ServeStranger,
    StrangersClock,
    as_json,
)

pytestmark = pytest.mark.anyio


async def test_a_key_is_found_where_its_issuer_publishes_it(
    strangers: ServeStranger, foreign_keys: ForeignKeys, strangers_clock: StrangersClock
) -> None:
    async with strangers() as stranger:
        found = await foreign_keys.find(stranger.did, stranger.kid)

        assert (found.outcome, found.key) == (ForeignOutcome.FOUND, KEY)
        assert found.source == stranger.url + DID_JSON
        assert found.looked_up_at == strangers_clock()
        assert stranger.asked == [DID_JSON]
        assert stranger.headers[0]["user-agent"] == "waarmerk-verifier"
        assert {"cookie", "referer", "authorization"}.isdisjoint(stranger.headers[0])


async def test_nobody_is_asked_when_the_operator_does_not_allow_it(
    strangers: ServeStranger,
) -> None:
    foreign_keys = ForeignKeys(allowed=False, reach=SANDBOX)
    async with strangers() as stranger:
        found = await foreign_keys.find(stranger.did, stranger.kid)
        listed = await foreign_keys.fetch_list(f"{stranger.url}/list")

        assert (found.code, found.outcome) == (ForeignCode.NOT_ALLOWED, ForeignOutcome.UNKNOWN)
        assert (listed.code, listed.outcome) == (ForeignCode.NOT_ALLOWED, ForeignOutcome.UNKNOWN)
        assert stranger.asked == []


async def test_who_asks_at_the_same_moment_waits_for_one_answer(
    strangers: ServeStranger, foreign_keys: ForeignKeys
) -> None:
    async with strangers() as stranger:
        stranger.pause = 0.1
        asking = [foreign_keys.find(stranger.did, stranger.kid) for _ in range(50)]

        found = await asyncio.gather(*asking)

        assert {one.outcome for one in found} == {ForeignOutcome.FOUND}
        assert stranger.asked == [DID_JSON]


async def test_who_hangs_up_takes_the_answer_from_nobody(
    strangers: ServeStranger, foreign_keys: ForeignKeys
) -> None:
    async with strangers() as stranger:
        stranger.pause = 0.2
        first, second = (
            asyncio.create_task(foreign_keys.find(stranger.did, stranger.kid)) for _ in range(2)
        )
        await asyncio.sleep(0.05)
        first.cancel()

        assert (await second).outcome is ForeignOutcome.FOUND
        assert stranger.asked == [DID_JSON]


async def test_an_answer_is_kept_ten_minutes_and_a_failure_one(
    strangers: ServeStranger, foreign_keys: ForeignKeys, strangers_clock: StrangersClock
) -> None:
    async with strangers() as stranger:
        for seconds in (0, 599):
            strangers_clock.forward(seconds)
            assert (await foreign_keys.find(stranger.did, stranger.kid)).key == KEY
        assert len(stranger.asked) == 1
        stranger.answers.clear()
        strangers_clock.forward(1)
        for seconds in (0, 59):
            strangers_clock.forward(seconds)
            lost = await foreign_keys.find(stranger.did, stranger.kid)
            assert (lost.code, lost.key) == (ForeignCode.NOT_PUBLISHED, None)
        assert len(stranger.asked) == 2
        stranger.publish(cache_control="max-age=120")
        strangers_clock.forward(1)
        for seconds in (0, 119, 1):
            strangers_clock.forward(seconds)
            assert (await foreign_keys.find(stranger.did, stranger.kid)).key == KEY
        assert len(stranger.asked) == 4


async def test_the_key_of_an_https_issuer_is_in_the_set_of_its_host(
    strangers: ServeStranger, foreign_keys: ForeignKeys
) -> None:
    async with strangers() as stranger:
        issuer = f"{stranger.url}/issuers/7"
        kid = f"{stranger.url}/keys/1"
        own = {**KEY.jwk, "kid": kid, "iss": issuer}
        stranger.answers[KEY_SET] = as_json({"keys": [own]}, "application/jwk-set+json")

        found = await foreign_keys.find(issuer, kid)
        other = await foreign_keys.find(f"{stranger.url}/issuers/8", kid)

        assert (found.key, found.source) == (KEY, stranger.url + KEY_SET)
        assert (other.code, other.outcome) == (ForeignCode.KEY_OF_ANOTHER, ForeignOutcome.REFUSED)
        assert stranger.asked == [KEY_SET]


async def test_the_own_document_of_an_https_issuer_is_read(
    strangers: ServeStranger, foreign_keys: ForeignKeys
) -> None:
    async with strangers() as stranger:
        issuer = f"{stranger.url}/issuers/7"
        document = did_document(issuer, [PublishedKey(key=KEY)])
        stranger.answers["/issuers/7"] = as_json(document, "application/cid")

        found = await foreign_keys.find(issuer, key_id(issuer, KEY))

        assert (found.key, found.source) == (KEY, issuer)
        assert stranger.asked == ["/issuers/7"]


async def test_what_one_place_says_of_a_key_no_other_place_can_better(
    strangers: ServeStranger, foreign_keys: ForeignKeys
) -> None:
    async with strangers() as stranger:
        issuer = f"{stranger.url}/issuers/7"
        kid = f"{issuer}#1"
        method = {
            "id": kid,
            "type": "JsonWebKey",
            "controller": issuer,
            "expires": "2026-01-01T00:00:00Z",
            "publicKeyJwk": KEY.jwk,
        }
        stranger.answers["/issuers/7"] = as_json(
            {"id": issuer, "verificationMethod": [method], "assertionMethod": [kid]}
        )
        stranger.answers[KEY_SET] = as_json({"keys": [{**KEY.jwk, "kid": kid, "iss": issuer}]})

        found = await foreign_keys.find(issuer, kid)
        other = await foreign_keys.find(issuer, f"{issuer}#2")

        assert (found.code, found.key) == (ForeignCode.KEY_EXPIRED, None)
        assert (other.code, other.key) == (ForeignCode.KEY_UNKNOWN, None)
        assert stranger.asked == ["/issuers/7", KEY_SET]


async def test_a_bare_key_is_asked_for_last_and_not_for_each_credential(
    strangers: ServeStranger, foreign_keys: ForeignKeys
) -> None:
    async with strangers() as stranger:
        issuer = f"{stranger.url}/issuers/7"
        for turn in range(9):
            jwk = as_json({**KEY.jwk, "iss": issuer}, "application/jwk+json")
            stranger.answers[f"/keys/{turn}"] = jwk

        for turn in range(8):
            assert (await foreign_keys.find(issuer, f"{stranger.url}/keys/{turn}")).key == KEY
        ninth = await foreign_keys.find(issuer, f"{stranger.url}/keys/8")
        first = await foreign_keys.find(issuer, f"{stranger.url}/keys/0")

        assert (ninth.code, ninth.outcome) == (
            ForeignCode.KEY_PER_CREDENTIAL,
            ForeignOutcome.UNKNOWN,
        )
        assert first.key == KEY
        assert stranger.asked == [KEY_SET, *(f"/keys/{turn}" for turn in range(8))]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (as_json({"keys": [KEY.jwk, KEY.jwk]}), ForeignCode.DOCUMENT_UNREADABLE),
        (Response("<title>Log in</title>", media_type="text/html"), ForeignCode.ANSWER_REFUSED),
        (as_json({**KEY.jwk, "d": "AA", "iss": "x"}), ForeignCode.KEY_OF_ANOTHER),
        (as_json({**KEY.jwk, "pad": "a" * 65_536}), ForeignCode.TOO_LARGE),
        (RedirectResponse("/other"), ForeignCode.REDIRECTED),
    ],
    ids=["several keys", "html", "of another", "over 64 kB", "redirect"],
)
async def test_12_an_address_of_a_key_with_something_else_gives_no_key(
    strangers: ServeStranger, foreign_keys: ForeignKeys, answer: Response, code: ForeignCode
) -> None:
    async with strangers() as stranger:
        stranger.answers["/keys/1"] = answer

        found = await foreign_keys.find(stranger.url, f"{stranger.url}/keys/1")

        assert (found.code, found.key) == (code, None)


async def test_a_did_key_asks_nobody(
    foreign_keys: ForeignKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", None)
    multibase = "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"

    found = await foreign_keys.find(f"did:key:{multibase}", f"did:key:{multibase}#{multibase}")

    assert (found.outcome, found.source) == (ForeignOutcome.FOUND, None)
    assert found.key is not None
    assert found.key.algorithm == "ES256"


async def test_a_status_list_is_fetched_as_it_is_published(
    strangers: ServeStranger, foreign_keys: ForeignKeys, strangers_clock: StrangersClock
) -> None:
    async with strangers() as stranger:
        token = b"header.payload.signature"
        for path, media_type in (
            ("/lists/1", "application/statuslist+jwt"),
            ("/lists/2", "application/vc+jwt"),
        ):
            stranger.answers[path] = Response(token, media_type=media_type)
            for _ in range(2):
                listed = await foreign_keys.fetch_list(stranger.url + path)
                assert (listed.outcome, listed.signed) == (ForeignOutcome.FOUND, token)
                assert (listed.media_type, listed.looked_up_at) == (media_type, strangers_clock())
        assert stranger.asked == ["/lists/1", "/lists/2"]
        assert (
            await foreign_keys.fetch_list(f"{stranger.url}/3")
        ).code is ForeignCode.NOT_PUBLISHED


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example.nl/list?for=me",
        "https://issuer.example.nl/list#7",
        "http://issuer.example.nl/list",
        "https://127.0.0.1/list",
        "https://user@issuer.example.nl/list",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_status_list_at_an_odd_address_is_unknown(
    foreign_keys: ForeignKeys, url: str
) -> None:
    listed = await foreign_keys.fetch_list(url)

    assert listed.code is ForeignCode.LIST_ADDRESS_REFUSED
    assert listed.outcome is ForeignOutcome.UNKNOWN
