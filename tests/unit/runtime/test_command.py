"""A service's command starts what its environment describes, or says all that is wrong with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from typer.testing import CliRunner

from shared.runtime.command import server_config, service_command
from tests.support.material import ROOT
from tests.support.toy import NOWHERE, toy_settings

PACKAGE = "toy_service"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Write a package that has a service's rooms."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "settings.py").write_text("from tests.support.toy import ToySettings as Settings\n")
    (folder / "app.py").write_text(
        "from tests.support.toy import create_toy\ndef create_app(settings): return create_toy()\n"
    )
    (folder / "__main__.py").write_text(
        "from shared.runtime.command import service_command\nservice_command('toy_service')()\n"
    )
    return tmp_path


def test_a_service_serves_migrates_and_works() -> None:
    shown = CliRunner().invoke(service_command("services.toy"), ["--help"]).output

    assert all(word in shown for word in ("serve", "work", "migrate"))


def test_every_wrong_setting_is_named_without_its_value(package: Path) -> None:
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}:{package}",
        "WAARMERK_PORT": "secret-port",
        "WAARMERK_LOG_LEVEL": "secret-level",
    }
    started = subprocess.run(
        [sys.executable, "-m", PACKAGE, "serve"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert started.returncode == 2
    for name in ("DATABASE_URL", "PUBLIC_URL", "PORT", "LOG_LEVEL"):
        assert f"WAARMERK_{name}:" in started.stderr
    assert "secret" not in started.stderr
    assert "Traceback" not in started.stderr


def test_a_served_service_answers_and_stops_when_told(package: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT}:{package}",
        "WAARMERK_PORT": str(port),
        "WAARMERK_DATABASE_URL": NOWHERE,
        "WAARMERK_PUBLIC_URL": "http://127.0.0.1",
    }
    served = subprocess.Popen(
        [sys.executable, "-m", PACKAGE, "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        answer = answer_from(f"http://127.0.0.1:{port}/v1/hello")
        head = httpx.head(f"http://127.0.0.1:{port}/v1/hello", trust_env=False)
    finally:
        served.send_signal(signal.SIGTERM)
        output, _ = served.communicate(timeout=30)

    assert answer.json() == {"hello": "world"}
    assert head.status_code == 200
    assert "server" not in answer.headers
    assert output.count('"event":"request"') == 2
    assert served.returncode in {0, -signal.SIGTERM}


def answer_from(address: str) -> httpx.Response:
    for _ in range(200):
        try:
            return httpx.get(address, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("The service did not start.")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("behind", "peer", "client"),
    [
        ("", "10.0.0.1", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.2"),
    ],
)
async def test_forwarded_headers_count_only_when_asked(behind: str, peer: str, client: str) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    config = server_config(app, toy_settings(), behind=behind)
    headers = [(b"x-forwarded-for", b"192.0.2.7")]
    scope = {"type": "http", "client": (peer, 4711), "headers": headers, "scheme": "http"}
    built: Any = config.app
    await built(scope, None, None)

    assert seen[0]["client"][0] == client
    assert seen[0]["waarmerk.peer"] == peer
    assert not config.proxy_headers
    assert not config.access_log
    assert not config.server_header
