"""README's tour works as written: its commands are run, in order, against a running demo."""

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
    running = Demo(free_port(), folder / "demo")
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


def test_the_tour_works_as_written(demo: Demo) -> None:
    need_command("curl")
    script = "\n".join(["set -euo pipefail", *map(demo.translated, COMMANDS)])

    walk = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=TOUR_SECONDS,
    )

    assert walk.returncode == 0, walk.stdout + walk.stderr
    verdicts = re.findall(r"^verdict: (\S+)", walk.stdout, re.MULTILINE)
    assert verdicts == ["valid", "revoked"], walk.stdout + walk.stderr


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
