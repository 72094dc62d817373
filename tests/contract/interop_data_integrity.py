"""npm `@digitalbazaar/vc` as an independent maker and reader of embedded proofs: installed, asked.

Apart from the tests because installing is done once, and only where Node.js and npm are.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from shared.strict_json import JsonValue
from tests.support.material import ROOT, need, need_command

SOURCES: Final = Path(__file__).parent / "js_data_integrity"
INSTALLED: Final = ROOT / ".build" / "npm-data-integrity"
# What the versions in package.json must be, to the last byte of their archives.
INTEGRITY: Final = {
    "@digitalbazaar/vc": (
        "sha512-liPd4fCQYGXB3aTUY7XNt2A41EGwwdCJdqQvOjXp1ySwLptv"
        "ifOYA/EvlViJfFgjDeU5DaSEeB+2V1/BY6oMHA=="
    ),
    "@digitalbazaar/data-integrity": (
        "sha512-ohIieLfgtPQU9BYfj0eKNiz55/ZDOk5YSE9FN/Hn0eXzI8WQ"
        "zLkzRvC8pvBnzuzXDgCsjPdSqYvzok5PoClMBQ=="
    ),
    "@digitalbazaar/ecdsa-multikey": (
        "sha512-Xo4oBCb0bJv6PYNBrLBZfR/jA2uNd9Bi+YTnadFtxTbhMQrS"
        "N0nTw3OnTBOOC7zxtL3t4N00ZweQM4zhsV6gVQ=="
    ),
    "@digitalbazaar/ecdsa-rdfc-2019-cryptosuite": (
        "sha512-Rhg++GnGWHJ29QyWTFW0tRqd/uGLADIsLVEq10zEIAY7D9Sc"
        "oSLtyYzwZ/zBueBTXHXrtDUEL5SfrSvcKTLFyg=="
    ),
    "@digitalbazaar/ed25519-multikey": (
        "sha512-55qIbOaAyswVCFfZ70ap7SN2bDSwYmcVbUtGCrpVF/CjuJ8I"
        "Pqf6z8fDPJzB+CE7Q896SaZlcDukz4LOwIRCPA=="
    ),
    "@digitalbazaar/eddsa-rdfc-2022-cryptosuite": (
        "sha512-IcxYKnxYEaJ1xLEcsddIYb+ooQPQ8pM54NKDDH5eDpF8pEY5"
        "E/dqrkJv+o6yHUuoXDjwjhvPQSj6nE0rF32Q/w=="
    ),
}
FLAGS: Final = ("--no-package-lock", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund")


def install() -> None:
    """Install them once, as pinned; skip the test (in CI: fail it) where that cannot be done."""
    need_command("node")
    npm = need_command("npm")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        shutil.copy(source, INSTALLED)
    if _integrity() != INTEGRITY:
        command = [npm, "install", *FLAGS]
        subprocess.run(command, cwd=INSTALLED, capture_output=True, check=False, timeout=120)
    need("the npm package @digitalbazaar/vc", present=_integrity() is not None)
    assert _integrity() == INTEGRITY


def ask(question: str, **about: JsonValue) -> Any:
    """Ask it to `issue`, `present` or `verify`; a refusal is an answer with `refused` in it."""
    answer = subprocess.run(
        [need_command("node"), "prove.mjs"],
        cwd=INSTALLED,
        input=json.dumps({"ask": question, **about}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
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
