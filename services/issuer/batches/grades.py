"""A result as institutions write it: 7,5, 7.5, voldoende, V, or that it does not apply.

Apart from the other fields. Only what is a pass can be awarded; a grade that a spreadsheet turned
into a date is recognised, and the grade it was is proposed.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from services.issuer.batches.codes import Code
from services.issuer.batches.dates import read_date
from services.issuer.batches.texts import clean
from services.issuer.domain import HIGHEST_GRADE, LOWEST_PASS

LONGEST: Final = 20
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_GRADE_AND_MORE: Final = re.compile(
    r"(?:10|[0-9])(?:[.,][0-9]{1,6}[^0-9%].*|\s*[-+*(\[.,\u00bd].*|\s*/\s*10)"
)
_MONTH_NAME: Final = re.compile(r"[0-9]{1,2}[- ](?:[A-Za-z]{3,9})\.?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{4}")
_WORDS: Final = {
    "v": "voldoende",
    "vold": "voldoende",
    "vold.": "voldoende",
    "voldoende": "voldoende",
    "voldaan": "voldaan",
    "vld": "voldaan",
    "g": "goed",
    "goed": "goed",
    "zg": "zeer goed",
    "zeer goed": "zeer goed",
    "u": "uitmuntend",
    "uitmuntend": "uitmuntend",
    "behaald": "behaald",
    "geslaagd": "geslaagd",
    "pass": "pass",
    "passed": "passed",
}
_NOT_APPLICABLE: Final = frozenset({"nvt", "n.v.t.", "n.v.t", "n/a", "n.a.", "-", "\u2013"})
_NO_PASS: Final = frozenset(
    {
        *("o", "ov", "o.v.", "onv", "onv.", "onvold", "onvold.", "onvoldoende"),
        *("niet gehaald", "niet behaald", "niet geslaagd", "niet voldaan", "gezakt", "nee"),
        *("nvd", "nav", "nv", "na", "ng", "nb", "afwezig", "absent", "niet verschenen"),
        *("f", "fail", "failed", "not passed", "insufficient", "unsatisfactory", "no", "false"),
    }
)


class GradeFlaw(NamedTuple):
    """Why a text is no grade to award, and which one was probably meant."""

    code: Code
    hint: str = ""


@lru_cache(maxsize=4096)
def read_grade(text: str) -> str | GradeFlaw | None:
    """Return the result as it is kept, None when there is none, or what is wrong with it."""
    said = text.strip()
    word = said.casefold()
    if not said or word in _NOT_APPLICABLE:
        return None
    if word in _NO_PASS:
        return GradeFlaw(Code.GRADE_LOW)
    return _WORDS.get(word) or _of_other(said)


def _of_other(said: str) -> str | GradeFlaw:
    if _NUMBER.fullmatch(said):
        return _of_number(said)
    if _DATE.fullmatch(said) or _MONTH_NAME.fullmatch(said):
        return GradeFlaw(Code.GRADE_DATE, _grade_in(said))
    if _GRADE_AND_MORE.fullmatch(said):
        # "4,5*" would be told as it is, and nobody would have seen that it is no pass.
        return GradeFlaw(Code.GRADE_FORM)
    kept, code = clean(said)
    if code is not None:
        return GradeFlaw(code)
    return kept if len(kept) <= LONGEST else GradeFlaw(Code.CELL_LONG, str(LONGEST))


def _of_number(said: str) -> str | GradeFlaw:
    value = Decimal(said.replace(",", "."))
    if not 1 <= value <= HIGHEST_GRADE:
        tenth = value / 10
        meant = f"{tenth.normalize():f}".replace(".", ",")
        return GradeFlaw(Code.GRADE_RANGE, meant if LOWEST_PASS <= tenth <= HIGHEST_GRADE else "")
    if value < LOWEST_PASS:
        return GradeFlaw(Code.GRADE_LOW)
    plain = f"{value.normalize():f}"
    if len(plain.partition(".")[2]) > 1:
        return GradeFlaw(Code.GRADE_FORM)
    return plain


def _grade_in(said: str) -> str:
    """Return the grade that became a date: 7.5 is 7 May to a spreadsheet."""
    day = read_date(said)
    if not isinstance(day, date):
        day = read_date(f"{said.rstrip('.')} 2026".replace("-", " "))
    return f"{day.day},{day.month}" if isinstance(day, date) else "7,5"
