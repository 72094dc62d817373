"""The catalogue as a trust anchor of OpenID Federation 1.0, asked as others' verifiers do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import Response
from joserfc import jwt
from joserfc.jwk import KeySet
from pydantic import SecretStr

from services.catalog.settings import OtherTrustKey, Settings
from shared.runtime.settings import TokenIssuer
from tests.integration.catalog.conftest import (
    ISSUER,
    KEY,
    NOW,
    PROVIDER,
    PUBLIC_URL,
    STRANGER,
    Catalogue,
)
from tests.integration.catalog.test_trust import OCW, again, hear
from tests.support.entity_statements import check_trust_anchor, read_statement
from tests.support.postgres import MakeDatabase
from tests.support.trust import AnIssuer, a_private_jwk, a_public_jwk

pytestmark = pytest.mark.anyio

CONFIGURATION = "/.well-known/openid-federation"
FETCH, LISTING, HISTORY = "/federation/fetch", "/federation/list", "/federation/historical-keys"
STATEMENT = "application/entity-statement+jwt"
OLD, REVOKED, NEXT = a_public_jwk(), a_public_jwk(), a_public_jwk()


@pytest.fixture
def settings(make_database: MakeDatabase) -> Settings:
    """Give settings of a trust anchor that had other keys before, and will have another."""
    return Settings(
        database_url=make_database("services.catalog"),
        public_url=PUBLIC_URL,
        token_issuers=(TokenIssuer(issuer=ISSUER, jwks={"keys": [KEY.as_dict(private=False)]}),),
        operator_name="Testbeheerder",
        trust_key=SecretStr(a_private_jwk()),
        trust_other_keys=(
            OtherTrustKey(jwk=NEXT),
            OtherTrustKey(jwk=OLD, until=NOW - timedelta(days=1)),
            OtherTrustKey(
                jwk=REVOKED,
                until=NOW + timedelta(days=90),
                revoked_at=NOW - timedelta(days=2),
                reason="compromised",
            ),
        ),
    )


async def configuration(catalogue: Catalogue) -> dict[str, Any]:
    answer = await catalogue.http.get(CONFIGURATION)
    assert (answer.status_code, answer.headers["content-type"]) == (200, STATEMENT)
    claims = read_statement(answer.text, about=PUBLIC_URL, keys=None, now=catalogue.clock.moment)
    check_trust_anchor(claims, entity=PUBLIC_URL)
    return claims


async def fetch(catalogue: Catalogue, **query: str) -> Response:
    """Follow the anchor's configuration to its fetch endpoint, as a verifier does."""
    about = (await configuration(catalogue))["metadata"]["federation_entity"]
    assert about["federation_fetch_endpoint"] == PUBLIC_URL + FETCH
    return await catalogue.http.get(about["federation_fetch_endpoint"], params=query)


async def statement(catalogue: Catalogue, did: str) -> dict[str, Any]:
    answer = await fetch(catalogue, sub=did)
    assert (answer.status_code, answer.headers["content-type"]) == (200, STATEMENT), answer.text
    keys = (await configuration(catalogue))["jwks"]
    return read_statement(answer.text, about=did, keys=keys, now=catalogue.clock.moment)


