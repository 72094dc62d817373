"""The keys that sign access tokens: there is always one, others know it in time, none is shown."""

import asyncio
from datetime import timedelta

import pytest
from joserfc import jws
from sqlalchemy import text

from services.catalog.operations.tokens import TokenDesk, end_keys
from tests.integration.catalog.conftest import PUBLIC_URL, Catalogue
from tests.integration.catalog.systems import ENDPOINT, a_system

pytestmark = pytest.mark.anyio


async def test_no_token_and_no_assertion_is_kept_anywhere(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    assertion = system.assertion()
    token = (await system.ask(assertion)).json()["access_token"]

    async with catalogue.database.transaction() as session:
        await session.execute(text("SELECT set_config('waarmerk.organisation', '*', true)"))
        for table in ("client", "client_key_set", "used_assertion", "token_key"):
            kept = str((await session.execute(text(f"SELECT * FROM {table}"))).all())
            assert token.split(".")[2] not in kept
            assert assertion.split(".")[2] not in kept


async def test_processes_that_begin_together_make_one_key(catalogue: Catalogue) -> None:
    settings, together = catalogue.app.state.settings, asyncio.Barrier(6)

    async def sign(late: int) -> str:
        """Ask as a process of its own, each with a clock that runs a little behind."""
        desk = TokenDesk.of(settings, catalogue.database, catalogue.clock)
        assert desk is not None
        now = catalogue.clock.moment - timedelta(milliseconds=late)
        await together.wait()
        return await desk.keys.sign({"iss": PUBLIC_URL}, now=now)

    signed_by = {
        jws.extract_compact(token.encode()).protected["kid"]
        for token in await asyncio.gather(*map(sign, range(6)))
    }

    keys = (await catalogue.http.get("/v1/oauth/jwks")).json()["keys"]
    assert signed_by == {key["kid"] for key in keys}
    assert len(keys) == 1


async def test_a_new_key_takes_over_and_no_token_is_lost(catalogue: Catalogue) -> None:
    system = await a_system(catalogue, scopes=["clients:write"])
    headers = {"Authorization": f"Bearer {await system.token()}"}
    shown: list[int] = []
    by: set[str] = set()
    for _ in range(64):
        catalogue.clock.pass_(hours=12)
        token = await system.token()
        shown.append(len((await catalogue.http.get("/v1/oauth/jwks")).json()["keys"]))
        by.add(str(jws.extract_compact(token.encode()).protected["kid"]))
        headers = {"Authorization": f"Bearer {token}"}
        assert (await catalogue.http.get("/v1/clients", headers=headers)).status_code == 200

    assert len(by) == 2
    assert shown.count(2) >= 2
    assert set(shown) == {1, 2}


async def test_after_a_theft_nothing_that_was_signed_is_taken(catalogue: Catalogue) -> None:
    system = await a_system(catalogue, scopes=["clients:write"])
    stolen = {"Authorization": f"Bearer {await system.token()}"}
    elsewhere = TokenDesk.of(catalogue.app.state.settings, catalogue.database, catalogue.clock)
    assert elsewhere is not None
    assert (await catalogue.http.get("/v1/clients", headers=stolen)).status_code == 200

    await end_keys(elsewhere, now=catalogue.clock.moment)
    catalogue.clock.pass_(seconds=61)

    fresh = {"Authorization": f"Bearer {await system.token()}"}
    answers = [await catalogue.http.get("/v1/clients", headers=one) for one in (stolen, fresh)]
    assert [one.status_code for one in answers] == [401, 200]


async def test_without_a_key_to_seal_with_there_are_no_tokens(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    catalogue.app.state.tokens = None

    refused = await system.ask()
    missing = [
        (await catalogue.http.get(path)).status_code
        for path in ("/v1/oauth/jwks", "/.well-known/oauth-authorization-server")
    ]

    assert (refused.status_code, refused.json()["code"]) == (404, "tokens-not-issued")
    assert missing == [404, 404]


async def test_what_the_endpoint_is_stands_where_rfc_8414_looks(catalogue: Catalogue) -> None:
    told = (await catalogue.http.get("/.well-known/oauth-authorization-server")).json()

    assert told["issuer"] == PUBLIC_URL
    assert told["token_endpoint"] == ENDPOINT
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert {"RS256", "PS256", "ES256"} == {
        *told["token_endpoint_auth_signing_alg_values_supported"]
    }
    assert told["grant_types_supported"] == ["client_credentials"]
    assert not told["tls_client_certificate_bound_access_tokens"]
    keys = (await catalogue.http.get(told["jwks_uri"].removeprefix(PUBLIC_URL))).json()["keys"]
    assert keys
    assert all("d" not in key for key in keys)
    missing = await catalogue.http.get("/.well-known/oauth-authorization-server/elsewhere")
    assert missing.status_code == 404
