"""`waarmerk demo` at a terminal: once, again, after a kill, and until Ctrl-C."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import psutil
import pytest

from services.catalog.settings import SEED_FOLDER
from services.demo.class_list import read_class_list
from tests.support.folders import a_folder
from tests.support.kafka import free_ports
from tests.support.material import ROOT

PATIENCE = 120.0
STARTED: list[subprocess.Popen[str]] = []
LISTED = read_class_list((SEED_FOLDER / "class-list.csv").read_bytes(), today=date(2026, 11, 22))


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with a_folder() as folder:
        yield folder
        for running in STARTED:
            running.kill()
            running.wait()
        for server in servers_of(folder):
            server.kill()


def servers_of(folder: Path) -> list[psutil.Process]:
    """Return the PostgreSQL servers, not their children, that run on this folder."""
    return [
        one
        for one in psutil.process_iter(["cmdline"])
        if "-D" in (words := one.info["cmdline"] or []) and any(str(folder) in w for w in words)
    ]


def demo(data: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "services", "demo", "--data", str(data), *options]
    environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1"}
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    STARTED.append(running)
    return running


def run_once(data: Path) -> str:
    told, _ = (running := demo(data, "--port", "0", "--once")).communicate(timeout=PATIENCE)
    assert running.returncode == 0, told
    assert servers_of(data) == []
    return told


def rows_of(told: str) -> dict[int, str]:
    """Return what happened to each row, by its number; a row that is told twice fails."""
    told_rows = re.findall(
        r"^ (\d+) +(awarded|already awarded|WRONG|empty|refused)\b", told, flags=re.MULTILINE
    )
    rows = {int(number): what for number, what in told_rows}
    assert len(rows) == len(told_rows)
    return rows


def hear(running: subprocess.Popen[str], sentence: str) -> str:
    """Read what it says up to a sentence."""
    assert running.stdout is not None
    told = ""
    for line in running.stdout:
        told += line
        if sentence in line:
            return told
    raise AssertionError(told)


def test_once_tells_the_story_and_leaves_nothing_running(data: Path) -> None:
    told = run_once(data)

    rows = rows_of(told)
    assert sorted(rows) == list(range(2, 27))
    assert [number for number, what in rows.items() if what == "WRONG"] == [10, 20]
    assert sum(what == "awarded" for what in rows.values()) == 23
    assert "E10: een dag die niet bestaat" in told
    assert "E10: a day that does not exist" in told
    assert "VALID: “Echt en geldig” / “Genuine and valid”" in told
    assert "REVOKED: “Ingetrokken door" in told
    assert "\x1b" not in told
    for learner in LISTED.learners:
        assert learner.family_name not in told
        assert str(learner.email) not in told


def test_a_second_time_finds_the_data_and_awards_nobody_again(data: Path) -> None:
    secrets = (data / "sandbox.json").read_bytes()

    rows = rows_of(run_once(data))

    assert sum(what == "already awarded" for what in rows.values()) == 23
    assert (data / "sandbox.json").read_bytes() == secrets


def test_secrets_can_be_read_by_their_owner_only(data: Path) -> None:
    assert (data / "sandbox.json").stat().st_mode & 0o777 == 0o600


def test_after_a_kill_it_starts_again_with_everything(data: Path) -> None:
    port = free_ports()[0]
    first = demo(data, "--port", str(port))
    hear(first, "4. ")
    first.kill()
    first.communicate()

    second = demo(data, "--port", str(port))
    told = hear(second, "Ctrl-C")

    assert sum(what == "already awarded" for what in rows_of(told).values()) == 23
    assert httpx.get(f"http://127.0.0.1:{port}/registry/").is_success
    second.send_signal(signal.SIGINT)
    rest, _ = second.communicate(timeout=PATIENCE)
    assert second.returncode == 0, rest
    assert "Traceback" not in rest
    assert servers_of(data) == []


def test_a_signal_in_the_middle_of_starting_leaves_nothing_running(data: Path) -> None:
    running = demo(data, "--port", "0")
    deadline = time.monotonic() + PATIENCE
    while not servers_of(data):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    running.send_signal(signal.SIGTERM)
    told, _ = running.communicate(timeout=PATIENCE)

    assert running.returncode == 0, told
    assert servers_of(data) == []


def test_a_busy_port_is_told_in_one_line(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        told, _ = (running := demo(data, "--port", str(port))).communicate(timeout=PATIENCE)

    assert running.returncode == 2
    assert told == f"Port {port} is not free: Address already in use.\n"


def test_a_folder_in_which_nothing_can_be_written_is_told_in_one_line(data: Path) -> None:
    file = data / "lock"
    told, _ = (running := demo(file, "--port", "0")).communicate(timeout=PATIENCE)

    assert running.returncode == 2
    assert told == f"{file} cannot be used: File exists.\n"
