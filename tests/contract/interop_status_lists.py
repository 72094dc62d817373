"""npm `@sd-jwt/jwt-status-list` as an independent reader: installed beside the tests, and asked.

Apart from the tests because installing is done once, and only where Node.js and npm are.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from shared.strict_json import JsonValue
from tests.support.material import ROOT, need, need_command

SOURCES: Final = Path(__file__).parent / "js_status_lists"
INSTALLED: Final = ROOT / ".build" / "npm-status-lists"
PACKAGE: Final = "@sd-jwt/jwt-status-list"
# What the version in package.json must be, to the last byte of its archive.
INTEGRITY: Final = (
    "sha512-Xhh0n0DKe3paEtNNQSScy4dtA0ZVKF2OrmDcIB2jm77Doh4x"
    "sSs1pOseGEWBs9fmAe5Y0m082wgkmQnWEV53IQ=="
)
FLAGS: Final = ("--no-package-lock", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund")


def install() -> None:
    """Install it once, as pinned; skip the test (in CI: fail it) where that cannot be done."""
    need_command("node")
    npm = need_command("npm")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        shutil.copy(source, INSTALLED)
    if _integrity() != INTEGRITY:
        command = [npm, "install", *FLAGS]
        subprocess.run(command, cwd=INSTALLED, capture_output=True, check=False, timeout=120)
    need(f"the npm package {PACKAGE}", present=_integrity() is not None)
    assert _integrity() == INTEGRITY


def ask(question: str, **about: JsonValue) -> Any:
    """Ask it to `read` places of a token, or to `write` a list."""
    answer = subprocess.run(
        [need_command("node"), "read.mjs"],
        cwd=INSTALLED,
        input=json.dumps({"ask": question, **about}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(answer.stdout)


def _integrity() -> str | None:
    record = INSTALLED / "node_modules" / ".package-lock.json"
    if not record.is_file():
        return None
    packages = json.loads(record.read_text(encoding="utf-8"))["packages"]
    integrity: str | None = packages.get(f"node_modules/{PACKAGE}", {}).get("integrity")
    return integrity
