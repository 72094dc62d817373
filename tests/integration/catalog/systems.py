"""Systems of institutions, registered by an administrator, and the tokens they ask for."""

from dataclasses import dataclass, field
from typing import Any

from httpx import Response
from joserfc import jwt
from joserfc.jwk import KeySet

from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, Catalogue
from tests.support.token_clients import (
    Key,
    a_claim_set,
    a_token_request,
    an_ec_key,
    public,
    signed,
)

ADMIN = ("clients:write",)
ENDPOINT = f"{PUBLIC_URL}/v1/oauth/token"


def a_description(key: Key | None = None, **changed: Any) -> dict[str, Any]:
    """Return what an administrator sends of a client; None is left out."""
    described: dict[str, Any] = {
        "name": "Student information system",
        "scopes": ["awards:write", "awards:read"],
        "keys": [{"jwk": public(key)}] if key else None,
    }
    return {name: value for name, value in (described | changed).items() if value is not None}


async def register(
    catalogue: Catalogue, described: dict[str, Any], *, by: str = TEST_OIN, key: str | None = None
) -> Response:
    """Ask for a client to be registered."""
    return await catalogue.http.post(
        "/v1/clients", json=described, headers=catalogue.headers(by, ADMIN, key=key)
    )


async def change(
    catalogue: Catalogue,
    client_id: str,
    described: dict[str, Any],
    *,
    by: str = TEST_OIN,
    tag: str | None = "*",
) -> Response:
    """Ask for a client to be changed as a whole."""
    return await catalogue.http.put(
        f"/v1/clients/{client_id}", json=described, headers=catalogue.headers(by, ADMIN, tag=tag)
    )


@dataclass
class System:
    """A registered client, with its private key."""

    catalogue: Catalogue
    client_id: str
    key: Key = field(repr=False)

    def assertion(self, **changes: Any) -> str:
        """Sign an assertion; what is given is different in its claims."""
        audience = changes.pop("aud", PUBLIC_URL)
        claims = a_claim_set(self.client_id, audience, self.catalogue.clock.moment, **changes)
        return signed(self.key, claims)

    async def ask(
        self, assertion: str | None = None, *, headers: dict[str, str] | None = None, **form: Any
    ) -> Response:
        """Ask for a token."""
        request = a_token_request(assertion or self.assertion(), **form)
        return await self.catalogue.http.post("/v1/oauth/token", data=request, headers=headers)

    async def token(self, **form: Any) -> str:
        """Get a token."""
        answer = await self.ask(**form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


async def a_system(
    catalogue: Catalogue, *, by: str = TEST_OIN, key: Key | None = None, **changed: Any
) -> System:
    """Register a system of the provider by the steward, unless something else is said."""
    key = key or an_ec_key()
    described = a_description(key, **{"organisation": PROVIDER} | changed)
    answer = await register(catalogue, described, by=by)
    assert answer.status_code == 201, answer.text
    return System(catalogue, str(answer.json()["clientId"]), key)


def codes(refused: Response) -> list[tuple[str, str]]:
    """Return where each fault is, and which."""
    assert refused.status_code == 400, refused.text
    return [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]]


async def claims_in(catalogue: Catalogue, token: str) -> dict[str, Any]:
    """Return the claims of a token that holds by the keys the catalogue publishes."""
    keys = (await catalogue.http.get("/v1/oauth/jwks")).json()["keys"]
    believed = jwt.decode(token, KeySet.import_key_set({"keys": keys}), algorithms=["ES256"])
    assert believed.header["typ"] == "at+jwt"
    return dict(believed.claims)
