"""The values of facets and what puts a microcredential in each: bands of hours, prices and days.

Whole numbers only: study load in tenths of an hour, prices in cents, days as days.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from shared.contracts.microcredential import StudyLoad
from shared.contracts.offering import Price
from shared.contracts.vocabulary import StudyLoadUnit

HOURS_PER_CREDIT: Final = 28
TENTHS_PER_CREDIT: Final = HOURS_PER_CREDIT * 10
ONLINE: Final = "online"
EURO: Final = "EUR"


class Size(StrEnum):
    """How much work it is, in the bands of the pilot's framework (3 to 30 EC)."""

    LESS_THAN_3 = "less-than-3"
    FROM_3 = "3-5"
    FROM_6 = "6-10"
    FROM_11 = "11-30"
    MORE_THAN_30 = "more-than-30"


class Start(StrEnum):
    """When one can start; who can start this month can start this quarter."""

    THIS_MONTH = "this-month"
    THIS_QUARTER = "this-quarter"
    LATER = "later"
    FLEXIBLE = "flexible"


class PriceBand(StrEnum):
    """What it costs a learner."""

    FREE = "free"
    UP_TO_250 = "up-to-250"
    UP_TO_500 = "250-500"
    UP_TO_1000 = "500-1000"
    MORE = "more-than-1000"
    UNKNOWN = "unknown"


def tenths_of_hours(load: StudyLoad) -> int:
    """Make study loads comparable: 1 EC is 28 hours, the other units are hours."""
    factor = TENTHS_PER_CREDIT if load.unit is StudyLoadUnit.ECTS else 10
    return int(load.value * factor)


def tenths_of_credits(ects: Decimal) -> Decimal:
    """Return what so many credits are in tenths of an hour, exactly."""
    return ects * TENTHS_PER_CREDIT


def size_of(tenths: int) -> Size:
    """Return the band of a study load."""
    if tenths < 3 * TENTHS_PER_CREDIT:
        return Size.LESS_THAN_3
    if tenths < 6 * TENTHS_PER_CREDIT:
        return Size.FROM_3
    if tenths < 11 * TENTHS_PER_CREDIT:
        return Size.FROM_6
    return Size.FROM_11 if tenths <= 30 * TENTHS_PER_CREDIT else Size.MORE_THAN_30


def cents_of(price: Price | None) -> int | None:
    """Return a price in euro cents; another currency cannot be compared, so it is not known."""
    if price is None or price.currency != EURO:
        return None
    return int(price.amount * 100)


def price_band_of(cents: int | None) -> PriceBand:
    """Return the band of a price in cents."""
    if cents is None:
        return PriceBand.UNKNOWN
    if cents == 0:
        return PriceBand.FREE
    for most, band in (
        (250_00, PriceBand.UP_TO_250),
        (500_00, PriceBand.UP_TO_500),
        (1000_00, PriceBand.UP_TO_1000),
    ):
        if cents <= most:
            return band
    return PriceBand.MORE


@dataclass(frozen=True, slots=True)
class Days:
    """Days in a row, the first and the last included; without a last day they go on."""

    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        """Say whether a day is among them."""
        return self.first <= day and (self.last is None or day <= self.last)

    def meets(self, other: "Days") -> bool:
        """Say whether they share a day with others."""
        return (self.last is None or other.first <= self.last) and (
            other.last is None or self.first <= other.last
        )


def starts_of(days: Days, *, today: date, is_flexible: bool) -> Iterator[Start]:
    """Return when one can start, on one of these days from today on."""
    month_ends, quarter_ends = _month_end(today, today.month), _quarter_end(today)
    if is_flexible:
        yield Start.FLEXIBLE
    if days.meets(Days(today, month_ends)):
        yield Start.THIS_MONTH
    if days.meets(Days(today, quarter_ends)):
        yield Start.THIS_QUARTER
    if days.last is None or days.last > quarter_ends:
        yield Start.LATER


def _quarter_end(day: date) -> date:
    return _month_end(day, (day.month + 2) // 3 * 3)


def _month_end(day: date, month: int) -> date:
    return date(day.year, month, monthrange(day.year, month)[1])
