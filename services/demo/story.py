"""The life of one microcredential, played over HTTP as an institution and an employer would.

Apart from how it is told, because a test plays it too. Nothing reaches behind the services' API;
every request that creates has its own Idempotency-Key, so playing it again does nothing twice.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from time import perf_counter
from typing import TypeVar
from uuid import UUID

import httpx

from services.demo.class_list import ClassList, ListedLearner
from services.demo.sandbox import Sandbox
from services.demo.tale import AwardedRow, Places, Publication, Revocation, Teller, Verdict

TWENTE = "00000099000000210000"
QUANTUM = UUID("64f847e6-1200-5bce-8c52-64aed1654276")
EDITION = 2
BOARD_SCOPES = ("microcredentials:approve",)
BOARD = {"nl": "Voorbeeldcommissie kwaliteit (fictief)", "en": "Example quality board (fictional)"}
SCOPES = ("microcredentials:write", "awards:write", "awards:read", "registrations:read")
PATIENCE = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.03, 0.25
T = TypeVar("T")

_AWARD_IN_SENTENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class StoryBrokenOffError(RuntimeError):
    """A service answered something the story cannot go on from."""

    def __init__(self, step: str, answer: httpx.Response | None = None) -> None:
        said = ""
        if answer is not None:
            code = answer.json().get("code", "") if "json" in _kind(answer) else ""
            said = f" ({answer.status_code} {code})"
        super().__init__(f"{step}{said}")


async def play(
    places: Places, sandbox: Sandbox, listed: ClassList, *, teller: Teller
) -> Sequence[AwardedRow]:
    """Play the whole story; return what became of each right row."""
    teacher = sandbox.token(TWENTE, SCOPES, client="demo-story")
    member = sandbox.token(TWENTE, BOARD_SCOPES, client="demo-board")
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as anybody,
        httpx.AsyncClient(timeout=PATIENCE, headers=_bearer(teacher)) as twente,
        httpx.AsyncClient(timeout=PATIENCE, headers=_bearer(member)) as board,
    ):
        story = Story(places, anybody=anybody, twente=twente, board=board)
        publication = await story.publish()
        teller.published(publication)
        rows = await story.award(listed.learners, publication.version)
        teller.awarded(listed, rows)
        if any(row.refusal for row in rows):
            raise StoryBrokenOffError("the issuer refused rows that are right")
        teller.revoked(await story.revoke(rows))
    return rows


class Story:
    """The institution, its quality board and the public, each with their own connection."""

    def __init__(
        self,
        places: Places,
        *,
        anybody: httpx.AsyncClient,
        twente: httpx.AsyncClient,
        board: httpx.AsyncClient,
    ) -> None:
        self._places = places
        self._anybody = anybody
        self._twente = twente
        self._board = board
        self._awards = f"{places.issuer}/v1/awards"

    async def publish(self) -> Publication:
        """Have a revision of a microcredential approved and publish it, unless an earlier did."""
        began = perf_counter()
        place = f"{self._places.catalog}/v1/microcredentials/{QUANTUM}"
        seeded = await self._twente.get(f"{place}/versions/1")
        content = _expect(200, seeded, "the seed is not there").json()["content"]
        title = str(content["title"]["en"])
        if (await self._twente.get(f"{place}/versions/{EDITION}")).is_success:
            return Publication(title, EDITION, is_new=False, seconds=perf_counter() - began)
        revised = {"content": content | {"furtherInformation": "https://www.utwente.nl/en/"}}
        tag = (await self._twente.get(place)).headers.get("ETag", "*")
        draft = await self._twente.put(place, json=revised, headers={"If-Match": tag})
        await self._have_approved(place, _expect(200, draft, "no draft was made"))
        answer = await self._twente.post(
            f"{place}/publications", headers={"Idempotency-Key": f"demo-edition-{EDITION}"}
        )
        version = int(_expect(201, answer, "nothing was published").json()["version"])
        return Publication(title, version, is_new=True, seconds=perf_counter() - began)

    async def _have_approved(self, place: str, draft: httpx.Response) -> None:
        """Submit a draft, and have the board approve exactly what was submitted."""
        told = draft.json()["draft"]["state"]
        tag = draft.headers["ETag"]
        if told == "draft":
            submitted = await self._twente.post(
                f"{place}/submissions",
                headers={"Idempotency-Key": f"demo-submission-{EDITION}-{tag}", "If-Match": tag},
            )
            tag = _expect(201, submitted, "nothing was submitted").headers["ETag"]
        if told != "approved":
            approved = await self._board.post(
                f"{place}/approvals",
                json={"body": BOARD},
                headers={"Idempotency-Key": f"demo-approval-{EDITION}-{tag}", "If-Match": tag},
            )
            _expect(201, approved, "the board did not approve")

    async def award(self, learners: Sequence[ListedLearner], version: int) -> list[AwardedRow]:
        """Award row by row, and follow each award into the register and to the verifier."""
        known = await self._known_awards()
        following: list[asyncio.Task[AwardedRow]] = []
        for learner in learners:
            row = await self._award(learner, version, known=known)
            following.append(asyncio.create_task(self._follow(row)))
        return list(await asyncio.gather(*following))

    async def revoke(self, rows: Sequence[AwardedRow]) -> Revocation | None:
        """Revoke the first award that still counts, and wait until the verifier says so."""
        for row in rows:
            before = await self.verify(row.credential) if row.award_id else None
            if before is not None and before.state == "valid":
                break
        else:
            return None
        began = perf_counter()
        answer = await self._twente.post(
            f"{self._awards}/{row.award_id}/revocations",
            json={"reason": "administrative-error"},
            headers={"Idempotency-Key": f"demo-revoke-{row.award_id}"},
        )
        _expect(201, answer, "nothing was revoked")
        seen, registered = await asyncio.gather(
            _timed(self._verified(row.credential, {"revoked"}), began),
            _timed(self._registered(row.award_id, {"revoked"}), began),
        )
        return Revocation(
            row=row.learner.row,
            award_id=row.award_id,
            before=before,
            after=replace(seen[0], seconds=seen[1]),
            registered_after=registered[1],
        )

    async def verify(self, credential: str) -> Verdict:
        """Ask the verifier, as an employer would: without an account."""
        began = perf_counter()
        answer = await self._anybody.post(
            f"{self._places.verifier}/v1/verifications", json={"credential": credential}
        )
        verdict = _expect(200, answer, "the verifier did not answer").json()["verdict"]
        return Verdict(verdict["state"], verdict["title"], perf_counter() - began)

    async def _award(
        self, learner: ListedLearner, version: int, *, known: frozenset[str]
    ) -> AwardedRow:
        body = {
            "microcredentialId": str(QUANTUM),
            "microcredentialVersion": version,
            "enrolmentReference": learner.number,
            "awardedOn": learner.achieved_on.isoformat(),
            "learner": _person(learner),
        }
        if learner.result is not None:
            body["result"] = {"grade": learner.result}
        headers = {"Idempotency-Key": f"demo-{EDITION}-{learner.number}"}

        async def ask() -> httpx.Response | None:
            answer = await self._twente.post(self._awards, json=body, headers=headers)
            return None if "Retry-After" in answer.headers else answer

        began = perf_counter()
        answer = await _patiently(ask, "the issuer never knew the microcredential")
        return _row(learner, answer, known=known, seconds=perf_counter() - began)

    async def _follow(self, row: AwardedRow) -> AwardedRow:
        """Wait until the register and the verifier know an award, as everybody sees them."""
        if not row.award_id:
            return row
        began = perf_counter()
        # Who played with the demo before may have done anything but erase it.
        await self._registered(row.award_id, {"active", "suspended", "revoked", "expired"})
        registered = perf_counter() - began
        answer = await self._twente.get(f"{self._awards}/{row.award_id}/credential")
        credential = _expect(200, answer, "there is no credential").text
        await self._verified(credential, {"valid", "suspended", "revoked", "expired", "replaced"})
        return replace(
            row,
            credential=credential,
            registered_after=registered,
            verifiable_after=perf_counter() - began,
        )

    async def _known_awards(self) -> frozenset[str]:
        """Return the ids of the awards there are, by the issuer's paged export."""
        known: list[str] = []
        query = {"limit": "100"}
        while True:
            answer = await self._twente.get(self._awards, params=query)
            page = _expect(200, answer, "the issuer's export failed").json()
            known += [award["awardId"] for award in page["items"]]
            if "next" not in page:
                return frozenset(known)
            query["cursor"] = page["next"]

    async def _registered(self, award_id: str, statuses: AbstractSet[str]) -> None:
        """Wait until the register knows an award with one of these statuses."""

        async def ask() -> bool | None:
            place = f"{self._places.registry}/v1/registrations/{award_id}"
            answer = await self._anybody.get(place)
            return (answer.is_success and answer.json()["status"] in statuses) or None

        await _patiently(ask, "the register never knew an award")

    async def _verified(self, credential: str, states: AbstractSet[str]) -> Verdict:
        """Wait until the verifier gives one of these verdicts."""

        async def ask() -> Verdict | None:
            verdict = await self.verify(credential)
            return verdict if verdict.state in states else None

        return await _patiently(ask, f"the verifier never said {' or '.join(sorted(states))}")


