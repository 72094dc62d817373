"""The OpenAPI document of each service tells a stranger everything, and nothing that is not so."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import anyio
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient, Response
from jsonschema import Draft202012Validator

from tests.support.settings import SERVICES, app_of

METHODS: Final = {"get", "put", "post", "delete", "patch"}
PROBLEM: Final = "application/problem+json"
Document = dict[str, Any]


@pytest.fixture(scope="module", params=SERVICES)
def app(request: pytest.FixtureRequest) -> FastAPI:
    """Give each service's application in turn."""
    return app_of(str(request.param))


@pytest.fixture(scope="module")
def document(app: FastAPI) -> Document:
    """Give the document as a stranger gets it."""
    return fetched(app)


def fetched(app: FastAPI) -> Document:
    """Ask an application for its document."""

    async def ask() -> Response:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://service") as client:
            return await client.get("/v1/openapi.json")

    answer = anyio.run(ask)
    assert answer.status_code == 200
    document: Document = answer.json()
    return document


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield every operation with a name a person recognises."""
    for path, methods in document["paths"].items():
        for method in methods.keys() & METHODS:
            yield f"{method.upper()} {path}", methods[method]


def resolved(document: Document, node: Document) -> Document:
    """Follow a reference within the document."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def examples_of(document: Document, media: Document) -> list[object]:
    """Return the examples of a body: its own, or those of its schema."""
    if "example" in media:
        return [media["example"]]
    if "examples" in media:
        return [resolved(document, each)["value"] for each in media["examples"].values()]
    own = media.get("schema", {})
    schema = {**resolved(document, own), **own}
    return [schema["example"]] if "example" in schema else [*schema.get("examples", ())]


def unshown(document: Document, schema: Document, at: str = "") -> list[str]:
    """Return the texts of which a reader cannot tell how they look; a number speaks for itself."""
    schema = {**resolved(document, schema), **schema}
    if schema.keys() & {"example", "examples", "enum", "const", "format", "default"}:
        return []
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return [bare for each in schema[choice] for bare in unshown(document, each, at)]
    if schema.get("type") == "array":
        return unshown(document, schema.get("items", {}), f"{at}[]")
    if schema.get("type") == "object":
        return [
            bare
            for name, each in schema.get("properties", {}).items()
            for bare in unshown(document, each, f"{at}/{name}")
        ]
    return [at] if schema.get("type") == "string" else []


def bodies(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield every body that goes in, and every body that comes out when all is well."""
    for name, operation in operations(document):
        if "requestBody" in operation:
            for kind, media in resolved(document, operation["requestBody"])["content"].items():
                yield f"{name} takes {kind}", media
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                for kind, media in resolved(document, answer).get("content", {}).items():
                    yield f"{name} answers {status} {kind}", media


def test_the_document_says_what_it_is_and_whom_to_ask(document: Document) -> None:
    about = document["info"]

    assert document["openapi"].startswith("3.")
    assert re.fullmatch(r"\d+\.\d+\.\d+", about["version"])
    assert about["contact"].keys() >= {"name", "email", "url"}
    assert about["title"]
    assert about["description"]


def test_every_operation_has_a_name_of_its_own_and_a_sentence(document: Document) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]

    assert len(names) == len(set(names)) > 0
    for name, operation in operations(document):
        assert operation.get("summary"), name
        assert operation.get("description") or operation.get("summary"), name


def test_every_api_route_is_in_the_document(app: FastAPI, document: Document) -> None:
    base = document["servers"][0]["url"].rpartition("/")[2]
    documented = {f"/{base}{path}" for path in document["paths"]} | set(document["paths"])
    routes = {route.path_format for route in app.routes if isinstance(route, APIRoute)}

    assert {path for path in routes if path.startswith("/v1/")} - documented <= {"/v1/openapi.json"}


def test_nothing_answers_422(document: Document) -> None:
    assert '"422"' not in json.dumps(document)
    assert not {"HTTPValidationError", "ValidationError"} & document["components"]["schemas"].keys()


def test_every_refusal_is_a_problem_document(document: Document) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")):
                content = resolved(document, answer)["content"]
                # OAuth refuses in JSON (RFC 6749 5.2); ours is a problem document all the same.
                kinds = {PROBLEM, "application/json"} if name == "POST /oauth/token" else {PROBLEM}
                assert content.keys() <= kinds, f"{name} {status}"
                for media in content.values():
                    schema = resolved(document, media["schema"])
                    assert schema["properties"].keys() >= {"status", "title", "detail"}


def test_every_operation_says_how_it_can_be_refused(document: Document) -> None:
    for name, operation in operations(document):
        statuses = operation["responses"].keys()
        assert any(status.startswith("2") for status in statuses), name
        if "requestBody" in operation:
            assert "400" in statuses, name
        if operation.get("security"):
            assert {"401", "403"} <= statuses, name
        if "{" in name:
            assert "404" in statuses, name


def test_every_answer_names_the_version_of_the_api(document: Document) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            headers = resolved(document, answer).get("headers", {})
            assert "API-Version" in headers, f"{name} {status}"


def test_every_body_is_shown_by_example(document: Document) -> None:
    bare = {
        name: unshown(document, media.get("schema", {}))
        for name, media in bodies(document)
        if not examples_of(document, media)
    }

    assert {name: fields for name, fields in bare.items() if fields} == {}


def test_every_example_is_what_its_schema_says(document: Document) -> None:
    for name, media in bodies(document):
        schema = {**media.get("schema", {}), "components": document["components"]}
        validator = Draft202012Validator(schema)
        for example in examples_of(document, media):
            faults = [fault.message for fault in validator.iter_errors(example)]
            assert faults == [], name


def test_nothing_refers_to_what_is_not_there(document: Document) -> None:
    for pointer in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))):
        found: Any = document
        for name in pointer.removeprefix("#/").split("/"):
            assert name in found, pointer
            found = found[name]


def test_every_path_and_query_follows_the_api_design_rules(document: Document) -> None:
    for name, operation in operations(document):
        path = name.partition(" ")[2]
        assert not path.endswith("/")
        for segment in path.strip("/").split("/"):
            assert re.fullmatch(r"\{[a-zA-Z]+\}|_?[a-z0-9]+(-[a-z0-9]+)*(\.json)?", segment), name
        for parameter in operation.get("parameters", ()):
            known = resolved(document, parameter)
            if known["in"] == "query":
                assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", known["name"]), name


def test_no_operation_is_named_alike_in_two_services() -> None:
    seen: dict[str, str] = {}
    for service in SERVICES:
        for _, operation in operations(fetched(app_of(service))):
            name = operation["operationId"]
            assert seen.setdefault(name, service) == service, name
