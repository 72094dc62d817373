"""What is true of every set of policies, every day and every size: the invariants of the engine.

1. On a day at most one policy holds for a sector, in whatever order they are read; first and last
   day included.
2. A version that is added changes no verdict on a day before its own first day.
3. A size passes exactly when it is a whole number of steps between minimum and maximum.
4. A policy asks the same rules of every description.
5. A size that is proposed instead of one between steps passes.
6. No float takes part in any of this.
"""

import ast
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.catalog.policy import (
    NoPolicyError,
    PolicyClashError,
    PolicyPeriodError,
    ask_every_rule,
    broken,
    check_next,
    judge,
    nearest_sizes,
    policies_in_force,
    policy_in_force,
)
from shared.contracts.microcredential import Description, StudyLoad
from shared.contracts.policy import Policy
from shared.contracts.vocabulary import Element, LevelBasis, Sector, StudyLoadUnit
from tests.support.material import ROOT
from tests.unit.catalog.builders import CONTENT, a_description, a_policy

DAY = timedelta(days=1)
EPOCH = date(2024, 1, 1)
DAYS = st.integers(-5, 65).map(lambda after: EPOCH + after * DAY)
TENTHS = st.integers(1, 1000).map(lambda tenths: Decimal(tenths) / 10)
STEPS = st.sampled_from([Decimal(step) for step in ("0.1", "0.5", "1", "2.5", "80")])
UNITS = st.sampled_from(StudyLoadUnit)


@st.composite
def histories(draw: st.DrawFn) -> list[Policy]:
    """Draw policies as a steward may publish them: each one is accepted after those before."""
    history: list[Policy] = []
    for _ in range(draw(st.integers(1, 7))):
        policy_id = draw(st.sampled_from(["wo", "wo-experiment", "wo-trial"]))
        first = EPOCH + draw(st.integers(0, 50)) * DAY
        length = draw(st.one_of(st.none(), st.integers(0, 20)))
        policy = a_policy(
            policyId=policy_id,
            version=1 + sum(one.policy_id == policy_id for one in history),
            validFrom=first,
            validUntil=None if length is None else first + length * DAY,
            minimum=draw(st.sampled_from([1, 3, 10])),
        )
        with suppress(PolicyClashError):
            check_next(policy, existing=history)
            history.append(policy)
    return history


def holding(policies: list[Policy], day: date) -> Policy | None:
    try:
        return policy_in_force(policies, Sector.WO, day)
    except NoPolicyError:
        return None


@given(histories(), DAYS, st.randoms(use_true_random=False))
def test_at_most_one_policy_holds_and_order_does_not_matter(
    history: list[Policy], day: date, chance: Any
) -> None:
    shuffled = list(history)
    chance.shuffle(shuffled)

    found = holding(history, day)

    assert holding(shuffled, day) == found
    assert policies_in_force(history, day) == ([found] if found else [])
    assert found is None or found.holds_on(day)


@given(histories(), DAYS)
def test_one_holds_exactly_when_the_newest_begun_version_of_some_id_does(
    history: list[Policy], day: date
) -> None:
    begun = [one for one in history if one.valid_from <= day]
    newest = {one.policy_id: one for one in begun}

    assert (holding(history, day) is None) is not any(one.holds_on(day) for one in newest.values())


@given(histories(), DAYS)
def test_an_added_version_changes_no_earlier_day(history: list[Policy], day: date) -> None:
    *before, added = history
    assume(before)
    assume(day < added.valid_from)

    assert holding(history, day) == holding(before, day)


@given(DAYS, st.integers(0, 40), DAYS)
def test_first_and_last_day_are_days_of_the_policy(first: date, length: int, day: date) -> None:
    last = first + length * DAY
    policy = a_policy(validFrom=first, validUntil=last)

    assert policy.holds_on(first)
    assert policy.holds_on(last)
    assert not policy.holds_on(first - DAY)
    assert not policy.holds_on(last + DAY)
    assert (holding([policy], day) == policy) is (first <= day <= last)


def test_of_two_trials_at_once_the_one_that_began_last_holds() -> None:
    long = a_policy(policyId="long", validFrom=EPOCH, validUntil=EPOCH + 90 * DAY)
    short = a_policy(policyId="short", validFrom=EPOCH + DAY, validUntil=EPOCH + 9 * DAY)

    found = [holding([long, short], EPOCH + after * DAY) for after in (0, 1, 9, 10)]

    assert found == [long, short, short, long]


@given(TENTHS, STEPS, st.integers(1, 10), st.integers(0, 40), UNITS)
def test_a_size_passes_exactly_when_it_is_some_steps_within_the_bounds(
    size: Decimal, step: Decimal, fewest: int, more: int, unit: StudyLoadUnit
) -> None:
    policy = a_policy(unit=unit, step=step, minimum=fewest * step, maximum=(fewest + more) * step)
    check_next(policy, existing=[])
    allowed = {step * count for count in range(fewest, fewest + more + 1)}
    content = a_description(studyLoad=StudyLoad(unit=unit, value=size))

    found = broken(judge(content, policy, day=date(2026, 1, 1)))

    assert (not found) is (size in allowed)
    for near in nearest_sizes(size, policy):
        assert near in allowed


