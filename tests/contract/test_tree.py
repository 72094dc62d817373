"""The house rules that no linter knows: sizes, names, and what must never be in a file."""

import ast
import re
from typing import Final

import pytest

from tests.support.material import ROOT
from tests.support.tree import definitions, kept_files, lines_that_match, python_files

MAX_FILE_LINES: Final = 350
MAX_FUNCTION_LINES: Final = 45
BANNED: Final = {
    "manager",
    "handler",
    "helper",
    "helpers",
    "util",
    "utils",
    "data",
    "info",
    "process",
}
# Words of others: W3C Data Integrity, the data key of envelope encryption, asyncio, FastAPI,
# the standard library's reader of HTML.
TERMS: Final = re.compile(
    r"data_integrity|data_?key|data_received|get_route_handler|handle_data", re.IGNORECASE
)
WORD: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
TOP: Final = {"services", "shared", "deploy", "tests", ".ci"}

# Written with brackets so that this file does not find itself.
MACHINE_PATH: Final = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm|home|root)/[A-Za-z]")
REGISTRY: Final = re.compile(
    r"files[.]pythonhosted|pypi[.]org/simple|registry[.]npmjs|repo1?[.]maven|deb[.]debian"
)
SECRET: Final = re.compile(
    r"BEGIN [A-Z ]*PRIVATE[ ]KEY|[\"']d[\"']: ?[\"'][A-Za-z0-9_-]{40}"
    r"|eyJ[\w-]{16,}[.]eyJ[\w-]{16,}[.][\w-]{40}"
    r"|AKI[A][0-9A-Z]{16}|gh[ps]_[A-Za-z0-9]{36}"
)
NAKED: Final = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b(?!\(#\d+\): )")


def words(name: str) -> set[str]:
    """Take a name apart: `read_FooBar` is read, foo, bar."""
    return {word.lower() for word in WORD.findall(TERMS.sub("", name))}


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a body, without those of functions inside it: they are read apart."""
    inner = [
        node for node in function.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return lines(*function.body) - sum(lines(*node.decorator_list, *node.body) for node in inner)


def lines(*nodes: ast.expr | ast.stmt) -> int:
    """Count the lines that these nodes span."""
    return max(node.end_lineno or 0 for node in nodes) - min(node.lineno for node in nodes) + 1


def test_no_file_names_a_place_on_this_machine() -> None:
    assert lines_that_match(MACHINE_PATH) == []


def test_no_file_names_a_package_registry() -> None:
    assert lines_that_match(REGISTRY) == []


def test_no_file_holds_a_secret() -> None:
    assert lines_that_match(SECRET) == []


def test_no_unfinished_thought_is_without_its_issue() -> None:
    assert lines_that_match(NAKED, spared=("requirements",)) == []


def test_the_top_folders_are_these_and_no_others() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in kept_files() if path.parent != ROOT}

    assert folders <= TOP


def test_no_module_is_longer_than_one_can_read_at_a_sitting() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files()
    }

    assert {name: length for name, length in lengths.items() if length > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {own_lines(node)}"
        for path in python_files()
        for node in definitions(path)
        if not isinstance(node, ast.ClassDef) and own_lines(node) > MAX_FUNCTION_LINES
    ]

    assert long == []


def test_no_name_is_a_drawer_for_anything() -> None:
    modules = [str(path.relative_to(ROOT)) for path in python_files() if words(path.stem) & BANNED]
    named = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        if not path.name.startswith("test_")
        for node in definitions(path)
        if words(node.name) & BANNED
    ]

    assert [*modules, *named] == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATH, "open('" + "/work" + "/main/key.pem')"),
        (REGISTRY, "index = https://" + "pypi.org" + "/simple"),
        (SECRET, "-----BEGIN EC PRIVATE" + " KEY-----"),
        (SECRET, '{"kty": "EC", "' + 'd": "' + "a" * 43 + '"}'),
        (NAKED, "# TO" + "DO: later"),
    ],
)
def test_each_pattern_finds_what_it_is_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_a_thought_with_its_issue_is_allowed() -> None:
    assert not NAKED.search("# TODO(#12): say why.")
