"""The published contract files are what the code says, and are valid in their own language."""

import json

import pytest
from jsonschema import Draft202012Validator

from shared.contracts.events import EVENTS
from shared.contracts.publish import FOLDER, documents
from shared.contracts.topics import TOPICS

PUBLISHED = documents()


def test_the_published_files_are_fresh() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}

    assert kept.keys() == PUBLISHED.keys(), "run python -m shared.contracts.publish"
    assert [name for name in kept if kept[name] != PUBLISHED[name]] == []


@pytest.mark.parametrize("name", sorted(PUBLISHED.keys() - {"asyncapi.json"}))
def test_every_schema_is_a_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(PUBLISHED[name]))


def test_the_asyncapi_document_names_every_topic_and_every_event() -> None:
    document = json.loads(PUBLISHED["asyncapi.json"])

    assert document["asyncapi"].startswith("3.")
    assert {channel["address"] for channel in document["channels"].values()} == {
        topic.name for topic in TOPICS
    }
    assert set(document["components"]["messages"]) == {event.name for event in EVENTS}


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = json.loads(PUBLISHED["asyncapi.json"])

    for reference in references(document):
        if reference.startswith("#/"):
            target = document
            for part in reference[2:].split("/"):
                target = target[part]
        else:
            assert reference.removeprefix("./") in PUBLISHED


def references(node: object) -> list[str]:
    """Collect every `$ref` below a node."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for child in node.values() for found in references(child)]
    if isinstance(node, list):
        return [found for child in node for found in references(child)]
    return []
