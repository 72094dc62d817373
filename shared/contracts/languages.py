"""Languages, countries and currencies that exist: ISO 639, 3166 and 4217 by the Unicode CLDR.

Apart from the contracts, because these lists grow without us. A tag is written as BCP 47 asks: the
shortest code of the language in small letters, and if wanted a country in capitals.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Final

from babel import Locale
from babel.numbers import list_currencies
from pydantic import Field, StringConstraints

from shared.contracts.requests import Broken, fault, text_when_asked

_TAG: Final = re.compile(r"([a-z]{2,3})(?:-([A-Z]{2}))?")
# ISO 639-3, taught in and for the Low Countries, and not in the CLDR: Dutch and Flemish Sign.
_SIGNED: Final = frozenset({"dse", "vgt"})
# ISO 639-2 codes that say "several", "unknown" or "none", and codes ISO 3166-1 gave to no country.
_NO_LANGUAGE: Final = frozenset({"mis", "mul", "root", "und", "zxx"})
_NO_COUNTRY: Final = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)

FORM: Final = Broken(
    fault(
        "language-form",
        "A language is written as nl or nl-NL: the language in small letters and, if needed, "
        "a hyphen and the country in capitals. So en for English, not en_EN.",
        "Een taal schrijft u als nl of nl-NL: de taal in kleine letters en zo nodig "
        "een koppelteken en het land in hoofdletters. Dus en voor Engels, niet en_EN.",
    )
)
NO_LANGUAGE: Final = Broken(
    fault(
        "unknown-language",
        "This language does not exist. Use the code of ISO 639, such as nl, en or fy: "
        "of two letters where there is one.",
        "Deze taal bestaat niet. Gebruik de code van ISO 639, zoals nl, en of fy: "
        "van twee letters waar die er is.",
    )
)
NO_COUNTRY: Final = Broken(
    fault(
        "unknown-country",
        "The country after the hyphen does not exist. Use the code of ISO 3166, such as NL or GB, "
        "or leave it out: en for English.",
        "Het land na het koppelteken bestaat niet. Gebruik de code van ISO 3166, zoals NL of GB, "
        "of laat het weg: en voor Engels.",
    )
)

UNKNOWN_COUNTRY: Final = Broken(
    fault(
        "unknown-country",
        "This country does not exist. Use the code of ISO 3166, such as NL or BE.",
        "Dit land bestaat niet. Gebruik de code van ISO 3166, zoals NL of BE.",
    )
)


@cache
def languages() -> frozenset[str]:
    """Return the codes of every language that somebody can teach in."""
    known = {str(code) for code in Locale("en").languages if "_" not in str(code)}
    return frozenset(known | _SIGNED) - _NO_LANGUAGE


@cache
def countries() -> frozenset[str]:
    """Return the codes of two letters of every country (ISO 3166-1)."""
    known = {str(code) for code in Locale("en").territories if str(code).isalpha()}
    return frozenset(known) - _NO_COUNTRY


@cache
def currencies() -> frozenset[str]:
    """Return the codes of every currency (ISO 4217)."""
    return frozenset(list_currencies())


def judge_tag(tag: str) -> Iterator[Broken]:
    """Name what is wrong with a language tag."""
    written = _TAG.fullmatch(tag)
    if written is None:
        yield FORM
        return
    language, country = written.groups()
    if language not in languages():
        yield NO_LANGUAGE
    if country is not None and country not in countries():
        yield NO_COUNTRY


def judge_country(code: str) -> Iterator[Broken]:
    """Name what is wrong with the code of a country."""
    if code not in countries():
        yield UNKNOWN_COUNTRY


LanguageTag = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$"),
    text_when_asked(judge_tag),
    Field(description="BCP 47", examples=["nl-NL", "en"]),
]
CountryCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{2}$"), text_when_asked(judge_country)
]
