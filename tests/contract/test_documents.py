"""The documents lead somewhere: every link to a file, every make target, every topic."""

import re
from pathlib import Path
from typing import Final

import pytest

from shared.contracts.topics import TOPICS
from tests.support.material import ROOT
from tests.support.settings import SERVICES
from tests.support.tree import kept_files

DOCUMENTS: Final = sorted(ROOT.glob("*.md"))
TARGETS: Final = set(
    re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
)


def prose(name: str) -> str:
    """Read a document at the top of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "DECISIONS.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
    ],
)
def test_every_document_a_newcomer_looks_for_is_there(name: str) -> None:
    assert len(prose(name)) > 500


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    named = re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(named) <= TARGETS


def test_the_readme_begins_with_its_two_commands() -> None:
    first = re.findall(r"```sh\n(.*?)```", prose("README.md"), re.DOTALL)[0]

    assert [line.partition("#")[0].strip() for line in first.splitlines()] == [
        "make demo",
        "make test",
    ]


def test_the_life_of_a_credential_has_nine_lines() -> None:
    life = (
        prose("ARCHITECTURE.md").partition("## The life of a credential\n")[2].partition("\n## ")[0]
    )

    assert re.findall(r"^(\d)\. ", life, re.MULTILINE) == [*"123456789"]


def test_the_architecture_names_the_topics_and_the_services_that_exist() -> None:
    events = prose("ARCHITECTURE.md").partition("\n## Events\n")[2].partition("\n## ")[0]

    assert re.findall(r"^\| `([a-z-]+)` \|", events, re.MULTILINE) == [
        topic.name for topic in TOPICS
    ]
    for service in SERVICES:
        assert f"| `{service}` |" in prose("ARCHITECTURE.md")


def test_the_licence_is_named_and_not_copied() -> None:
    assert "SPDX-License-Identifier: EUPL-1.2" in prose("LICENSE")
    assert len(prose("LICENSE").splitlines()) < 30


def test_no_installed_tool_is_kept_by_git() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in kept_files()}

    assert tops.isdisjoint({".venv", ".tools", ".build", ".demo", "node_modules"})
