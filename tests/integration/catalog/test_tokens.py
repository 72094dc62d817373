"""The token endpoint gives a client what it may have, once for each assertion, and says why not."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from services.catalog.operations.tokens import TokenDesk, forget_used_assertions
from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, Catalogue
from tests.integration.catalog.systems import (
    ENDPOINT,
    System,
    a_description,
    a_system,
    change,
    claims_in,
)
from tests.support.token_clients import (
    DpopKey,
    a_claim_set,
    a_token_request,
    an_ec_key,
    an_rsa_key,
    signed,
)

pytestmark = pytest.mark.anyio
PLAIN_ASCII = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")


async def test_a_token_says_who_may_do_what_and_for_ten_minutes(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)

    answer = await system.ask()

    told = answer.json()
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert {name: told[name] for name in told if name != "access_token"} == {
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "awards:read awards:write",
    }
    claims = await claims_in(catalogue, told["access_token"])
    moment = int(catalogue.clock.moment.timestamp())
    assert claims.pop("jti")
    assert claims == {
        "iss": PUBLIC_URL,
        "sub": system.client_id,
        "client_id": system.client_id,
        "aud": "urn:waarmerk",
        "organisation": PROVIDER,
        "scope": "awards:read awards:write",
        "iat": moment,
        "exp": moment + 600,
    }


async def test_the_catalogue_takes_the_tokens_it_gives(catalogue: Catalogue) -> None:
    system = await a_system(catalogue, scopes=["microcredentials:write"])
    headers = {"Authorization": f"Bearer {await system.token()}", "Idempotency-Key": "1"}
    body = {"content": {"title": {"en": "Quantum"}}}

    drafted = await catalogue.http.post("/v1/microcredentials", json=body, headers=headers)

    assert drafted.status_code == 201
    assert drafted.json()["provider"] == PROVIDER
    catalogue.clock.pass_(minutes=12)
    again = await catalogue.http.post("/v1/microcredentials", json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (401, "token-refused")


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
async def test_a_client_may_sign_with_rsa(catalogue: Catalogue, algorithm: str) -> None:
    system = await a_system(catalogue, key=an_rsa_key(alg=algorithm))
    claims = a_claim_set(system.client_id, PUBLIC_URL, catalogue.clock.moment)

    answer = await system.ask(signed(system.key, claims, algorithm=algorithm))

    assert answer.status_code == 200, answer.text


async def test_a_client_gets_the_scopes_it_asks_for(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)

    answer = await system.ask(scope="awards:read")

    assert answer.json()["scope"] == "awards:read"
    assert (await claims_in(catalogue, answer.json()["access_token"]))["scope"] == "awards:read"


@pytest.mark.parametrize("scope", ["awards:approve", "awards:read keys:write", "nonsense", "a  b"])
async def test_a_client_gets_no_scope_it_was_not_registered_for(
    catalogue: Catalogue, scope: str
) -> None:
    system = await a_system(catalogue)

    refused = await system.ask(scope=scope)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


FORMS: dict[str, tuple[dict[str, Any], int, str]] = {
    "no grant type": ({"grant_type": None}, 400, "invalid_request"),
    "a password": ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    "a refresh": ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
    "no assertion": ({"client_assertion": None}, 400, "invalid_request"),
    "an empty assertion": ({"client_assertion": ""}, 400, "invalid_request"),
    "no assertion type": ({"client_assertion_type": None}, 400, "invalid_request"),
    "another assertion type": ({"client_assertion_type": "saml"}, 400, "invalid_request"),
    "a secret": ({"client_secret": "hush"}, 401, "invalid_client"),
    "another client": ({"client_id": "someone"}, 401, "invalid_client"),
    "words for an assertion": ({"client_assertion": "believe me"}, 401, "invalid_client"),
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_request_that_is_none_is_refused_in_oauths_words(
    catalogue: Catalogue, name: str
) -> None:
    form, status, error = FORMS[name]
    system = await a_system(catalogue)

    refused = await system.ask(**form)

    told = refused.json()
    assert (refused.status_code, told["error"]) == (status, error)
    assert PLAIN_ASCII.fullmatch(told["error_description"])
    assert refused.headers["content-type"] == "application/json"
    assert refused.headers["cache-control"] == "no-store"
    assert refused.headers["pragma"] == "no-cache"
    assert told.keys() >= {"type", "title", "status", "detail", "code", "requestId"}
    assert ("www-authenticate" in refused.headers) is (status == 401)


async def test_who_asks_for_a_problem_document_gets_the_refusal_as_one(
    catalogue: Catalogue,
) -> None:
    form = {"grant_type": "password"}
    path, problem = "/v1/oauth/token", "application/problem+json"

    plain = await catalogue.http.post(path, data=form)
    refused = await catalogue.http.post(path, data=form, headers={"Accept": problem})

    assert refused.headers["content-type"] == problem
    assert refused.json() | {"requestId": ""} == plain.json() | {"requestId": ""}


async def test_a_parameter_twice_a_query_or_another_body_is_refused(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    form = a_token_request(system.assertion())
    twice = [*form.items(), ("grant_type", "client_credentials")]
    post = catalogue.http.post
    typed = {"Content-Type": "application/x-www-form-urlencoded"}

    refused = [
        await post(
            "/v1/oauth/token", content="&".join(f"{k}={v}" for k, v in twice), headers=typed
        ),
        await post("/v1/oauth/token?scope=awards:read", data=form),
        await post("/v1/oauth/token", params=form, headers=typed),
        await post("/v1/oauth/token", json=form),
        await post("/v1/oauth/token", content=b"grant_type=%ff\xff", headers=typed),
        await post("/v1/oauth/token", content="&".join(["a=b"] * 33), headers=typed),
    ]

    assert [(one.status_code, one.json()["error"]) for one in refused] == [
        (400, "invalid_request")
    ] * len(refused)


async def test_a_client_with_a_password_hears_how_it_is_done(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)

    refused = await system.ask(headers={"Authorization": "Basic c2lzOmh1c2g="})

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert "private_key_jwt" in refused.json()["error_description"]


async def test_who_prefers_dutch_reads_dutch_beside_oauths_english(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)

    refused = await system.ask(grant_type="password", headers={"Accept-Language": "nl"})

    told = refused.json()
    assert told["detail"] == "Hier kan alleen het grant type client_credentials."
    assert told["error_description"] == "Only the grant type client_credentials is given here."
    assert refused.headers["content-language"] == "nl"


async def test_an_assertion_is_believed_once(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    assertion = system.assertion()

    first, second = await system.ask(assertion), await system.ask(assertion)

    assert first.status_code == 200
    assert (second.status_code, second.json()["error"]) == (401, "invalid_client")


async def test_an_assertion_is_used_up_also_when_its_scope_is_refused(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    assertion = system.assertion()

    refused = await system.ask(assertion, scope="nonsense")
    again = await system.ask(assertion)

    assert (refused.json()["error"], again.json()["error"]) == ("invalid_scope", "invalid_client")


async def test_two_clients_may_use_one_id(catalogue: Catalogue) -> None:
    one, other = await a_system(catalogue), await a_system(catalogue)

    for system in (one, other):
        assert (await system.ask(system.assertion(jti="x" * 30))).status_code == 200


async def test_ten_at_once_with_one_assertion_get_one_token(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    together = asyncio.Barrier(10)
    for round_ in range(3):
        assertion = system.assertion(jti=f"{round_}" * 30)

        async def ask(assertion: str = assertion) -> int:
            await together.wait()
            return (await system.ask(assertion)).status_code

        answers = await asyncio.gather(*(ask() for _ in range(10)))

        assert sorted(answers) == [200] + [401] * 9


async def test_a_used_assertion_is_kept_until_its_age_refuses_it(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    assertion = system.assertion()
    assert (await system.ask(assertion)).status_code == 200

    catalogue.clock.pass_(seconds=89)
    assert await forget_used_assertions(catalogue.database, now=catalogue.clock.moment) == 0
    assert "before" in (await system.ask(assertion)).json()["detail"]
    catalogue.clock.pass_(seconds=2)
    assert await forget_used_assertions(catalogue.database, now=catalogue.clock.moment) == 1
    assert "expired" in (await system.ask(assertion)).json()["detail"]


async def test_a_blocked_client_gets_nothing_and_then_again(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    described = a_description(system.key)

    await change(catalogue, system.client_id, described | {"blocked": True})
    refused = await system.ask()
    await change(catalogue, system.client_id, described)

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert (await system.ask()).status_code == 200


async def test_two_keys_sign_side_by_side_until_the_old_one_ends(catalogue: Catalogue) -> None:
    old = await a_system(catalogue, key=an_ec_key("mc_test_old"))
    new = System(catalogue, old.client_id, an_ec_key("mc_test_new"))
    ends = catalogue.clock.moment + timedelta(days=1)
    keys = [
        {"jwk": old.key.as_dict(private=False), "endsAt": ends.isoformat()},
        {"jwk": new.key.as_dict(private=False)},
    ]

    assert (await new.ask()).status_code == 401
    assert (await change(catalogue, old.client_id, a_description(keys=keys))).status_code == 200
    assert [(await one.ask()).status_code for one in (old, new)] == [200, 200]
    catalogue.clock.pass_(days=1)
    assert [(await one.ask()).status_code for one in (old, new)] == [401, 200]


async def test_a_client_that_must_prove_a_key_gets_no_other_token(catalogue: Catalogue) -> None:
    system = await a_system(catalogue, tokenBinding="dpop", scopes=["clients:write"])
    dpop, now = DpopKey(), catalogue.clock.moment

    without = await system.ask()
    unfresh = await system.ask(headers={"DPoP": dpop.proof("POST", ENDPOINT, now)})
    nonce = unfresh.headers["dpop-nonce"]
    elsewhere = dpop.proof("POST", f"{ENDPOINT}s", now, nonce=nonce)
    misplaced = await system.ask(headers={"DPoP": elsewhere})
    given = await system.ask(headers={"DPoP": dpop.proof("POST", ENDPOINT, now, nonce=nonce)})

    assert (without.status_code, without.json()["error"]) == (400, "invalid_dpop_proof")
    assert (unfresh.status_code, unfresh.json()["error"]) == (400, "use_dpop_nonce")
    assert (misplaced.status_code, misplaced.json()["error"]) == (400, "invalid_dpop_proof")
    assert given.json()["token_type"] == "DPoP"
    token = given.json()["access_token"]
    assert (await claims_in(catalogue, token))["cnf"] == {"jkt": dpop.thumbprint}
    place = f"{PUBLIC_URL}/v1/clients"
    bound = {"Authorization": f"DPoP {token}"}
    proof = dpop.proof("GET", place, now, nonce=nonce, token=token)
    used = await catalogue.http.get("/v1/clients", headers={**bound, "DPoP": proof})
    stolen = await catalogue.http.get("/v1/clients", headers={"Authorization": f"Bearer {token}"})
    unfresh = await catalogue.http.get(
        "/v1/clients",
        headers={**bound, "DPoP": dpop.proof("GET", place, now, token=token)},
    )
    assert (unfresh.status_code, unfresh.json()["code"]) == (401, "dpop-nonce-needed")
    assert unfresh.headers["dpop-nonce"]
    assert 'error="use_dpop_nonce"' in unfresh.headers["www-authenticate"]
    assert (used.status_code, stolen.status_code) == (200, 401)
    assert stolen.json()["code"] == "not-its-holder"


async def test_a_proof_binds_a_token_also_when_none_was_asked(catalogue: Catalogue) -> None:
    system, dpop, now = await a_system(catalogue), DpopKey(), catalogue.clock.moment
    asked = await system.ask(headers={"DPoP": dpop.proof("POST", ENDPOINT, now)})
    proof = dpop.proof("POST", ENDPOINT, now, nonce=asked.headers["dpop-nonce"])

    assert (await system.ask(headers={"DPoP": proof})).json()["token_type"] == "DPoP"


async def test_a_client_of_the_steward_may_have_what_only_the_steward_may(
    catalogue: Catalogue,
) -> None:
    system = await a_system(catalogue, organisation=TEST_OIN, scopes=["policies:write"])

    assert (await claims_in(catalogue, await system.token()))["organisation"] == TEST_OIN


@pytest.mark.parametrize(
    ("is_compatible", "audience", "status"),
    [
        (False, PUBLIC_URL, 200),
        (False, ENDPOINT, 401),
        (True, PUBLIC_URL, 200),
        (True, ENDPOINT, 200),
        (True, [ENDPOINT], 401),
        (True, f"{ENDPOINT}/", 401),
    ],
)
async def test_the_token_endpoint_is_an_audience_by_one_setting_only(
    catalogue: Catalogue, *, is_compatible: bool, audience: object, status: int
) -> None:
    settings = catalogue.app.state.settings
    told = settings.model_copy(update={"token_endpoint_as_audience": is_compatible})
    catalogue.app.state.tokens = TokenDesk.of(told, catalogue.database, catalogue.clock)
    system = await a_system(catalogue)

    assert (await system.ask(system.assertion(aud=audience))).status_code == status
