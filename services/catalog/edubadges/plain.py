"""Plain text out of the HTML and Markdown that edubadges takes in its descriptions.

Every step reads a text once, whatever is in it: no expression here looks past the next sign of its
own kind, so that a hostile text costs no more than a long one.
"""

import html
import re
import unicodedata
from typing import Final

from shared.contracts.plain_text import composed, is_blank

_HIDDEN_BLOCKS: Final = (
    ("<!--", "-->"),
    ("<script", "</script"),
    ("<style", "</style"),
    ("<template", "</template"),
)
_BREAK: Final = re.compile(
    r"<br\s{0,9}/?>|</(?:p|li|div|h[1-6]|ul|ol|tr|blockquote)\s{0,9}>", re.IGNORECASE
)
_ITEM: Final = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>|<[!?][^<>]*>")
_COULD_BEGIN: Final = re.compile(r"<(?=[a-zA-Z/!?])")
_ENTITY: Final = re.compile(r"&(?=#?[0-9a-zA-Z]{1,40};)")
_MARKDOWN: Final = (
    (re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE), ""),
    (re.compile(r"!\[([^\[\]\n]*)\]\([^()\n]*\)"), r"\1"),
    (re.compile(r"\[([^\[\]\n]+)\]\(([^()\s]+)[^()\n]*\)"), r"\1 (\2)"),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"\1"),
    (re.compile(r"__([^_\n]+)__"), r"\1"),
    (re.compile(r"(?<![\w*])\*([^\s*][^*\n]*)(?<!\s)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_([^\s_][^_\n]*)(?<!\s)_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"^[ \t]*(?:[*+•]|-(?=[ \t]))[ \t]*(?=\S)", re.MULTILINE), "- "),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>-])"), r"\1"),
)
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_OF_WRITING: Final = frozenset("\u00ad\u061c\u200c\u200d\u200e\u200f")
_ROUNDS: Final = 3


def plain_text(text: str) -> str:
    """Return what a reader of the text would read, line by line; nothing may be left."""
    plain = _visible(text)
    for opening, closing in _HIDDEN_BLOCKS:
        plain = _without(plain, opening, closing)
    plain = _TAG.sub("", _ITEM.sub("- ", _BREAK.sub("\n", plain)))
    for _ in range(_ROUNDS):
        plain = html.unescape(plain)
    for pattern, kept in _MARKDOWN:
        plain = pattern.sub(kept, plain)
    plain = _ENTITY.sub("& ", _COULD_BEGIN.sub("< ", _visible(plain)))
    lines = (line.strip() for line in plain.split("\n"))
    tidy = composed(_EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip())
    return "" if is_blank(tidy) else tidy


def plain_line(text: str) -> str:
    """Return the same in one line."""
    return " ".join(plain_text(text).split())


def _without(text: str, opening: str, closing: str) -> str:
    """Take away what stands between two signs; one that is never closed hides nothing."""
    folded = text.lower()
    if len(folded) != len(text):  # Some letters grow when they are made small.
        folded = text
    kept, at = [], 0
    while (start := folded.find(opening, at)) >= 0:
        end = folded.find(closing, start)
        if end < 0:
            break
        kept.append(text[at:start])
        at = end + len(closing)
        if closing.startswith("</") and (tail := folded.find(">", at)) >= 0:
            at = tail + 1
    return "".join([*kept, text[at:]])


def _visible(text: str) -> str:
    """Keep what can be seen: no control characters, marks of damage, or changes of direction."""
    lines = "\n".join(text.splitlines())
    return "".join(one for one in lines if one in "\n\t" or one in _OF_WRITING or _is_seen(one))


def _is_seen(one: str) -> bool:
    return one != "\ufffd" and unicodedata.category(one) not in {"Cc", "Cf", "Co", "Cs"}
