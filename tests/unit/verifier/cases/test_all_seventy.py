"""Every one of the seventy is tried, and each case says something no other says."""

from collections import Counter
from typing import Final

from services.verifier.domain.findings import Check
from services.verifier.domain.verdict import LOOKS, Look
from tests.unit.verifier.cases import (
    test_cases_01_to_12,
    test_cases_13_to_20,
    test_cases_21_to_30,
    test_cases_31_to_37,
    test_cases_38_to_44,
    test_cases_45_to_48,
    test_cases_49_to_56,
    test_cases_57_to_61,
    test_cases_62_to_66,
    test_cases_67_to_70,
)
from tests.unit.verifier.cases.entry import Case
from tests.unit.verifier.cases.the_seventy import SEVENTY

CASES: Final[tuple[Case, ...]] = (
    *test_cases_01_to_12.CASES,
    *test_cases_13_to_20.CASES,
    *test_cases_21_to_30.CASES,
    *test_cases_31_to_37.CASES,
    *test_cases_38_to_44.CASES,
    *test_cases_45_to_48.CASES,
    *test_cases_49_to_56.CASES,
    *test_cases_57_to_61.CASES,
    *test_cases_62_to_66.CASES,
    *test_cases_67_to_70.CASES,
)


def test_every_number_from_1_to_70_has_a_case() -> None:
    assert sorted(SEVENTY) == list(range(1, 71))
    assert {case.number for case in CASES} == SEVENTY.keys()


def test_no_case_is_there_twice() -> None:
    assert [name for name, times in Counter(map(str, CASES)).items() if times > 1] == []


def test_no_case_expects_green() -> None:
    assert [str(case) for case in CASES if LOOKS[case.state] is Look.GREEN] == []


def test_every_check_is_the_one_that_fails_somewhere() -> None:
    assert {case.check for case in CASES} == set(Check)
