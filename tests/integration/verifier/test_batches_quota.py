"""How much anybody may send in batches, and how much more with a token."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from services.verifier.app import create_app
from services.verifier.batch_operations.allowance import Allowance
from services.verifier.settings import Settings
from shared.runtime.settings import TokenIssuer
from tests.integration.verifier.sending import (
    desk_of,
    send,
)
from tests.support import toy

pytestmark = pytest.mark.anyio
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STRANGER = "192.0.2.7"


@pytest.fixture(autouse=True)
async def at_rest(app: FastAPI) -> AsyncIterator[None]:
    """Wait until nothing is being judged any more, before the database goes."""
    crew = desk_of(app).crew
    yield
    await crew.settle()


async def from_afar(app: FastAPI, files: int, **headers: str) -> tuple[int, dict[str, str]]:
    transport = ASGITransport(app, client=(STRANGER, 5))
    async with AsyncClient(transport=transport, base_url="http://verifier") as client:
        answer = await send(client, *["hello"] * files, **headers)
    return answer.status_code, dict(answer.headers)


async def test_who_has_no_token_may_send_so_many_files_a_minute_and_is_told_when_again(
    app: FastAPI, verifier: AsyncClient
) -> None:
    allowance = Allowance(address=10, client=0)
    app.state.batch_desk = replace(desk_of(app), allowance=allowance)

    first, _ = await from_afar(app, 8)
    too_many, headers = await from_afar(app, 3)
    just, _ = await from_afar(app, 1)

    assert (first, too_many, just) == (202, 429, 202)
    assert int(headers["retry-after"]) >= 1
    assert (await send(verifier, *["hello"] * 50)).status_code == 202  # the machine itself is free


async def test_who_has_a_token_is_counted_by_it_and_may_send_more(settings: Settings) -> None:
    jwks = {"keys": [toy.SIGNING_KEY.as_dict(private=False)]}
    issuer = TokenIssuer.model_validate({"issuer": toy.ISSUER, "jwks": jwks})
    app = create_app(settings.model_copy(update={"token_issuers": (issuer,)}))
    app.state.batch_desk = replace(desk_of(app), allowance=Allowance(address=5, client=100))
    token = toy.a_token(scopes=("verifications:write",))
    stale = toy.a_token(scopes=("verifications:write",), now=datetime.now(UTC) - timedelta(hours=1))

    with_token, _ = await from_afar(app, 50, Authorization=f"Bearer {token}")
    without, _ = await from_afar(app, 6)
    expired, _ = await from_afar(app, 1, Authorization=f"Bearer {stale}")
    other_scope, _ = await from_afar(app, 1, Authorization=f"Bearer {toy.a_token()}")
    await desk_of(app).crew.settle()
    await app.state.database.dispose()

    assert (with_token, without, expired, other_scope) == (202, 429, 401, 403)


async def test_more_than_fits_at_once_waits_and_is_told_so(
    app: FastAPI, verifier: AsyncClient, token: str
) -> None:
    full = Allowance(address=0, client=0, held_bytes=100)
    app.state.batch_desk = replace(desk_of(app), allowance=full)

    answer = await send(verifier, token)

    assert (answer.status_code, answer.json()["code"]) == (503, "too-busy")
    assert answer.headers["retry-after"] == "5"


async def test_the_description_says_that_a_token_is_not_needed(verifier: AsyncClient) -> None:
    document = (await verifier.get("/v1/openapi.json")).json()
    operation = document["paths"]["/verification-batches"]["post"]

    assert {} in operation["security"]
    assert {"clientCredentials": ["verifications:write"]} in operation["security"]
    assert set(operation["requestBody"]["content"]) >= {
        "application/json",
        "application/zip",
        "multipart/form-data",
        "text/csv",
        XLSX,
    }
    assert {"202", "400", "409", "413", "415", "429", "503"} <= set(operation["responses"])
    assert json.dumps(document).count("too-many-credentials")
