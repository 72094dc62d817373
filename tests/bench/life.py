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

from services.demo.sandbox import AUDIENCE, Sandbox, find_sandbox
from shared.runtime.embedded import EmbeddedPostgres
from tests.bench.crowd import (
    OFFERED,
    SCOPES,
    award_to_many,
    let_verifier_know,
    require_valid,
    verify_each,
)
from tests.bench.load import Target
from tests.bench.measure import Figures, measure
from tests.bench.requests import NumberedRequest, encode
from tests.bench.servers import Server, free_port, serving
from tests.support.material import ROOT

AWARD_RATE: Final = 100.0
VERIFICATION_RATE: Final = 300.0
STORY_SECONDS: Final = 120
ASKED_AWARD: Final[dict[str, Any]] = OFFERED[0]


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
    """Measure one award, then one verification, each of a credential of its own."""
    with furnished_house(folder) as house:
        with house.serving("issuer") as server:
            shown = award_to_many(server, house.sandbox)
            target = Target(server.port, awards(house.token()), status=201)
            yield measure("award: POST /v1/awards", server, target, rate=AWARD_RATE)
        let_verifier_know(house.postgres.create_database("verifier"), shown)
        with house.serving("verifier") as server:
            require_valid(server, shown)
            target = Target(server.port, verify_each(shown))
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
