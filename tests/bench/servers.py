"""One server process at a time on a loopback port, and what it used of the machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

START_SECONDS: Final = 30.0
TICKS: Final = os.sysconf("SC_CLK_TCK")


class ServerSilentError(RuntimeError):
    """The server did not start listening."""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Return the processor time it used so far, in user and kernel."""
        after_name = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        fields = after_name.split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_megabytes(self) -> float:
        """Return the most memory it ever held."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


@contextmanager
def serving(
    command: Sequence[str], *, port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """Run a server until the block ends; its output goes to the log."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, *command],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_listening(child, port, log)
        yield Server(child.pid, port)
    finally:
        child.terminate()
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_until_listening(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if child.poll() is not None or time.monotonic() > deadline:
                raise ServerSilentError(log.read_text(errors="replace")[-3000:]) from error
            time.sleep(0.05)
        else:
            return


@contextmanager
def floor(
    name: str, *, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run one of `tests.bench.floors`."""
    port = free_port()
    command = ["-m", "uvicorn", f"tests.bench.floors:{name}", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning"]
    with serving(command, port=port, environment=environment or {}, log=log) as server:
        yield server
