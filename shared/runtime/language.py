"""The language a reader prefers, out of Accept-Language (RFC 9110 §12.5.4, RFC 4647 §3.4).

Apart from pages and problem documents, which read it alike and differ in what they speak to who
does not say: pages speak Dutch, an API speaks English.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

_LONGEST: Final = 500
_RANGE: Final = re.compile(
    r"(?P<tag>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)"
    r"(?:[ \t]*;[ \t]*[qQ]=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?"
)
_ANY: Final = "*"


class Language(StrEnum):
    """A language we speak."""

    NL = "nl"
    EN = "en"


def language_of(scope: Scope, *, otherwise: Language) -> Language:
    """Return the language a request prefers, else the one that is spoken otherwise."""
    return preferred(", ".join(Headers(scope=scope).getlist("accept-language")), otherwise)


def preferred(accepted: str, otherwise: Language) -> Language:
    """Return the language of the greatest weight; of equals the first, of nothing `otherwise`.

    A range such as nl-BE asks for Dutch; * speaks for a language nobody named; weight 0 is "never".
    """
    weights: dict[str, tuple[float, int]] = {}
    for tag, weight, at in _ranges(accepted):
        if weight > weights.get(tag, (-1.0, 0))[0]:
            weights[tag] = (weight, -at)
    found = [
        (*weights.get(language, weights.get(_ANY, (0.0, 0))), language is otherwise, language)
        for language in Language
    ]
    weight, _, _, language = max(found)
    return language if weight > 0 else otherwise


def _ranges(accepted: str) -> Iterator[tuple[str, float, int]]:
    """Give the language, weight and place of each range; what is no range is passed over."""
    for at, part in enumerate(accepted[:_LONGEST].split(",")):
        found = _RANGE.fullmatch(part.strip(" \t"))
        if found is not None:
            yield found["tag"].partition("-")[0].lower(), float(found["weight"] or 1), at
