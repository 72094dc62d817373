"""Offerings: which state follows which, and what one is on a day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.offerings import (
    MOVES,
    NotOfferableError,
    OfferingMoveError,
    OfferingOverError,
    OfferingPublicError,
    Phase,
    decide_cancellation,
    decide_change,
    decide_offering,
    phase_on,
    require_removable,
)
from shared.contracts.offering import OfferingState
from tests.unit.catalog.offers import NOW, a_microcredential, an_offering, terms

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))

ARCHIVED = a_microcredential(archivedAt=NOW)


def test_language_and_form_are_the_microcredentials_unless_said() -> None:
    inherited = an_offering("inLanguage", "modesOfDelivery")
    own = an_offering(inLanguage="nl-NL", modesOfDelivery=["presential"])

    assert (inherited.in_language, inherited.modes_of_delivery) == ("en", ("blended",))
    assert (own.in_language, own.modes_of_delivery) == ("nl-NL", ("presential",))


STATES = list(OfferingState)


def walked(path: list[OfferingState]) -> list[OfferingState]:
    """Try to walk a path from concept on, and return the states that were reached."""
    offering = an_offering(state="concept")
    reached = [offering.state]
    for state in path:
        try:
            if state is OfferingState.CANCELLED:
                offering = decide_cancellation(offering, reason=None, now=NOW)
            else:
                wanted = terms(state=state)
                offering = decide_change(offering, wanted, a_microcredential(), now=NOW)
        except OfferingMoveError:
            continue
        reached.append(offering.state)
    return reached


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_cancelled_is_the_end_and_nothing_becomes_a_concept_again(
    path: list[OfferingState],
) -> None:
    reached = walked(path)

    for before, after in pairwise(reached):
        assert after is before or after in MOVES[before]
        assert before is not OfferingState.CANCELLED
        assert after is not OfferingState.CONCEPT or before is OfferingState.CONCEPT


def test_the_same_terms_again_are_no_change_and_others_count() -> None:
    offering = an_offering()

    same = decide_change(offering, terms(), a_microcredential(), now=NOW + DAY)
    other = decide_change(offering, terms(placesLeft=6), a_microcredential(), now=NOW + DAY)

    assert same is offering
    assert (other.record_version, other.recorded_at) == (2, NOW + DAY)
    assert other.microcredential_id == offering.microcredential_id


def test_what_is_archived_is_not_offered_anew_but_may_end_decently() -> None:
    offering = an_offering()
    with pytest.raises(NotOfferableError):
        decide_offering(terms(), ARCHIVED, offering_id=uuid4(), now=NOW)
    with pytest.raises(NotOfferableError):
        decide_change(an_offering(state="inactive"), terms(), ARCHIVED, now=NOW)

    fewer = decide_change(offering, terms(placesLeft=0), ARCHIVED, now=NOW)
    stopped = decide_change(fewer, terms(state="inactive"), ARCHIVED, now=NOW)

    assert decide_cancellation(stopped, reason=None, now=NOW).state is OfferingState.CANCELLED


def test_what_took_place_cannot_be_cancelled() -> None:
    past = an_offering(
        runs={"firstDay": "2026-11-01", "lastDay": "2026-11-21"}, enrolmentPeriods=[]
    )
    last_day = an_offering(
        runs={"firstDay": "2026-11-01", "lastDay": "2026-11-22"}, enrolmentPeriods=[]
    )

    with pytest.raises(OfferingOverError):
        decide_cancellation(past, reason=None, now=NOW)
    cancelled = decide_cancellation(last_day, reason=None, now=NOW)
    assert cancelled.cancellation
    assert cancelled.cancellation.cancelled_on == TODAY


def test_a_day_is_a_dutch_day() -> None:
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    over = an_offering(
        runs={"firstDay": "2026-11-01", "lastDay": "2026-11-21"}, enrolmentPeriods=[]
    )

    with pytest.raises(OfferingOverError):
        decide_cancellation(over, reason=None, now=late)


@pytest.mark.parametrize("state", ["active", "inactive"])
def test_only_a_concept_can_be_taken_away(state: str) -> None:
    require_removable(an_offering(state="concept"))
    with pytest.raises(OfferingPublicError):
        require_removable(an_offering(state=state))


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        ("2026-11-30", Phase.ANNOUNCED),
        ("2026-12-01", Phase.ENROLLING),
        ("2027-01-15", Phase.ENROLLING),
        ("2027-01-16", Phase.CLOSED),
        ("2027-01-31", Phase.CLOSED),
        ("2027-02-01", Phase.RUNNING),
        ("2027-04-16", Phase.RUNNING),
        ("2027-04-17", Phase.PAST),
    ],
)
def test_a_run_goes_through_its_phases(day: str, phase: Phase) -> None:
    assert phase_on(an_offering(), date.fromisoformat(day)) is phase


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        ("2026-11-30", Phase.ENROLLING),
        ("2027-01-31", Phase.ENROLLING),
        ("2027-02-01", Phase.RUNNING),
    ],
)
def test_without_enrolment_periods_one_can_enrol_until_it_begins(day: str, phase: Phase) -> None:
    assert phase_on(an_offering(enrolmentPeriods=[]), date.fromisoformat(day)) is phase


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        ("2026-12-31", Phase.ENROLLING),
        ("2027-06-30", Phase.ENROLLING),
        ("2027-12-31", Phase.ENROLLING),
        ("2028-01-01", Phase.PAST),
    ],
)
def test_with_flexible_entry_one_can_enrol_until_the_last_day_to_start(
    day: str, phase: Phase
) -> None:
    entry = {"firstDay": "2027-01-01", "lastDay": "2027-12-31"}
    offering = an_offering("runs", flexibleEntry=entry, enrolmentPeriods=[])

    assert phase_on(offering, date.fromisoformat(day)) is phase


def test_full_is_only_full_while_one_could_enrol() -> None:
    full = an_offering(placesLeft=0)

    assert phase_on(full, date(2026, 12, 1)) is Phase.FULL
    assert phase_on(full, date(2027, 3, 1)) is Phase.RUNNING


@given(DAYS)
def test_a_cancelled_offering_is_cancelled_on_every_day(day: date) -> None:
    cancelled = decide_cancellation(an_offering(), reason=None, now=NOW)

    assert phase_on(cancelled, day) is Phase.CANCELLED


@given(st.sampled_from(["active", "inactive"]), DAYS, st.integers(0, 90), DAYS)
def test_what_is_past_stays_past(state: str, first: date, length: int, day: date) -> None:
    runs = {"firstDay": first, "lastDay": first + length * DAY}
    offering = an_offering(state=state, runs=runs, enrolmentPeriods=[])

    is_past = phase_on(offering, day) is Phase.PAST

    assert is_past is (day > first + length * DAY)
    if is_past:
        assert phase_on(offering, day + DAY) is Phase.PAST
