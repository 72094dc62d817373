"""Fuzz every target, some at a time, and say for each how much was tried and what broke it.

`python -m tests.fuzz [--seconds 600] [TARGET …]`: the seconds are of all targets together, times
the number of processes. What broke a target is in `.build/fuzz/TARGET/broken`; once the fault is
mended, put it in `found.py`, as small as it can be.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fuzz.targets import TARGETS
from tests.support.material import ROOT

PROCESSES: Final = 2
SECONDS: Final = 600
NICE: Final = 10
FOLDER: Final = ROOT / ".build" / "fuzz"
_COVERAGE: Final = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)")
_EXECUTIONS: Final = re.compile(r"number_of_executed_units:\s+(\d+)")
_SLOWEST: Final = re.compile(r"slowest_unit_time_sec:\s+(\d+)")
_MEMORY: Final = re.compile(r"peak_rss_mb:\s+(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of fuzzing one target."""

    name: str
    executions: int
    coverage: int
    corpus: int
    slowest: int
    megabytes: int
    broken: tuple[str, ...]
    is_ended: bool
    """Whether it came to the end of its time."""

    @property
    def line(self) -> str:
        """Return it as a line of the table."""
        end = "held" if self.is_ended and not self.broken else ", ".join(self.broken) or "ended"
        figures = (self.executions, self.coverage, self.corpus, self.slowest, self.megabytes)
        return f"{self.name:<12}" + "".join(f"{figure:>12,}" for figure in figures) + f"  {end}"


def main() -> int:
    """Fuzz the targets that are named, or all, and return how many were broken."""
    arguments = argparse.ArgumentParser(prog="python -m tests.fuzz")
    arguments.add_argument("--seconds", type=int, default=SECONDS)
    arguments.add_argument("targets", nargs="*", choices=[[], *TARGETS])
    told = arguments.parse_args()
    names = told.targets or list(TARGETS)
    each = max(1, told.seconds * PROCESSES // len(names))
    print(f"{len(names)} targets, {PROCESSES} at a time, {each} s each")
    heads = ("executions", "coverage", "corpus", "slowest (s)", "memory (MB)")
    print(f"{'target':<12}" + "".join(f"{head:>12}" for head in heads))
    broken = 0
    with ThreadPoolExecutor(PROCESSES) as pool:
        for outcome in pool.map(lambda name: fuzz(name, seconds=each), names):
            print(outcome.line, flush=True)
            broken += bool(outcome.broken) or not outcome.is_ended
    return broken


def fuzz(name: str, *, seconds: int) -> Outcome:
    """Fuzz one target in a process of its own, from nothing but its seeds."""
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.fuzz.runner", name, str(folder)]
    log = folder / "log.txt"
    with log.open("w", encoding="utf-8") as said:
        ended = subprocess.run(
            [*command, f"-max_total_time={seconds}"],
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=lambda: os.nice(NICE),
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return _read(name, log.read_text(encoding="utf-8", errors="replace"), folder, ended.returncode)


def _read(name: str, said: str, folder: Path, code: int) -> Outcome:
    coverage = [tuple(map(int, match)) for match in _COVERAGE.findall(said)]
    covered, _, corpus = coverage[-1] if coverage else (0, 0, 0)
    return Outcome(
        name=name,
        executions=_last(_EXECUTIONS, said),
        coverage=covered,
        corpus=corpus,
        slowest=_last(_SLOWEST, said),
        megabytes=_last(_MEMORY, said),
        broken=tuple(_broken(folder)),
        is_ended=code == 0,
    )


def _last(pattern: re.Pattern[str], said: str) -> int:
    return int(([0, *pattern.findall(said)])[-1])


def _broken(folder: Path) -> Iterator[str]:
    place = folder / "broken"
    # What is only slow is kept there too, and broke nothing.
    return (str(one.relative_to(ROOT)) for one in place.glob("*") if "slow" not in one.name)


if __name__ == "__main__":
    sys.exit(main())
