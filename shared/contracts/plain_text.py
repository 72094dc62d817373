"""Texts for people are plain: no HTML, nothing hidden, never only white space.

Apart from the contracts, because it is a rule of its own: RIO refuses HTML, a wallet would show the
tags, and a hidden character makes a text say something else than it shows. What an HTML reader
takes for markup (WHATWG HTML §13.2.5.6, the tag open state) is refused; `3 < 5`, `<3` and `A&B` are
not. A text is composed (Unicode NFC) before it is kept, so that equal texts are equal bytes.
"""

import re
import unicodedata
from collections.abc import Iterator
from html.entities import html5
from typing import Annotated, Final

from pydantic import StringConstraints

from shared.contracts.requests import Broken, fault, text_when_asked

MAX_TEXT: Final = 4000
_MARKUP: Final = re.compile(r"<[a-zA-Z/!?]")
_ENTITY: Final = re.compile(r"&(?:#(?:[0-9]+|[xX][0-9a-fA-F]+)|([a-zA-Z][a-zA-Z0-9]*));")
_LAYOUT: Final = frozenset("\n\r\t")
_BREAKS: Final = frozenset("\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029")
# Invisible, and yet part of how a text is written: joiners, direction marks and the soft hyphen.
_OF_WRITING: Final = frozenset("\u00ad\u061c\u200c\u200d\u200e\u200f")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Zl", "Zp"})
_DAMAGED: Final = "\ufffd"

BLANK: Final = Broken(
    fault(
        "blank",
        "The text has only white space: write something, or leave it out.",
        "De tekst bestaat alleen uit wit: schrijf iets, of laat de tekst weg.",
    )
)
HTML: Final = Broken(
    fault(
        "html",
        "Plain text is expected, without HTML tags, comments or codes such as &amp;. "
        "Put a space after a < that stands before a letter or a slash.",
        "Hier hoort gewone tekst, zonder HTML-tags, commentaar of codes zoals &amp;. "
        "Zet een spatie na een < die voor een letter of schuine streep staat.",
    )
)
HIDDEN: Final = Broken(
    fault(
        "hidden-character",
        "The text has a character that nobody sees or that was damaged: a control character, "
        "a change of direction, or a sign that stands for a lost one.",
        "De tekst heeft een teken dat niemand ziet of dat beschadigd is: een stuurteken, "
        "een omkering van de leesrichting, of een teken dat voor een verloren teken staat.",
    )
)
BREAK: Final = Broken(
    fault(
        "line-break",
        "One line of text is expected, without line breaks or tabs.",
        "Hier hoort één regel tekst, zonder regeleinden of tabs.",
    )
)


def composed(text: str) -> str:
    """Return the text in Unicode NFC: the same text to every reader, in one spelling."""
    return unicodedata.normalize("NFC", text)


def has_html(text: str) -> bool:
    """Say whether an HTML reader would take part of a text for markup."""
    if _MARKUP.search(text):
        return True
    return any(found[1] is None or f"{found[1]};" in html5 for found in _ENTITY.finditer(text))


def has_hidden(text: str) -> bool:
    """Say whether a text has a character that is not seen, or a lost one."""
    return any(
        one == _DAMAGED
        or (unicodedata.category(one) in _HIDDEN and one not in _LAYOUT | _OF_WRITING)
        for one in text
        if one > "\x7e" or one < " "
    )


def is_blank(text: str) -> bool:
    """Say whether there is nothing to read in a text."""
    return all(unicodedata.category(one)[0] in "ZC" for one in text)


def judge_text(text: str) -> Iterator[Broken]:
    """Name every rule that a text for people breaks."""
    if text and is_blank(text):
        yield BLANK
    if has_html(text):
        yield HTML
    if has_hidden(text):
        yield HIDDEN


def judge_line(text: str) -> Iterator[Broken]:
    """Name every rule that a text of one line breaks."""
    if text and is_blank(text):
        yield BLANK
        return
    if has_html(text):
        yield HTML
    if not _BREAKS.isdisjoint(text):
        yield BREAK
    if has_hidden("".join(one for one in text if one not in _BREAKS)):
        yield HIDDEN


PLAIN: Final = text_when_asked(judge_text, first=composed)
"""A text of any number of lines; to be put after its length: `Annotated[str, Field(…), PLAIN]`."""
ONE_LINE: Final = text_when_asked(judge_line, first=composed)
"""A name, code or word; to be put after its length."""

PlainText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT), PLAIN]