def _person(learner: ListedLearner) -> dict[str, str | None]:
    if learner.eduid is not None:
        return {"eduId": learner.eduid}
    return {
        "email": learner.email,
        "givenName": learner.given_name,
        "familyName": learner.family_name,
    }


def _row(
    learner: ListedLearner, answer: httpx.Response, *, known: frozenset[str], seconds: float
) -> AwardedRow:
    told = answer.json()
    if answer.status_code == httpx.codes.CREATED:
        award_id = str(told["awardId"])
        return AwardedRow(learner, seconds, award_id=award_id, is_new=award_id not in known)
    there = _AWARD_IN_SENTENCE.search(told.get("detail", ""))
    if told.get("code") == "already-awarded" and there is not None:
        return AwardedRow(learner, seconds, award_id=there[0])
    codes = [fault["code"] for fault in told.get("errors", ())] or [told.get("code", "refused")]
    return AwardedRow(learner, seconds, refusal=", ".join(codes))


async def _patiently(ask: Callable[[], Awaitable[T | None]], otherwise: str) -> T:
    """Ask until there is an answer; at some point somebody must have died."""
    try:
        async with asyncio.timeout(PATIENCE):
            pause = FIRST_PAUSE
            while True:
                answer = await ask()
                if answer is not None:
                    return answer
                await asyncio.sleep(pause)
                pause = min(pause * 1.3, LONGEST_PAUSE)
    except TimeoutError:
        raise StoryBrokenOffError(otherwise) from None


async def _timed(awaited: Awaitable[T], began: float) -> tuple[T, float]:
    return await awaited, perf_counter() - began


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _expect(status: int, answer: httpx.Response, otherwise: str) -> httpx.Response:
    if answer.status_code != status:
        raise StoryBrokenOffError(otherwise, answer)
    return answer


def _kind(answer: httpx.Response) -> str:
    return str(answer.headers.get("content-type", ""))
