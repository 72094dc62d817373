"""What may become of an award, and what a correction changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest

from services.issuer.domain import (
    AlreadyRevokedError,
    AwardNotFoundError,
    AwardState,
    Learner,
    RecordedAward,
)
from services.issuer.domain.changes import (
    AlreadySuspendedError,
    AwardErasedError,
    AwardExpiredError,
    Change,
    NotSuspendedError,
    check_change,
)
from services.issuer.domain.corrections import (
    Said,
    WantedCorrection,
    compare,
    corrected,
)
from shared.contracts.vocabulary import (
    REASON_TEXTS,
    AwardElement,
    CorrectionReason,
    ErasureReason,
    ReinstatementReason,
    RevocationReason,
    SuspensionReason,
)
from shared.errors import ConflictError
from tests.support.awards import NOW, an_award

MAY: dict[AwardState, set[Change]] = {
    AwardState.GRANTED: {
        Change.CORRECTED,
        Change.SUSPENDED,
        Change.REVOKED,
        Change.EXPIRED,
        Change.ERASED,
    },
    AwardState.SUSPENDED: {
        Change.CORRECTED,
        Change.REINSTATED,
        Change.REVOKED,
        Change.EXPIRED,
        Change.ERASED,
    },
    AwardState.REVOKED: {Change.ERASED},
    AwardState.EXPIRED: {Change.REVOKED, Change.ERASED},
    AwardState.ERASED: set(),
}
SAID = Said(
    learner="p" * 43,
    name="Jo de Vries",
    grade="7.0",
    awarded_on=date(2026, 11, 1),
    valid_until=None,
    microcredential_version=1,
)


def in_state(state: AwardState, *, valid_until: datetime | None = None) -> RecordedAward:
    return RecordedAward(
        number=1, award=an_award(valid_until=valid_until), state=state, record_version=1
    )


@pytest.mark.parametrize("state", MAY)
def test_each_state_allows_its_own_changes_and_no_others(state: AwardState) -> None:
    for change in Change:
        if change in MAY[state]:
            check_change(in_state(state), change, now=NOW)
        else:
            with pytest.raises(ConflictError):
                check_change(in_state(state), change, now=NOW)


@pytest.mark.parametrize(
    ("state", "change", "refusal"),
    [
        (AwardState.REVOKED, Change.SUSPENDED, AlreadyRevokedError),
        (AwardState.REVOKED, Change.CORRECTED, AlreadyRevokedError),
        (AwardState.REVOKED, Change.REINSTATED, AlreadyRevokedError),
        (AwardState.SUSPENDED, Change.SUSPENDED, AlreadySuspendedError),
        (AwardState.GRANTED, Change.REINSTATED, NotSuspendedError),
        (AwardState.EXPIRED, Change.CORRECTED, AwardExpiredError),
        (AwardState.EXPIRED, Change.REINSTATED, AwardExpiredError),
        (AwardState.ERASED, Change.REVOKED, AwardErasedError),
    ],
)
def test_a_refusal_names_what_is_in_the_way(
    state: AwardState, change: Change, refusal: type[ConflictError]
) -> None:
    with pytest.raises(refusal):
        check_change(in_state(state), change, now=NOW)


@pytest.mark.parametrize("state", [AwardState.INTENDED, AwardState.VOIDED])
@pytest.mark.parametrize("change", Change)
def test_an_intent_is_no_award_that_could_change(state: AwardState, change: Change) -> None:
    with pytest.raises(AwardNotFoundError):
        check_change(in_state(state), change, now=NOW)


@pytest.mark.parametrize("state", [AwardState.GRANTED, AwardState.SUSPENDED])
def test_what_ended_has_expired_also_before_that_was_recorded(state: AwardState) -> None:
    ends = in_state(state, valid_until=NOW)

    check_change(ends, Change.CORRECTED, now=NOW - timedelta(seconds=1))
    with pytest.raises(AwardExpiredError):
        check_change(ends, Change.CORRECTED, now=NOW)


def test_a_correction_changes_what_was_given_and_leaves_the_rest() -> None:
    wanted = WantedCorrection(
        award_id=an_award().award_id,
        reason=CorrectionReason.REASSESSED,
        given=frozenset({AwardElement.GRADE}),
        grade="7,5",
    )

    [difference] = compare(SAID, corrected(wanted, SAID, learner="q" * 43))

    assert difference.element is AwardElement.GRADE
    assert (difference.before, difference.after) == ("7.0", "7.5")


def test_the_same_again_is_no_difference() -> None:
    wanted = WantedCorrection(
        award_id=an_award().award_id,
        reason=CorrectionReason.ADMINISTRATIVE_ERROR,
        given=frozenset({AwardElement.GRADE, AwardElement.LEARNER_IDENTIFIER}),
        grade="7,0",
        learner=Learner(email="jo@example.nl", given_name="Jo", family_name="de Vries"),
        awarded_on=SAID.awarded_on,
    )

    assert compare(SAID, corrected(wanted, SAID, learner=SAID.learner)) == ()


def test_null_takes_away_a_grade_and_an_end() -> None:
    wanted = WantedCorrection(
        award_id=an_award().award_id,
        reason=CorrectionReason.ADMINISTRATIVE_ERROR,
        given=frozenset({AwardElement.GRADE, AwardElement.VALID_UNTIL}),
    )
    ending = Said(
        learner=SAID.learner,
        name=None,
        grade="8",
        awarded_on=SAID.awarded_on,
        valid_until=datetime(2030, 1, 1, tzinfo=UTC),
        microcredential_version=1,
    )

    changed = compare(ending, corrected(wanted, ending, learner=""))

    assert {one.element for one in changed} == {AwardElement.GRADE, AwardElement.VALID_UNTIL}
    assert {one.after for one in changed} == {None}


def test_what_a_version_says_is_never_printed() -> None:
    assert "Vries" not in repr(SAID)
    assert "7.0" not in repr(compare(SAID, replace(SAID, grade="8")))


@pytest.mark.parametrize(
    "reasons",
    [RevocationReason, CorrectionReason, SuspensionReason, ReinstatementReason, ErasureReason],
)
def test_every_reason_has_words_in_dutch_and_in_english(reasons: type[StrEnum]) -> None:
    for reason in reasons:
        assert REASON_TEXTS[reason.value].nl
        assert REASON_TEXTS[reason.value].en
