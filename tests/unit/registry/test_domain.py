"""What the register may and may not become."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from services.registry.domain.registrations import (
    AnotherAwardError,
    AwardDiffersError,
    Entry,
    RevocationDiffersError,
    RevokedStaysError,
    check_same_award,
    decide_correction,
    decide_expiry,
    decide_registration,
    decide_reinstatement,
    decide_revocation,
    decide_suspension,
)
from shared.contracts.award import Award, Correction, Reinstatement, Suspension
from shared.contracts.microcredential import StudyLoad
from shared.contracts.vocabulary import (
    AwardElement,
    CorrectionReason,
    RegistrationStatus,
    ReinstatementReason,
    RevocationReason,
    StudyLoadUnit,
    SuspensionReason,
)
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


SUSPENDED = Suspension(reason=SuspensionReason.OBJECTION_PENDING, suspended_at=NOW)
REINSTATED = Reinstatement(reason=ReinstatementReason.CLEARED, reinstated_at=LATER)


def corrected(entry: Entry, **changes: object) -> tuple[Award, Correction]:
    award = an_award(entry.registration.registration_id, credential_digest="c" * 64, **changes)
    version = len(entry.registration.replaced or ()) + 2
    correction = Correction(
        version=version,
        reason=CorrectionReason.REASSESSED,
        changed=(AwardElement.GRADE,),
        corrected_at=LATER,
    )
    return award, correction


def test_a_suspension_and_its_end_are_two_versions() -> None:
    suspended = decide_suspension(an_entry(), SUSPENDED, now=NOW)
    assert suspended is not None
    reinstated = decide_reinstatement(suspended, REINSTATED, now=LATER)

    assert reinstated is not None
    held, before = reinstated.registration, suspended.registration
    assert (before.status, before.suspension) == (RegistrationStatus.SUSPENDED, SUSPENDED)
    assert (held.status, held.suspension) == (RegistrationStatus.ACTIVE, None)
    assert (held.record_version, held.reinstatement) == (3, REINSTATED)
    assert decide_suspension(suspended, SUSPENDED, now=LATER) is None
    assert decide_reinstatement(reinstated, REINSTATED, now=LATER) is None


def test_a_correction_keeps_what_it_replaced_and_never_what_it_said() -> None:
    entry = an_entry()
    award, correction = corrected(entry, learner="M" * 43)

    after = decide_correction(entry, award, correction, now=LATER)

    assert after is not None
    [replaced] = after.registration.replaced or ()
    assert replaced.credential_id == entry.registration.credential_id
    assert replaced.credential_digest == entry.registration.credential_digest
    assert (replaced.version, replaced.correction) == (1, correction)
    assert after.registration.credential_id == award.credential_id
    assert after.learner == "M" * 43
    assert after.registration.status is RegistrationStatus.ACTIVE
    assert decide_correction(after, award, correction, now=LATER) is None
    check_same_award(after, entry)


def test_a_correction_never_gives_an_award_to_another_organisation() -> None:
    entry = an_entry()
    award, correction = corrected(entry, organisation=DELFT)

    with pytest.raises(AwardDiffersError):
        decide_correction(entry, award, correction, now=LATER)


def test_what_was_suspended_stays_so_when_it_is_corrected() -> None:
    suspended = decide_suspension(an_entry(), SUSPENDED, now=NOW)
    assert suspended is not None

    after = decide_correction(suspended, *corrected(suspended), now=LATER)

    assert after is not None
    assert after.registration.status is RegistrationStatus.SUSPENDED
    assert after.registration.suspension == SUSPENDED


def test_what_expired_is_no_longer_suspended() -> None:
    suspended = decide_suspension(an_entry(), SUSPENDED, now=NOW)
    assert suspended is not None

    after = decide_expiry(suspended, LATER, now=LATER)

    assert after is not None
    held = after.registration
    assert (held.status, held.expired_at, held.suspension) == (
        RegistrationStatus.EXPIRED,
        LATER,
        None,
    )
    assert decide_expiry(after, LATER, now=LATER) is None


def test_what_was_revoked_stays_revoked() -> None:
    revoked = decide_revocation(an_entry(), a_revocation(), now=NOW)
    assert revoked is not None

    with pytest.raises(RevokedStaysError):
        decide_suspension(revoked, SUSPENDED, now=LATER)
    with pytest.raises(RevokedStaysError):
        decide_reinstatement(revoked, REINSTATED, now=LATER)
    with pytest.raises(RevokedStaysError):
        decide_expiry(revoked, LATER, now=LATER)
    with pytest.raises(RevokedStaysError):
        decide_correction(revoked, *corrected(revoked), now=LATER)
