"""The import contracts of pyproject.toml bite: each is broken once, in a copy of the tree."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.material import ROOT

BROKEN: Final = re.compile(r"^(?P<contract>.+?) BROKEN", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Plant:
    """A line added to a module (made when it is missing), and the contract that must object."""

    contract: str
    module: str
    line: str
    also_made: tuple[str, ...] = ()


PLANTS: Final = (
    Plant(
        "Services never import each other",
        "services/issuer/settings.py",
        "import services.catalog.settings",
    ),
    Plant(
        "Only the demo and the command know all services",
        "services/issuer/settings.py",
        "import services.demo.planted",
        also_made=("services/demo/planted.py",),
    ),
    Plant(
        "Only the demo and the command know all services",
        "services/notary/__init__.py",
        '"""A fifth service that nobody decided on."""',
    ),
    Plant(
        "Inside a service imports run downwards only, through known rooms",
        "services/issuer/settings.py",
        "import services.issuer.domain",
    ),
    Plant(
        "Inside a service imports run downwards only, through known rooms",
        "services/registry/attic.py",
        '"""A room that STYLE.md does not know."""',
    ),
    Plant(
        "Only a repository and its migrations see tables",
        "services/catalog/operations.py",
        "import services.catalog.tables",
    ),
    Plant(
        "Private keys are near operations, routes and app only",
        "services/issuer/consumers.py",
        "import services.issuer.signing",
    ),
    Plant(
        "Private keys are near operations, routes and app only",
        "services/catalog/consumers.py",
        "import services.catalog.signing",
    ),
    Plant(
        "Routes, consumers and pages act through operations",
        "services/registry/routes/registrations.py",
        "import services.registry.repository",
    ),
    Plant(
        "Routes, consumers and pages act through operations",
        "services/registry/consumers.py",
        "import services.registry.repository",
    ),
    Plant(
        "Shared code runs downwards too",
        "shared/contracts/topics.py",
        "import shared.runtime.planted",
        also_made=("shared/runtime/planted.py",),
    ),
    Plant(
        "Shared code runs downwards too",
        "shared/proofs/keys.py",
        "import shared.runtime.planted",
        also_made=("shared/runtime/planted.py",),
    ),
    Plant(
        "Shared code runs downwards too",
        "shared/conveniences.py",
        '"""A drawer for what has no place."""',
    ),
    Plant("Shared code knows no service", "shared/errors.py", "import services"),
    Plant(
        "Embedded servers are for the demo and the tests",
        "services/verifier/app.py",
        "import shared.runtime.embedded",
    ),
    Plant("Rules and contracts are pure", "services/issuer/domain.py", "import httpx"),
    Plant("Rules and contracts are pure", "services/verifier/containers/plant.py", "import httpx"),
    Plant("Rules and contracts are pure", "services/catalog/policy.py", "import sqlalchemy"),
    Plant("Rules and contracts are pure", "services/catalog/search.py", "import asyncpg"),
    Plant("Rules and contracts are pure", "services/catalog/trust.py", "import joserfc"),
    Plant("Rules and contracts are pure", "services/catalog/oeapi.py", "import httpx"),
    Plant("Rules and contracts are pure", "services/catalog/rio.py", "import httpx"),
    Plant("Rules and contracts are pure", "services/catalog/edubadges.py", "import fastapi"),
    Plant("Rules and contracts are pure", "services/catalog/readiness.py", "import fastapi"),
    Plant("Rules and contracts are pure", "services/issuer/credential.py", "import joserfc"),
    Plant("Rules and contracts are pure", "services/issuer/batches.py", "import sqlalchemy"),
    Plant("Rules and contracts are pure", "services/issuer/picture.py", "import httpx"),
    Plant("Rules and contracts are pure", "services/issuer/status.py", "import fastapi"),
    Plant("Rules and contracts are pure", "shared/contracts/topics.py", "import aiokafka"),
    Plant(
        "Who may come in is judged without a network or a database",
        "services/catalog/access.py",
        "import httpx",
    ),
)


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """Copy what import-linter reads."""
    unread = shutil.ignore_patterns("__pycache__", "published", "seed")
    for folder in ("services", "shared"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=unread)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add_line(module: Path, line: str) -> None:
    """Add a line to a module, made when it is missing; a room may have become a package."""
    if module.with_suffix("").is_dir():
        module = module.with_suffix("") / "__init__.py"
    module.parent.mkdir(parents=True, exist_ok=True)
    with module.open("a", encoding="utf-8") as text:
        text.write(f"\n{line}\n")


def broken_contracts(tree: Path) -> set[str]:
    """Run import-linter there and return the names of the contracts it found broken."""
    lint = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [lint, "--no-cache", "--no-logo"], cwd=tree, capture_output=True, text=True, check=False
    )
    broken = set(BROKEN.findall(run.stdout))
    assert "Contracts: " in run.stdout, run.stdout + run.stderr
    assert bool(broken) == bool(run.returncode)
    return broken


def test_the_tree_keeps_every_contract(copied_tree: Path) -> None:
    assert broken_contracts(copied_tree) == set()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.module}: {plant.line}")
def test_one_forbidden_import_breaks_exactly_its_contract(copied_tree: Path, plant: Plant) -> None:
    for made in plant.also_made:
        add_line(copied_tree / made, '"""Planted."""')
    add_line(copied_tree / plant.module, plant.line)

    assert broken_contracts(copied_tree) == {plant.contract}


def test_every_contract_is_broken_by_some_plant() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tables = text.split("[[tool.importlinter.contracts]]")[1:]
    names = {re.findall(r'^name = "(.+)"$', table, re.MULTILINE)[0] for table in tables}

    assert names == {plant.contract for plant in PLANTS}
