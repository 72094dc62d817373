"""Write the contracts as JSON Schema and AsyncAPI 3 files, for those who do not speak Python.

`python -m shared.contracts.publish` writes `published/`; a test fails when those files are stale.
"""

import json
from pathlib import Path

from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import EVENTS, Event
from shared.contracts.topics import TOPICS, Topic

FOLDER = Path(__file__).parent / "published"


def schema_of(event: type[Event]) -> dict[str, object]:
    """Return the JSON Schema of an event's data."""
    return event.model_json_schema(mode="serialization") | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://waarmerk.example/contracts/v1/{event.name}.schema.json",
        "title": event.type_(),
    }


def asyncapi() -> dict[str, object]:
    """Return the AsyncAPI 3 document of every topic and message on the bus."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Waarmerk events",
            "version": "1.0.0",
            "description": "CloudEvents (NL GOV profile 1.1), structured JSON, keyed by subject.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {
            f"hear-{topic.name}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{topic.name}"},
            }
            for topic in TOPICS
        },
        "components": {
            "schemas": {"cloudevent": {"$ref": "./cloudevent.schema.json"}},
            "messages": {event.name: _message(event) for event in EVENTS},
        },
    }


def _channel(topic: Topic) -> dict[str, object]:
    return {
        "address": topic.name,
        "messages": {
            event.name: {"$ref": f"#/components/messages/{event.name}"}
            for event in EVENTS
            if event.topic == topic
        },
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["compact" if topic.compacted else "delete"]
                },
            }
        },
    }


def _message(event: type[Event]) -> dict[str, object]:
    return {
        "name": event.type_(),
        "summary": (event.__doc__ or "").strip().splitlines()[0],
        "payload": {
            "allOf": [
                {"$ref": "./cloudevent.schema.json"},
                {"properties": {"data": {"$ref": f"./{event.name}.schema.json"}}},
            ]
        },
    }


def documents() -> dict[str, str]:
    """Return every published file by name."""
    files: dict[str, dict[str, object]] = {
        f"{event.name}.schema.json": schema_of(event) for event in EVENTS
    }
    files["cloudevent.schema.json"] = CloudEvent.model_json_schema(mode="serialization")
    files["asyncapi.json"] = asyncapi()
    return {
        name: json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        for name, document in files.items()
    }


def main() -> None:
    """Write every file anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