def refusal(answer: Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert told.keys() == {"error", "error_description"}
    assert told["error_description"]
    return answer.status_code, told["error"]


async def test_the_anchor_tells_who_it_is_and_where_to_ask(empty: Catalogue) -> None:
    claims = await configuration(empty)

    about = claims["metadata"]["federation_entity"]
    assert about["organization_name"] == "Testbeheerder"
    assert about["federation_list_endpoint"] == PUBLIC_URL + LISTING
    assert about["federation_historical_keys_endpoint"] == PUBLIC_URL + HISTORY


async def test_the_next_key_is_published_before_it_signs_and_old_ones_are_not(
    empty: Catalogue,
) -> None:
    kids = [key["kid"] for key in (await configuration(empty))["jwks"]["keys"]]

    assert len(kids) == 2
    assert NEXT["kid"] in kids
    assert not {OLD["kid"], REVOKED["kid"]} & set(kids)


async def test_a_recognised_issuer_is_vouched_for_by_its_did_with_its_keys(
    empty: Catalogue,
) -> None:
    issuer = AnIssuer(PROVIDER)
    await empty.record(
        name={"nl": "Universiteit Twente", "en": "University of Twente"},
        recognitions=[OCW],
        brin="21PH",
        city="Enschede",
        website="https://www.utwente.nl",
    )
    await hear(empty, issuer.published())

    claims = await statement(empty, issuer.did)

    assert claims["iss"] == PUBLIC_URL
    assert claims["source_endpoint"] == PUBLIC_URL + FETCH
    assert claims["constraints"] == {"max_path_length": 0}
    assert claims["jwks"]["keys"] == [{**issuer.key.public.jwk, "kid": issuer.kid}]
    assert claims["metadata"] == {
        "federation_entity": {
            "organization_name": "Universiteit Twente",
            "organization_name#nl": "Universiteit Twente",
            "organization_name#en": "University of Twente",
            "organization_uri": "https://www.utwente.nl/",
            "homepage_uri": "https://www.utwente.nl/",
            "information_uri": f"{PUBLIC_URL}/v1/organisations/{PROVIDER}",
            "location": "Enschede, Netherlands",
        },
        "institution_additional_information": {
            "legal_name": "Universiteit Twente",
            "oin": PROVIDER,
            "sector": "wo",
            "test": True,
            "brin": "21PH",
            "recognitions": [{"recogniser": "OCW", "code": "21PH", "valid_from": "2021-10-01"}],
        },
    }


async def test_a_key_in_wrong_hands_is_not_vouched_for_and_a_retired_one_is(
    empty: Catalogue,
) -> None:
    good = AnIssuer(PROVIDER)
    retired, leaked = good.with_another_key(NOW), good.with_another_key(NOW)
    await empty.record()
    await hear(empty, good.published(), retired.published(), retired.retired(NOW))
    await hear(empty, leaked.published(), leaked.compromised(NOW))

    claims = await statement(empty, good.did)

    assert [key["kid"] for key in claims["jwks"]["keys"]] == [good.kid, retired.kid]


async def test_who_lost_recognition_is_not_vouched_for(empty: Catalogue) -> None:
    issuer, leaked = AnIssuer(PROVIDER), AnIssuer(STRANGER)
    await empty.record(recognitions=[{**OCW, "validUntil": "2026-11-23"}])
    await empty.record(STRANGER)
    await hear(empty, issuer.published(), leaked.published(), leaked.compromised(NOW))

    today = [await fetch(empty, sub=one.did) for one in (issuer, leaked)]
    empty.clock.moment = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    tomorrow = await fetch(empty, sub=issuer.did)

    assert [answer.status_code for answer in today] == [200, 404]
    assert refusal(tomorrow) == (404, "not_found")


async def test_a_statement_ends_when_recognition_does(empty: Catalogue) -> None:
    issuer = AnIssuer(PROVIDER)
    await empty.record(recognitions=[{**OCW, "validUntil": "2026-11-23"}])
    await hear(empty, issuer.published())
    before = (await statement(empty, issuer.did))["exp"]

    await empty.record(
        recognitions=[{**OCW, "validUntil": "2026-11-23"}, {**OCW, "validFrom": "2026-11-23"}]
    )
    after = (await statement(empty, issuer.did))["exp"]

    # Midnight in the Netherlands.
    assert datetime.fromtimestamp(before, UTC) == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    assert datetime.fromtimestamp(after, UTC) == NOW + timedelta(hours=24)


async def test_statements_are_the_same_for_a_while_so_that_caches_keep_them(
    empty: Catalogue,
) -> None:
    issuer = AnIssuer(PROVIDER)
    await empty.record()
    await hear(empty, issuer.published())
    first = await fetch(empty, sub=issuer.did)

    empty.clock.pass_(minutes=4, seconds=59)
    same = await again(empty, first)
    empty.clock.pass_(seconds=1)
    later = await again(empty, first)

    assert first.headers["Cache-Control"].startswith("public, max-age=300")
    assert (same.status_code, later.status_code) == (304, 200)


async def test_a_statement_is_never_older_than_what_it_says(empty: Catalogue) -> None:
    issuer = AnIssuer(PROVIDER)
    await empty.record()
    await hear(empty, issuer.published())
    before = (await statement(empty, issuer.did))["iat"]
    empty.clock.pass_(minutes=2)
    changed_at = int(empty.clock.moment.timestamp())
    await empty.record(name={"nl": "Anders"})
    empty.clock.pass_(minutes=2)

    after = (await statement(empty, issuer.did))["iat"]

    assert (before, after) == (int(NOW.timestamp()), changed_at)


async def test_every_issuer_that_is_listed_is_vouched_for_and_nobody_else(
    empty: Catalogue,
) -> None:
    known = [AnIssuer(f"00000099000000{number:02}0000") for number in range(1, 5)]
    for number, issuer in enumerate(known):
        ends = {"validUntil": "2026-11-22"} if number == 3 else {}
        await empty.record(issuer.organisation, recognitions=[{**OCW, "code": None, **ends}])
        await hear(empty, issuer.published())
    await empty.record("00000099000000050000")

    answer = await empty.http.get(LISTING)

    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == [issuer.did for issuer in known[:3]]
    for did in answer.json():
        await statement(empty, did)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 1),
        ("entity_type=federation_entity", 1),
        ("entity_type=federation_entity&entity_type=institution_additional_information", 1),
        ("entity_type=openid_provider", 0),
        ("entity_type=federation_entity&entity_type=openid_provider", 0),
        ("intermediate=true", 0),
        ("intermediate=false", 1),
        ("trust_marked=false", 1),
        ("something_new=1", 1),
    ],
)
async def test_the_list_is_narrowed_as_the_standard_says(
    empty: Catalogue, query: str, count: int
) -> None:
    await empty.record()
    await hear(empty, AnIssuer(PROVIDER).published())

    answer = await empty.http.get(f"{LISTING}?{query}")

    assert (answer.status_code, len(answer.json())) == (200, count)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (f"{LISTING}?trust_marked=true", (400, "unsupported_parameter")),
        (f"{LISTING}?trust_mark_type=x", (400, "unsupported_parameter")),
        (f"{LISTING}?intermediate=maybe", (400, "invalid_request")),
        (FETCH, (400, "invalid_request")),
        (f"{FETCH}?sub=", (400, "invalid_request")),
        (f"{FETCH}?sub=did:web:a&sub=did:web:b", (400, "invalid_request")),
        (f"{FETCH}?sub={PUBLIC_URL}", (400, "invalid_request")),
        (f"{FETCH}?sub={PUBLIC_URL}/", (400, "invalid_request")),
        (f"{FETCH}?sub=did:web:nobody.example", (404, "not_found")),
        (f"{FETCH}?sub=%F0%9F%92%A5'--", (404, "not_found")),
    ],
)
async def test_what_cannot_be_answered_is_refused_in_the_words_of_the_standard(
    empty: Catalogue, where: str, expected: tuple[int, str]
) -> None:
    answer = await empty.http.get(where)

    assert refusal(answer) == expected
    assert "nobody" not in answer.text


