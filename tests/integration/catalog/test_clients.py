"""An administrator registers the systems of their organisation; the steward those of any."""

import asyncio
from typing import Any

import pytest
from httpx import Response

from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, STRANGER, Catalogue
from tests.integration.catalog.systems import (
    ADMIN,
    a_description,
    a_system,
    change,
    codes,
    register,
)
from tests.support.token_clients import an_ec_key, public

pytestmark = pytest.mark.anyio
KEY = an_ec_key()


async def read(catalogue: Catalogue, client_id: str, *, by: str = PROVIDER) -> Response:
    return await catalogue.http.get(
        f"/v1/clients/{client_id}", headers=catalogue.headers(by, ADMIN)
    )


async def test_an_administrator_registers_a_system_of_their_own(catalogue: Catalogue) -> None:
    made = await register(catalogue, a_description(KEY), by=PROVIDER)

    told = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"{PUBLIC_URL}/v1/clients/{told['clientId']}"
    assert made.headers["etag"] == '"1"'
    assert (told["organisation"], told["blocked"], told["tokenBinding"]) == (
        *(PROVIDER, False, "none"),
    )
    assert told["keys"] == [{"jwk": {**public(KEY), "alg": "ES256", "use": "sig"}}]
    assert (await read(catalogue, told["clientId"])).json() == told


async def test_a_repeated_registration_makes_one_client(catalogue: Catalogue) -> None:
    first = await register(catalogue, a_description(KEY), by=PROVIDER, key="once")
    again = await register(catalogue, a_description(KEY), by=PROVIDER, key="once")
    other = await register(catalogue, a_description(KEY, name="LMS"), by=PROVIDER, key="once")

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


async def test_another_organisations_client_is_the_stewards_to_register(
    catalogue: Catalogue,
) -> None:
    described = a_description(KEY, organisation=PROVIDER)

    refused = await register(catalogue, described, by=STRANGER)
    made = await register(catalogue, described, by=TEST_OIN)

    assert (refused.status_code, refused.json()["code"]) == (403, "not-the-administrator")
    assert made.json()["organisation"] == PROVIDER


async def test_only_recorded_organisations_have_clients(catalogue: Catalogue) -> None:
    refused = await register(catalogue, a_description(KEY, organisation=STRANGER))

    assert (refused.status_code, refused.json()["code"]) == (404, "organisation-unknown")


@pytest.mark.parametrize("scope", ["organisations:write", "policies:write"])
async def test_nobody_gives_another_what_is_the_stewards_own(
    catalogue: Catalogue, scope: str
) -> None:
    for by in (PROVIDER, TEST_OIN):
        described = a_description(KEY, organisation=PROVIDER, scopes=[scope])
        assert codes(await register(catalogue, described, by=by)) == [
            ("/scopes", "scope-of-steward")
        ]


async def test_only_the_steward_makes_an_administrator(catalogue: Catalogue) -> None:
    described = a_description(KEY, organisation=PROVIDER, scopes=["clients:write"])

    refused = await register(catalogue, described, by=PROVIDER)
    made = await register(catalogue, described, by=TEST_OIN)
    kept = await change(catalogue, made.json()["clientId"], a_description(KEY), by=PROVIDER)
    added = await change(
        catalogue,
        made.json()["clientId"],
        a_description(KEY, scopes=["clients:write"]),
        by=PROVIDER,
    )

    assert codes(refused) == [("/scopes", "scope-given-by-steward")]
    assert (made.status_code, kept.status_code) == (201, 200)
    assert codes(added) == [("/scopes", "scope-given-by-steward")]


async def test_an_administrator_keeps_what_the_steward_gave(catalogue: Catalogue) -> None:
    system = await a_system(catalogue, scopes=["clients:write"])
    described = a_description(system.key, scopes=["clients:write", "awards:read"])

    assert (await change(catalogue, system.client_id, described, by=PROVIDER)).status_code == 200


def ec_key_off_its_curve() -> dict[str, Any]:
    return {**public(KEY), "y": public(KEY)["x"]}


