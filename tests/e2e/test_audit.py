"""Whoever audits the running demo finds all of it well, and what was tampered with at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from typer.testing import CliRunner

from services.catalog.settings import SEED_FOLDER
from services.demo.audit import AuditPlan, Progress, audit
from services.demo.class_list import read_class_list
from services.demo.commands import command
from services.demo.story import TWENTE, play
from services.demo.supervisor import RunningDemo, running_demo
from services.demo.tokens import tokens_of_sandbox
from tests.support.folders import a_folder
from tests.support.life import Listener

pytestmark = pytest.mark.anyio
LISTED = read_class_list((SEED_FOLDER / "class-list.csv").read_bytes(), today=date(2026, 11, 22))


@pytest.fixture(scope="module")
async def demo(anyio_backend: object) -> AsyncIterator[RunningDemo]:
    with a_folder() as folder:
        async with running_demo(folder, port=0) as demo:
            await play(demo.places, demo.sandbox, LISTED, teller=Listener())
            yield demo


def a_plan(demo: RunningDemo) -> AuditPlan:
    return AuditPlan(
        organisation=TWENTE,
        issuer=demo.places.issuer,
        verifier=demo.places.verifier,
        tokens=tokens_of_sandbox(demo.folder, organisation=TWENTE, scope="awards:audit"),
        ripe_after=timedelta(0),
    )


async def test_every_credential_of_the_demo_is_what_its_award_says(demo: RunningDemo) -> None:
    found = await audit(a_plan(demo))

    assert found.counts == {"granted": 22, "revoked": 1, "too fresh": 0}


async def test_what_was_corrected_or_suspended_is_audited_as_that(demo: RunningDemo) -> None:
    token = demo.sandbox.token(TWENTE, ["awards:read", "awards:write"])
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=demo.places.issuer, headers=headers) as desk:
        listed = (await desk.get("/v1/awards?limit=100")).json()["items"]
        corrected, suspended, *_rest = [one for one in listed if one["status"] == "granted"]
        for award, change, body in (
            (corrected, "corrections", {"reason": "reassessed", "result": {"grade": "9"}}),
            (suspended, "suspensions", {"reason": "under-investigation"}),
        ):
            answer = await desk.post(
                f"/v1/awards/{award['awardId']}/{change}",
                json=body,
                headers={"Idempotency-Key": uuid4().hex},
            )
            assert answer.is_success, answer.text

    # The register and the verifier hear of both within seconds.
    async with asyncio.timeout(30):
        while findings_of(found := await audit(a_plan(demo))):
            await asyncio.sleep(0.5)

    assert found.counts == {
        "granted": 21,
        "suspended": 1,
        "revoked": 1,
        "replaced": 1,
        "too fresh": 0,
    }


def findings_of(found: Progress) -> list[str]:
    return [name for name in found.counts if name.startswith("!")]


async def test_what_another_organisation_awarded_is_not_in_it(demo: RunningDemo) -> None:
    tokens = tokens_of_sandbox(
        demo.folder, organisation="00000099000000220000", scope="awards:audit"
    )

    assert (await audit(replace(a_plan(demo), tokens=tokens))).counts == {"too fresh": 0}


async def test_it_is_asked_from_the_command_line(demo: RunningDemo, tmp_path: Path) -> None:
    words = ["audit", "--organisation", TWENTE, "--data", str(demo.folder)]
    words += ["--issuer", demo.places.issuer, "--verifier", demo.places.verifier]
    words += ["--report", str(tmp_path / "report.ndjson")]

    answer = await asyncio.to_thread(CliRunner().invoke, command, words)

    assert answer.exit_code == 0, answer.output
    assert "All is well" in answer.output
    assert "too fresh" in answer.output


async def test_without_an_answer_it_says_so(demo: RunningDemo, tmp_path: Path) -> None:
    nowhere = ["--data", str(tmp_path), "--organisation", TWENTE]

    answer = await asyncio.to_thread(CliRunner().invoke, command, ["audit", *nowhere])

    assert answer.exit_code == 2
    assert "waarmerk demo" in answer.output
