"""An honest credential, and everything honest that can be wrong with it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.verifier.domain.findings import Check, Code, Outcome, failed, not_run, ok, unknown
from services.verifier.domain.verdict import LOOKS, Look, State, decide_verdict, state_of
from shared.contracts.vocabulary import RegistrationStatus
from tests.unit.verifier.forge import INDEX, NOW, a_list, a_token, both, put
from tests.unit.verifier.world import World, a_known_key, an_organisation, finding

WORLD = World()


def test_an_honest_credential_is_valid() -> None:
    judgement = WORLD.judge(a_token())

    assert [one.outcome for one in judgement.findings] == [Outcome.OK] * 12 + [Outcome.NOT_RUN]
    assert judgement.verdict.state is State.VALID
    assert judgement.verdict.look is Look.GREEN
    assert judgement.credential is not None


@pytest.mark.parametrize("typ", [None, "JWT", "vc+jwt", "application/vc+jwt"])
def test_both_forms_of_a_credential_are_valid(typ: str | None) -> None:
    assert WORLD.judge(a_token(typ=typ)).verdict.state is State.VALID


def test_a_credential_with_an_end_in_the_future_is_valid() -> None:
    token = a_token(both(put("validUntil", "2030-01-15T09:30:00Z"), put("exp", 1_894_699_800)))

    assert WORLD.judge(token).verdict.state is State.VALID


def test_a_credential_past_its_end_is_genuine_but_expired() -> None:
    token = a_token(both(put("validUntil", "2026-11-01T00:00:00Z"), put("exp", 1_793_491_200)))

    judgement = WORLD.judge(token)

    assert judgement.verdict.state is State.EXPIRED
    assert judgement.verdict.look is Look.AMBER
    assert judgement.credential is not None


def test_what_a_retired_key_signed_stays_good() -> None:
    world = World(key=a_known_key(retired_at=NOW - timedelta(days=3)))

    judgement = world.judge(a_token())

    assert finding(judgement, Check.KEY).code is Code.KEY_RETIRED
    assert judgement.verdict.state is State.VALID


def test_an_issuer_that_left_keeps_its_awards_green_with_a_note() -> None:
    world = World(organisation=an_organisation(until=date(2026, 6, 1)))

    verdict = world.judge(a_token()).verdict

    assert (verdict.state, verdict.look) == (State.ISSUER_LEFT, Look.GREEN)


@pytest.mark.parametrize(
    "organisation",
    [
        an_organisation(since=date(2026, 1, 15)),
        an_organisation(until=date(2026, 1, 14)),
        an_organisation().model_copy(update={"recognitions": ()}),
    ],
    ids=["recognised-later", "recognition-ended-that-day", "never-recognised"],
)
def test_recognition_is_judged_on_the_day_of_the_award(organisation: object) -> None:
    judgement = World(organisation=organisation).judge(a_token())  # type: ignore[arg-type] # cases as a table

    assert finding(judgement, Check.ISSUER).code is Code.NOT_RECOGNISED_THEN
    assert judgement.verdict.state is State.ISSUER_UNKNOWN


def test_an_issuer_outside_the_catalogue_is_never_green_though_its_signature_holds() -> None:
    judgement = World(organisation=None).judge(a_token())

    assert finding(judgement, Check.SIGNATURE).outcome is Outcome.OK
    assert (judgement.verdict.state, judgement.verdict.look) == (State.ISSUER_UNKNOWN, Look.AMBER)


def test_a_suspended_registration_is_amber() -> None:
    verdict = World(status=RegistrationStatus.SUSPENDED).judge(a_token()).verdict

    assert (verdict.state, verdict.look) == (State.SUSPENDED, Look.AMBER)


def test_a_registration_revoked_before_the_list_says_so_is_red() -> None:
    verdict = World(status=RegistrationStatus.REVOKED).judge(a_token()).verdict

    assert (verdict.state, verdict.look) == (State.REVOKED, Look.RED)


@pytest.mark.parametrize("raised", [(), (INDEX,)])
def test_a_replaced_credential_is_amber_and_still_shown(raised: tuple[int, ...]) -> None:
    judgement = World(is_replaced=True, signed_list=a_list(*raised)).judge(a_token())

    assert (judgement.verdict.state, judgement.verdict.look) == (State.REPLACED, Look.AMBER)
    assert judgement.credential is not None


@pytest.mark.parametrize("raised", [(), (INDEX,)])
def test_an_erased_credential_is_grey_and_shown_no_more(raised: tuple[int, ...]) -> None:
    judgement = World(is_erased=True, signed_list=a_list(*raised)).judge(a_token())

    assert (judgement.verdict.state, judgement.verdict.look) == (State.ERASED, Look.GREY)
    assert judgement.credential is None


def test_an_expired_registration_is_amber_also_without_an_end_in_the_credential() -> None:
    verdict = World(status=RegistrationStatus.EXPIRED).judge(a_token()).verdict

    assert (verdict.state, verdict.look) == (State.EXPIRED, Look.AMBER)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (RegistrationStatus.SUSPENDED, State.SUSPENDED),
        (RegistrationStatus.REVOKED, State.REVOKED),
        (RegistrationStatus.EXPIRED, State.REPLACED),
    ],
)
def test_what_holds_for_the_award_holds_for_its_old_credential_too(
    status: RegistrationStatus, state: State
) -> None:
    assert World(is_replaced=True, status=status).judge(a_token()).verdict.state is state


def test_an_old_credential_with_other_content_was_altered() -> None:
    world = World(is_replaced=True, registered=a_token(put("name", "Something else")))

    assert world.judge(a_token()).verdict.state is State.ALTERED


def test_a_raised_bit_without_a_reason_in_the_register_is_a_revocation() -> None:
    assert World(signed_list=a_list(INDEX)).judge(a_token()).verdict.state is State.REVOKED


def test_revoked_wins_from_an_unknown_issuer_and_an_expired_list() -> None:
    world = World(
        organisation=None,
        status=RegistrationStatus.REVOKED,
        signed_list=a_list(changes=(put("validUntil", "2026-11-22T11:56:00Z"),)),
    )

    assert world.judge(a_token()).verdict.state is State.REVOKED


@pytest.mark.parametrize("as_of", [None, NOW - timedelta(hours=25)])
def test_old_knowledge_is_never_green(as_of: object) -> None:
    judgement = replace(WORLD, as_of=as_of).judge(a_token())  # type: ignore[arg-type] # cases as a table

    assert finding(judgement, Check.REGISTER).code is Code.KNOWLEDGE_OLD
    assert judgement.verdict.state is State.CANNOT_CHECK


def test_old_knowledge_still_knows_what_was_revoked() -> None:
    world = World(as_of=NOW - timedelta(days=9), status=RegistrationStatus.REVOKED)

    assert world.judge(a_token()).verdict.state is State.REVOKED


@pytest.mark.parametrize("check", Check)
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN, Outcome.NOT_RUN])
def test_no_verdict_is_greener_than_its_weakest_check(check: Check, outcome: Outcome) -> None:
    worst = {Outcome.FAILED: failed, Outcome.UNKNOWN: unknown}.get(outcome)
    findings = [ok(one, Code.READABLE) for one in Check]
    findings[check.number - 1] = worst(check, Code.SIGNATURE_BROKEN) if worst else not_run(check)

    assert decide_verdict(findings).look is not Look.GREEN


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.UNKNOWN])
def test_no_code_makes_a_bad_finding_green(code: Code, outcome: Outcome) -> None:
    bad = {Outcome.FAILED: failed, Outcome.UNKNOWN: unknown}[outcome](Check.REGISTER, code)

    if code is not Code.RECOGNISED_THEN:  # The one code that is only ever ok.
        assert LOOKS[state_of(bad)] is not Look.GREEN


def test_a_verdict_needs_every_check() -> None:
    with pytest.raises(ValueError, match="every check"):
        decide_verdict([ok(Check.PARSE, Code.READABLE)])
