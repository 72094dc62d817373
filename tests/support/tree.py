"""The repository as files: what git keeps, and Python among it.

Apart from the tests of the tree, so that each of those is one rule and nothing else.
"""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.support.material import ROOT, need

GENERATED = ("migrations/versions/", "contracts/published/")


def kept_files() -> list[Path]:
    """Return every file that git keeps, or would at the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    need("the repository's own git folder", present=listed.returncode == 0)
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return sorted(path for path in paths if path.is_file())


def lines_that_match(pattern: re.Pattern[str], *, spared: tuple[str, ...] = ()) -> list[str]:
    """Return `file:line: text` for every kept line that the pattern finds."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in kept_files()
        if not str(path.relative_to(ROOT)).startswith(spared or ("\0",))
        for number, line in enumerate(_lines(path), start=1)
        if pattern.search(line)
    ]


def python_files() -> list[Path]:
    """Return the Python we wrote, leaving out what is generated."""
    return [
        path
        for path in kept_files()
        if path.suffix == ".py" and not any(part in path.as_posix() for part in GENERATED)
    ]


def definitions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield every function and class of a module, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
