"""A flat JSON-LD document as RDF 1.1 Turtle: absolute addresses, prefixed names and plain texts.

No reader of any JSON-LD: it writes the documents of `datasets`, whose terms are all prefixed.
"""

from collections.abc import Iterator
from typing import Any, Final

_ESCAPES: Final = {
    ord("\\"): "\\\\",
    ord('"'): '\\"',
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}


def write_turtle(document: dict[str, Any]) -> str:
    """Write a document with `@context` and `@graph` as Turtle."""
    lines = [f"@prefix {name}: <{address}> ." for name, address in document["@context"].items()]
    for node in document["@graph"]:
        said = " ;\n  ".join(f"{term} {', '.join(values)}" for term, values in _said(node))
        lines.append(f"\n<{node['@id']}> {said} .")
    return "\n".join(lines) + "\n"


def _said(node: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "a", [node["@type"]]
    for term, value in node.items():
        if not term.startswith("@"):
            values = value if isinstance(value, list) else [value]
            yield term, [_written(each) for each in values]


def _written(value: dict[str, str] | str) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if "@id" in value:
        return f"<{value['@id']}>"
    return f"{_quoted(value['@value'])}@{value['@language']}"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'
