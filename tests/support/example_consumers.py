"""The example consumers as commands, ready to run: in Python as it is, in Java once compiled."""

import asyncio
import fcntl
import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.material import ROOT, need_command

EXAMPLES = ROOT / "deploy" / "examples"
PYTHON = EXAMPLES / "python-consumer" / "consumer.py"
BUILD_SECONDS = 300
LONGEST_RUN = 60.0


@dataclass(frozen=True, slots=True)
class ExampleConsumer:
    """A program that keeps a copy of the register."""

    command: tuple[str, ...]

    async def follow(self, register: str, copy: Path) -> int:
        """Come as far as the register is; return the exit code."""
        code, _ = await self._run("follow", register, str(copy), "--once")
        return code

    async def export(self, copy: Path) -> bytes:
        """Return the copy as lines."""
        code, said = await self._run("export", str(copy))
        assert code == 0
        return said

    async def _run(self, *arguments: str) -> tuple[int, bytes]:
        running = await asyncio.create_subprocess_exec(
            *self.command,
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            said, _ = await asyncio.wait_for(running.communicate(), LONGEST_RUN)
        finally:
            if running.returncode is None:
                running.kill()
                await running.wait()
        assert running.returncode is not None
        return running.returncode, said


@pytest.fixture(params=["python", "java"])
def consumer(request: pytest.FixtureRequest) -> ExampleConsumer:
    """Give each of the example consumers."""
    if request.param == "python":
        return ExampleConsumer((sys.executable, str(PYTHON)))
    target = build_java_consumer()
    classes = f"{target}/consumer.jar:{target}/libraries/*"
    options = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classes)
    main = "nl.waarmerk.example.Consumer"
    return ExampleConsumer((need_command("java"), *options, main))


def build_java_consumer() -> Path:
    """Return the folder the Java consumer is built in; as long as it is the same, once."""
    maven = need_command("mvn")
    need_command("javac")
    source = EXAMPLES / "java-consumer"
    files = sorted([source / "pom.xml", *source.glob("src/**/*.java")])
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    built = ROOT / ".build" / f"java-consumer-{digest}"
    built.parent.mkdir(exist_ok=True)
    with built.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes
        if not (built / "target" / "libraries").exists():
            shutil.rmtree(built, ignore_errors=True)
            shutil.copytree(source, built, ignore=shutil.ignore_patterns("target"))
            subprocess.run(
                [maven, "-q", "-B", "package"], check=True, timeout=BUILD_SECONDS, cwd=built
            )
    return built / "target"
