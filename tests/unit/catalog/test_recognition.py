"""Which periods of recognition make sense together, and what may become of one that began."""

from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.catalog.domain import standing_on
from services.catalog.domain.recognition import (
    find_period_faults,
    find_taken_back,
    first_day_without,
)
from shared.contracts.policy import Recognition
from tests.unit.catalog.builders import an_organisation

TODAY = date(2026, 11, 22)
FIRST_DAY = date(2026, 11, 1).toordinal()


def a_recognition(
    since: str, until: str | None = None, recogniser: str = "OCW", code: str | None = None
) -> Recognition:
    return Recognition.model_validate(
        {"recogniser": recogniser, "validFrom": since, "validUntil": until, "code": code}
    )


def days(since: int, until: int) -> Recognition:
    """Return a period counted in days from the first one; today is day 21."""
    return a_recognition(
        str(date.fromordinal(FIRST_DAY + since)), str(date.fromordinal(FIRST_DAY + until))
    )


def test_periods_of_one_recogniser_may_touch_but_not_share_a_day() -> None:
    first = a_recognition("2021-01-01", "2022-01-01")

    assert find_period_faults([first, a_recognition("2022-01-01")]) == []
    [fault] = find_period_faults([first, a_recognition("2021-12-31")])
    assert (fault.pointer, fault.code) == ("/recognitions/1/validFrom", "recognition-overlap")


def test_periods_of_different_recognisers_may_overlap() -> None:
    both = [a_recognition("2021-01-01"), a_recognition("2021-01-01", None, "NRTO")]

    assert find_period_faults(both) == []


def test_every_overlap_is_named_also_with_a_period_further_back() -> None:
    faults = find_period_faults(
        [
            a_recognition("2025-01-01", "2025-02-01"),
            a_recognition("2021-01-01"),
            a_recognition("2023-01-01", "2023-02-01"),
        ]
    )

    assert [fault.pointer for fault in faults] == [
        "/recognitions/0/validFrom",
        "/recognitions/2/validFrom",
    ]


@pytest.mark.parametrize("until", ["2021-01-01", "2020-12-31"])
def test_a_period_without_days_is_refused(until: str) -> None:
    [fault] = find_period_faults([a_recognition("2021-01-01", until)])

    assert (fault.pointer, fault.code) == ("/recognitions/0/validUntil", "recognition-empty")


@pytest.mark.parametrize(
    ("code", "recogniser", "found"),
    [
        ("21PH", "OCW", ["/recognitions/1/validFrom"]),
        ("21PI", "OCW", []),
        (None, "OCW", []),
        ("21PH", "NRTO", []),
    ],
)
def test_only_periods_under_one_code_must_follow_each_other_without_a_gap(
    code: str | None, recogniser: str, found: list[str]
) -> None:
    first = a_recognition("2021-01-01", "2022-01-01", code="21PH")

    faults = find_period_faults([first, a_recognition("2023-01-01", None, recogniser, code)])

    assert [fault.pointer for fault in faults if fault.code == "recognition-gap"] == found


PERIODS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 15)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=5,
)


@given(PERIODS)
def test_periods_are_accepted_exactly_when_no_day_is_covered_twice(
    periods: list[tuple[int, int]],
) -> None:
    covered = [one for a, b in periods for one in range(a, b)]

    faults = find_period_faults([days(a, b) for a, b in periods])

    assert (faults == []) is (len(covered) == len(set(covered)))


@given(PERIODS)
@example([(0, 5), (5, 9)])
@example([(6, 9), (0, 5)])
def test_periods_of_one_code_are_accepted_exactly_when_they_are_one_run_of_days(
    periods: list[tuple[int, int]],
) -> None:
    covered = sorted(one for a, b in periods for one in range(a, b))
    coded = [days(a, b).model_copy(update={"code": "21PH"}) for a, b in periods]

    whole = not covered or covered == list(range(covered[0], covered[-1] + 1))
    assert (find_period_faults(coded) == []) is whole


@given(PERIODS, PERIODS)
def test_no_day_that_has_passed_is_ever_taken_back(
    known: list[tuple[int, int]], wanted: list[tuple[int, int]]
) -> None:
    today = TODAY.toordinal() - FIRST_DAY
    passed = {one for a, b in known for one in range(a, b) if one < today or one == a == today}
    kept = {one for a, b in wanted for one in range(a, b)}

    faults = find_taken_back(
        [days(a, b) for a, b in known], [days(a, b) for a, b in wanted], today=TODAY
    )

    assert (faults == []) is (passed <= kept)


@given(PERIODS, st.integers(0, 60))
def test_the_first_day_without_recognition_is_found_from_any_day(
    periods: list[tuple[int, int]], day: int
) -> None:
    covered = {one for a, b in periods for one in range(a, b)}
    first = next(one for one in range(day, 100) if one not in covered)

    found = first_day_without([days(a, b) for a, b in periods], date.fromordinal(FIRST_DAY + day))

    assert found == date.fromordinal(FIRST_DAY + first)


def test_an_open_recognition_has_no_first_day_without() -> None:
    assert first_day_without([days(0, 22), a_recognition("2026-11-20")], TODAY) is None


@given(PERIODS, st.integers(0, 60))
def test_an_organisation_is_recognised_exactly_on_the_days_of_its_periods(
    periods: list[tuple[int, int]], day: int
) -> None:
    covered = {one for a, b in periods for one in range(a, b)}
    assume(len(covered) == sum(b - a for a, b in periods))
    organisation = an_organisation(recognitions=[days(a, b) for a, b in periods])

    standing = standing_on(organisation, date.fromordinal(FIRST_DAY + day))

    assert standing.recognised is (day in covered)
