"""Periods in RIO: contiguous, never empty, and as long as what they belong to."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.rio import Periode, PeriodeFout, periode_fouten, rio_report
from tests.unit.catalog.builders import a_description
from tests.unit.catalog.rio_builders import DAY, a_stand, an_offering


def test_versions_are_periods_and_the_archive_ends_them_the_day_after() -> None:
    versions = tuple(
        (DAY + timedelta(days=after), a_description(title={"nl": f"Versie {number}"}))
        for number, after in enumerate((0, 0, 10), start=1)
    )
    stand = a_stand(versions=versions, last_day=DAY + timedelta(days=20))
    message = rio_report(stand).opleidingseenheid

    assert (message["begindatum"], message["einddatum"]) == ("2026-11-22", "2026-12-13")
    periods = message["opleidingseenheidPeriode"]
    assert isinstance(periods, list)
    assert [(one["begindatum"], one["naamLang"]) for one in periods if isinstance(one, dict)] == [
        ("2026-11-22", "Versie 2"),
        ("2026-12-02", "Versie 3"),
    ]


@given(
    days=st.lists(st.integers(-5, 2000), min_size=1, max_size=30),
    ended=st.none() | st.integers(-10, 2500),
)
def test_periods_never_break_a_rule(days: list[int], ended: int | None) -> None:
    versions = tuple((DAY + timedelta(days=one), a_description()) for one in days)
    stand = a_stand(
        versions=versions, last_day=None if ended is None else DAY + timedelta(days=ended)
    )

    assert periode_fouten([periode for periode, _ in stand.perioden()], stand.geheel) == []


def test_each_rule_about_periods_has_its_name() -> None:
    first, second, third = (date(2026, month, 1) for month in (1, 2, 3))
    whole = Periode(first, third)

    assert periode_fouten([], whole) == [(0, PeriodeFout.NONE_AT_ALL)]
    assert periode_fouten([Periode(first, second), Periode(second, third)], whole) == []
    assert periode_fouten([Periode(second, third)], whole) == [(0, PeriodeFout.STARTS_ELSEWHERE)]
    assert periode_fouten([Periode(first, second)], whole) == [(0, PeriodeFout.ENDS_ELSEWHERE)]
    assert periode_fouten([Periode(first, first)], Periode(first, first)) == [
        (0, PeriodeFout.EMPTY)
    ]
    gap = [Periode(first, second), Periode(third, None)]
    assert periode_fouten(gap, Periode(first)) == [(1, PeriodeFout.GAP)]
    overlap = [Periode(first, third), Periode(second, third)]
    assert periode_fouten(overlap, whole) == [(1, PeriodeFout.OVERLAP)]
    endless = [Periode(first), Periode(second, third)]
    assert periode_fouten(endless, whole) == [(1, PeriodeFout.OVERLAP)]


def test_nobody_could_start_before_what_is_offered_began() -> None:
    before = an_offering(runs={"firstDay": DAY - timedelta(days=90), "lastDay": DAY})
    after = an_offering(runs={"firstDay": DAY + timedelta(days=90), "lastDay": None})

    both = rio_report(a_stand(offerings=(before, after))).aangeboden_opleiding
    past = rio_report(a_stand(offerings=(before,))).aangeboden_opleiding

    assert both["eersteInstroomDatum"] == (DAY + timedelta(days=90)).isoformat()
    assert "eersteInstroomDatum" not in past
