"""Texts as RIO takes them: no markup, no control characters, not longer than it holds."""

import re
import unicodedata
from typing import Final

from services.catalog.rio import zinnen
from services.catalog.rio.bevindingen import Findings
from services.catalog.rio.velden import MARKUP, Veldtype
from shared.contracts.vocabulary import LocalText

_LESS: Final = re.compile(r"<(?=\S)")
_AND: Final = re.compile(r"&(?=\S*;)")
_NEAR_THE_END: Final = 40
_NEVER_LAST: Final = "< \t\r\n"
"""With anything behind it, even the sign that a text goes on, this would look like markup."""


def write_text(
    text: LocalText, *, member: str, pointer: str, kind: Veldtype, found: Findings
) -> str | None:
    """Return a text of which RIO wants the Dutch; the English stands in, and says so."""
    if text.nl is not None:
        return fit(text.nl, member=member, pointer=f"{pointer}/nl", kind=kind, found=found)
    found.warning("not-in-dutch", f"{pointer}/en", zinnen.other_language(member))
    return fit(text.en or "", member=member, pointer=f"{pointer}/en", kind=kind, found=found)


def fit(text: str, *, member: str, pointer: str, kind: Veldtype, found: Findings) -> str | None:
    """Make a text fit its field, and say what was changed; None when nothing is left."""
    plain = "".join(one for one in text if one in "\n\r\t" or unicodedata.category(one) != "Cc")
    if MARKUP.search(plain):
        plain = _AND.sub("& ", _LESS.sub("< ", plain))
        found.warning("looks-like-markup", pointer, zinnen.markup(member))
    if kind.pattern is not None:
        plain = " ".join(plain.split())
    plain = plain.rstrip(_NEVER_LAST).strip()
    if kind.most is not None and len(plain) > kind.most:
        plain = _cut(plain, kind.most)
        found.warning("too-long", pointer, zinnen.cut(member, kind.most))
    return plain or None


def _cut(text: str, most: int) -> str:
    """Cut a text at a space near the end, and show that it goes on."""
    kept = text[: most - 1]
    at = max(kept.rfind(" "), kept.rfind("\n"))
    if at > most - _NEAR_THE_END:
        kept = kept[:at]
    return f"{kept.rstrip(_NEVER_LAST)}…"
