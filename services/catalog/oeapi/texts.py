"""Texts for people in OEAPI: a list with a language each (LanguageTypedString).

Apart from what is described, because every description has them, and reading one must say which
languages could not be kept.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Final

from services.catalog.oeapi.languages import plain_tag
from services.catalog.oeapi.losses import Losses
from shared.contracts.plain_text import has_html
from shared.contracts.vocabulary import LocalText
from shared.strict_json import JsonObject, JsonValue

LONGEST: Final = 4000
_UNSEEN: Final = frozenset({"script", "style", "template"})
_BLOCKS: Final = frozenset({"p", "li", "div", "h1", "h2", "h3", "h4", "ul", "ol", "tr"})
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_TAGS: Final = (("nl", "nl-NL"), ("en", "en"))


def write_text(text: LocalText | None) -> list[JsonValue]:
    """Write a text as OEAPI has it; RIO looks for `nl-NL`."""
    if text is None:
        return []
    said = {"nl": text.nl, "en": text.en}
    return [{"language": tag, "value": said[name]} for name, tag in _TAGS if said[name]]


def read_text(value: JsonValue, pointer: str, losses: Losses) -> LocalText | None:
    """Read a text in the languages we have; what is in another, or too long, is lost."""
    if value is None:
        return None
    kept: dict[str, str] = {}
    for at, entry in enumerate(_entries(value)):
        here = f"{pointer}/{at}"
        language, text = entry.get("language"), entry.get("value")
        if not isinstance(language, str) or not isinstance(text, str) or not text:
            losses.note(here, "text-unreadable")
            continue
        text = _without_html(text, here, losses)
        name = plain_tag(language).partition("-")[0]
        if name not in {"nl", "en"} or name in kept:
            losses.note(here, "language-not-kept")
        elif len(text) > LONGEST:
            losses.note(here, "text-too-long")
        else:
            kept[name] = text
    if not kept:
        return None
    return LocalText(nl=kept.get("nl"), en=kept.get("en"))


def _without_html(text: str, pointer: str, losses: Losses) -> str:
    """Keep the words of a text with markup; our own texts have none (RIO refuses it)."""
    if not has_html(text):
        return text
    losses.note(pointer, "markup-removed")
    reader = _Words()
    reader.feed(text)
    reader.close()
    return reader.words()


class _Words(HTMLParser):
    """Reads the words out of HTML; what stands in blocks of their own gets lines of their own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        """Begin a line where a browser would."""
        self._hidden += tag in _UNSEEN
        self._parts.append("- " if tag == "li" else "")
        self._parts.append("\n" if tag == "br" else "")

    def handle_endtag(self, tag: str) -> None:
        """End a line where a browser would."""
        self._hidden -= tag in _UNSEEN and self._hidden > 0
        self._parts.append("\n" if tag in _BLOCKS else "")

    def _keep(self, data: str) -> None:
        self._parts.append("" if self._hidden else data)

    handle_data = _keep

    def words(self) -> str:
        """Return the words, without a sign that could begin markup again."""
        lines = "".join(self._parts).replace("<", "< ").splitlines()
        tidy = "\n".join(line.strip() for line in lines)
        return _EMPTY_LINES.sub("\n\n", tidy).strip()


def _entries(value: JsonValue) -> Sequence[JsonObject]:
    """Return the entries of a list of texts; a bare text is one without a language."""
    if isinstance(value, list):
        return [entry if isinstance(entry, dict) else {"value": entry} for entry in value]
    return [{"value": value}]
