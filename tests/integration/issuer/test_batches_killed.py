"""kill -9 of the worker, again and again, while it awards a batch: each row is awarded once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.issuer.operations.batches.workshop import Workshop
from tests.bench.usage import family_of
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import Institution, a_csv, a_row
from tests.support.kafka import free_ports
from tests.support.material import ROOT

pytestmark = pytest.mark.anyio
ROWS = 4000
KILLS = 3
PATIENCE = 240.0
SETTLED = "SELECT count(*) FROM batch_slice WHERE settled_at IS NOT NULL"
INTENDED = "SELECT count(*) FROM batch_intent"


def environment(issuer: Issuer) -> dict[str, str]:
    """Return what the worker's process is told; there is no broker, and it awards all the same."""
    settings = issuer.settings
    nowhere, port = free_ports()
    issuers = [one.model_dump(mode="json", exclude_none=True) for one in settings.token_issuers]
    return {
        "PATH": os.environ["PATH"],
        "WAARMERK_DATABASE_URL": settings.database_url,
        "WAARMERK_KAFKA_SERVERS": f"127.0.0.1:{nowhere}",
        "WAARMERK_PUBLIC_URL": settings.public_url,
        "WAARMERK_TOKEN_ISSUERS": json.dumps(issuers),
        "WAARMERK_WORK_PORT": str(port),
        "WAARMERK_KEY_ENCRYPTION_KEY": settings.key_encryption_key.get_secret_value(),
        "WAARMERK_PSEUDONYM_KEY": settings.pseudonym_key.get_secret_value(),
    }


def still_runs(pid: int) -> bool:
    """Say whether a process that a killed worker had started is still there."""
    return Path(f"/proc/{pid}/task").exists()


@contextmanager
def working(issuer: Issuer, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker, and end it as a power cut would."""
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "services.issuer", "work"],
            cwd=ROOT,
            env=environment(issuer),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()


async def test_a_worker_that_is_killed_again_and_again_awards_each_row_once(
    issuer: Issuer, tmp_path: Path
) -> None:
    institution = Institution(issuer, Workshop(issuer.desk))
    sent = await institution.send(
        a_csv([a_row(number) for number in range(1, ROWS + 1)]), mode="run"
    )
    batch_id = sent.json()["batchId"]
    orphans: list[int] = []
    for _ in range(KILLS):
        reached = (await issuer.ask(INTENDED))[0][0]
        with working(issuer, tmp_path / "work.log") as worker:
            async with asyncio.timeout(PATIENCE):
                while (await issuer.ask(INTENDED))[0][0] == reached:
                    await asyncio.sleep(0.02)
            orphans += family_of(worker.pid)[1:]
    before = (await issuer.ask(SETTLED))[0][0]
    with working(issuer, tmp_path / "work.log"):
        async with asyncio.timeout(PATIENCE):
            while (await institution.batch(batch_id))["state"] != "finished":
                await asyncio.sleep(0.2)

    lines = [one["line"] for one in await institution.results(batch_id)]
    events = [one["subject"] for one in await issuer.announced("awards")]

    assert isinstance(before, int)
    assert before < ROWS // 500
    assert lines == list(range(2, ROWS + 2))
    assert len(events) == len(set(events)) == ROWS
    assert await issuer.ask(
        "SELECT count(*), count(DISTINCT (list_id, status_index)), count(DISTINCT award_id),"
        " count(signed_at) FROM credential"
    ) == [(ROWS, ROWS, ROWS, ROWS)]
    assert await issuer.ask("SELECT DISTINCT state FROM award") == [("granted",)]
    assert not any(still_runs(pid) for pid in orphans)


async def test_a_worker_has_its_processes_before_the_first_file(
    issuer: Issuer, tmp_path: Path
) -> None:
    with working(issuer, tmp_path / "work.log") as worker:
        async with asyncio.timeout(PATIENCE):
            while len(family := family_of(worker.pid)) <= (os.cpu_count() or 1):
                await asyncio.sleep(0.05)

    async with asyncio.timeout(PATIENCE):
        while any(still_runs(pid) for pid in family[1:]):
            await asyncio.sleep(0.05)
