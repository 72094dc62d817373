"""Which day it is."""

from datetime import UTC, date, datetime

from services.catalog.domain import dutch_day


def test_a_day_is_a_day_in_the_netherlands() -> None:
    assert dutch_day(datetime(2027, 4, 30, 21, 59, tzinfo=UTC)) == date(2027, 4, 30)
    assert dutch_day(datetime(2027, 4, 30, 22, 0, tzinfo=UTC)) == date(2027, 5, 1)
