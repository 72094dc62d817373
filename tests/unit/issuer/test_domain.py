"""When an organisation may award a microcredential."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from services.issuer.domain import (
    AwardNotAllowedError,
    Learner,
    MicrocredentialArchivedError,
    MicrocredentialNotKnownYetError,
    check_award,
    choose_version,
    dutch_grade,
    today,
)
from shared.contracts.policy import Recognition
from shared.contracts.vocabulary import Recogniser
from tests.support.issuing import (
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    ISSUING_NOW,
    NHL,
    UTWENTE,
    a_microcredential,
    a_provider,
    a_wish,
)

RECOGNISED_IN_2026 = Recognition(
    recogniser=Recogniser.NRTO, valid_from=date(2026, 1, 1), valid_until=date(2026, 11, 23)
)


def faults_of(**changes: object) -> list[tuple[str, str]]:
    provider = a_provider(recognitions=(RECOGNISED_IN_2026,))
    try:
        check_award(a_wish(**changes), organisation=provider, now=ISSUING_NOW)
    except AwardNotAllowedError as refusal:
        return [(fault.pointer, fault.code) for fault in refusal.faults]
    return []


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 8, 31), date(2026, 11, 22)])
def test_an_assessment_may_lie_before_publication_and_today_but_within_recognition(
    day: date,
) -> None:
    assert faults_of(awarded_on=day) == []


def test_nothing_is_awarded_in_the_future() -> None:
    assert faults_of(awarded_on=date(2026, 11, 23)) == [("/awardedOn", "awarded-in-future")]


def test_nothing_is_awarded_for_a_day_without_recognition() -> None:
    assert faults_of(awarded_on=date(2025, 12, 31)) == [("/awardedOn", "not-recognised-then")]


def test_nothing_is_awarded_once_recognition_ended() -> None:
    ended = RECOGNISED_IN_2026.model_copy(update={"valid_until": date(2026, 11, 22)})

    with pytest.raises(AwardNotAllowedError) as refusal:
        check_award(a_wish(), organisation=a_provider(recognitions=(ended,)), now=ISSUING_NOW)

    assert [fault.code for fault in refusal.value.faults] == ["not-recognised-now"]


def test_the_day_is_the_one_in_the_netherlands() -> None:
    assert today(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == date(2026, 11, 23)
    assert today(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == date(2026, 7, 1)


def test_validity_ends_in_the_future() -> None:
    assert faults_of(valid_until=ISSUING_NOW) == [("/validUntil", "valid-until-past")]
    assert faults_of(valid_until=ISSUING_NOW + timedelta(seconds=1)) == []


@pytest.mark.parametrize(
    "grade", ["5.5", "5,5", "10", "10.0", "7", "voldoende", "85%", "10.5", None]
)
def test_a_pass_or_a_grade_of_another_kind_is_awarded(grade: str | None) -> None:
    assert faults_of(grade=grade) == []


@pytest.mark.parametrize("grade", ["5.4", "5,4", "1", "4"])
def test_a_fail_is_not_awarded(grade: str) -> None:
    assert faults_of(grade=grade) == [("/result/grade", "grade-insufficient")]


def test_a_dutch_grade_is_from_one_to_ten_with_one_decimal() -> None:
    assert dutch_grade("8,5") == Decimal("8.5")
    assert [dutch_grade(text) for text in ("0", "11", "10.1", "8.55", "A", "08")] == [None] * 6


def test_every_reason_is_named_at_once() -> None:
    found = faults_of(
        awarded_on=date(2027, 1, 1), grade="3", valid_until=datetime(2020, 1, 1, tzinfo=UTC)
    )

    assert [code for _pointer, code in found] == [
        "awarded-in-future",
        "grade-insufficient",
        "valid-until-past",
    ]


def test_the_newest_version_that_is_not_archived_is_chosen() -> None:
    known = [
        a_microcredential(version=1),
        a_microcredential(version=2),
        a_microcredential(version=3, archived_at=ISSUING_NOW),
    ]

    assert choose_version(known, organisation=UTWENTE, version=None).version == 2
    assert choose_version(known, organisation=UTWENTE, version=1).version == 1
    with pytest.raises(MicrocredentialArchivedError):
        choose_version(known, organisation=UTWENTE, version=3)


def test_what_another_provides_looks_like_what_nobody_provides() -> None:
    for known in ([], [a_microcredential()], [a_microcredential(archived_at=ISSUING_NOW)]):
        with pytest.raises(MicrocredentialNotKnownYetError):
            choose_version(known, organisation=NHL, version=None)


def test_a_learner_is_never_printed() -> None:
    printed = repr(a_wish())

    assert CANARY_EMAIL not in printed
    assert CANARY_FAMILY_NAME not in printed


def test_a_learner_goes_by_edu_id_or_else_by_mail() -> None:
    assert Learner(edu_id="urn:x", email="a@b.nl").identifier == "urn:x"
    assert Learner(email="a@b.nl", given_name="A").full_name == "A"
    assert Learner(edu_id="urn:x").full_name is None
