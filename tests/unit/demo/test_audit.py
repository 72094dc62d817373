"""An audit goes through every credential, however often it is stopped or not answered."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from services.demo.audit import AuditPlan, AuditStoppedError, Progress, audit
from services.demo.tokens import tokens_from

pytestmark = pytest.mark.anyio
ISSUER, VERIFIER = "https://i.example.nl/issuer", "https://v.example.nl/verifier"
NAMES = (
    *("parse", "profile", "issuer", "key", "signature"),
    *("claims", "dates", "schema", "status", "register"),
)
LIST = "https://i.example.nl/issuer/status-lists/1/1"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """An issuer with awards and a verifier that finds fault with some."""

    awards: int = 250
    places: Callable[[int], int] = lambda number: number
    broken: dict[int, str] = field(default_factory=dict)
    recorded_at: Callable[[int], datetime] = lambda _number: LONG_AGO
    fail: Callable[[httpx.Request, int], httpx.Response | None] = lambda _request, _turn: None
    corrected: frozenset[int] = frozenset()
    asked: list[str] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        failed = self.fail(request, len(self.asked))
        if failed is not None:
            return failed
        if request.url.path.endswith("/verifications"):
            shown = json.loads(_payload(request.content))
            checks = _checks(self.broken.get(shown["number"]))
            if shown["number"] in self.corrected and shown["version"] == 1:
                checks = _checks("register", code="registration-replaced")
            return httpx.Response(200, json={"checks": checks})
        assert request.headers["authorization"] == "Bearer token"
        if request.url.path.endswith("/versions"):
            number = UUID(request.url.path.split("/")[-2]).int
            return httpx.Response(200, json={"items": self._versions(number)})
        if request.url.path.endswith("/credential"):
            *_, award, _versions, version, _credential = request.url.path.split("/")
            number = UUID(award).int
            place = self.places(number) + 1000 * (int(version) - 1)
            return httpx.Response(200, text=_token(number, place, version=int(version)))
        return self._page(request)

    def _versions(self, number: int) -> list[dict[str, object]]:
        if number not in self.corrected:
            return [{"version": 1}]
        now = datetime.now(UTC).isoformat()
        return [{"version": 1, "replacedAt": now}, {"version": 2}]

    def _page(self, request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("cursor", "0"))
        end = min(self.awards, start + int(request.url.params["limit"]))
        items = [
            {
                "awardId": str(UUID(int=number)),
                "status": "granted",
                "recordedAt": self.recorded_at(number).isoformat(),
            }
            for number in range(start, end)
        ]
        following = {"next": str(end)} if end < self.awards else {}
        return httpx.Response(200, json={"items": items, **following})

    async def audit(self, folder: Path, **changes: object) -> Progress:
        (folder / "token").write_text("token\n")
        plan = AuditPlan(
            organisation="1",
            issuer=ISSUER,
            verifier=VERIFIER,
            tokens=tokens_from(folder / "token"),
            report=folder / "report.ndjson",
            progress=folder / "progress.json",
            patience=0.001,
            **changes,  # type: ignore[arg-type] # plans as a table
        )
        return await audit(plan, transport=httpx.MockTransport(self.answer))


def _token(number: int, place: int, *, version: int) -> str:
    entry = {"statusListCredential": LIST, "statusListIndex": str(place)}
    claims = json.dumps({"number": number, "version": version, "credentialStatus": entry}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}.c2ln"


def _payload(token: bytes) -> bytes:
    payload = token.split(b".")[1]
    return base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))


def _checks(broken: str | None, *, code: str = "found") -> list[dict[str, str]]:
    return [
        {"name": name, "outcome": "failed" if name == broken else "ok", "code": code}
        for name in NAMES
    ]


def report_of(folder: Path) -> list[dict[str, object]]:
    file = folder / "report.ndjson"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def cut_off(folder: Path) -> None:
    """Leave lines that no progress knows of, as who is killed while writing does."""
    with (folder / "report.ndjson").open("a") as report:
        report.write("half a li" * 9000)


async def test_every_credential_is_verified_once_and_has_its_line(tmp_path: Path) -> None:
    world = World()

    found = await world.audit(tmp_path)

    assert found.done
    assert found.counts["granted"] == 250
    assert [name for name in found.counts if name.startswith("!")] == []
    lines = report_of(tmp_path)
    assert [line["awardId"] for line in lines] == [str(UUID(int=n)) for n in range(250)]
    assert all(line["findings"] == [] for line in lines)
    assert sum(path.endswith("/verifications") for path in world.asked) == 250


async def test_what_the_verifier_refuses_is_a_finding_by_check_and_code(tmp_path: Path) -> None:
    found = await World(broken={3: "signature", 120: "register", 249: "register"}).audit(tmp_path)

    assert found.counts["! signature:found"] == 1
    assert found.counts["! register:found"] == 2
    assert [line["findings"] for line in report_of(tmp_path) if line["findings"]] == [
        ["signature:found"],
        ["register:found"],
        ["register:found"],
    ]


async def test_what_was_replaced_is_verified_too(tmp_path: Path) -> None:
    found = await World(awards=20, corrected=frozenset({3, 4})).audit(tmp_path)

    assert found.counts == {"granted": 20, "replaced": 2, "too fresh": 0}
    assert [line["version"] for line in report_of(tmp_path)[2:7]] == [1, 1, 2, 1, 2]


async def test_a_place_used_twice_is_found_however_far_apart(tmp_path: Path) -> None:
    found = await World(places=lambda number: 0 if number == 240 else number).audit(tmp_path)

    assert found.counts["! place:used-twice"] == 1
    assert report_of(tmp_path)[240]["findings"] == ["place:used-twice"]


async def test_it_goes_on_where_it_was_stopped_and_finds_the_same(tmp_path: Path) -> None:
    def vanish(request: httpx.Request, turn: int) -> httpx.Response | None:
        if turn > 450 and request.url.path.endswith("/verifications"):
            raise httpx.ConnectError("gone")
        return None

    world = World(broken={150: "schema"}, places=lambda number: 0 if number == 240 else number)
    world.fail = vanish
    with pytest.raises(AuditStoppedError, match="No answer from https://v"):
        await world.audit(tmp_path)
    assert len(report_of(tmp_path)) == 100
    cut_off(tmp_path)

    again = World(broken=world.broken, places=world.places)
    found = await again.audit(tmp_path)

    assert len(again.asked) == 2 + 3 * 150
    assert found.counts == {
        "granted": 250,
        "too fresh": 0,
        "! schema:found": 1,
        "! place:used-twice": 1,
    }
    assert [line["awardId"] for line in report_of(tmp_path)] == [
        str(UUID(int=number)) for number in range(250)
    ]
    assert (await World(awards=0).audit(tmp_path)).counts == found.counts, "it is done"


async def test_who_is_busy_for_a_moment_is_asked_again(tmp_path: Path) -> None:
    refusals = {5: 503, 6: 429, 50: 401}

    def refuse(_request: httpx.Request, turn: int) -> httpx.Response | None:
        return httpx.Response(refusals[turn]) if turn in refusals else None

    found = await World(awards=40, fail=refuse).audit(tmp_path)

    assert found.counts["granted"] == 40
    assert found.done


async def test_a_token_that_is_refused_all_the_time_is_told_as_that(tmp_path: Path) -> None:
    def refuse(_request: httpx.Request, _turn: int) -> httpx.Response:
        return httpx.Response(401, json={"detail": "The access token has expired."})

    with pytest.raises(AuditStoppedError, match=r"answering 401: The access token has expired\.$"):
        await World(awards=1, fail=refuse).audit(tmp_path)


async def test_a_credential_that_is_not_given_is_a_finding(tmp_path: Path) -> None:
    def refuse(request: httpx.Request, _turn: int) -> httpx.Response | None:
        return (
            httpx.Response(404) if request.url.path.endswith("07/versions/1/credential") else None
        )

    found = await World(awards=10, fail=refuse).audit(tmp_path)

    assert found.counts["! credential:answer-404"] == 1


async def test_a_verifier_that_refuses_to_judge_stops_the_audit(tmp_path: Path) -> None:
    def refuse(request: httpx.Request, _turn: int) -> httpx.Response | None:
        return httpx.Response(500) if request.url.path.endswith("/verifications") else None

    with pytest.raises(AuditStoppedError, match="answered 500"):
        await World(awards=10, fail=refuse).audit(tmp_path)


async def test_only_a_part_or_only_what_is_new_is_audited_when_asked(tmp_path: Path) -> None:
    def recorded_at(number: int) -> datetime:
        return LONG_AGO + timedelta(days=number)

    world = World(recorded_at=recorded_at)
    found = await world.audit(tmp_path, since=LONG_AGO + timedelta(days=100))

    assert found.counts["granted"] == 150


async def test_what_is_too_fresh_to_be_heard_of_is_left_for_the_next_time(tmp_path: Path) -> None:
    world = World(recorded_at=lambda number: LONG_AGO if number < 200 else datetime.now(UTC))

    found = await world.audit(tmp_path)

    assert (found.counts["granted"], found.counts["too fresh"]) == (200, 50)


async def test_without_files_it_only_tells(tmp_path: Path) -> None:
    plan = AuditPlan(
        organisation="1", issuer=ISSUER, verifier=VERIFIER, tokens=lambda: "token", at_once=1
    )

    found = await audit(plan, transport=httpx.MockTransport(World(awards=3).answer))

    assert found.counts["granted"] == 3
    assert report_of(tmp_path) == []
