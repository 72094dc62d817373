"""What puts a microcredential in a facet, and that it changes as days pass."""

from datetime import date
from decimal import Decimal

import pytest

from services.catalog.search import Facet, Listing
from services.catalog.search.facts import facts_of
from services.catalog.search.marks import Number, marks_on
from services.catalog.search.values import (
    cents_of,
    price_band_of,
    size_of,
    tenths_of_hours,
)
from shared.contracts.microcredential import StudyLoad
from shared.contracts.offering import OfferingState, Price
from shared.contracts.vocabulary import StudyLoadUnit
from tests.unit.catalog.builders import UT
from tests.unit.catalog.listings import TODAY, a_listing, an_offering


def test_a_microcredential_is_not_earnable_on_the_first_day_without_recognition() -> None:
    listing = a_listing()
    until = date(2026, 12, 1)
    organisation = listing.provider.model_copy(
        update={
            "recognitions": tuple(
                one.model_copy(update={"valid_until": until})
                for one in listing.provider.recognitions
            )
        }
    )
    facts = facts_of(
        Listing(microcredential=listing.microcredential, provider=organisation, offerings=()),
        today=TODAY,
    )

    assert facts.is_earnable(date(2026, 11, 30))
    assert not facts.is_earnable(until)


def test_an_offering_opens_and_closes_as_days_pass() -> None:
    facts = facts_of(
        a_listing(
            an_offering(
                runs={"firstDay": date(2027, 1, 11), "lastDay": date(2027, 3, 1)},
                enrolmentPeriods=[{"firstDay": date(2026, 12, 1), "lastDay": date(2026, 12, 31)}],
                price={"amount": "450.00"},
            )
        ),
        today=TODAY,
    )

    def values(day: date, facet: Facet) -> set[str]:
        return {str(key) for kind, key in marks_on(facts, day) if kind is facet}

    assert values(TODAY, Facet.START) == {"later"}
    assert values(TODAY, Facet.PRICE) == {"250-500"}
    assert values(date(2026, 12, 31), Facet.START) == {"later"}
    assert values(date(2027, 1, 1), Facet.START) == set()
    assert values(date(2027, 1, 1), Facet.PRICE) == {"unknown"}


def test_the_numbers_of_a_listing_are_exact() -> None:
    listing = a_listing(
        an_offering(price={"amount": "0.10"}), studyLoad={"unit": "ects", "value": 0.1}
    )

    marks = marks_on(facts_of(listing, today=TODAY), TODAY)

    assert (Number.LOAD, 28) in marks
    assert (Number.PRICE, 10) in marks
    assert (Number.PROVIDER, UT) in marks


@pytest.mark.parametrize(
    ("unit", "value", "size"),
    [
        ("ects", "2.9", "less-than-3"),
        ("ects", "3", "3-5"),
        ("sbu", "83.9", "less-than-3"),
        ("hour", "84", "3-5"),
        ("ects", "5.9", "3-5"),
        ("ects", "6", "6-10"),
        ("sbu", "168", "6-10"),
        ("ects", "10.5", "6-10"),
        ("ects", "11", "11-30"),
        ("hour", "840", "11-30"),
        ("ects", "30.1", "more-than-30"),
    ],
)
def test_a_band_holds_whatever_the_unit(unit: str, value: str, size: str) -> None:
    load = StudyLoad(unit=StudyLoadUnit(unit), value=Decimal(value))

    assert size_of(tenths_of_hours(load)) == size


@pytest.mark.parametrize(
    ("amount", "currency", "band"),
    [
        ("0", "EUR", "free"),
        ("0.01", "EUR", "up-to-250"),
        ("250.00", "EUR", "up-to-250"),
        ("250.01", "EUR", "250-500"),
        ("500", "EUR", "250-500"),
        ("500.01", "EUR", "500-1000"),
        ("1000", "EUR", "500-1000"),
        ("1000.01", "EUR", "more-than-1000"),
        ("0", "USD", "unknown"),
    ],
)
def test_a_price_falls_in_one_band(amount: str, currency: str, band: str) -> None:
    assert price_band_of(cents_of(Price(amount=Decimal(amount), currency=currency))) == band


def test_an_offering_that_is_over_or_not_active_is_not_kept() -> None:
    over = an_offering(runs={"firstDay": date(2026, 9, 1), "lastDay": date(2026, 11, 24)})
    off = an_offering(state=OfferingState.INACTIVE)

    assert facts_of(a_listing(over, off), today=TODAY).runs == ()
