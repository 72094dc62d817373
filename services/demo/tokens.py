"""Where an operator's commands get their access tokens: from a file somebody keeps fresh, or made.

A token is good for ten minutes and an audit takes longer, so each is asked for anew when it is due.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.demo.sandbox import find_sandbox

FRESH_SECONDS: Final = 300.0
Tokens = Callable[[], str]


def tokens_from(file: Path) -> Tokens:
    """Read the token in this file each time, so that whoever renews it is followed."""
    return lambda: file.read_text(encoding="ascii").strip()


def tokens_of_sandbox(folder: Path, *, organisation: str, scope: str) -> Tokens:
    """Make tokens of the sandbox in this folder, each good for at least another five minutes."""
    sandbox = find_sandbox(folder)
    kept: list[tuple[float, str]] = []

    def token() -> str:
        if not kept or time.monotonic() - kept[0][0] > FRESH_SECONDS:
            kept[:] = [(time.monotonic(), sandbox.token(organisation, [scope]))]
        return kept[0][1]

    return token
