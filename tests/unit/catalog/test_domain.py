"""What may be recorded of an organisation, and what becomes of a draft."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain import (
    Desk,
    MicrocredentialUnknownError,
    NothingToArchiveError,
    RecognitionPeriodsError,
    TooLongToPublishError,
    check_recognitions,
    decide_archival,
    decide_publication,
    decide_recording,
    dutch_day,
)
from shared.contracts.microcredential import Microcredential, PolicyPin
from shared.contracts.policy import Recognition
from tests.unit.catalog.builders import UT, a_description, a_policy, an_organisation

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ID = UUID("1f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e")
PIN = PolicyPin(policy_id="wo", version=1, framework=a_policy().framework)


def a_recognition(since: str, until: str | None = None, recogniser: str = "OCW") -> Recognition:
    return Recognition.model_validate(
        {"recogniser": recogniser, "validFrom": since, "validUntil": until}
    )


def a_desk(**changed: Any) -> Desk:
    whole: dict[str, Any] = {
        "microcredential_id": ID,
        "organisation": UT,
        "draft": a_description(),
        "versions": 0,
        "changed_at": NOW,
    }
    return Desk(**{**whole, **changed})


def a_version(version: int, **changed: Any) -> Microcredential:
    desk = a_desk(versions=version - 1)
    published = decide_publication(
        desk, a_description(), pin=PIN, public_url="https://catalog.example.nl", now=NOW
    )
    return published.model_copy(update=changed)


def test_the_first_record_of_an_organisation_is_version_one() -> None:
    recorded = decide_recording(None, an_organisation(), now=NOW)

    assert recorded.record_version == 1
    assert recorded.organisation.recorded_at == NOW


def test_the_same_organisation_again_is_no_news() -> None:
    known = decide_recording(None, an_organisation(), now=NOW)

    assert decide_recording(known, an_organisation(), now=LATER) is known


def test_a_changed_organisation_is_the_next_version() -> None:
    known = decide_recording(None, an_organisation(), now=NOW)

    recorded = decide_recording(known, an_organisation(name={"nl": "Anders"}), now=LATER)

    assert recorded.record_version == 2
    assert recorded.organisation.recorded_at == LATER


def test_periods_of_one_recogniser_may_touch_but_not_share_a_day() -> None:
    first = a_recognition("2021-01-01", "2022-01-01")

    check_recognitions([first, a_recognition("2022-01-01")])
    with pytest.raises(RecognitionPeriodsError) as refused:
        check_recognitions([first, a_recognition("2021-12-31")])

    assert [fault.pointer for fault in refused.value.faults] == ["/recognitions/1/validFrom"]


def test_periods_of_different_recognisers_may_overlap() -> None:
    check_recognitions([a_recognition("2021-01-01"), a_recognition("2021-01-01", None, "NRTO")])


def test_every_overlap_is_named_also_with_a_period_further_back() -> None:
    with pytest.raises(RecognitionPeriodsError) as refused:
        check_recognitions(
            [
                a_recognition("2025-01-01", "2025-02-01"),
                a_recognition("2021-01-01"),
                a_recognition("2023-01-01", "2023-02-01"),
            ]
        )

    assert [fault.pointer for fault in refused.value.faults] == [
        "/recognitions/0/validFrom",
        "/recognitions/2/validFrom",
    ]


@pytest.mark.parametrize("until", ["2021-01-01", "2020-12-31"])
def test_a_period_without_days_is_refused(until: str) -> None:
    with pytest.raises(RecognitionPeriodsError):
        check_recognitions([a_recognition("2021-01-01", until)])


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
    day = date(2021, 1, 1).toordinal()
    recognitions = [
        a_recognition(str(date.fromordinal(day + a)), str(date.fromordinal(day + b)))
        for a, b in periods
    ]
    covered = [one for a, b in periods for one in range(a, b)]

    try:
        check_recognitions(recognitions)
        accepted = True
    except RecognitionPeriodsError:
        accepted = False

    assert accepted is (len(covered) == len(set(covered)))


def test_a_day_is_a_day_in_the_netherlands() -> None:
    assert dutch_day(datetime(2027, 4, 30, 21, 59, tzinfo=UTC)) == date(2027, 4, 30)
    assert dutch_day(datetime(2027, 4, 30, 22, 0, tzinfo=UTC)) == date(2027, 5, 1)


def test_publishing_takes_the_draft_off_the_desk_and_counts() -> None:
    once = a_desk().published(now=NOW)
    twice = once.drafted(a_description(), now=LATER).published(now=LATER)

    assert (once.draft, once.versions, once.first_published_at) == (None, 1, NOW)
    assert (twice.draft, twice.versions, twice.first_published_at) == (None, 2, NOW)


def test_a_version_has_a_page_of_its_own() -> None:
    assert str(a_version(3).page) == (
        f"https://catalog.example.nl/microcredentials/{ID}/versions/3"
    )


def test_a_description_that_no_event_can_carry_is_refused() -> None:
    outcomes = [{"nl": "é" * 4000, "en": "e" * 4000}] * 5

    with pytest.raises(TooLongToPublishError):
        decide_publication(
            a_desk(),
            a_description(learningOutcomes=outcomes),
            pin=PIN,
            public_url="https://catalog.example.nl",
            now=NOW,
        )


def test_archiving_closes_what_is_open() -> None:
    closed, first, second = a_version(1, archived_at=NOW), a_version(2), a_version(3)

    every = decide_archival([closed, first, second], wanted=None, now=LATER)
    one = decide_archival([closed, first, second], wanted=2, now=LATER)

    assert [found.version for found in every] == [2, 3]
    assert [found.version for found in one] == [2]
    assert {found.archived_at for found in every} == {LATER}


def test_what_is_closed_or_was_never_published_cannot_be_archived() -> None:
    closed = a_version(1, archived_at=NOW)

    with pytest.raises(NothingToArchiveError):
        decide_archival([closed], wanted=1, now=LATER)
    with pytest.raises(NothingToArchiveError):
        decide_archival([], wanted=None, now=LATER)
    with pytest.raises(MicrocredentialUnknownError):
        decide_archival([closed], wanted=2, now=LATER)
