"""A day as people write it: ISO, Dutch order, with the month in words, or a spreadsheet's number.

Apart from the other fields. The American order is never guessed at: 02-13-2026 is refused with what
was probably meant, because 02-03-2026 beside it would be another day unseen.
"""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from services.issuer.batches.codes import Code
from services.issuer.domain import HERE

EPOCH: Final = date(1899, 12, 30)
_TIME: Final = r"(?:[ T]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO: Final = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}", re.ASCII)
_COMPACT: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_DUTCH: Final = re.compile(rf"(\d{{1,2}})[-/. ](\d{{1,2}})[-/. ](\d{{4}}){_TIME}", re.ASCII)
_SHORT: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.'](\d{2})", re.ASCII)
_IN_WORDS: Final = re.compile(
    rf"(?:[a-z]{{2,9}},? )?(\d{{1,2}})(?:e|ste|de|st|nd|rd|th)?[-. ]{{1,2}}([a-z]{{3,9}})"
    rf"[-., ]{{1,2}}(\d{{4}}){_TIME}",
    re.ASCII,
)
_MONTH_FIRST: Final = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)
_SERIAL: Final = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_SERIALS: Final = range(32874, 73051)  # 1990 up to and including 1 January 2100.
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january",
            "februari feb february",
            "maart mrt mar march maa",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "augustus aug august",
            "september sep sept",
            "oktober okt oct october",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTHS_OF_YEAR: Final = 12


class DateFlaw(NamedTuple):
    """Why a text is no day, and which one was probably meant."""

    code: Code
    hint: str = ""


@lru_cache(maxsize=4096)
def read_date(text: str) -> date | DateFlaw:
    """Return the day that is meant, or what is wrong; a text without white space around it."""
    if found := _ISO.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _DUTCH.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _COMPACT.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    if found := _SERIAL.fullmatch(text):
        return _of_serial(int(found[1]))
    return _in_words(text.lower())


def _in_words(text: str) -> date | DateFlaw:
    if found := _IN_WORDS.fullmatch(text):
        month = _MONTHS.get(found[2])
        return _day(int(found[1]), month, int(found[3])) if month else DateFlaw(Code.DATE_FORM)
    if found := _SHORT.fullmatch(text):
        meant = _day(int(found[1]), int(found[2]), 2000 + int(found[3]))
        return DateFlaw(Code.DATE_YEAR, in_dutch(meant)) if isinstance(meant, date) else meant
    found = _MONTH_FIRST.fullmatch(text)
    if found and (month := _MONTHS.get(found[1])):
        meant = _day(int(found[2]), month, int(found[3]))
        return DateFlaw(Code.DATE_SWAPPED, in_dutch(meant)) if isinstance(meant, date) else meant
    return DateFlaw(Code.DATE_FORM)


def _day(day: int, month: int, year: int) -> date | DateFlaw:
    if not (day and month and year):
        return DateFlaw(Code.DATE_FORM)
    if month > _MONTHS_OF_YEAR:
        if day > _MONTHS_OF_YEAR or month > monthrange(year, day)[1]:
            return DateFlaw(Code.DATE_FORM)
        return DateFlaw(Code.DATE_SWAPPED, f"{month:02}-{day:02}-{year:04}")
    last = monthrange(year, month)[1]
    if day > last:
        return DateFlaw(Code.DATE_ABSENT, f"{last:02}-{month:02}-{year:04}")
    return date(year, month, day)


def _of_serial(number: int) -> date | DateFlaw:
    if number not in _SERIALS:
        return DateFlaw(Code.DATE_FORM)
    return EPOCH + timedelta(days=number)


def in_dutch(day: date) -> str:
    """Write a day as Dutch people do."""
    return f"{day.day:02}-{day.month:02}-{day.year:04}"


@lru_cache(maxsize=4096)
def read_end(text: str) -> datetime | DateFlaw:
    """Return the moment a validity ends: the one that is written, or the end of a day here."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment
    day = read_date(text)
    if isinstance(day, DateFlaw):
        return day
    return datetime.combine(day, time(23, 59, 59), HERE)