@given(STEPS, st.integers(1, 100), UNITS, UNITS)
def test_only_the_policys_own_unit_counts(
    step: Decimal, count: int, asked: StudyLoadUnit, given_unit: StudyLoadUnit
) -> None:
    policy = a_policy(unit=asked, step=step, minimum=step, maximum=None)
    content = a_description(studyLoad=StudyLoad(unit=given_unit, value=step * count))

    codes = {one.code for one in broken(judge(content, policy, day=date(2026, 1, 1)))}

    assert codes == (set() if asked is given_unit else {"study-load-unit"})


MEMBERS = [name for name in CONTENT if name != "title"]


@given(
    st.sets(st.sampled_from(MEMBERS)),
    st.sets(st.sampled_from(Element)),
    st.sampled_from(LevelBasis),
    st.sampled_from(Sector),
    UNITS,
)
def test_a_policy_asks_the_same_rules_of_every_description(
    without: set[str],
    required: set[Element],
    basis: LevelBasis,
    sector: Sector,
    unit: StudyLoadUnit,
) -> None:
    policy = a_policy(sector=sector, unit=unit, requiredElements=sorted(required), guideline=10)
    level = {"value": "eqf_5", "basis": basis, "registrationId": "NLQF-1"}
    content = (
        a_description(*without, level=level)
        if "level" not in without
        else (a_description(*without))
    )
    asked = [one.code for one in ask_every_rule(a_description(), policy, day=EPOCH)]

    rules = ask_every_rule(content, policy, day=EPOCH)

    assert [one.code for one in rules] == asked
    assert len(set(asked)) == len(asked)
    assert broken(rules) == broken(judge(content, policy, day=EPOCH))
    assert all(one.sentence.nl and one.sentence.en for one in rules)
    missed = {one.pointer for one in broken(rules) if one.pointer.count("/") == 2}
    assert missed == {f"/content/{one}" for one in required if one not in _given(content)}


def _given(content: Description) -> set[str]:
    return set(content.model_dump(mode="json", exclude_none=True, exclude_defaults=True))


@pytest.mark.parametrize(
    ("size", "nearest"),
    [
        ("0.1", "3"),
        ("0.3", "3"),
        ("2.7", "3"),
        ("3.3", "3 3.5"),
        ("29.9", "29.5 30"),
        ("31.2", "30"),
    ],
)
def test_a_size_between_steps_is_told_which_ones_are_near(size: str, nearest: str) -> None:
    expected = tuple(Decimal(one) for one in nearest.split())
    content = a_description(studyLoad=StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal(size)))

    [rule] = [one for one in judge(content, a_policy(), day=EPOCH) if one.code == "study-load-step"]

    assert nearest_sizes(Decimal(size), a_policy()) == expected
    assert rule.sentence.best("en").endswith(
        f"Choose {' or '.join(f'{one} ECTS credits' for one in nearest.split())}."
    )
    assert "Kies" in rule.sentence.best("nl")


@pytest.mark.parametrize("size", ["0.1", "0.3", "2", "2.5", "2.9"])
def test_below_the_minimum_both_languages_say_that_it_is_an_edubadge(size: str) -> None:
    content = a_description(studyLoad=StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal(size)))

    rules = {one.code: one for one in judge(content, a_policy(), day=EPOCH)}

    assert not rules["study-load-minimum"].passed
    assert "Dit is een edubadge" in rules["study-load-minimum"].sentence.best("nl")
    assert "This is an edubadge" in rules["study-load-minimum"].sentence.best("en")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"maximum": Decimal("30.3")}, "/maximum"),
        ({"guideline": 2}, "/guideline"),
        ({"guideline": 31}, "/guideline"),
        ({"guideline": Decimal("10.2")}, "/guideline"),
    ],
)
def test_the_sizes_of_a_policy_can_be_reached(changed: dict[str, Any], pointer: str) -> None:
    with pytest.raises(PolicyPeriodError) as refused:
        check_next(a_policy(**changed), existing=[])

    [fault] = refused.value.faults
    assert fault.pointer == pointer
    assert fault.dutch


@given(st.integers(1, 100_000))
def test_no_tenth_of_a_credit_is_lost_on_the_wire(tenths: int) -> None:
    load = StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal(tenths) / 10)
    text = load.model_dump_json()

    assert StudyLoad.model_validate_json(text) == load
    assert Decimal(json.loads(text, parse_float=str)["value"]) * 10 == tenths
    assert type(StudyLoad.model_validate(json.loads(text)).value) is Decimal


def floats() -> Iterator[str]:
    """Find what could bring a float into a judgement."""
    for path in sorted((ROOT / "services" / "catalog" / "policy").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            named = isinstance(node, ast.Name) and node.id in {"float", "round"}
            divided = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            if literal or named or divided:
                yield f"{path.name}: {ast.unparse(node)}"


def test_no_float_takes_part_in_a_judgement() -> None:
    policy = a_policy(guideline=5)
    load = a_description().study_load

    assert list(floats()) == []
    assert load is not None
    for size in (policy.minimum, policy.maximum, policy.step, policy.guideline, load.value):
        assert type(size) is Decimal
