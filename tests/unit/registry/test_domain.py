"""What the register may and may not become."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from services.registry.domain import (
    AnotherAwardError,
    AwardDiffersError,
    Entry,
    ErasedError,
    RevocationDiffersError,
    check_same_award,
    decide_registration,
    decide_revocation,
)
from shared.contracts.microcredential import StudyLoad
from shared.contracts.vocabulary import RegistrationStatus, RevocationReason, StudyLoadUnit
from tests.support.awards import DELFT, NOW, a_revocation, an_award

AWARD = an_award()
LATER = NOW + timedelta(hours=1)


def an_entry(**changes: object) -> Entry:
    award = AWARD.model_copy(update=changes)
    return decide_registration(award, award_id=award.award_id, now=NOW)


def test_an_award_becomes_an_active_first_version_under_its_own_id() -> None:
    registration = decide_registration(AWARD, award_id=AWARD.award_id, now=LATER).registration

    assert registration.registration_id == AWARD.award_id
    assert (registration.record_version, registration.status) == (1, RegistrationStatus.ACTIVE)
    assert registration.recorded_at == registration.changed_at == LATER


def test_a_registration_says_nothing_about_the_learner() -> None:
    entry = an_entry()

    assert entry.learner == "L" * 43
    assert entry.learner not in entry.registration.model_dump_json()


def test_an_event_about_one_award_cannot_bring_another() -> None:
    with pytest.raises(AnotherAwardError):
        decide_registration(AWARD, award_id=uuid4(), now=NOW)


def test_hearing_of_an_award_again_is_allowed_at_any_moment_and_in_any_state() -> None:
    again = decide_registration(AWARD, award_id=AWARD.award_id, now=LATER)
    revoked = decide_revocation(an_entry(), a_revocation(), now=LATER)

    check_same_award(an_entry(), again)
    assert revoked is not None
    check_same_award(revoked, again)


@pytest.mark.parametrize(
    "change",
    [
        {"organisation": DELFT},
        {"learner": "M" * 43},
        {"credential_digest": "b" * 64},
        {"awarded_on": date(2026, 11, 14)},
        {"study_load": StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal(6))},
        {"valid_until": LATER},
    ],
)
def test_an_award_never_becomes_another_award(change: dict[str, object]) -> None:
    with pytest.raises(AwardDiffersError):
        check_same_award(an_entry(), an_entry(**change))


def test_a_revocation_is_the_next_version_and_keeps_the_rest() -> None:
    before = an_entry()
    after = decide_revocation(before, a_revocation(), now=LATER)

    assert after is not None
    assert after.registration.record_version == 2
    assert after.registration.status is RegistrationStatus.REVOKED
    assert after.registration.revocation == a_revocation()
    assert (after.registration.recorded_at, after.registration.changed_at) == (NOW, LATER)
    check_same_award(before, after)


def test_the_same_revocation_again_changes_nothing() -> None:
    revoked = decide_revocation(an_entry(), a_revocation(), now=NOW)

    assert revoked is not None
    assert decide_revocation(revoked, a_revocation(), now=LATER) is None


def test_another_revocation_of_a_revoked_award_is_refused() -> None:
    revoked = decide_revocation(an_entry(), a_revocation(), now=NOW)

    assert revoked is not None
    with pytest.raises(RevocationDiffersError):
        decide_revocation(revoked, a_revocation(RevocationReason.SUPERSEDED), now=LATER)


def test_nothing_can_be_added_to_what_was_erased() -> None:
    entry = an_entry()
    erased = entry.registration.model_copy(update={"status": RegistrationStatus.ERASED})

    with pytest.raises(ErasedError):
        decide_revocation(
            Entry(registration=erased, learner=entry.learner), a_revocation(), now=LATER
        )
