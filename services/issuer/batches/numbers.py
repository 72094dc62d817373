"""A number in a spreadsheet as the text its sender sees: 8, 7.5, 0612345, or a day.

Apart from XLSX and ODS, because both keep numbers as floating point of which 15 digits are sure.
"""

from datetime import date, datetime, timedelta
from typing import Final

from services.issuer.batches.rows import Mark

_SURE: Final = 10**15
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet has no zone
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001 - the same
_LEAP_THAT_WAS_NONE: Final = 60
_LAST_SERIAL: Final = 2_958_465
_DAY: Final = 86_400


def number_text(written: str, *, digits: int = 0) -> tuple[str, Mark | None]:
    """Return a number as it is read, with leading zeros up to so many digits."""
    value = float(written)
    if abs(value) >= _SURE:
        return written, Mark.IMPRECISE
    if value == int(value):
        whole = int(value)
        return (f"{whole:0{digits}d}" if digits else str(whole)), None
    return f"{value:.15g}", None


def day_text(written: str, *, is_1904: bool = False) -> tuple[str, Mark | None]:
    """Return a spreadsheet's number of a day as that day in ISO, with its time if it has one."""
    serial = float(written)
    if not 1 <= serial <= _LAST_SERIAL:
        return number_text(written)
    # Excel has a 29 February 1900, so earlier days are one off.
    early = timedelta(days=serial < _LEAP_THAT_WAS_NONE)
    start = _EPOCH_1904 if is_1904 else _EPOCH + early
    moment = start + timedelta(days=int(serial), seconds=round(serial % 1 * _DAY))
    if moment.time() == datetime.min.time():
        return moment.date().isoformat(), Mark.DATE
    return moment.isoformat(sep=" ", timespec="minutes"), Mark.DATE


def is_day(text: str) -> bool:
    """Say whether a text is a day in ISO."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
