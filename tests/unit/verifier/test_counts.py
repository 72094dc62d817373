"""Which numbers about verifications are published, and for how long others are kept."""

from datetime import date, timedelta

import pytest

from services.verifier.domain.counts import (
    DayCount,
    PeriodRefusedError,
    decide_period,
    first_month_kept,
    publish,
    rounded,
)

TODAY = date(2026, 11, 22)
YESTERDAY = TODAY - timedelta(days=1)


def a_count(times: int, *, state: str = "valid", form: str = "vc-jwt") -> DayCount:
    return DayCount(day=YESTERDAY, state=state, form=form, container="text", times=times)


def test_fewer_than_five_is_none_and_ten_is_the_smallest_step() -> None:
    assert [rounded(n) for n in (0, 4, 5, 14, 15, 1234)] == [0, 0, 10, 10, 20, 1230]


def test_totals_are_rounded_by_themselves_and_kinds_are_never_crossed() -> None:
    counts = [a_count(4), a_count(4, state="revoked"), a_count(6, form="elm")]

    [day] = publish(counts, first=YESTERDAY, last=YESTERDAY)

    assert day.verifications == 10
    assert day.by_state == {"valid": 10}
    assert day.by_form == {"elm": 10, "vc-jwt": 10}
    assert day.by_container == {"text": 10}


def test_a_day_without_verifications_is_a_day_too() -> None:
    days = publish([a_count(20)], first=YESTERDAY - timedelta(days=2), last=YESTERDAY)

    assert [day.verifications for day in days] == [0, 0, 20]


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [
        (None, None, (date(2026, 10, 22), YESTERDAY)),
        (None, TODAY, (date(2026, 10, 22), YESTERDAY)),
        (date(2026, 11, 1), date(2026, 11, 3), (date(2026, 11, 1), date(2026, 11, 3))),
        (None, date.min, (date.min, date.min)),
    ],
)
def test_only_days_that_are_over_are_published(
    first: date | None, last: date | None, period: tuple[date, date]
) -> None:
    assert decide_period(first, last, today=TODAY) == period


@pytest.mark.parametrize(
    ("first", "last"), [(TODAY, YESTERDAY), (date(2025, 11, 1), None), (date.min, date.max)]
)
def test_a_period_is_a_year_at_most_and_ends_after_it_began(first: date, last: date | None) -> None:
    with pytest.raises(PeriodRefusedError):
        decide_period(first, last, today=TODAY)


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (TODAY, date(2024, 11, 1)),
        (date(2026, 1, 31), date(2024, 1, 1)),
        (date(2026, 12, 1), date(2024, 12, 1)),
    ],
)
def test_months_are_kept_for_two_years(today: date, month: date) -> None:
    assert first_month_kept(today) == month
