"""The registry clients of the Digital Credentials Consortium: installed beside the tests, asked.

Apart from the tests because installing is done once, and only where Node.js and npm are. Two of
them: the stable one, and the one with OpenID Federation, which their verifiers use.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from anyio import run_process

from shared.strict_json import JsonValue
from tests.support.material import ROOT, need, need_command

SOURCES: Final = Path(__file__).parent / "js_dcc"
INSTALLED: Final = ROOT / ".build" / "npm-dcc"
# What the versions in package.json must be, to the last byte of their archives.
INTEGRITY: Final = {
    "@digitalcredentials/issuer-registry-client": (
        "sha512-uwL7xkRpeANAtJ5Cgn6FDcVCjjEA959+HPokHB4IzV/gabnB"
        "BN1y8r3uCFwMTF6qCq30pA6+RZAhKsqMCI1SDw=="
    ),
    "issuer-registry-client-stable": (
        "sha512-RY5F9aCx1MU/Iw2fW/CzMEAF1AMbWXyVb8E52kUlwfCqqfIQ"
        "dG+5nzYK3HGlcHGZgexkQyQOcg2HtaLE9s8WSg=="
    ),
}
FLAGS: Final = ("--no-package-lock", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund")


def install() -> None:
    """Install both clients once, as pinned; skip the test (in CI: fail it) where that cannot be."""
    need_command("node")
    npm = need_command("npm")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        shutil.copy(source, INSTALLED)
    if _integrity() != INTEGRITY:
        command = [npm, "install", *FLAGS]
        subprocess.run(command, cwd=INSTALLED, capture_output=True, check=False, timeout=120)
    need("the npm package issuer-registry-client", present=_integrity() is not None)
    assert _integrity() == INTEGRITY


async def ask(question: str, **about: JsonValue) -> Any:
    """Ask the newer client to `lookup` a DID, or the stable one to `load` a registry."""
    answer = await run_process(
        [need_command("node"), "lookup.mjs"],
        cwd=INSTALLED,
        input=json.dumps({"ask": question, **about}).encode(),
    )
    return json.loads(answer.stdout)


def _integrity() -> dict[str, str] | None:
    record = INSTALLED / "node_modules" / ".package-lock.json"
    if not record.is_file():
        return None
    packages = json.loads(record.read_text(encoding="utf-8"))["packages"]
    return {
        name: packages.get(f"node_modules/{name}", {}).get("integrity", "") for name in INTEGRITY
    }
