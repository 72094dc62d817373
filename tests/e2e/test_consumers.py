"""The example consumers beside the running demo: they have the register, and a command says so."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.example_consumers import ExampleConsumer, consumer
from tests.support.folders import a_folder
from tests.support.kafka import free_ports
from tests.support.material import ROOT

__all__ = ["consumer"]
pytestmark = pytest.mark.anyio
PATIENCE = 120.0


@pytest.fixture(scope="module")
def register() -> Iterator[str]:
    """Give the address of the demo's register, once the story is told."""
    port = free_ports()[0]
    with a_folder() as folder:
        running = subprocess.Popen(
            [sys.executable, "-m", "services", "demo", "--data", folder, "--port", str(port)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "NO_COLOR": "1"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert running.stdout is not None
        told = ""
        for line in running.stdout:
            told += line
            if "Ctrl-C" in line:
                break
        assert running.poll() is None, told
        try:
            yield f"http://127.0.0.1:{port}/registry"
        finally:
            running.terminate()
            running.communicate(timeout=PATIENCE)


def waarmerk(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


async def test_a_consumer_of_the_demo_has_everything(
    register: str, consumer: ExampleConsumer, tmp_path: Path
) -> None:
    copy, lines = tmp_path / "copy.sqlite", tmp_path / "copy.ndjson"

    assert await consumer.follow(register, copy) == 0
    lines.write_bytes(await consumer.export(copy))
    complete = waarmerk("register", "reconcile", register, str(lines))
    lines.write_bytes(b"\n".join(lines.read_bytes().splitlines()[:-1]))
    lacking = waarmerk("register", "reconcile", register, str(lines))

    assert (complete.returncode, complete.stderr) == (0, "")
    assert complete.stdout.startswith("Complete: 2")
    assert (lacking.returncode, "1 missing" in lacking.stdout) == (1, True)


def test_the_figures_of_the_demo_are_on_a_page(register: str) -> None:
    page = httpx.get(f"{register}/statistics")
    figures = httpx.get(f"{register}/v1/statistics")

    assert page.status_code == figures.status_code == 200
    assert figures.json()["registrations"] in {20, 25}
    assert f"Ongeveer {figures.json()['registrations']} microcredentials" in page.text
