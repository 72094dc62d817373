"""The example consumer, killed again and again: each life is a process, ended by SIGKILL.

A program by itself, forked from one that has read everything it needs: so a life is short enough
for two hundred of them. Now and then it loses its disk as well. It
prints how many were killed, and how many ended by themselves.
"""

import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SHORTEST, LONGEST = 0.002, 0.12
NEW_DISK = (40, 80, 199)
SLOW_DISK = 0.004


def load_consumer(path: Path) -> Any:
    """Return the example consumer as a module."""
    spec = importlib.util.spec_from_file_location("consumer", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def slowed(act: Callable[..., Any]) -> Callable[..., Any]:
    """Let a disk be so slow that many a kill falls while something is written."""

    def act_slowly(*given: object) -> object:
        time.sleep(SLOW_DISK)
        return act(*given)

    return act_slowly


def live(consumer: Any, register: str, copy: Path) -> None:
    """Follow the register until killed, in pages so small that a kill falls anywhere."""
    consumer.AT_ONCE = 7
    consumer.Transaction.__enter__ = slowed(consumer.Transaction.__enter__)
    consumer.Transaction.__exit__ = slowed(consumer.Transaction.__exit__)
    consumer.WAIT_MILLISECONDS = 50
    consumer.follow(register, copy)


def main(consumer_path: str, register: str, copy: str, lives: str, seed: str) -> None:
    """Let so many lives begin, and kill each after a while."""
    consumer, chance = load_consumer(Path(consumer_path)), random.Random(int(seed))
    killed = ended = 0
    for life in range(int(lives)):
        if life in NEW_DISK:
            for file in Path(copy).parent.glob(f"{Path(copy).name}*"):
                file.unlink()
        child = os.fork()
        if child == 0:
            try:
                live(consumer, register, Path(copy))
            finally:
                os._exit(1)
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
        ended += os.WIFEXITED(status)
    sys.stdout.write(f"{killed} {ended}")


if __name__ == "__main__":
    main(*sys.argv[1:])
