"""The four services as operating-system processes: started, killed and stopped like in production.

Apart from the tests that need it; every process has its own log, which a canary test reads.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from services.demo.operating import Service
from services.demo.sandbox import AUDIENCE, Sandbox, open_sandbox
from services.demo.tale import Places
from tests.support.kafka import free_ports
from tests.support.material import ROOT
from tests.support.postgres import MakeDatabase

START_SECONDS = 180.0
STOP_SECONDS = 30.0


@dataclass(slots=True)
class RunningService:
    """`python -m services.<service> serve` or `work`, once started."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    health: str
    log: Path
    _child: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Say whether it was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it; it may take a while before it is ready."""
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait_until_alive(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._child is not None
            assert self._child.poll() is None, f"{self.name}: {self.log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"{self.name} does not answer"
            time.sleep(0.1)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        return self._end(signal.SIGTERM)

    def _answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(self.health, timeout=2).is_success
        return False

    def _end(self, how: signal.Signals) -> int:
        process, self._child = self._child, None
        if process is None:
            return 0
        process.send_signal(how)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@dataclass(slots=True)
class Installation:
    """Everything of Waarmerk on one machine: databases, a broker's address, and processes."""

    folder: Path
    kafka_servers: str
    databases: dict[str, str]
    sandbox: Sandbox
    places: Places
    ports: dict[str, int]
    started: list[RunningService] = field(default_factory=list)

    def start(self, service: Service, duty: str) -> RunningService:
        """Start a process of a service; a second worker is just another one."""
        one = self._new(service, duty)
        self.started.append(one)
        one.start()
        return one

    def start_all(self) -> None:
        """Start one `serve` and one `work` of every service, and wait until each is ready."""
        for service in Service:
            for duty in ("serve", "work"):
                self.start(service, duty)
        for one in self.started:
            one.wait_until_alive()
        for service in Service:
            _wait_until_ready(self.places.of(service))

    def run(self, command: str, service: Service) -> None:
        """Run a sub-command of `waarmerk` as this service."""
        subprocess.run(
            [sys.executable, "-m", "services", command],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **self.environment(service)},
            check=True,
            timeout=START_SECONDS,
        )

    def stop(self) -> dict[str, int]:
        """Stop every process; return the exit codes."""
        return {one.log.stem: one.stop() for one in self.started}

    def environment(self, service: Service) -> dict[str, str]:
        """Return what a process of this service reads."""
        told = {
            "database_url": self.databases[service],
            "kafka_servers": self.kafka_servers,
            "public_url": self.places.of(service),
            "token_issuers": f"[{self.sandbox.token_issuer.model_dump_json(exclude_none=True)}]",
            "token_audience": AUDIENCE,
            "port": str(self.ports[service]),
        }
        if service is Service.ISSUER:
            told["key_encryption_key"] = self.sandbox.key_encryption_key
            told["pseudonym_key"] = self.sandbox.pseudonym_key
        if service is Service.REGISTRY:
            told["log_key"] = self.sandbox.log_key
        return {f"WAARMERK_{name.upper()}": value for name, value in told.items()}

    def _new(self, service: Service, duty: str) -> RunningService:
        environment = self.environment(service)
        port = self.ports[service]
        if duty == "work":
            port, _ = free_ports()
            environment["WAARMERK_WORK_PORT"] = str(port)
        number = len(self.started)
        return RunningService(
            name=f"{service} {duty}",
            command=[sys.executable, "-m", f"services.{service}", duty],
            environment=environment,
            health=f"http://127.0.0.1:{port}/health/live",
            log=self.folder / f"{number:02}-{service}-{duty}.log",
        )


def install(
    folder: Path, kafka_servers: str, make_database: MakeDatabase
) -> Iterator[Installation]:
    """Prepare an installation, and stop whatever of it was started."""
    ports = {service.value: free_ports()[0] for service in Service}
    addresses = {service: f"http://127.0.0.1:{port}" for service, port in ports.items()}
    installation = Installation(
        folder=folder,
        kafka_servers=kafka_servers,
        databases={service: make_database(f"services.{service}") for service in Service},
        sandbox=open_sandbox(folder),
        places=Places(**addresses),
        ports=ports,
    )
    try:
        yield installation
    finally:
        for one in installation.started:
            one.kill()


def _wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (answer := httpx.get(f"{address}/health/ready", timeout=5)).is_success:
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.1)
