"""Five steps bring a system of an institution from nothing to its first award: the demo, live."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import anyio
import pytest
from httpx import AsyncClient, Response
from typer.testing import CliRunner

from services.demo.commands import command
from services.demo.story import QUANTUM, TWENTE
from services.demo.supervisor import running_demo
from shared.runtime.observability import configure_logging
from shared.runtime.settings import TEST_OIN
from tests.support.token_clients import ASSERTION_TYPE

pytestmark = [pytest.mark.anyio, pytest.mark.demo]


@pytest.fixture(autouse=True)
def _usual_log() -> Iterator[None]:
    yield
    configure_logging()


def waarmerk(*words: str | Path) -> str:
    done = CliRunner().invoke(command, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output.strip()


async def test_a_system_is_registered_asks_a_token_and_awards(tmp_path: Path) -> None:
    async with running_demo(tmp_path / "demo", port=0) as demo, AsyncClient(timeout=30) as http:
        catalog, issuer = f"{demo.address}/catalog", f"{demo.address}/issuer"
        key = tmp_path / "sis.json"
        public = json.loads(waarmerk("clients", "new-key", key))
        admin = demo.sandbox.token(TEST_OIN, ["clients:write"])
        registered = await http.post(
            f"{catalog}/v1/clients",
            json={
                "organisation": TWENTE,
                "name": "SIS",
                "scopes": ["awards:write", "awards:read"],
                "keys": [{"jwk": public}],
            },
            headers={"Authorization": f"Bearer {admin}", "Idempotency-Key": "1"},
        )
        assert registered.status_code == 201, registered.text
        client = registered.json()["clientId"]
        metadata = f"{demo.address}/.well-known/oauth-authorization-server/catalog"
        told = (await http.get(metadata)).json()
        assert told["issuer"] == catalog
        granted = await http.post(
            told["token_endpoint"],
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": waarmerk(
                    *("clients", "assertion", "--key", key),
                    *("--client", client, "--issuer", told["issuer"]),
                ),
            },
        )
        assert granted.status_code == 200, granted.text
        token = granted.json()["access_token"]
        awarded = await award(http, issuer, token)
        assert awarded.status_code == 201, awarded.text
        described = await http.get(f"{demo.address}/registry/v1/openapi.json")
        assert described.status_code == 200, described.text
        document = described.json()
        flow = document["components"]["securitySchemes"]["clientCredentials"]["flows"]
        assert flow["clientCredentials"]["tokenUrl"] == told["token_endpoint"]


async def award(http: AsyncClient, issuer: str, token: str) -> Response:
    key = uuid4().hex
    while True:
        answer = await http.post(
            f"{issuer}/v1/awards",
            json={
                "microcredentialId": str(QUANTUM),
                "microcredentialVersion": 1,
                "enrolmentReference": "2026-QC-0001",
                "awardedOn": "2026-11-20",
                "learner": {
                    "email": "mc.test@example.nl",
                    "givenName": "Kim",
                    "familyName": "Voorbeeld",
                },
            },
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )
        if "Retry-After" not in answer.headers:
            return answer
        await anyio.sleep(0.1)


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    public = json.loads(waarmerk("clients", "new-key", file, "--algorithm", "PS256"))

    again = CliRunner().invoke(command, ["clients", "new-key", str(file)])

    assert again.exit_code == 2
    assert file.stat().st_mode & 0o777 == 0o600
    assert public.keys() == {"kty", "n", "e", "alg", "use", "kid"}
    assert public["alg"] == "PS256"
    assert re.search(r'"d":', file.read_text())
