"""What READMEs tell to type works as written: it is run, in order, against a running demo."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.bench.servers import free_port
from tests.support.material import ROOT, need_command

README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR: Final = README.partition("\n## A tour in five minutes\n")[2].partition("\n## ")[0]
COMMANDS: Final = re.findall(r"^```sh\n(.*?)^```$", TOUR, re.MULTILINE | re.DOTALL)
QUICK_START: Final = (
    (ROOT / "services/catalog/README.md")
    .read_text(encoding="utf-8")
    .partition("\n## Get a token, in five steps\n```sh\n")[2]
    .partition("```")[0]
)
START_SECONDS: Final = 120
TOUR_SECONDS: Final = 120

pytestmark = pytest.mark.demo


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that keeps serving."""

    port: int
    data: Path

    def translated(self, command: str) -> str:
        """Point a command of the README at this demo and this environment."""
        programs = Path(sys.executable).parent
        return (
            command.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
            .replace(".demo", str(self.data))
            .replace(".venv/bin/", f"{programs}/")
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Start the demo and wait until its story is told."""
    folder = tmp_path_factory.mktemp("tour")
    running = Demo(free_port(), folder / ".demo")
    command = ["-m", "services", "demo", "--port", str(running.port), "--data", str(running.data)]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_until_serving(running, child, folder / "log")
        yield running
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_until_serving(demo: Demo, child: subprocess.Popen[bytes], log: Path) -> None:
    """Return when every service says it is ready."""
    until = time.monotonic() + START_SECONDS
    waiting = ["catalog", "issuer", "registry", "verifier"]
    while waiting:
        told = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        assert child.poll() is None, told
        assert time.monotonic() < until, told
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            address = f"http://127.0.0.1:{demo.port}/{waiting[0]}/health/ready"
            with urllib.request.urlopen(address, timeout=2):
                waiting.pop(0)
                continue
        time.sleep(0.2)


def run(demo: Demo, commands: list[str], *, folder: Path) -> subprocess.CompletedProcess[str]:
    """Type commands, with what is installed here at hand."""
    programs = Path(sys.executable).parent
    return subprocess.run(
        ["bash", "-c", "\n".join(["set -euo pipefail", *map(demo.translated, commands)])],
        cwd=folder,
        env={
            **os.environ,
            "NO_PROXY": "127.0.0.1",
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=TOUR_SECONDS,
    )


def test_the_tour_works_as_written(demo: Demo) -> None:
    need_command("curl")
    walk = run(demo, COMMANDS, folder=ROOT)

    assert walk.returncode == 0, walk.stdout + walk.stderr
    verdicts = re.findall(r"^verdict: (\S+)", walk.stdout, re.MULTILINE)
    assert verdicts == ["valid", "revoked"], walk.stdout + walk.stderr


def test_five_steps_bring_a_system_from_nothing_to_its_first_award(demo: Demo) -> None:
    need_command("curl")
    begin, *steps = QUICK_START.splitlines(keepends=True)
    assert begin.startswith("waarmerk demo "), "the demo that runs already"

    walk = run(demo, ["".join(steps)], folder=demo.data.parent)

    assert walk.returncode == 0, walk.stdout + walk.stderr
    award = json.loads(walk.stdout.splitlines()[-1])
    assert award["status"] == "granted", walk.stdout + walk.stderr


def test_the_tour_shows_every_step_of_the_story() -> None:
    told = "\n".join(COMMANDS)

    for step in (
        "waarmerk token",
        "/submissions",
        "/approvals",
        "/publications",
        "/v1/awards",
        "/v1/verifications",
        "/revocations",
    ):
        assert step in told
