"""One award and one verification over HTTP, against the services as they run in production.

A demo that ran once leaves its databases full of a real story; here PostgreSQL is started on them
again, and beside it only the one process that is measured.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from services.demo.sandbox import AUDIENCE, Sandbox, find_sandbox
from shared.runtime.embedded import EmbeddedPostgres
from tests.bench.load import Target
from tests.bench.measure import Figures, measure
from tests.bench.requests import NumberedRequest, encode, post
from tests.bench.servers import Server, free_port, serving
from tests.support.material import ROOT

AWARD_RATE: Final = 100.0
VERIFICATION_RATE: Final = 300.0
STORY_SECONDS: Final = 120
SCOPES: Final = ("awards:write", "awards:read")
SEED: Final = ROOT / "deploy" / "seed" / "microcredentials.json"
ASKED_AWARD: Final[dict[str, Any]] = json.loads(SEED.read_text(encoding="utf-8"))[0]


@dataclass(frozen=True, slots=True)
class House:
    """The databases and secrets a demo left, and the address it had."""

    postgres: EmbeddedPostgres
    sandbox: Sandbox
    address: str
    log: Path

    def token(self) -> str:
        """Return an access token of the provider whose microcredential is awarded."""
        return self.sandbox.token(ASKED_AWARD["provider"], SCOPES)

    @contextmanager
    def serving(self, service: str) -> Iterator[Server]:
        """Run one service's `serve`, as the world would meet it."""
        port = free_port()
        issuers = f"[{self.sandbox.token_issuer.model_dump_json(exclude_none=True)}]"
        environment = {
            "WAARMERK_DATABASE_URL": self.postgres.create_database(service),
            "WAARMERK_PUBLIC_URL": f"{self.address}/{service}",
            "WAARMERK_PORT": str(port),
            "WAARMERK_TOKEN_ISSUERS": issuers,
            "WAARMERK_TOKEN_AUDIENCE": AUDIENCE,
            "WAARMERK_KEY_ENCRYPTION_KEY": self.sandbox.key_encryption_key,
            "WAARMERK_PSEUDONYM_KEY": self.sandbox.pseudonym_key,
            "WAARMERK_LOG_KEY": self.sandbox.log_key,
        }
        command = ["-m", f"services.{service}", "serve"]
        with serving(command, port=port, environment=environment, log=self.log) as server:
            yield server


@contextmanager
def furnished_house(folder: Path) -> Iterator[House]:
    """Play the demo's story once, then open what it left."""
    port, left = free_port(), folder / "demo"
    command = ["-m", "services", "demo", "--once", "--port", str(port), "--data", str(left)]
    told = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=STORY_SECONDS,
        check=False,
    )
    if told.returncode:
        raise RuntimeError(told.stdout + told.stderr)
    with EmbeddedPostgres(left / "postgres") as postgres:
        yield House(postgres, find_sandbox(left), f"http://127.0.0.1:{port}", folder / "life.log")


def measure_life(folder: Path) -> Iterator[Figures]:
    """Measure one award, then one verification of a credential that the story left."""
    with furnished_house(folder) as house:
        with house.serving("issuer") as server:
            credential = credential_of_the_story(server, house.token())
            target = Target(server.port, awards(house.token()), status=201)
            yield measure("award: POST /v1/awards", server, target, rate=AWARD_RATE)
        with house.serving("verifier") as server:
            body = {"credential": credential}
            state = state_of(server, body)
            if state != "valid":
                raise RuntimeError(f"The credential to measure with is {state}.")
            target = Target(server.port, post("/v1/verifications", body))
            yield measure(
                "verification: POST /v1/verifications", server, target, rate=VERIFICATION_RATE
            )


def awards(
    token: str, microcredential_id: object = ASKED_AWARD["microcredentialId"]
) -> NumberedRequest:
    """Award the same microcredential to another learner each time."""
    run = uuid4().hex[:8]

    def request(number: int) -> bytes:
        body = {
            "microcredentialId": str(microcredential_id),
            "enrolmentReference": f"{run}-{number}",
            "awardedOn": "2026-11-20",
            "learner": {
                "email": f"l{number}@example.nl",
                "givenName": "Zoë",
                "familyName": "Voorbeeld",
            },
        }
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{run}-{number}"}
        return encode("POST", "/v1/awards", json.dumps(body).encode(), headers)

    return request


def credential_of_the_story(server: Server, token: str) -> str:
    """Return the credential of the first award that still holds."""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{server.port}/v1",
        headers={"Authorization": f"Bearer {token}"},
    ) as issuer:
        awards = issuer.get("/awards").raise_for_status().json()["items"]
        award_id = next(award["awardId"] for award in awards if award["status"] == "granted")
        return issuer.get(f"/awards/{award_id}/credential").raise_for_status().text


def state_of(server: Server, body: object) -> str:
    """Return what the verifier says of it, once."""
    answer = httpx.post(f"http://127.0.0.1:{server.port}/v1/verifications", json=body)
    state: str = answer.raise_for_status().json()["verdict"]["state"]
    return state
