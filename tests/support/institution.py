"""An institution's system at work: it awards, repeats what it is not sure of, and reads exports.

Apart from the tests, because each wants the same stream of awards with something else going on.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from services.demo.sandbox import Sandbox
from services.demo.tale import Places

TWENTE: Final = "00000099000000210000"
QUANTUM: Final = "64f847e6-1200-5bce-8c52-64aed1654276"
SCOPES: Final = ("awards:write", "awards:read", "registrations:read")
GIVEN_NAME, FAMILY_NAME = "Zwaluwéline", "van der Kanariëveld"
EMAIL_HOST, EDU_ID = "kanarieveld.example.org", "urn:uuid:ca4a71e5-0b1d-4c0d-8e11-"
PERSONAL: Final = (GIVEN_NAME, "Kanariëveld", "zwaluweline", EMAIL_HOST, EDU_ID)
"""What is planted in every award, and must be found nowhere."""

Json = dict[str, Any]


@dataclass(slots=True)
class Institution:
    """One organisation, and what it knows and does not know of the outcome of its requests."""

    places: Places
    sandbox: Sandbox
    http: httpx.AsyncClient
    prefix: str
    organisation: str = TWENTE
    known: dict[int, Json] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)

    async def award_all(self, numbers: Iterable[int], *, at_once: int = 6) -> None:
        """Award, some requests at a time; what gets no answer is written down as unknown."""
        waiting = iter(numbers)

        async def go_on() -> None:
            for number in waiting:
                await self.award(number)

        await asyncio.gather(*(go_on() for _ in range(at_once)))

    async def award(self, number: int) -> None:
        """Send one award once."""
        try:
            answer = await self._post("/v1/awards", self._wish(number), key=f"award-{number}")
        except httpx.HTTPError:
            self.unknown.add(number)
            await asyncio.sleep(0.5)
            return
        if answer.status_code == httpx.codes.CREATED:
            assert self.known.setdefault(number, answer.json()) == answer.json()
            self.unknown.discard(number)
        else:
            assert "Retry-After" in answer.headers, answer.text
            self.unknown.add(number)
            await asyncio.sleep(0.2)

    async def revoke(self, number: int) -> None:
        """Revoke one award that is known."""
        place = f"/v1/awards/{self.known[number]['awardId']}/revocations"
        answer = await self._post(place, {"reason": "fraud"}, key=f"revoke-{number}")
        assert answer.status_code == httpx.codes.CREATED, answer.text

    async def settle(self) -> None:
        """Send everything of unknown outcome again under its own key, until it is known."""
        async with asyncio.timeout(120):
            while self.unknown:
                await asyncio.gather(*(self.award(number) for number in list(self.unknown)[:6]))

    async def issuer_export(self) -> list[Json]:
        """Return all awards, as the issuer tells."""
        return await self._export(f"{self.places.issuer}/v1/awards")

    async def register_export(self) -> list[Json]:
        """Return all registrations, as the register tells."""
        return await self._export(f"{self.places.registry}/v1/registrations")

    async def _export(self, place: str) -> list[Json]:
        found: list[Json] = []
        query = {"limit": "100"}
        while True:
            answer = await self.http.get(place, params=query, headers=self._headers())
            answer.raise_for_status()
            page = answer.json()
            found += page["items"]
            if "next" not in page:
                return found
            query["cursor"] = page["next"]

    async def _post(self, path: str, body: Json, *, key: str) -> httpx.Response:
        headers = {**self._headers(), "Idempotency-Key": f"{self.prefix}-{key}"}
        return await self.http.post(f"{self.places.issuer}{path}", json=body, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.sandbox.token(self.organisation, SCOPES)}"}

    def _wish(self, number: int) -> Json:
        by_email = {
            "email": f"zwaluweline.{self.prefix}{number}@{EMAIL_HOST}",
            "givenName": GIVEN_NAME,
            "familyName": FAMILY_NAME,
        }
        by_edu_id = {"eduId": f"{EDU_ID}{number:012}"}
        return {
            "microcredentialId": QUANTUM,
            "enrolmentReference": f"{self.prefix}-{number}",
            "awardedOn": "2026-11-13",
            "learner": by_edu_id if number % 5 == 0 else by_email,
            "result": {"grade": "8.5"},
        }


def as_registered(award: Json) -> Json:
    """Return what the register must say of an award."""
    revoked = award["status"] == "revoked"
    return {
        "registrationId": award["awardId"],
        "credentialId": award["credentialId"],
        "status": "revoked" if revoked else "active",
        "recordVersion": 2 if revoked else 1,
        "microcredentialVersion": award["microcredentialVersion"],
        "awardedOn": award["awardedOn"],
    }


async def wait_until_equal(institution: Institution, *, seconds: float = 90) -> list[Json]:
    """Wait until the register says of every award what the issuer says; return the issuer's."""
    issued, registered = await institution.issuer_export(), await institution.register_export()
    for _ in range(int(seconds / 0.5)):
        wanted = sorted((as_registered(award) for award in issued), key=_by_id)
        found = sorted(({name: one[name] for name in wanted[0]} for one in registered), key=_by_id)
        if wanted == found:
            return issued
        await asyncio.sleep(0.5)
        issued, registered = await institution.issuer_export(), await institution.register_export()
    missing = {one["awardId"] for one in issued} ^ {one["registrationId"] for one in registered}
    raise AssertionError(f"{len(issued)} awards, {len(registered)} registrations: {missing}")


def _by_id(one: Json) -> str:
    return str(one["registrationId"])
