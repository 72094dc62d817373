"""npm `jose` as an independent reader: installed beside the tests, asked over standard input.

Apart from the tests because installing is done once, and only where Node.js and npm are.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

from shared.strict_json import JsonObject, JsonValue
from tests.support.material import ROOT, need, need_command

SOURCES: Final = Path(__file__).parent / "js"
INSTALLED: Final = ROOT / ".build" / "npm"
# What the version in package.json must be, to the last byte of its archive.
INTEGRITY: Final = (
    "sha512-wOuK9V1yujQFH5S0ZWmLcDZN7+IKh9bUCC2ZPCf2HDlol3WW"
    "Hy+PPyNjEI75FXRLMp3vDKQcupP59xhVU95hcg=="
)
FLAGS: Final = ("--no-package-lock", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund")


def install() -> None:
    """Install jose once, as pinned; skip the test (in CI: fail it) where that cannot be done."""
    need_command("node")
    npm = need_command("npm")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        shutil.copy(source, INSTALLED)
    if _integrity() != INTEGRITY:
        command = [npm, "install", *FLAGS]
        subprocess.run(command, cwd=INSTALLED, capture_output=True, check=False, timeout=120)
    need("the npm package jose", present=_integrity() is not None)
    assert _integrity() == INTEGRITY


def ask(question: str, **about: JsonValue) -> JsonObject:
    """Ask jose to `verify` or `sign`; a refusal is an answer with `refused` in it."""
    answer = subprocess.run(
        [need_command("node"), "jose.mjs"],
        cwd=INSTALLED,
        input=json.dumps({"ask": question, **about}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told: JsonObject = json.loads(answer.stdout)
    return told


def _integrity() -> str | None:
    record = INSTALLED / "node_modules" / ".package-lock.json"
    if not record.is_file():
        return None
    packages = json.loads(record.read_text(encoding="utf-8"))["packages"]
    integrity: str | None = packages.get("node_modules/jose", {}).get("integrity")
    return integrity
