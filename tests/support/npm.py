"""Programs of npm as independent readers: installed beside the tests as pinned, and asked.

Apart from who asks, because installing is done once, and only where Node.js and npm are. What a
version must be is known to the last byte of its archive.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anyio import to_thread

from shared.strict_json import JsonValue
from tests.support.material import ROOT, need, need_command

FLAGS: Final = ("--no-package-lock", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund")
INSTALL_SECONDS: Final = 240
ANSWER_SECONDS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeProgram:
    """A folder with a package.json and one program; `integrity` is by the name of the package."""

    sources: Path
    program: str
    integrity: Mapping[str, str]

    @property
    def folder(self) -> Path:
        """Where it is installed."""
        return ROOT / ".build" / "npm" / self.sources.name

    def install(self) -> None:
        """Install it once; skip the test (in CI: fail it) where that cannot be done."""
        need_command("node")
        npm = need_command("npm")
        self.folder.mkdir(parents=True, exist_ok=True)
        for source in self.sources.iterdir():
            shutil.copy(source, self.folder)
        if self._installed() != self.integrity:
            command = [npm, "install", *FLAGS]
            subprocess.run(
                command, cwd=self.folder, capture_output=True, check=False, timeout=INSTALL_SECONDS
            )
        installed = self._installed()
        need(f"the npm packages {', '.join(self.integrity)}", present=installed is not None)
        assert installed == self.integrity

    def run(self, *arguments: str, said: str = "") -> Any:
        """Run it with what is said over standard input, and return its answer."""
        answer = subprocess.run(
            [need_command("node"), self.program, *arguments],
            cwd=self.folder,
            input=said,
            capture_output=True,
            text=True,
            check=True,
            timeout=ANSWER_SECONDS,
        )
        return json.loads(answer.stdout)

    def ask(self, question: str, **about: JsonValue) -> Any:
        """Ask it something; a refusal is an answer with `refused` in it."""
        return self.run(said=json.dumps({"ask": question, **about}))

    async def ask_while_serving(self, question: str, **about: JsonValue) -> Any:
        """Ask it something that it must ask this process in turn."""
        return await to_thread.run_sync(lambda: self.ask(question, **about))

    def _installed(self) -> dict[str, str] | None:
        record = self.folder / "node_modules" / ".package-lock.json"
        if not record.is_file():
            return None
        packages = json.loads(record.read_text(encoding="utf-8"))["packages"]
        return {
            name: packages.get(f"node_modules/{name}", {}).get("integrity", "")
            for name in self.integrity
        }
