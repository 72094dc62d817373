"""What becomes of a draft, step by step, and which steps are refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.catalog.domain.life_cycle import (
    Desk,
    MicrocredentialUnknownError,
    NothingToArchiveError,
    NothingToDiscardError,
    NothingToPublishError,
    OnBehalfOfItselfError,
    TooLongToPublishError,
    copy_of,
    decide_approval,
    decide_archival,
    decide_discard,
    decide_publication,
    decide_rejection,
    decide_submission,
    decide_withdrawal,
)
from services.catalog.domain.reviews import (
    Actor,
    AlreadyApprovedError,
    AlreadySubmittedError,
    FourEyesError,
    NotApprovedError,
    NothingToSubmitError,
    NotSubmittedError,
    Stage,
    digest_of,
)
from shared.contracts.microcredential import Description, Level, Microcredential, PolicyPin
from shared.contracts.vocabulary import LevelBasis, LocalText, QualificationLevel
from shared.errors import ConflictError
from tests.unit.catalog.builders import HVA, UT, a_description, a_policy

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ID = UUID("1f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e")
PIN = PolicyPin(policy_id="wo", version=1, framework=a_policy().framework)
URL = "https://catalog.example.nl"
BODY = LocalText(nl="Toetscommissie")
REASON = LocalText(nl="De toets meet leeruitkomst 2 niet.")
ANNA, BRAM = Actor("sis", "anna"), Actor("sis", "bram")
SYSTEM, OTHER_SYSTEM = Actor("sis", "sis"), Actor("board-room", "board-room")
ANNA_ELSEWHERE = Actor("board-room", "anna")
ACTORS = (ANNA, BRAM, SYSTEM, OTHER_SYSTEM, ANNA_ELSEWHERE)


def a_desk(**changed: Any) -> Desk:
    whole: dict[str, Any] = {
        "microcredential_id": ID,
        "organisation": UT,
        "draft": a_description(),
        "versions": 0,
        "changed_at": NOW,
        "edited_by": ANNA,
    }
    return Desk(**{**whole, **changed})


def submitted(desk: Desk, *, by: Actor = ANNA) -> Desk:
    return decide_submission(desk, by=by, now=NOW)


def approved(desk: Desk, *, by: Actor = BRAM) -> Desk:
    return decide_approval(submitted(desk), by=by, body=BODY, now=NOW)


def published(desk: Desk) -> Microcredential:
    return decide_publication(desk, pin=PIN, public_url=URL, now=NOW)


def a_version(version: int, **changed: Any) -> Microcredential:
    return published(approved(a_desk(versions=version - 1))).model_copy(update=changed)


def test_a_draft_goes_from_desk_to_version_by_way_of_a_second_person() -> None:
    first = submitted(a_desk())
    second = decide_approval(first, by=BRAM, body=BODY, now=LATER)
    version = published(second)

    assert [desk.stage for desk in (a_desk(), first, second)] == [*Stage]
    assert version.content == a_description()
    assert version.approval is not None
    assert version.approval.body == BODY
    assert version.approval.approved_on == date(2026, 11, 23)


def test_an_approval_is_of_the_dutch_day() -> None:
    evening = datetime(2027, 4, 30, 22, 30, tzinfo=UTC)
    desk = decide_approval(submitted(a_desk()), by=BRAM, body=BODY, now=evening)

    approval = published(desk).approval

    assert approval is not None
    assert approval.approved_on == date(2027, 5, 1)


def test_nothing_that_is_public_names_who_acted() -> None:
    text = published(approved(a_desk())).model_dump_json()

    assert "anna" not in text
    assert "bram" not in text


def test_each_change_of_a_desk_is_another_state() -> None:
    desk = a_desk()
    states = [
        desk,
        changed := desk.drafted(a_description(), by=ANNA, now=NOW),
        asked := submitted(changed),
        decide_withdrawal(asked, now=NOW).touched(now=NOW),
        decide_rejection(asked, by=BRAM, reason=REASON, body=None, now=NOW).touched(now=NOW),
        decide_approval(asked, by=BRAM, body=BODY, now=NOW).published(now=NOW),
    ]

    assert [state.revision for state in states] == [1, 2, 3, 5, 5, 5]


@pytest.mark.parametrize(
    ("asks", "edited", "decides"),
    [
        (ANNA, BRAM, ANNA),
        (ANNA, BRAM, ANNA_ELSEWHERE),
        (BRAM, ANNA, ANNA),
        (BRAM, ANNA, ANNA_ELSEWHERE),
        (ANNA, BRAM, SYSTEM),
        (SYSTEM, BRAM, SYSTEM),
    ],
)
def test_who_submitted_or_changed_it_does_not_approve_it(
    asks: Actor, edited: Actor, decides: Actor
) -> None:
    desk = submitted(a_desk(edited_by=edited), by=asks)

    with pytest.raises(FourEyesError):
        decide_approval(desk, by=decides, body=BODY, now=NOW)


def test_a_person_may_approve_what_a_system_sent_in() -> None:
    desk = submitted(a_desk(edited_by=SYSTEM), by=SYSTEM)

    assert decide_approval(desk, by=ANNA, body=BODY, now=NOW).stage is Stage.APPROVED


def test_a_desk_from_before_reviews_has_no_known_editor() -> None:
    desk = submitted(a_desk(edited_by=None))

    assert decide_approval(desk, by=BRAM, body=BODY, now=NOW).stage is Stage.APPROVED


def test_editing_makes_it_a_draft_again() -> None:
    desk = approved(a_desk()).drafted(a_description(abbreviation="QC"), by=BRAM, now=LATER)

    assert desk.stage is Stage.DRAFT
    with pytest.raises(NotApprovedError):
        published(desk)


@pytest.mark.parametrize(
    "changed",
    [{"draft": a_description(abbreviation="QC")}, {"on_behalf_of": HVA}],
)
def test_an_approval_is_of_exactly_one_draft_whoever_puts_another_under_it(
    changed: dict[str, Any],
) -> None:
    with pytest.raises(NotSubmittedError):
        decide_approval(replace(submitted(a_desk()), **changed), by=BRAM, body=BODY, now=NOW)
    with pytest.raises(NotApprovedError):
        published(replace(approved(a_desk()), **changed))


def test_a_digest_says_everything_that_is_published_and_for_whom() -> None:
    base = digest_of(a_description(), None)

    assert base == digest_of(Description.model_validate(a_description().model_dump()), None)
    assert base != digest_of(a_description(keywords=["qubit"]), None)
    assert base != digest_of(a_description(), HVA)


def test_a_rejection_comes_with_its_reason_until_the_next_draft() -> None:
    desk = decide_rejection(approved(a_desk()), by=BRAM, reason=REASON, body=BODY, now=NOW)

    assert desk.stage is Stage.DRAFT
    assert desk.review.rejection is not None
    assert desk.review.rejection.reason == REASON
    assert desk.drafted(a_description(), by=ANNA, now=NOW).review.rejection is None
    assert submitted(desk).review.rejection is None


def refuses(step: Callable[[Desk], object], desk: Desk, refusal: type[ConflictError]) -> None:
    with pytest.raises(refusal):
        step(desk)


def test_a_step_out_of_turn_is_refused_by_name() -> None:
    draft, waiting, ready = a_desk(), submitted(a_desk()), approved(a_desk())
    empty = ready.published(now=NOW)

    def approve(desk: Desk) -> Desk:
        return decide_approval(desk, by=BRAM, body=BODY, now=NOW)

    def reject(desk: Desk) -> Desk:
        return decide_rejection(desk, by=BRAM, reason=REASON, body=None, now=NOW)

    def withdraw(desk: Desk) -> Desk:
        return decide_withdrawal(desk, now=NOW)

    refuses(submitted, waiting, AlreadySubmittedError)
    refuses(submitted, ready, AlreadySubmittedError)
    refuses(submitted, empty, NothingToSubmitError)
    refuses(approve, draft, NotSubmittedError)
    refuses(approve, empty, NotSubmittedError)
    refuses(approve, ready, AlreadyApprovedError)
    refuses(reject, draft, NotSubmittedError)
    refuses(reject, empty, NotSubmittedError)
    refuses(withdraw, draft, NotSubmittedError)
    refuses(withdraw, empty, NotSubmittedError)
    refuses(published, draft, NotApprovedError)
    refuses(published, waiting, NotApprovedError)
    refuses(published, empty, NothingToPublishError)


def test_publishing_takes_the_draft_off_the_desk_and_counts() -> None:
    once = a_desk(on_behalf_of=HVA).published(now=NOW)
    twice = once.drafted(a_description(), now=LATER).published(now=LATER)

    assert (once.draft, once.versions, once.first_published_at) == (None, 1, NOW)
    assert (once.stage, once.on_behalf_of) == (None, HVA)
    assert (twice.draft, twice.versions, twice.first_published_at) == (None, 2, NOW)


def test_nobody_awards_on_behalf_of_itself() -> None:
    with pytest.raises(OnBehalfOfItselfError) as refused:
        a_desk().drafted(a_description(), now=NOW, on_behalf_of=UT)

    assert [fault.pointer for fault in refused.value.faults] == ["/onBehalfOf"]


def test_a_version_says_on_whose_behalf_it_is_awarded() -> None:
    assert published(approved(a_desk(on_behalf_of=HVA))).on_behalf_of == HVA


def test_a_copy_leaves_out_what_other_systems_call_the_original() -> None:
    codes = [{"codeType": "x-rio-opleidingseenheidcode", "code": "1000O1234"}]
    original = a_description(primaryCode="QC-101", otherCodes=codes)

    assert copy_of(original) == a_description()


@pytest.mark.parametrize(
    ("basis", "kept"),
    [
        (LevelBasis.NCP_REGISTERED, LevelBasis.SELF_DECLARED),
        (LevelBasis.ACCREDITED_PROGRAMME, LevelBasis.ACCREDITED_PROGRAMME),
    ],
)
def test_a_copy_is_not_registered_as_the_original_was(basis: LevelBasis, kept: LevelBasis) -> None:
    level = {"value": "eqf_6", "basis": basis, "registrationId": "NLQF-000123"}
    copied = copy_of(a_description(level=level))

    assert copied.level == Level(value=QualificationLevel.EQF_6, basis=kept)
    assert copied == Description.model_validate_json(copied.model_dump_json())


def test_a_version_has_a_page_of_its_own() -> None:
    assert str(a_version(3).page) == f"{URL}/microcredentials/{ID}/versions/3"


def test_a_description_that_no_event_can_carry_is_refused_before_a_board_reads_it() -> None:
    long = a_description(learningOutcomes=[{"nl": "é" * 4000, "en": "e" * 4000}] * 5)

    with pytest.raises(TooLongToPublishError):
        submitted(a_desk(draft=long))


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


@pytest.mark.parametrize("desk", [a_desk(), submitted(a_desk()), approved(a_desk())])
def test_of_a_draft_that_was_never_published_nothing_is_left(desk: Desk) -> None:
    assert decide_discard(desk, latest=None, now=LATER) is None


def test_of_a_discarded_revision_the_published_version_is_left() -> None:
    before = a_desk(draft=None, versions=1, revision=4)
    revised = approved(before.drafted(a_description(), now=NOW, on_behalf_of=HVA, by=ANNA))

    left = decide_discard(revised, latest=a_version(1), now=LATER)

    assert left == replace(before, revision=revised.revision + 1, changed_at=LATER, edited_by=ANNA)


def test_without_a_draft_there_is_nothing_to_discard() -> None:
    with pytest.raises(NothingToDiscardError):
        decide_discard(a_desk(draft=None, versions=1), latest=a_version(1), now=NOW)
