"""Going through every credential of an organisation, a page at a time and a few side by side.

What is held: one page of awards, as many credentials as are asked about at once, and a bit for each
place seen.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

import httpx

from services.demo.audit.progress import Progress
from services.demo.audit.rules import NOTHING_TO_SHOW, Place, is_sampled, judge, place_of
from services.demo.tokens import Tokens

PAGE: Final = 100
TRIES: Final = 6
LONGEST_WAIT: Final = 30.0
SAVED_EVERY: Final = 5.0
# The register and the verifier hear of an award within seconds.
TOO_FRESH: Final = timedelta(minutes=1)
_AGAIN: Final = frozenset({401, 429, 502, 503, 504})


class AuditStoppedError(Exception):
    """Somebody did not answer; run the same audit again and it goes on where it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlan:
    """What is audited, through which addresses, and how."""

    organisation: str
    issuer: str
    verifier: str
    tokens: Tokens = field(repr=False)
    part: float = 1.0
    since: datetime | None = None
    at_once: int = 8
    report: Path | None = None
    progress: Path | None = None
    ripe_after: timedelta = TOO_FRESH
    patience: float = 0.5

    @property
    def about(self) -> dict[str, Any]:
        """Say what makes it this audit and no other."""
        since = self.since.isoformat() if self.since else None
        return {"organisation": self.organisation, "part": self.part, "since": since}


async def audit(plan: AuditPlan, *, transport: httpx.AsyncBaseTransport | None = None) -> Progress:
    """Verify every credential, from where an earlier run stopped; return what was found."""
    progress = Progress(plan.about)
    if plan.progress is not None:
        progress = Progress.load(plan.progress, plan.about)
    if progress.done:
        return progress
    limits = httpx.Limits(max_connections=2 * plan.at_once)
    with _open_report(plan, progress) as report:
        async with httpx.AsyncClient(transport=transport, timeout=30, limits=limits) as client:
            await _Audit(plan, client, progress, report).run()
    return progress


def _open_report(plan: AuditPlan, progress: Progress) -> BinaryIO:
    """Open the report where the progress says it ends; lines after that are made again."""
    if plan.report is None:
        return Path(os.devnull).open("wb")
    plan.report.touch()
    report = plan.report.open("r+b")
    report.truncate(progress.report_bytes)
    report.seek(progress.report_bytes)
    return report


@dataclass(frozen=True, slots=True)
class _Audited:
    """What came out of one credential, before it is noted."""

    status: str
    version: int
    findings: tuple[str, ...]
    place: Place | None = None
    is_read: bool = False


