"""A cell as a text that may be kept: trimmed, composed, and judged for what nobody should send.

Apart from the fields, because every one of them begins with it. Most cells are plain ASCII and are
passed by one pattern; only what is not is looked at rule by rule.
"""

import re
import unicodedata
from typing import Final

from services.issuer.batches.codes import Code
from shared.contracts.plain_text import composed, has_hidden, has_html

_PLAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.,'()/:;_#!?*%\"$\[\]@+-]| (?! ))*")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_BREAKS: Final = re.compile(r"[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]")
_MARKS_OF_WRITING: Final = re.compile("[\u200e\u200f\u061c\u00ad]")
# UTF-8 that was read as Windows-1252: a lead byte and then one that continues it.
_MISREAD: Final = re.compile(
    "[\u00c2-\u00c5\u00c3][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013-\u2122\u20ac]|\u00e2\u20ac"
)
# What letters of other code pages become when they are read as Windows-1252.
_STRANGE_IN_NAME: Final = re.compile(
    "[\u2030\u201e\u2026\u2020\u2021\u02c6\u2039\u203a\u2122\u20ac"
    "\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b3\u00b5\u00b6\u00b8\u00b9\u00bb-\u00bf\u00d7\u00f7]"
)
_LOST_IN_NAME: Final = re.compile(r"[^\W\d_]\?[^\W\d_]|[^\W\d_]{2}\?$")


def clean(text: str) -> tuple[str, Code | None]:
    """Return a text of one line as it is kept, and the first rule that it breaks."""
    text = text.strip()
    if not text or _PLAIN.fullmatch(text):
        return text, None
    return _judged(text)


def _judged(text: str) -> tuple[str, Code | None]:
    if text.startswith(_FORMULA) and _NUMBER.fullmatch(text) is None:
        return text, Code.CELL_FORMULA
    if _BREAKS.search(text) or _MARKS_OF_WRITING.search(text):
        return text, Code.CELL_CONTROL
    if not text.isascii():
        if not unicodedata.is_normalized("NFC", text):
            text = composed(text)
        if _MISREAD.search(text) or "\N{REPLACEMENT CHARACTER}" in text:
            return text, Code.NAME_ENCODING
    if has_hidden(text):
        return text, Code.CELL_CONTROL
    if has_html(text):
        return text, Code.CELL_HTML
    return " ".join(text.split()), None


def clean_lines(text: str) -> tuple[str, Code | None]:
    """Return a text that may have line breaks as it is kept, and the first rule it breaks."""
    kept: list[str] = []
    for line in text.strip().splitlines():
        whole, code = clean(line.replace("\t", " "))
        if code is not None and not (kept and code is Code.CELL_FORMULA):
            return text, code
        kept.append(whole)
    return "\n".join(kept), None


def looks_misread(name: str) -> bool:
    """Say whether a name has signs no name has: a text of another encoding has them."""
    if name.isascii() and "?" not in name:
        return False
    return bool(_STRANGE_IN_NAME.search(name) or _LOST_IN_NAME.search(name))


def mended(text: str) -> str:
    """Return what a misread text probably was, or nothing when that cannot be told."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
