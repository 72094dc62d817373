"""A client's token is bound to what it must prove, and worth nothing without it."""

import pytest
from httpx import Response

from shared.runtime.possession import Possession
from tests.integration.catalog.conftest import Catalogue
from tests.integration.catalog.systems import System, a_system, claims_in
from tests.support.token_clients import a_certificate, certificate_thumbprint, shown

pytestmark = pytest.mark.anyio
OWN, OTHER = a_certificate("sis.example.nl"), a_certificate("elsewhere.example.nl")


@pytest.fixture
def proxied(catalogue: Catalogue) -> Catalogue:
    """Give a catalogue behind a proxy that hands in certificates; it is where the tests are."""
    told = {"client_certificate_header": "Client-Cert", "trusted_proxies": ["127.0.0.0/8"]}
    settings = catalogue.app.state.settings
    behind = type(settings).model_validate(settings.model_dump() | told)
    catalogue.app.state.possession = Possession(behind)
    return catalogue


async def listed(catalogue: Catalogue, token: str, **headers: str) -> Response:
    own = {"Authorization": f"Bearer {token}"}
    return await catalogue.http.get("/v1/clients", headers={**own, **headers})


async def bound_system(catalogue: Catalogue) -> System:
    return await a_system(catalogue, tokenBinding="certificate", scopes=["clients:write"])


async def test_a_token_bound_to_a_certificate_needs_that_certificate(proxied: Catalogue) -> None:
    system = await bound_system(proxied)

    granted = await system.ask(headers={"Client-Cert": shown(OWN)})

    assert granted.json()["token_type"] == "Bearer"
    token = granted.json()["access_token"]
    bound = (await claims_in(proxied, token))["cnf"]
    assert bound == {"x5t#S256": certificate_thumbprint(OWN)}
    by = [{"Client-Cert": shown(OWN)}, {"Client-Cert": shown(OTHER)}, {}]
    statuses = [(await listed(proxied, token, **headers)).status_code for headers in by]
    assert statuses == [200, 401, 401]


async def test_who_must_show_a_certificate_gets_nothing_without(proxied: Catalogue) -> None:
    system = await bound_system(proxied)

    refused = await system.ask()

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert refused.json()["code"] == "certificate-needed"


async def test_a_header_that_nobody_was_told_to_trust_is_no_certificate(
    catalogue: Catalogue,
) -> None:
    system = await bound_system(catalogue)

    refused = await system.ask(headers={"Client-Cert": shown(OWN)})

    assert (refused.status_code, refused.json()["code"]) == (400, "certificate-needed")


async def test_a_certificate_binds_only_the_tokens_of_who_asked_for_it(proxied: Catalogue) -> None:
    system = await a_system(proxied)

    granted = await system.ask(headers={"Client-Cert": shown(OWN)})

    assert "cnf" not in await claims_in(proxied, granted.json()["access_token"])
