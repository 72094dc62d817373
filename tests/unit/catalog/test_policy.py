"""The rules of the quality framework: which hold when, and what they refuse."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.policy import (
    Finding,
    NoPolicyError,
    PolicyClashError,
    PolicyNotMetError,
    PolicyPeriodError,
    broken,
    check_next,
    judge,
    judge_provider,
    policy_in_force,
    require,
)
from shared.contracts.policy import Policy
from shared.contracts.vocabulary import Element, Sector
from tests.unit.catalog.builders import (
    REQUIRED,
    a_description,
    a_policy,
    an_organisation,
)

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def codes(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def judged(value: object, **policy: Any) -> set[str]:
    unit = policy.get("unit", "ects")
    load = {"unit": unit, "value": value}
    return codes(broken(judge(a_description(studyLoad=load), a_policy(**policy), day=TODAY)))


def test_a_complete_description_meets_the_policy() -> None:
    findings = judge(a_description(), a_policy(), day=TODAY)

    assert not broken(findings)
    require(findings)


@pytest.mark.parametrize("element", [name for name in REQUIRED if name != "title"])
def test_each_required_element_is_missed_by_name(element: str) -> None:
    found = broken(judge(a_description(element), a_policy(), day=TODAY))

    assert [finding.pointer for finding in found] == [f"/content/{element}"]


@pytest.mark.parametrize(
    "changed",
    [
        {"title": {"nl": " ", "en": "Quantum"}},
        {"description": {"en": "\n\t"}},
        {"learningOutcomes": [{"nl": "U programmeert."}, {"nl": " "}]},
        {"assessment": {"types": ["report"], "description": {"nl": " "}}},
        {"qualityAssurance": {"statement": {"nl": "\u00a0"}}},
        {"admissionRequirements": {"nl": " "}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_white_space_says_nothing(changed: dict[str, Any]) -> None:
    found = broken(judge(a_description(**changed), a_policy(), day=TODAY))

    assert [finding.pointer for finding in found] == [f"/content/{next(iter(changed))}"]


def test_every_reason_is_given_at_once() -> None:
    bare = a_description(*(name for name in REQUIRED if name != "title"))

    with pytest.raises(PolicyNotMetError) as refused:
        require(judge(bare, a_policy(), day=TODAY))

    assert len(refused.value.faults) == len(REQUIRED) - 1
    assert all(fault.pointer.startswith("/content/") for fault in refused.value.faults)


def test_what_a_policy_does_not_require_may_be_left_out() -> None:
    policy = a_policy(requiredElements=["title"])

    assert not broken(judge(a_description("level", "supervision"), policy, day=TODAY))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.5, {"study-load-minimum"}),
        (3, set()),
        (3.5, set()),
        (30, set()),
        (30.5, {"study-load-maximum"}),
        (3.3, {"study-load-step"}),
        (2.7, {"study-load-minimum", "study-load-step"}),
        (5.0, set()),
    ],
)
def test_sizes_are_three_to_thirty_by_halves(value: float, expected: set[str]) -> None:
    assert judged(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (79, {"study-load-minimum", "study-load-step"}),
        (80, set()),
        (120, {"study-load-step"}),
        (240, set()),
        (9600, set()),
    ],
)
def test_mbo_counts_in_steps_of_eighty_hours_without_a_maximum(
    value: int, expected: set[str]
) -> None:
    mbo = {"unit": "sbu", "minimum": 80, "maximum": None, "step": 80, "guideline": 240}

    assert judged(value, **mbo) == expected


def test_smaller_than_the_guideline_is_advice_and_no_refusal() -> None:
    mbo = a_policy(unit="sbu", minimum=80, maximum=None, step=80, guideline=240)
    small = a_description(studyLoad={"unit": "sbu", "value": 80})

    findings = judge(small, mbo, day=TODAY)

    assert not broken(findings)
    assert [f.code for f in findings if not f.passed] == ["study-load-guideline"]


def test_another_unit_is_refused_without_comparing_sizes() -> None:
    hours = a_description(studyLoad={"unit": "hour", "value": 1})

    assert codes(broken(judge(hours, a_policy(), day=TODAY))) == {"study-load-unit"}


def test_below_the_minimum_it_is_an_edubadge_and_that_is_said() -> None:
    small = a_description(studyLoad={"unit": "ects", "value": 1})

    [finding] = broken(judge(small, a_policy(), day=TODAY))

    assert "edubadge, geen microcredential" in finding.sentence.best("nl")
    assert "edubadge, not a microcredential" in finding.sentence.best("en")
    assert "minstens 3 EC" in finding.sentence.best("nl")


@given(st.integers(1, 400), st.sampled_from(["0.1", "0.2", "0.5", "1", "2.5"]))
def test_a_size_passes_exactly_when_it_is_a_whole_number_of_steps(tenths: int, step: str) -> None:
    policy: dict[str, Any] = {
        "minimum": Decimal(step),
        "maximum": Decimal(40),
        "step": Decimal(step),
    }
    value = Decimal(tenths) / 10
    steps = value / Decimal(step)
    fits = steps == int(steps) and value >= Decimal(step)

    assert (not judged(value, **policy)) is fits


@given(st.integers(1, 10_000), st.integers(1, 100), st.integers(100, 1000))
def test_no_size_outside_the_bounds_passes(tenths: int, minimum: int, maximum: int) -> None:
    value = Decimal(tenths) / 10
    found = judged(value, minimum=minimum, maximum=maximum, step=Decimal("0.1"))

    assert ("study-load-minimum" in found) is (value < minimum)
    assert ("study-load-maximum" in found) is (value > maximum)


@given(DAYS)
def test_a_policy_judges_only_in_its_own_period(day: date) -> None:
    policy = a_policy(validFrom=date(2025, 5, 1), validUntil=date(2027, 4, 30))
    inside = date(2025, 5, 1) <= day <= date(2027, 4, 30)

    assert ("policy-period" in codes(broken(judge(a_description(), policy, day=day)))) is not inside


def test_a_registered_level_names_its_registration() -> None:
    level = {"value": "eqf_5", "basis": "ncp-registered", "registrationId": " "}

    found = broken(judge(a_description(level=level), a_policy(), day=TODAY))

    assert [finding.pointer for finding in found] == ["/content/level/registrationId"]


@pytest.mark.parametrize("sector", list(Sector))
def test_only_a_recognised_institution_has_an_accredited_programme(sector: Sector) -> None:
    found = broken(judge(a_description(), a_policy(sector=sector), day=TODAY))

    assert codes(found) == ({"level-basis"} if sector is Sector.PRIVATE else set())


@given(DAYS)
def test_a_provider_is_recognised_until_the_first_day_without(day: date) -> None:
    period = {"recogniser": "OCW", "validFrom": "2022-01-01", "validUntil": "2026-01-01"}
    organisation = an_organisation(recognitions=[period])
    inside = date(2022, 1, 1) <= day < date(2026, 1, 1)

    assert judge_provider(organisation, day=day).passed is inside


def test_an_organisation_nobody_recorded_is_not_recognised() -> None:
    assert not judge_provider(None, day=TODAY).passed


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_rule_says_in_both_languages_why_it_is_asked(language: str) -> None:
    everything = a_policy(requiredElements=list(Element), guideline=10)
    level = {"value": "eqf_5", "basis": "ncp-registered", "registrationId": "1"}
    findings = judge(a_description(level=level, stackability={"nl": "Ja."}), everything, day=TODAY)

    said = {finding.sentence.best(language) for finding in findings}

    assert all(finding.sentence.nl and finding.sentence.en for finding in findings)
    assert len(said) == len(findings)
    assert all(sentence.endswith(".") for sentence in said)


def wo_policies() -> list[Policy]:
    return [
        a_policy(validUntil=date(2025, 4, 30)),
        a_policy(
            policyId="wo-experiment",
            minimum=1,
            validFrom=date(2025, 5, 1),
            validUntil=date(2027, 4, 30),
        ),
        a_policy(version=2, validFrom=date(2027, 5, 1)),
    ]


@pytest.mark.parametrize(
    ("day", "name", "version"),
    [
        (date(2025, 4, 30), "wo", 1),
        (date(2025, 5, 1), "wo-experiment", 1),
        (date(2027, 4, 30), "wo-experiment", 1),
        (date(2027, 5, 1), "wo", 2),
    ],
)
def test_the_experiment_begins_and_ends_on_its_days(day: date, name: str, version: int) -> None:
    found = policy_in_force(wo_policies(), Sector.WO, day)

    assert (found.policy_id, found.version) == (name, version)


def test_nothing_holds_before_the_first_policy_or_for_another_sector() -> None:
    with pytest.raises(NoPolicyError):
        policy_in_force(wo_policies(), Sector.WO, date(2021, 9, 30))
    with pytest.raises(NoPolicyError):
        policy_in_force(wo_policies(), Sector.HBO, TODAY)


@given(st.permutations(wo_policies()), st.dates(date(2021, 10, 1), date(2030, 1, 1)))
def test_which_policy_holds_does_not_depend_on_the_order_they_are_read_in(
    policies: list[Policy], day: date
) -> None:
    in_order = policy_in_force(wo_policies(), Sector.WO, day)

    assert policy_in_force(policies, Sector.WO, day) == in_order


def test_a_new_version_replaces_the_old_one_from_its_first_day() -> None:
    old, new = a_policy(), a_policy(version=2, minimum=5, validFrom=date(2027, 1, 1))

    assert policy_in_force([old, new], Sector.WO, date(2026, 12, 31)) is old
    assert policy_in_force([old, new], Sector.WO, date(2027, 1, 1)) is new


def test_a_lengthened_experiment_goes_before_the_permanent_policy() -> None:
    longer = a_policy(
        policyId="wo-experiment",
        version=2,
        validFrom=date(2025, 5, 1),
        validUntil=date(2028, 4, 30),
    )
    policies = [*wo_policies(), longer]

    assert policy_in_force(policies, Sector.WO, date(2027, 6, 1)) is longer
    assert policy_in_force(policies, Sector.WO, date(2028, 5, 1)).policy_id == "wo"


def test_two_policies_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(PolicyClashError):
        check_next(a_policy(policyId="wo-also"), existing=[a_policy()])
    check_next(a_policy(version=2), existing=[a_policy()])
    check_next(a_policy(policyId="hbo", sector="hbo"), existing=[a_policy()])


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"validUntil": date(2021, 9, 30)}, "/validUntil"),
        ({"maximum": 2}, "/maximum"),
        ({"minimum": Decimal("3.3")}, "/step"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(changed: dict[str, Any], pointer: str) -> None:
    with pytest.raises(PolicyPeriodError) as refused:
        check_next(a_policy(**changed), existing=[])

    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_policy_of_one_day_is_a_policy() -> None:
    day = date(2021, 10, 1)
    one_day = a_policy(validUntil=day)

    check_next(one_day, existing=[])

    assert policy_in_force([one_day], Sector.WO, day) is one_day
    with pytest.raises(NoPolicyError):
        policy_in_force([one_day], Sector.WO, day + timedelta(days=1))
