"""The credentials a verifier is measured with: a thousand, of all issuers, and no two alike.

Apart from the measuring. One credential, asked for again and again, would be answered from what was
asked a moment ago: here no two requests that are under way together are about the same one.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import httpx

from services.demo.sandbox import Sandbox
from services.verifier.repository import copies
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus
from shared.proofs import vc_jwt
from shared.runtime.clock import now
from shared.runtime.database import Database
from tests.bench.requests import NumberedRequest, encode
from tests.bench.servers import Server
from tests.support.material import ROOT

LEARNERS: Final = 64
"""So many earned each microcredential of the story."""
SCOPES: Final = ("awards:write", "awards:read")
SEED: Final = ROOT / "deploy" / "seed" / "microcredentials.json"
OFFERED: Final[list[dict[str, Any]]] = json.loads(SEED.read_text(encoding="utf-8"))
UNRECOGNISED: Final = "00000099000000990000"
AWARDED_ON: Final = "2026-11-20"


@dataclass(frozen=True, slots=True)
class Shown:
    """A credential, and what the register should hold of it."""

    token: str
    registration: Registration


def award_to_many(server: Server, sandbox: Sandbox) -> list[Shown]:
    """Award everything that may be awarded to so many learners each."""
    return asyncio.run(_award_all(server, sandbox))


async def _award_all(server: Server, sandbox: Sandbox) -> list[Shown]:
    shown: list[Shown] = []
    for offered in OFFERED:
        if offered["provider"] == UNRECOGNISED:
            continue
        async with _client(server, sandbox.token(offered["provider"], SCOPES)) as issuer:
            learners = range(LEARNERS)
            shown += await asyncio.gather(*(_award(issuer, offered, each) for each in learners))
    return shown


async def _award(issuer: httpx.AsyncClient, offered: dict[str, Any], number: int) -> Shown:
    name = f"crowd-{offered['microcredentialId']}-{number}"
    wanted = {
        "microcredentialId": offered["microcredentialId"],
        "enrolmentReference": name,
        "awardedOn": AWARDED_ON,
        "learner": {
            "email": f"c{number}@example.nl",
            "givenName": "Zoë",
            "familyName": f"Voorbeeld-{number}",
        },
    }
    answer = await issuer.post("/awards", json=wanted, headers={"Idempotency-Key": name})
    award = answer.raise_for_status().json()
    token = (await issuer.get(f"/awards/{award['awardId']}/credential")).raise_for_status().text
    return Shown(token, _register(award, offered, token))


def _register(award: dict[str, Any], offered: dict[str, Any], token: str) -> Registration:
    """Write down of a credential what the register does."""
    jws, claims = vc_jwt.read(token)
    moment = now()
    return Registration(
        registration_id=award["awardId"],
        record_version=1,
        status=RegistrationStatus.ACTIVE,
        organisation=offered["provider"],
        microcredential_id=offered["microcredentialId"],
        microcredential_version=award["microcredentialVersion"],
        study_load=StudyLoad.model_validate(offered["content"]["studyLoad"]),
        level=Level.model_validate(offered["content"]["level"]),
        awarded_on=date.fromisoformat(AWARDED_ON),
        valid_from=datetime.fromisoformat(str(claims["validFrom"])),
        credential_id=UUID(str(claims["id"]).removeprefix("urn:uuid:")),
        credential_digest=hashlib.sha256(jws.payload).hexdigest(),
        recorded_at=moment,
        changed_at=moment,
    )


def let_verifier_know(url: str, shown: Iterable[Shown]) -> None:
    """Let the verifier know of the register what it would have heard on Kafka."""
    asyncio.run(_keep(url, [one.registration for one in shown]))


async def _keep(url: str, held: Sequence[Registration]) -> None:
    database = Database(url, source="urn:nld:oin:00000099000000000000:systeem:bench")
    try:
        async with database.transaction() as session:
            await copies.keep_registrations(session, held)
    finally:
        await database.dispose()


def verify_each(shown: Sequence[Shown]) -> NumberedRequest:
    """Ask for one credential after another, and begin again after the last."""
    requests = [
        encode("POST", "/v1/verifications", json.dumps({"credential": one.token}).encode())
        for one in shown
    ]
    return lambda number: requests[number % len(requests)]


def require_valid(server: Server, shown: Iterable[Shown]) -> None:
    """Ask for each once, and raise RuntimeError when one is not valid."""
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}/v1") as verifier:
        for one in shown:
            answer = verifier.post("/verifications", json={"credential": one.token})
            state = answer.raise_for_status().json()["verdict"]["state"]
            if state != "valid":
                raise RuntimeError(f"A credential to measure with is {state}.")


def _client(server: Server, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{server.port}/v1",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