class _Audit:
    def __init__(
        self, plan: AuditPlan, client: httpx.AsyncClient, progress: Progress, report: BinaryIO
    ) -> None:
        self._plan = plan
        self._client = client
        self._progress = progress
        self._report = report
        self._began = datetime.now(UTC)
        self._turns = asyncio.Semaphore(plan.at_once)

    async def run(self) -> None:
        """Go through the pages; whatever happens, what is kept ends at the end of a page."""
        saved = time.monotonic()
        try:
            async for page in self._pages():
                asked = [award for award in page["items"] if self._is_sampled(award)]
                ripe = [award for award in asked if self._is_ripe(award)]
                audited = await asyncio.gather(*map(self._audit, ripe))
                self._progress.counts["too fresh"] += len(asked) - len(ripe)
                for award, credentials in zip(ripe, audited, strict=True):
                    for one in credentials:
                        self._note(award, one)
                self._progress.cursor = page.get("next")
                self._progress.done = self._progress.cursor is None
                if time.monotonic() - saved > SAVED_EVERY:
                    self._save()
                    saved = time.monotonic()
        finally:
            self._save()

    def _save(self) -> None:
        self._report.flush()
        if self._plan.progress is not None:
            self._progress.keep(self._plan.progress)

    async def _pages(self) -> AsyncIterator[Mapping[str, Any]]:
        cursor = self._progress.cursor
        while True:
            asked = {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            answer = await self._ask("GET", f"{self._plan.issuer}/v1/awards", params=asked)
            page = _read(answer)
            yield page
            cursor = page.get("next")
            if cursor is None:
                return

    def _is_sampled(self, award: Mapping[str, Any]) -> bool:
        since = self._plan.since
        is_old = since is not None and datetime.fromisoformat(award["recordedAt"]) < since
        return not is_old and is_sampled(UUID(award["awardId"]), part=self._plan.part)

    def _is_ripe(self, award: Mapping[str, Any]) -> bool:
        return datetime.fromisoformat(award["recordedAt"]) <= self._began - self._plan.ripe_after

    async def _audit(self, award: Mapping[str, Any]) -> list["_Audited"]:
        """Have every credential of an award verified, those that were replaced too."""
        if award["status"] in NOTHING_TO_SHOW:
            return [_Audited(award["status"], 0, ())]
        address = f"{self._plan.issuer}/v1/awards/{award['awardId']}"
        async with self._turns:
            versions = _read(await self._ask("GET", f"{address}/versions"))["items"]
            return [await self._verify(award, one, address=address) for one in versions]

    async def _verify(
        self, award: Mapping[str, Any], version: Mapping[str, Any], *, address: str
    ) -> "_Audited":
        """Read one credential and have it verified."""
        replaced_at, number = version.get("replacedAt"), int(version["version"])
        status = "replaced" if replaced_at else award["status"]
        read = await self._ask("GET", f"{address}/versions/{number}/credential")
        if read.status_code != HTTPStatus.OK:
            return _Audited(status, number, (f"credential:answer-{read.status_code}",))
        answer = await self._ask(
            "POST",
            f"{self._plan.verifier}/v1/verifications",
            content=read.content,
            headers={"Content-Type": "application/jwt"},
        )
        found = judge(
            status,
            _read(answer)["checks"],
            changed_at=datetime.fromisoformat(replaced_at) if replaced_at else _changed_at(award),
            ends_at=_moment(version.get("validUntil")),
            now=datetime.now(UTC),
        )
        return _Audited(status, number, tuple(found), place_of(read.text), is_read=True)

    def _note(self, award: Mapping[str, Any], one: "_Audited") -> None:
        counts, findings = self._progress.counts, list(one.findings)
        if one.is_read and one.place is None:
            findings.append("place:missing")
        if one.place is not None and not self._progress.take(one.place):
            findings.append("place:used-twice")
        counts[one.status] += 1
        counts.update(f"! {finding}" for finding in findings)
        line = {
            "awardId": award["awardId"],
            "version": one.version,
            "status": one.status,
            "findings": findings,
        }
        self._progress.report_bytes += self._report.write(json.dumps(line).encode() + b"\n")

    async def _ask(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Ask once more who is busy or gone for a moment; a token is renewed when it is refused."""
        place, said = url.partition("/v1/")[0], ""
        for turn in range(TRIES):
            pause = min(LONGEST_WAIT, self._plan.patience * 2**turn)
            sent = dict(headers or {})
            if url.startswith(f"{self._plan.issuer}/"):
                sent["Authorization"] = f"Bearer {self._plan.tokens()}"
            try:
                answer = await self._client.request(
                    method, url, params=params, content=content, headers=sent
                )
            except httpx.TransportError:
                pass
            else:
                if answer.status_code not in _AGAIN:
                    return answer
                said = f"{place} keeps answering {_refusal_in(answer)}."
                pause = _pause_asked(answer) or pause
            await asyncio.sleep(pause)
        raise AuditStoppedError(said or f"No answer from {place}.")


def _pause_asked(answer: httpx.Response) -> float | None:
    asked = answer.headers.get("Retry-After", "")
    return min(LONGEST_WAIT, float(asked)) if asked.isdecimal() else None


def _refusal_in(answer: httpx.Response) -> str:
    """Return the status of a refusal, and its sentence when there is one."""
    try:
        detail = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)
    return f"{answer.status_code}: {detail.removesuffix('.')}"


def _read(answer: httpx.Response) -> Mapping[str, Any]:
    if answer.status_code != HTTPStatus.OK:
        raise AuditStoppedError(f"{answer.url.host} answered {_refusal_in(answer)}.")
    read: Mapping[str, Any] = answer.json()
    return read


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _changed_at(award: Mapping[str, Any]) -> datetime:
    revocation = award.get("revocation") or {}
    return datetime.fromisoformat(
        revocation.get("revokedAt") or award.get("changedAt") or award["recordedAt"]
    )
