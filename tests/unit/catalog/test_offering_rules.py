"""Offerings: what contradicts itself or is missing is found, all at once, where it is."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.catalog.domain.offering_rules import (
    OfferingRulesError,
    find_faults,
    require_terms,
)
from shared.contracts.offering import Price
from tests.unit.catalog.offers import terms

DAY = timedelta(days=1)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def faults(*without: str, **changed: Any) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in find_faults(terms(*without, **changed))]


def test_a_whole_offering_has_no_fault() -> None:
    assert faults() == []
    assert faults("runs", flexibleEntry={"firstDay": "2027-01-01"}, enrolmentPeriods=[]) == []


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"state": "cancelled"}, ("/state", "offering-cancelled-apart")),
        (
            {"flexibleEntry": {"firstDay": "2027-01-01", "lastDay": "2027-12-31"}},
            ("/flexibleEntry", "offering-two-starts"),
        ),
        ({"runs": None}, ("/runs", "offering-no-start")),
        ({"runs": {"firstDay": "2027-02-01"}}, ("/runs/lastDay", "offering-no-end")),
        (
            {"runs": {"firstDay": "2027-02-01", "lastDay": "2027-01-31"}, "enrolmentPeriods": []},
            ("/runs/lastDay", "period-backwards"),
        ),
        (
            {"runs": {"firstDay": "1999-12-31", "lastDay": "2027-04-16"}},
            ("/runs/firstDay", "day-far-away"),
        ),
        (
            {"enrolmentPeriods": [{"firstDay": "2027-01-02", "lastDay": "2027-01-01"}]},
            ("/enrolmentPeriods/0/lastDay", "period-backwards"),
        ),
        (
            {
                "enrolmentPeriods": [
                    {"firstDay": "2027-01-01", "lastDay": "2027-01-10"},
                    {"firstDay": "2027-01-10", "lastDay": "2027-01-20"},
                ]
            },
            ("/enrolmentPeriods/1/firstDay", "enrolment-overlap"),
        ),
        (
            {"enrolmentPeriods": [{"firstDay": "2026-12-01"}, {"firstDay": "2027-01-10"}]},
            ("/enrolmentPeriods/1/firstDay", "enrolment-overlap"),
        ),
        (
            {
                "enrolmentPeriods": [
                    {"firstDay": "2027-01-11", "lastDay": "2027-01-20"},
                    {"firstDay": "2027-01-01", "lastDay": "2027-01-10"},
                ]
            },
            ("/enrolmentPeriods/1/firstDay", "enrolment-order"),
        ),
        (
            {"enrolmentPeriods": [{"firstDay": "2027-04-01", "lastDay": "2027-04-17"}]},
            ("/enrolmentPeriods/0/lastDay", "enrolment-after-end"),
        ),
        (
            {"enrolmentPeriods": [{"firstDay": "2027-04-17"}]},
            ("/enrolmentPeriods/0/firstDay", "enrolment-after-end"),
        ),
        ({"placesLeft": 25}, ("/placesLeft", "places-left")),
        (
            {"price": {"amount": "450.00", "vatAmount": "450.01"}},
            ("/price/vatAmount", "price-tax"),
        ),
        (
            {"price": {"amount": "450.00", "currency": "EUX"}},
            ("/price/currency", "unknown-currency"),
        ),
        (
            {"permissionExplanation": {"nl": "Na een gesprek."}},
            ("/permissionExplanation", "permission-explained"),
        ),
        ({"location": None}, ("/location", "location-missing")),
        (
            {"location": {"city": "Gent", "country": "BE", "region": "NL-ZE"}},
            ("/location/region", "location-region"),
        ),
        ({"location": {"city": "Gent", "country": "QX"}}, ("/location/country", "unknown-country")),
    ],
    ids=lambda one: one[1] if isinstance(one, tuple) else "",
)
def test_each_fault_is_found_where_it_is(
    changed: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert faults(**changed) == [expected]


@pytest.mark.parametrize("tax", ["0.00", "450.00"])
def test_tax_may_be_nothing_and_may_be_all_of_it(tax: str) -> None:
    assert faults(price={"amount": "450.00", "vatAmount": tax}) == []


def test_every_fault_is_named_at_once_in_both_languages() -> None:
    wrong = terms(
        state="cancelled",
        flexibleEntry={"firstDay": "2027-01-01", "lastDay": "2026-01-01"},
        placesLeft=25,
        price={"amount": "1.00", "vatAmount": "2.00", "currency": "EUX"},
        permissionExplanation={"nl": "Na een gesprek."},
        location={"city": "Gent", "country": "QX", "region": "NL-ZE"},
    )

    with pytest.raises(OfferingRulesError) as refused:
        require_terms(wrong)

    assert len(refused.value.faults) == 9
    assert all(one.detail.endswith(".") and one.dutch.endswith(".") for one in refused.value.faults)
    assert all(one.detail != one.dutch for one in refused.value.faults)


def test_a_concept_may_still_miss_what_a_learner_needs() -> None:
    assert faults("runs", "location", "enrolmentPeriods", state="concept") == []


@pytest.mark.parametrize("form", ["blended", "hybrid", "presential", "research_lab_based"])
def test_a_form_on_site_says_where(form: str) -> None:
    assert faults("location", modesOfDelivery=[form]) == [("/location", "location-missing")]


@pytest.mark.parametrize("form", ["online", "work_based", "project_based"])
def test_a_form_without_a_place_needs_none(form: str) -> None:
    assert faults("location", modesOfDelivery=[form]) == []


def test_enrolment_may_begin_the_day_after_the_last_one_ended() -> None:
    periods = [
        {"firstDay": "2026-12-01", "lastDay": "2026-12-31"},
        {"firstDay": "2027-01-01", "lastDay": "2027-04-16"},
    ]

    assert faults(enrolmentPeriods=periods) == []


@given(st.lists(st.tuples(DAYS, st.integers(-1, 40)), max_size=5))
def test_periods_without_faults_are_in_order_and_apart(drawn: list[tuple[date, int]]) -> None:
    days = [(first, first + length * DAY if length >= 0 else None) for first, length in drawn]
    periods = [{"firstDay": first, "lastDay": last} for first, last in days]
    apart = all((last or date.max) < after for (_, last), (after, _) in pairwise(days))

    assert (not faults(enrolmentPeriods=periods)) is apart


@pytest.mark.parametrize("amount", ["450", "450.5", "450.50", "0", "1000000.00"])
def test_money_is_exact_and_has_two_decimals_on_the_wire(amount: str) -> None:
    price = Price.model_validate_json(f'{{"amount": "{amount}"}}')

    assert isinstance(price.amount, Decimal)
    assert price.amount == Decimal(amount)
    assert price.model_dump(mode="json")["amount"] == f"{Decimal(amount):.2f}"


@pytest.mark.parametrize(
    "amount",
    ["450.0", '"450,00"', '"1e3"', '"-1"', '"4.555"', '"1000000.01"', '"NaN"', "true", '""'],
)
def test_an_amount_that_is_no_money_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        Price.model_validate_json(f'{{"amount": {amount}}}')


@given(st.integers(0, 100_000_000))
def test_no_cent_is_ever_lost(cents: int) -> None:
    price = Price.model_validate_json(f'{{"amount": "{cents // 100}.{cents % 100:02}"}}')

    assert Price.model_validate_json(price.model_dump_json()) == price
    assert price.amount * 100 == cents
