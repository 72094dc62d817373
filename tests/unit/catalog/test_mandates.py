"""From which day on somebody may award for another, and until which."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.mandates import Mandate, MandateRefusedError, decide_mandate
from services.catalog.policy.behalf import judge_behalf
from tests.unit.catalog.builders import HVA, UT, an_organisation

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
BEGINS, ENDS = date(2026, 9, 1), date(2027, 9, 1)
A_DAY = timedelta(days=1)
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


def a_mandate(**changed: Any) -> Mandate:
    whole = {
        "mandator": HVA,
        "agent": UT,
        "valid_from": BEGINS,
        "valid_until": ENDS,
        "given_at": NOW,
    }
    return Mandate(**{**whole, **changed})


@pytest.mark.parametrize(
    ("day", "holds"),
    [(BEGINS - A_DAY, False), (BEGINS, True), (ENDS - A_DAY, True), (ENDS, False)],
)
def test_a_mandate_holds_from_its_first_day_until_the_first_day_without(
    day: date, *, holds: bool
) -> None:
    assert a_mandate().holds_on(day) is holds


def test_a_mandate_that_has_ended_holds_on_no_day() -> None:
    assert not a_mandate().ended(now=NOW).holds_on(BEGINS)


@given(DAYS, st.none() | DAYS, DAYS)
def test_a_mandate_holds_on_a_day_exactly_when_it_lies_within(
    begins: date, ends: date | None, day: date
) -> None:
    within = begins <= day and (ends is None or day < ends)

    try:
        mandate = decide_mandate(None, a_mandate(valid_from=begins, valid_until=ends))
    except MandateRefusedError:
        assert not within
    else:
        assert mandate.holds_on(day) is within


def test_the_same_mandate_again_is_no_other() -> None:
    known = a_mandate(number=7)

    assert decide_mandate(known, a_mandate()) is known
    assert decide_mandate(known, longer := a_mandate(valid_until=None)) is longer


def test_awarding_for_another_takes_its_recognition_and_its_mandate_today() -> None:
    recognised, unrecognised = an_organisation(), an_organisation(recognitions=())

    def failed(*grounds: Any, day: date = BEGINS) -> list[str]:
        return [one.code for one in judge_behalf(*grounds, day=day) if not one.passed]

    assert failed(recognised, a_mandate()) == []
    assert failed(recognised, None) == ["mandate"]
    assert failed(recognised, a_mandate(), day=ENDS) == ["mandate"]
    assert failed(unrecognised, a_mandate()) == ["on-behalf-of-recognised"]
    assert failed(None, None) == ["on-behalf-of-recognised", "mandate"]
