"""One line of the table: warm up, fill the server, then wait politely."""

import os
from dataclasses import dataclass
from typing import Final

import uvloop

from tests.bench.load import Counted, Target, pace, saturate
from tests.bench.servers import Server

WARM_UP_SECONDS: Final = 1.5
FULL_SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "5"))
# Far apart, so that no numbered request is ever sent twice.
STRIDE: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What a server did: full, then at a modest rate."""

    name: str
    full: Counted
    cpu_seconds: float
    rate: float
    paced: Counted
    peak_megabytes: float

    @property
    def per_second(self) -> float:
        """Return how many requests it answered in a second when full."""
        return self.full.answers / FULL_SECONDS

    @property
    def cpu_milliseconds(self) -> float:
        """Return the processor time of the server's process for one answer."""
        return self.cpu_seconds * 1000 / max(self.full.answers, 1)

    @property
    def refused(self) -> int:
        """Return how many requests it refused because it was full, in both measurements."""
        return self.full.refused + self.paced.refused

    def wait(self, share: float) -> float:
        """Return the waiting time, in milliseconds, that this share of requests stayed within."""
        waits = self.paced.waits or [float("nan")]
        return waits[min(len(waits) - 1, int(share * len(waits)))]


def measure(name: str, server: Server, target: Target, *, rate: float) -> Figures:
    """Measure one server."""
    uvloop.run(saturate(target, seconds=WARM_UP_SECONDS))
    before = server.cpu_seconds()
    full = uvloop.run(saturate(target, seconds=FULL_SECONDS, first=STRIDE))
    cpu_seconds = server.cpu_seconds() - before
    paced = uvloop.run(pace(target, rate=rate, seconds=FULL_SECONDS, first=2 * STRIDE))
    return Figures(
        name=name,
        full=full,
        cpu_seconds=cpu_seconds,
        rate=rate,
        paced=paced,
        peak_megabytes=server.peak_megabytes(),
    )
