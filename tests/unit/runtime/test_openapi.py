"""The document of a service promises what is done, and nothing else."""

import json
from typing import Any

import pytest
from httpx import AsyncClient

pytestmark = pytest.mark.anyio


@pytest.fixture
async def document(toy: AsyncClient) -> dict[str, Any]:
    answer = await toy.get("/v1/openapi.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    found: dict[str, Any] = answer.json()
    return found


async def test_it_promises_400_and_never_422(document: dict[str, Any]) -> None:
    assert "422" not in json.dumps(document)
    assert "ValidationError" not in json.dumps(document)
    assert "400" in document["paths"]["/things"]["post"]["responses"]
    assert "400" in document["paths"]["/things"]["get"]["responses"]


async def test_it_says_where_the_service_is_and_whom_to_ask(document: dict[str, Any]) -> None:
    assert document["servers"] == [{"url": "https://toy.waarmerk.test/toy/v1"}]
    assert set(document["info"]["contact"]) == {"name", "url", "email"}
    assert all(path.startswith("/") and not path.startswith("/v1") for path in document["paths"])


async def test_every_answer_has_the_version_header(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            for response in operation["responses"].values():
                assert "API-Version" in response["headers"]


async def test_a_secured_operation_says_which_scope(document: dict[str, Any]) -> None:
    operation = document["paths"]["/entries"]["post"]

    assert operation["security"] == [{"clientCredentials": ["awards:write"]}]
    assert {"401", "403"} <= set(operation["responses"])
    scheme = document["components"]["securitySchemes"]["clientCredentials"]
    assert scheme["flows"]["clientCredentials"]["tokenUrl"].startswith("https://tokens.")


async def test_names_are_as_the_rules_want_them(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for m in document["paths"].values() for operation in m.values()]

    assert {"sayHello", "addThing", "listThings"} <= set(ids)
    assert all(name.isalnum() for name in document["components"]["schemas"])


async def test_declared_refusals_are_listed_with_examples(document: dict[str, Any]) -> None:
    conflict = document["paths"]["/entries"]["post"]["responses"]["409"]

    examples = conflict["content"]["application/problem+json"]["examples"]
    assert set(examples) == {"idempotency-key-reused", "still-running"}
    assert examples["still-running"]["value"]["status"] == 409