@pytest.mark.parametrize("where", [CONFIGURATION, LISTING, f"{FETCH}?sub=did:web:a", HISTORY])
async def test_a_catalogue_without_a_key_is_no_trust_anchor(empty: Catalogue, where: str) -> None:
    empty.app.state.anchor = None

    assert refusal(await empty.http.get(where)) == (404, "not_found")


async def test_a_port_in_a_did_is_found_also_when_it_was_not_escaped(empty: Catalogue) -> None:
    issuer = AnIssuer(PROVIDER, url="https://issuer.example.nl:8443/base")
    await empty.record()
    await hear(empty, issuer.published())
    assert "%3A8443" in issuer.did

    escaped = await fetch(empty, sub=issuer.did)
    bare = await empty.http.get(f"{FETCH}?sub={issuer.did}")

    assert escaped.text == bare.text
    assert (await statement(empty, issuer.did))["sub"] == issuer.did


async def test_keys_of_before_stay_known_with_what_became_of_them(empty: Catalogue) -> None:
    answer = await empty.http.get(HISTORY)

    assert answer.headers["content-type"] == "application/jwk-set+jwt"
    keys = (await configuration(empty))["jwks"]
    told = jwt.decode(answer.text, KeySet.import_key_set(keys), algorithms=["ES256"])
    assert told.header["typ"] == "jwk-set+jwt"
    assert told.claims["iss"] == PUBLIC_URL
    old, revoked = told.claims["keys"]
    assert old == {**OLD, "exp": int((NOW - timedelta(days=1)).timestamp())}
    assert revoked == {
        **REVOKED,
        "exp": int((NOW + timedelta(days=90)).timestamp()),
        "revoked": {
            "revoked_at": int((NOW - timedelta(days=2)).timestamp()),
            "reason": "compromised",
        },
    }
