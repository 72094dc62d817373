"""A real Apache Kafka for a whole test run: one node in KRaft mode, on the loopback only.

Apart from the embedded broker, which knows one member per group and no administration. Its jars
come from Maven Central into `.build/kafka` once; without Java and Maven these tests skip (in CI
they fail).
"""

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from shared.contracts.topics import TOPICS
from shared.runtime.kafka import ensure_topics
from tests.support.material import ROOT, need_command
from tests.support.postgres import in_own_loop

VERSION: Final = "4.1.0"
JARS: Final = ROOT / ".build" / "kafka"
START_SECONDS: Final = 60.0
FETCH_SECONDS: Final = 600.0


class RealKafka:
    """Apache Kafka on a free port; what it holds survives `kill` and `start`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._controller_port = free_ports()
        self._java: subprocess.Popen[bytes] | None = None
        self.servers = f"127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """Return the id of its process."""
        if self._java is None:
            raise RuntimeError("Kafka does not run")
        return self._java.pid

    def start(self) -> None:
        """Start it and wait until it answers; the first time, format its folder."""
        settings = self._folder / "server.properties"
        if not settings.exists():
            settings.write_text(self._settings())
            arguments = [
                "format",
                "--cluster-id",
                "d2Fhcm1lcmt0ZXN0a2Fma2E",
                "--config",
                str(settings),
            ]
            subprocess.run(
                [*_java("-Xmx128m"), "kafka.tools.StorageTool", *arguments],
                check=True,
                capture_output=True,
                cwd=self._folder,
            )
        with (self._folder / "output").open("ab") as output:
            self._java = subprocess.Popen(
                [*_java("-Xms256m", "-Xmx512m"), "kafka.Kafka", settings],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._java.poll() is None, (self._folder / "output").read_text()[-2000:]
            assert time.monotonic() < deadline, "Kafka did not start"
            time.sleep(0.2)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it; there is nobody to be gentle for."""
        self._end(signal.SIGKILL)

    def empty_topics(self) -> None:
        """Have all our topics, with nothing on them."""
        in_own_loop(lambda: _empty_topics(self.servers))

    def _end(self, how: signal.Signals) -> None:
        if self._java is not None:
            with suppress(ProcessLookupError):
                self._java.send_signal(how)
            self._java.wait(20)
            self._java = None

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), 1).close()
        except OSError:
            return False
        return True

    def _settings(self) -> str:
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listeners": (
                f"PLAINTEXT://127.0.0.1:{self._port},CONTROLLER://127.0.0.1:{self._controller_port}"
            ),
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self._port}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": str(self._folder / "topics"),
            "auto.create.topics.enable": "false",
            "offsets.topic.num.partitions": "4",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            # One that was killed may come back as soon as its session has run out.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            "log.cleaner.dedupe.buffer.size": "16777216",
            "num.network.threads": "2",
            "num.io.threads": "4",
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())


@pytest.fixture(scope="session")
def running_kafka() -> Iterator[RealKafka]:
    """Give the one Kafka of this run."""
    need_command("java")
    fetch_jars()
    folder = Path(tempfile.mkdtemp(prefix=f"waarmerk-kafka-{os.getpid()}-"))
    server = RealKafka(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def kafka(running_kafka: RealKafka) -> RealKafka:
    """Give the one Kafka of this run with our topics, empty."""
    running_kafka.empty_topics()
    return running_kafka


def fetch_jars() -> None:
    """Have Kafka's jars in `.build/kafka`; from Maven Central if they are not there yet."""
    JARS.parent.mkdir(exist_ok=True)
    with JARS.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes
        if not (JARS / f"kafka_2.13-{VERSION}.jar").exists():
            _fetch_jars(need_command("mvn"))


def _fetch_jars(maven: str) -> None:
    unfinished = JARS.with_name(f"kafka-{uuid4().hex}")
    pom = Path(__file__).with_name("kafka-pom.xml")
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={unfinished}"]
    subprocess.run(
        [maven, "-q", "-B", "-f", pom, *goal], check=True, timeout=FETCH_SECONDS, cwd=JARS.parent
    )
    shutil.rmtree(JARS, ignore_errors=True)
    unfinished.rename(JARS)


async def _empty_topics(servers: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        await _delete_and_make_topics(servers)


async def _delete_and_make_topics(servers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=10_000)
    await admin.start()
    try:
        while ours := [name for name in await admin.list_topics() if not name.startswith("__")]:
            await admin.delete_topics(ours)
            await asyncio.sleep(0.05)
        await ensure_topics(servers)
        while len(await admin.list_topics()) < len(TOPICS):
            await asyncio.sleep(0.05)
    finally:
        await admin.close()


def _java(*options: str) -> list[str]:
    # It lives for minutes, in which the second compiler takes more than its code gives back.
    return ["java", *options, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}/*"]


def free_ports() -> tuple[int, int]:
    """Return two ports nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]
