"""Files of awards as institutions send them, and an issuer that takes them in, for tests."""

import asyncio
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import httpx

from services.issuer import consumers
from services.issuer.operations.batches import checking, running
from services.issuer.operations.batches.workshop import Workshop
from shared.contracts.events import RegistrationRecorded
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus
from shared.runtime.access import mint_token
from shared.runtime.database import EVERY_ORGANISATION, act_for
from tests.support.issuing import ISSUING_NOW, QUANTUM, UTWENTE

if TYPE_CHECKING:
    from tests.integration.issuer.conftest import Issuer

HEADER = ("Microcredential", "Kenmerk", "E-mail", "Voornaam", "Achternaam", "Cijfer", "Datum")


def a_row(number: int, **changes: str) -> dict[str, str]:
    """Return one row of a file of a cohort; what is given is different."""
    row = {
        "Microcredential": str(QUANTUM),
        "Kenmerk": f"2026-QC-{number:06}",
        "E-mail": f"student{number}@student.example.nl",
        "Voornaam": "Zoë",
        "Achternaam": f"Voorbeeld{number}",
        "Cijfer": "7,5",
        "Datum": "13-11-2026",
    }
    return row | {name.replace("_", "-"): value for name, value in changes.items()}


def a_csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Write rows as a Dutch student information system does: semicolons and cp1252."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("cp1252")


@dataclass
class Institution:
    """Somebody at an institution who sends files to the issuer."""

    issuer: "Issuer"
    workshop: Workshop
    organisation: str = UTWENTE
    subject: str = "anna"

    def acting(self, subject: str, organisation: str | None = None) -> "Institution":
        """Return somebody else, there or elsewhere."""
        return Institution(self.issuer, self.workshop, organisation or self.organisation, subject)

    def headers(self, scope: str) -> dict[str, str]:
        """Return the authorisation of this person."""
        from tests.integration.issuer.conftest import KEY, TOKENS  # noqa: PLC0415 - it imports us

        token = mint_token(
            cast("Any", KEY.as_dict(private=True)),
            issuer=TOKENS,
            audience="urn:waarmerk",
            organisation=self.organisation,
            scopes=scope.split(),
            client="tests",
            subject=self.subject,
            now=ISSUING_NOW,
        )
        return {"Authorization": f"Bearer {token}"}

    async def send(
        self,
        body: bytes,
        *,
        key: str | None = None,
        content_type: str = "text/csv",
        **query: str,
    ) -> httpx.Response:
        """Send a file."""
        return await self.issuer.client.post(
            "/v1/award-batches",
            params=query,
            content=body,
            headers=self.headers("awards:write")
            | {"Idempotency-Key": key or uuid4().hex, "Content-Type": content_type},
        )

    async def ask(
        self, path: str, body: Mapping[str, object], *, scope: str = "awards:write", key: str = ""
    ) -> httpx.Response:
        """Ask something of a batch."""
        return await self.issuer.client.post(
            f"/v1/award-batches/{path}",
            content=json.dumps(body),
            headers=self.headers(scope)
            | {"Idempotency-Key": key or uuid4().hex, "Content-Type": "application/json"},
        )

    async def read(self, path: str, **headers: str) -> httpx.Response:
        """Read something of a batch."""
        return await self.issuer.client.get(
            f"/v1/award-batches/{path}", headers=self.headers("awards:read") | headers
        )

    async def check(self) -> None:
        """Let the worker check all there is."""
        while await checking.check_batches(
            self.issuer.desk, self.workshop, now=self.issuer.clock.now
        ):
            await asyncio.sleep(0)

    async def run(self) -> int:
        """Let the worker award all there is; return how many slices that took."""
        slices = 0
        while await running.run_slice(self.issuer.desk, self.workshop, now=self.issuer.clock.now):
            slices += 1
        return slices

    async def sent_and_checked(
        self, rows: Sequence[Mapping[str, str]], **query: str
    ) -> dict[str, Any]:
        """Send rows and return the batch once it is checked."""
        sent = await self.send(a_csv(rows), **query)
        assert sent.status_code == 202, sent.text
        await self.check()
        return await self.batch(sent.json()["batchId"])

    async def batch(self, batch_id: str) -> dict[str, Any]:
        """Return a batch as it is now."""
        answer = await self.read(batch_id)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def results(self, batch_id: str) -> list[dict[str, Any]]:
        """Return what became of every row."""
        answer = await self.read(f"{batch_id}/results", Accept="application/x-ndjson")
        assert answer.status_code == 200
        return [json.loads(line) for line in answer.text.splitlines()]


async def register(issuer: "Issuer", *, most: int | None = None) -> None:
    """Let the register say that it holds every award, or so many of them."""
    decisions = await issuer.ask("SELECT decision FROM award ORDER BY award_id")
    for (decision,) in decisions[:most]:
        award = json.loads(str(decision))
        award["registrationId"] = award.pop("awardId")
        del award["learner"]
        registration = Registration.model_validate(
            award
            | {"status": RegistrationStatus.ACTIVE, "recordVersion": 1}
            | {"changedAt": award["recordedAt"]}
        )
        event = RegistrationRecorded(record_version=1, registration=registration)
        async with issuer.database.transaction() as session:
            await act_for(session, EVERY_ORGANISATION)  # as the bus does
            await consumers.subscribe(issuer.desk).hear([event], session)
