"""What is fuzzed: a sentence that must hold, and the inputs to begin with.

Apart from the targets, so that the runner, the replay and the targets agree on what one is.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

SECONDS_AN_INPUT: Final = 5
"""More work than this on one input is a hang: CPU time, for what else runs here is no fault."""
STUCK_SECONDS: Final = 60
"""Who waits for so long, waits for ever."""
MEGABYTES: Final = 1024
"""More memory than this is a leak or a bomb; a reading process is given as much."""
LONGEST: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that reads; `holds` raises when its docstring turns out to be untrue."""

    name: str
    holds: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    longest: int = LONGEST
    """How many bytes an input has at most; seeds that are longer are left out."""

    def try_one(self, given: bytes) -> None:
        """Hold for one input, within its time."""
        before = time.process_time()
        self.holds(given)
        spent = time.process_time() - before
        assert spent < SECONDS_AN_INPUT, f"{self.name} took {spent:.1f} s"

    def inputs(self) -> tuple[bytes, ...]:
        """Return the seeds that fit, each once, in their order."""
        return tuple(dict.fromkeys(seed for seed in self.seeds() if len(seed) <= self.longest))
