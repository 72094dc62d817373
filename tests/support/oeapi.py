"""OEAPI's own documents, as judges of what we answer: v6 from its OpenAPI file, v5 by its lists.

Apart from the tests that ask it. An extensible list is judged as it says itself: one of its values,
or one that begins with `x-`.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from tests.support.material import MATERIAL, ROOT

FOLDER: Final = (MATERIAL or ROOT) / "data" / "netherlands" / "oeapi"
_CHECKER: Final = FormatChecker(formats=())


@_CHECKER.checks("uuid", ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value.lower()


@_CHECKER.checks("date", ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (bool(date.fromisoformat(value)) and len(value) == 10)


@_CHECKER.checks("date-time", ValueError)
def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return "T" in value and datetime.fromisoformat(value).tzinfo is not None


@_CHECKER.checks("uri", ValueError)
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(
        re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|\\^`]+", value)
    )


@_CHECKER.checks("email", ValueError)
def _is_email(value: object) -> bool:
    return not isinstance(value, str) or "@" in value


@cache
def document() -> dict[str, Any]:
    """Return the OpenAPI document of OEAPI v6, with its extensible lists as rules."""
    text = (FOLDER / "oeapi-v6-microcredential-subset.json").read_text(encoding="utf-8")
    whole: dict[str, Any] = json.loads(text)
    _close_lists(whole)
    return whole


def _close_lists(node: object) -> None:
    if isinstance(node, dict):
        if "x-ooapi-extensible-enum" in node:
            listed = [value for value in node["x-ooapi-extensible-enum"] if value is not None]
            node["anyOf"] = [{"enum": listed}, {"type": "string", "pattern": "^x-"}]
        for each in node.values():
            _close_lists(each)
    elif isinstance(node, list):
        for each in node:
            _close_lists(each)


@cache
def validator(path: str, status: str = "200") -> Draft202012Validator:
    """Return what judges the answer of a path of the document."""
    answer = document()["paths"][path]["get"]["responses"][status]
    answer = resolved(answer)
    ((_, media),) = answer["content"].items()
    return _validator(json.dumps(media["schema"]))


@cache
def _validator(schema: str) -> Draft202012Validator:
    whole = {**json.loads(schema), "components": document()["components"]}
    return Draft202012Validator(whole, format_checker=_CHECKER)


def schema_validator(name: str) -> Draft202012Validator:
    """Return what judges one of the document's schemas."""
    return _validator(json.dumps({"$ref": f"#/components/schemas/{name}"}))


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference within the document."""
    while "$ref" in node:
        target: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def faults(judge: Draft202012Validator, value: object) -> list[str]:
    """Return every fault with its place."""
    return [
        f"{'/'.join(map(str, fault.absolute_path))}: {fault.message[:300]}"
        for fault in judge.iter_errors(value)
    ]


class _Texts(yaml.SafeLoader):
    """Reads `yes` and `no` as words, as who wrote these files meant them."""


_Texts.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def rio_validator(kind: str) -> Draft202012Validator:
    """Return what judges the `consumer` member for RIO: of a Programme, Course or Offering."""
    text = (FOLDER / f"rio-consumer-v1-{kind}.yaml").read_text(encoding="utf-8")
    schema = yaml.load(text, Loader=_Texts)  # noqa: S506 - a SafeLoader, without booleans
    for member in schema["properties"].values():
        if isinstance(member.get("items"), str):
            member["items"] = {"type": member["items"]}
    return Draft202012Validator(schema)


@cache
def v5_values(name: str) -> frozenset[str]:
    """Return the values of one of v5's lists."""
    path = FOLDER / "v5-enums" / f"{name}.yaml"
    schema = yaml.safe_load(path.read_text(encoding="utf-8"))
    listed = schema.get("items", schema)
    return frozenset(listed.get("enum") or listed["x-ooapi-extensible-enum"])


def members(value: object) -> Iterator[tuple[str, object]]:
    """Give every member anywhere in a value."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield name, each
            yield from members(each)
    elif isinstance(value, list):
        for each in value:
            yield from members(each)
