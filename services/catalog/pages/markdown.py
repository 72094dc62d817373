"""A framework document as a page shows it: its markdown as HTML, without any HTML of its own.

Apart from the pages, because the document is kept and served byte for byte; this is a view of it.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from shared.contracts.vocabulary import LocalText

_DEEPEST: Final = 6
_LOWER: Final = 2
"""A document's first heading stands two below the page's own."""
# HTML in the text is shown as text; pictures would be somebody else's server.
_READ: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document in one language."""

    language: str
    text: Markup


@lru_cache(maxsize=64)
def read_document(document: bytes, name: LocalText) -> list[Part]:
    """Read a document; in two parts divided by a rule before a title it is Dutch, then English."""
    tokens = _READ.parse(document.decode("utf-8", "replace"))
    for at, token in enumerate(tokens):
        if token.type == "hr" and _is_title(tokens[at + 1 : at + 2]):
            return [_part("nl", tokens[:at]), _part("en", tokens[at + 1 :])]
    return [_part("nl" if name.nl else "en", tokens)]


def _is_title(tokens: list[Token]) -> bool:
    return any(token.type == "heading_open" and token.tag == "h1" for token in tokens)


def _part(language: str, tokens: list[Token]) -> Part:
    shown = [_lowered(token) for token in tokens]
    # What is escaped is escaped by the renderer, token by token.
    return Part(language, Markup(_READ.renderer.render(shown, _READ.options, {})))  # noqa: S704


def _lowered(token: Token) -> Token:
    if token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(int(token.tag[1:]) + _LOWER, _DEEPEST)}"
    for inner in token.children or ():
        if inner.type == "link_open":
            inner.attrSet("rel", "noreferrer nofollow")
    return token
