"""The two legal profiles, the clock of an erasure, and names of learners nobody can join."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.consultations import (
    BasisRefusedError,
    Purpose,
    Reason,
    Trace,
    decide_reason,
)
from services.registry.domain.profiles import (
    ActivityUnknownError,
    Basis,
    Controller,
    LegalProfile,
    Outcome,
    backups_gone,
    decide_erasure,
    get_processing,
    months_after,
    processings,
)
from services.registry.domain.pseudonyms import ConsumerKey, HmacPseudonymiser
from services.registry.domain.retention import SETTLING, Kept, terms_at
from services.registry.operations.export_words import KINDS, LISTS, WORDS
from shared.contracts.vocabulary import RegistrationStatus
from shared.proofs.log_entries import EntryKind
from shared.proofs.pseudonyms import pseudonym
from tests.support.awards import NOW
from tests.support.material import ROOT

PAGE: Final = (ROOT / "deploy" / "privacy.md").read_text(encoding="utf-8")
MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    max_value=datetime(2900, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    timezones=st.just(UTC),
)
NAMER = HmacPseudonymiser(b"k" * 32)


def test_the_pilot_erases_and_a_statute_restricts_for_sixty_years() -> None:
    later = NOW + timedelta(days=1)
    pilot = decide_erasure(LegalProfile.PILOT, requested_at=NOW, now=later)
    statutory = decide_erasure(LegalProfile.STATUTORY, requested_at=NOW, now=later)

    assert (pilot.outcome, pilot.keep_until) == (Outcome.ERASED, None)
    assert statutory.outcome is Outcome.RESTRICTED
    assert statutory.keep_until == datetime(2086, 11, 22, 12, tzinfo=UTC)
    for term in (pilot, statutory):
        assert term.due_at == datetime(2026, 12, 22, 12, tzinfo=UTC)
        assert term.settled_at == later
        assert term.copies_gone_at is None


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 720, "2088-02-29"),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last(
    moment: str, months: int, expected: str
) -> None:
    begin, end = (datetime.fromisoformat(f"{day}T12:00:00+00:00") for day in (moment, expected))

    assert months_after(begin, months) == end


@given(MOMENTS, st.integers(0, 1200))
def test_months_go_on_and_never_skip_one(moment: datetime, months: int) -> None:
    after = months_after(moment, months)

    assert (after.year * 12 + after.month) - (moment.year * 12 + moment.month) == months
    assert after.day <= moment.day
    assert months_after(moment, months + 1) > after
    assert after.timetz() == moment.timetz()


@given(MOMENTS, st.integers(1, 3650))
def test_backups_are_gone_their_whole_term_after_the_last_copy(moment: datetime, days: int) -> None:
    kept = timedelta(days=days)

    assert backups_gone(moment, backups_kept=kept) - moment == kept


@pytest.mark.parametrize("profile", LegalProfile)
def test_every_processing_is_on_the_page_for_people_as_it_is_in_code(
    profile: LegalProfile,
) -> None:
    part = PAGE.partition(f"### `{profile}`")[2].partition("\n\nGoing")[0].partition("\n### ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", part, re.MULTILINE)

    assert rows == [
        (
            one.activity,
            " | ".join((str(one.name.en), one.controller, ", ".join(one.bases), str(one.term.en))),
        )
        for one in processings(profile)
    ]
    assert "A lawyer decides" in PAGE


@pytest.mark.parametrize("profile", LegalProfile)
def test_every_purpose_is_a_processing_of_whoever_asks(profile: LegalProfile) -> None:
    for purpose in Purpose:
        processing = get_processing(profile, purpose)
        assert processing.controller is Controller.CONSUMER
        assert {basis for basis in Basis if is_allowed(purpose, basis)} == {*processing.bases}
    with pytest.raises(ActivityUnknownError):
        get_processing(profile, "curiosity")


def test_in_the_pilot_the_institution_answers_and_by_statute_the_operator() -> None:
    controllers = {
        profile: get_processing(profile, "registering").controller for profile in LegalProfile
    }

    assert controllers == {
        LegalProfile.PILOT: Controller.INSTITUTION,
        LegalProfile.STATUTORY: Controller.OPERATOR,
    }


def is_allowed(purpose: Purpose, basis: Basis) -> bool:
    try:
        decide_reason(Reason(purpose=purpose, basis=basis, reference="A-1"))
    except BasisRefusedError:
        return False
    return True


def test_the_register_knows_a_learner_by_the_name_issuers_give() -> None:
    assert NAMER.register_name(" Robin@Example.NL") == pseudonym(b"k" * 32, "robin@example.nl")


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_names_of_two_consumers_are_alike_only_when_their_keys_are(one: bytes, two: bytes) -> None:
    learner = NAMER.register_name("robin@example.nl")
    names = [NAMER.consumer_name(learner, ConsumerKey(1, key)).pseudonym for key in (one, two)]

    assert (names[0] == names[1]) == (one == two)
    assert learner not in names
    assert NAMER.log_name(learner) not in {*names, learner}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\nrobin@example.nl",
    ],
)
def test_a_trace_that_is_none_is_begun_anew(header: str | None) -> None:
    trace = Trace.of_header(header)

    assert trace.foreign is None
    assert re.fullmatch(r"[0-9a-f]{32}", trace.trace_id)
    assert re.fullmatch(r"[0-9a-f]{16}", trace.operation_id)


def test_a_trace_goes_on_and_remembers_where_it_came_from() -> None:
    trace = Trace.of_header("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")

    assert trace.foreign is not None
    assert trace.trace_id == trace.foreign.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert trace.foreign.operation_id == "b7ad6b7169203331" != trace.operation_id


def test_the_terms_are_those_on_the_page() -> None:
    terms = terms_at(NOW)

    assert terms.consultations == datetime(2021, 11, 22, 12, tzinfo=UTC)
    assert NOW - terms.idempotency == timedelta(days=7)
    assert NOW - terms.workers == timedelta(days=90)
    assert NOW - terms.settled == SETTLING
    for said in ("| consultations | 5 years |", "| 7 days |", "| 90 days |"):
        assert said in PAGE
    assert len(Kept) == 4


def test_every_word_on_a_paper_is_there_in_both_languages() -> None:
    dutch, english = (dict(WORDS[language]) for language in WORDS)

    assert dutch.keys() == english.keys()
    assert all([*dutch.values(), *english.values()])
    for language, lists in LISTS.items():
        assert set(lists["statuses"]) == {*RegistrationStatus}
        assert set(lists["purposes"]) == {*Purpose, "none"}
        assert set(lists["bases"]) == {*Basis}
        assert set(lists["controllers"]) == {*Controller}
        assert set(lists["profiles"]) == {*LegalProfile}
        assert set(KINDS[language]) == {*EntryKind}
