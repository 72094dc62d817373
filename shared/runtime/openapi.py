"""The OpenAPI document of a service, as the NL API Design Rules 2.2 want it: zero lint errors.

Apart from the routes: FastAPI's own document promises a 422 we never send, and knows nothing of
problem documents, API-Version or the address under which the world finds us.
"""

import json
import re
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.runtime.language import Language
from shared.runtime.problems import MEDIA_TYPE, PROBLEM_PAGES, declared_problem, title_of

PREFIX: Final = "/v1"
CONTACT: Final = {
    "name": "Waarmerk",
    "url": "https://waarmerk.example/contact",
    "email": "api@waarmerk.example",
}
LICENSE: Final = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
_METHODS: Final = ("get", "put", "post", "delete", "patch")
_READS: Final = ("get", "delete")
_VERSION_HEADER: Final = {"$ref": "#/components/headers/ApiVersion"}
_LANGUAGE_HEADER: Final = {"$ref": "#/components/headers/ContentLanguage"}
_QUOTA_HEADERS: Final = {
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimitPolicy"},
}
_HOLDING: Final = ("not-its-holder", "dpop-refused", "dpop-nonce-needed")
_REPLACED: Final = ("HTTPValidationError", "ValidationError")

FAULT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "One fault in the request.",
    "required": ["in", "pointer", "code", "detail"],
    "properties": {
        "in": {"type": "string", "enum": ["body", "query", "path", "header", "cookie"]},
        "pointer": {
            "type": "string",
            "description": "RFC 6901 pointer into that part of the request.",
            "examples": ["/studyLoad/value"],
        },
        "code": {"type": "string", "examples": ["greater-than"]},
        "detail": {"type": "string", "examples": ["The number must be greater than 0."]},
    },
}
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": (
        "A problem document (RFC 9457). Its title and details are in English, or in Dutch where "
        "Accept-Language prefers that; its type, codes and pointers are the same in both."
    ),
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "The address of a page with what it means and what to do.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "The last part of the type."},
        "requestId": {"type": "string", "description": "Name it when you ask us for help."},
        "errors": {
            "type": "array",
            "description": "Every fault in the request, without what was sent.",
            "items": {"$ref": "#/components/schemas/Fault"},
        },
    },
}


def write_document(app: FastAPI, *, public_url: str, token_url: str | None) -> dict[str, Any]:
    """Return the document of everything under /v1."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        summary=app.summary,
        description=app.description,
        contact=CONTACT,
        license_info=LICENSE,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    document = _with_plain_names(document)
    document["servers"] = [{"url": f"{public_url}{PREFIX}"}]
    document["paths"] = {
        path.removeprefix(PREFIX): item
        for path, item in document["paths"].items()
        if path.startswith(f"{PREFIX}/")
    }
    components = document.setdefault("components", {})
    _complete_components(components, token_url=token_url)
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                _complete_operation(item[method], path, writes=method not in _READS)
    return _with_own_pages(document, public_url)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a body that a route reads itself, with nothing to look up in it."""
    schema = model.model_json_schema()
    named = schema.pop("$defs", {})

    def inline(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, list):
            return [inline(one) for one in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return inline(named[value["$ref"].rpartition("/")[2]])
        return {name: inline(one) for name, one in value.items()}

    inlined: dict[str, Any] = inline(schema)
    return inlined


def _with_own_pages(document: dict[str, Any], public_url: str) -> dict[str, Any]:
    """Name the pages of this service on every refusal that is shown."""
    own: dict[str, Any] = json.loads(
        json.dumps(document).replace(PROBLEM_PAGES, f"{public_url}/problems/")
    )
    return own


def _with_plain_names(document: dict[str, Any]) -> dict[str, Any]:
    """Call schemas by letters and digits only: `Page_Award_` becomes `PageAward`."""
    text = json.dumps(document)
    for name in document.get("components", {}).get("schemas", {}):
        plain = re.sub(r"[^A-Za-z0-9]", "", name)
        text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{plain}"')
        text = text.replace(f'"{name}": {{', f'"{plain}": {{')
    plainly: dict[str, Any] = json.loads(text)
    return plainly


def _complete_components(components: dict[str, Any], *, token_url: str | None) -> None:
    schemas = components.setdefault("schemas", {})
    for name in _REPLACED:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    schemas["Fault"] = FAULT_SCHEMA
    components["headers"] = {
        "ApiVersion": {
            "description": "The full version of this API.",
            "schema": {"type": "string", "examples": ["1.0.0"]},
        },
        "RateLimit": {
            "description": "How many requests are left (r), and seconds until all are (t).",
            "schema": {"type": "string", "examples": ['"client";r=59999;t=1']},
        },
        "RateLimitPolicy": {
            "description": "The quota (q) of requests in a window of seconds (w).",
            "schema": {"type": "string", "examples": ['"client";q=60000;w=60']},
        },
        "ContentLanguage": {
            "description": "The language of the title and details; Accept-Language asks for it.",
            "schema": {"type": "string", "enum": [language.value for language in Language]},
        },
    }
    for scheme in components.get("securitySchemes", {}).values():
        flow = scheme.get("flows", {}).get("clientCredentials")
        if flow is not None and token_url is not None:
            flow["tokenUrl"] = token_url


def _complete_operation(operation: dict[str, Any], path: str, *, writes: bool) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    if writes or operation.get("parameters"):
        _declare(responses, "400", "invalid-request")
    if operation.get("security"):
        _declare(responses, "401", "unauthenticated", "token-refused", *_HOLDING)
        _declare(responses, "403", "scope-missing")
    if "{" in path:
        _declare(responses, "404", "not-found")
    if "requestBody" in operation:
        _declare(responses, "413", "too-large")
        _declare(responses, "415", "unsupported-media-type")
    _declare(responses, "429", "too-many-requests")
    _declare(responses, "503", "unavailable")
    for status, response in responses.items():
        headers = response.setdefault("headers", {})
        headers["API-Version"] = _VERSION_HEADER
        headers |= _QUOTA_HEADERS
        content = response.get("content", {})
        if MEDIA_TYPE in content:
            headers["Content-Language"] = _LANGUAGE_HEADER
        # The token endpoint refuses as RFC 6749 5.2 says: in JSON.
        if status[0] in "45" and not path.startswith("/oauth/"):
            content.pop("application/json", None)
    operation["responses"] = dict(sorted(responses.items()))


def _declare(responses: dict[str, Any], status: str, *codes: str) -> None:
    """Add a refusal that every such operation has."""
    declared = responses.setdefault(status, declared_problem())
    content = declared.setdefault("content", {}).setdefault(MEDIA_TYPE, {})
    content.setdefault("schema", {"$ref": "#/components/schemas/Problem"})
    named = [code for code in codes if f"`{code}`" not in declared["description"]]
    declared["description"] = "; ".join(
        [*filter(None, [declared["description"]]), *(f"`{code}`" for code in named)]
    ) or title_of(codes[0])


def operation_id(route: APIRoute) -> str:
    """Name an operation after its function, in camelCase."""
    head, *tail = re.split(r"_+", route.name.strip("_"))
    return head + "".join(word.capitalize() for word in tail)
