"""What a process and all its children used of the machine: processor time and memory."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor seconds of a process and its children, and the most memory any one of them held."""

    name: str
    cpu_seconds: float
    peak_megabytes: tuple[float, ...]

    def since(self, before: Self) -> Self:
        """Return what was used since then."""
        return replace(self, cpu_seconds=self.cpu_seconds - before.cpu_seconds)


def usage_of(name: str, pid: int) -> Usage:
    """Look at a process that runs now, and at all that it started."""
    seconds, peaks = 0.0, []
    for one in family_of(pid):
        try:
            stat = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            status = Path(f"/proc/{one}/status").read_text(encoding="ascii")
        except OSError:
            continue
        # Its own time, and that of its children who ended.
        seconds += sum(int(ticks) for ticks in stat[11:15]) / TICKS
        lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
        peaks += [int(line.split()[1]) / 1024 for line in lines]
    return Usage(name, seconds, tuple(sorted(peaks, reverse=True)))


def family_of(pid: int) -> list[int]:
    members = [pid]
    for member in members:
        try:
            tasks = list(Path(f"/proc/{member}/task").iterdir())
            for task in tasks:
                members += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return members
