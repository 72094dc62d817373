"""AsyncAPI's own parser takes the published document, and reads in it what we mean."""

import json
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from shared.contracts.events import EVENTS
from shared.contracts.publish import FOLDER
from shared.contracts.topics import TOPICS
from tests.support.npm import NodeProgram

pytestmark = pytest.mark.node

PARSER: Final = NodeProgram(
    sources=Path(__file__).parent / "js_asyncapi",
    program="parse.mjs",
    integrity={
        "@asyncapi/parser": (
            "sha512-DppE3OStajt6gHc+RsVf9VxRwW9WACag"
            "HnFvkOML5rZGwS9hXxtFYTxnsH3mHPRgHom0rClMs6DpbjNY65Y54A=="
        ),
    },
)
ERROR, WARNING = 0, 1


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    """Install the parser once, as pinned; skip (in CI: fail) where that cannot be done."""
    PARSER.install()


def parse(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = PARSER.run(str(path))
    return told


def test_the_official_parser_finds_no_error_and_no_warning() -> None:
    told = parse(FOLDER / "asyncapi.json")

    assert [one for one in told["found"] if one["severity"] in (ERROR, WARNING)] == []
    assert told["version"] == "3.0.0"


def test_it_reads_every_topic_and_every_event_with_its_topic() -> None:
    told = parse(FOLDER / "asyncapi.json")

    assert told["channels"] == sorted(topic.name for topic in TOPICS)
    assert told["messages"] == {event.type_(): event.topic.name for event in EVENTS}


def test_a_document_with_a_fault_is_refused(tmp_path: Path) -> None:
    for file in FOLDER.iterdir():
        shutil.copy(file, tmp_path)
    document = json.loads((tmp_path / "asyncapi.json").read_text(encoding="utf-8"))
    document["operations"]["hear-awards"]["action"] = "overhear"
    (tmp_path / "asyncapi.json").write_text(json.dumps(document), encoding="utf-8")

    assert [one for one in parse(tmp_path / "asyncapi.json")["found"] if one["severity"] == ERROR]