BAD_KEYS: dict[str, tuple[dict[str, Any], str]] = {
    "a private key": ({**KEY.as_dict(private=True)}, "key-private"),
    "a secret": ({"kty": "oct", "k": "AAAA"}, "key-private"),
    "a small RSA key": ({"kty": "RSA", "e": "AQAB", "n": "wcHB" * 43}, "key-refused"),
    "another curve": ({"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}, "key-refused"),
    "an Edwards curve": ({"kty": "OKP", "crv": "Ed25519", "x": "AA"}, "key-refused"),
    "no point of the curve": (ec_key_off_its_curve(), "key-refused"),
    "nothing": ({}, "key-refused"),
    "a number": ({**public(KEY), "x": 7}, "key-refused"),
    "a key for encryption": ({**public(KEY), "use": "enc"}, "key-use"),
    "a key that signs only": ({**public(KEY), "key_ops": ["sign"]}, "key-use"),
    "another algorithm": ({**public(KEY), "alg": "ES384"}, "key-use"),
    "no name": ({**public(KEY), "kid": ""}, "key-name"),
    "a long name": ({**public(KEY), "kid": "k" * 201}, "key-name"),
}


@pytest.mark.parametrize("name", BAD_KEYS)
async def test_a_key_that_proves_nothing_is_refused(catalogue: Catalogue, name: str) -> None:
    jwk, code = BAD_KEYS[name]

    refused = await register(catalogue, a_description(keys=[{"jwk": jwk}]), by=PROVIDER)

    assert codes(refused) == [("/keys/0/jwk", code)]
    assert "AAAA" not in refused.text


async def test_two_keys_have_two_names(catalogue: Catalogue) -> None:
    keys = [{"jwk": public(KEY)}, {"jwk": public(an_ec_key())}]

    refused = await register(catalogue, a_description(keys=keys), by=PROVIDER)

    assert codes(refused) == [("/keys/1/jwk", "key-twice")]


async def test_a_key_without_a_name_is_called_by_its_thumbprint(catalogue: Catalogue) -> None:
    nameless = {name: value for name, value in public(KEY).items() if name != "kid"}

    made = await register(catalogue, a_description(keys=[{"jwk": nameless}]), by=PROVIDER)

    assert made.json()["keys"][0]["jwk"]["kid"] == KEY.thumbprint()


@pytest.mark.parametrize(
    "changed", [{}, {"keys": [{"jwk": public(KEY)}], "jwksUrl": "https://lms.example.nl/jwks"}]
)
async def test_keys_are_here_or_at_an_address(catalogue: Catalogue, changed: Any) -> None:
    refused = await register(catalogue, a_description(**changed), by=PROVIDER)

    assert codes(refused) == [("", "keys-or-address")]


async def test_only_an_administrator_reads_or_writes_clients(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    headers = catalogue.headers(PROVIDER, ["awards:write"])

    listed = await catalogue.http.get("/v1/clients", headers=headers)
    foreign = await read(catalogue, system.client_id, by=STRANGER)
    changed = await change(catalogue, system.client_id, a_description(system.key), by=STRANGER)

    assert (listed.status_code, listed.json()["code"]) == (403, "scope-missing")
    assert [(one.status_code, one.json()["code"]) for one in (foreign, changed)] == [
        (404, "client-unknown")
    ] * 2


async def test_each_sees_their_own_and_the_steward_sees_all(catalogue: Catalogue) -> None:
    await catalogue.record(STRANGER, name={"nl": "Elders"})
    made = []
    for organisation in (PROVIDER, STRANGER, PROVIDER):
        made.append((await a_system(catalogue, organisation=organisation)).client_id)
        catalogue.clock.pass_(seconds=1)

    async def listed(by: str, **query: Any) -> Any:
        headers = catalogue.headers(by, ADMIN)
        return (await catalogue.http.get("/v1/clients", params=query, headers=headers)).json()

    async def ids(by: str) -> list[str]:
        return [one["clientId"] for one in (await listed(by))["items"]]

    assert await ids(PROVIDER) == [made[0], made[2]]
    assert await ids(STRANGER) == [made[1]]
    assert await ids(TEST_OIN) == made
    first = await listed(TEST_OIN, limit=2)
    rest = await listed(TEST_OIN, limit=2, cursor=first["next"])
    assert [one["clientId"] for one in first["items"] + rest["items"]] == made
    assert "next" not in rest


async def test_a_change_names_the_state_that_was_read(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    renamed = a_description(system.key, name="SIS 2")

    unsaid = await change(catalogue, system.client_id, renamed, tag=None)
    made = await change(catalogue, system.client_id, renamed, tag='"1"')
    stale = await change(catalogue, system.client_id, a_description(system.key), tag='"1"')
    same = await change(catalogue, system.client_id, renamed, tag='"2"')

    assert [one.status_code for one in (unsaid, made, stale, same)] == [428, 200, 412, 200]
    assert (made.headers["etag"], same.headers["etag"]) == ('"2"', '"2"')


async def test_two_administrators_at_once_change_one_state(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    together = asyncio.Barrier(4)

    async def rename(number: int) -> int:
        await together.wait()
        described = a_description(system.key, name=f"SIS {number}")
        return (await change(catalogue, system.client_id, described, tag='"1"')).status_code

    assert sorted(await asyncio.gather(*map(rename, range(4)))) == [200, 412, 412, 412]


async def test_whom_the_steward_blocked_only_the_steward_lets_in(catalogue: Catalogue) -> None:
    system = await a_system(catalogue)
    free, blocked = a_description(system.key), a_description(system.key, blocked=True)

    await change(catalogue, system.client_id, blocked, by=PROVIDER)
    by_both = await change(catalogue, system.client_id, blocked, by=TEST_OIN)
    refused = await change(catalogue, system.client_id, free, by=PROVIDER)
    let_in = await change(catalogue, system.client_id, free, by=TEST_OIN)

    assert by_both.json()["blocked"]
    assert (refused.status_code, refused.json()["code"]) == (403, "blocked-by-steward")
    assert not let_in.json()["blocked"]
