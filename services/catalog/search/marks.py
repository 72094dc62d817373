"""What is true of a microcredential on a day: each thing a facet or a bound can ask for.

The one place that says which offerings count for what; the index only keeps sets of these.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from services.catalog.search.facts import Facts, Run
from services.catalog.search.question import Facet
from services.catalog.search.values import (
    ONLINE,
    Days,
    price_band_of,
    size_of,
    starts_of,
)


class Number(StrEnum):
    """What is asked by a bound or a name instead of by the values of a facet."""

    EARNABLE = "earnable"
    PROVIDER = "provider"
    LOAD = "load"
    PRICE = "cents"
    START = "start-days"


YES: Final = 1
Key = str | int | tuple[date, date | None]
Kind = Facet | Number
Mark = tuple[Kind, Key]
"""One thing that is true of a microcredential on a day, such as its level."""


def marks_on(facts: Facts, day: date) -> frozenset[Mark]:
    """Return all that is true of a microcredential on a day."""
    return frozenset(_marks(facts, day))


def _marks(facts: Facts, day: date) -> Iterator[Mark]:
    runs = [run for run in facts.runs if run.is_open(day)]
    yield Number.PROVIDER, facts.provider
    if facts.is_earnable(day):
        yield Number.EARNABLE, YES
    for facet, values in facts.values.items():
        for value in values:
            yield facet, value
    if facts.load is not None:
        yield Number.LOAD, facts.load
        yield Facet.SIZE, size_of(facts.load).value
    for language in {facts.language, *(run.language for run in runs)} - {None}:
        yield Facet.LANGUAGE, str(language)
    forms = {*facts.forms, *(form for run in runs for form in run.forms)}
    for form in forms:
        yield Facet.FORM, form
    yield from _region_marks(facts, runs, forms)
    yield from _price_marks(runs)
    yield from _start_marks(runs, day)


def _region_marks(facts: Facts, runs: Sequence[Run], forms: set[str]) -> Iterator[Mark]:
    regions = {run.region for run in runs} - {None}
    if not regions and forms != {ONLINE}:
        regions = {facts.region} - {None}
    for region in regions:
        yield Facet.REGION, str(region)
    if ONLINE in forms:
        yield Facet.REGION, ONLINE


def _price_marks(runs: Sequence[Run]) -> Iterator[Mark]:
    prices = {run.cents for run in runs if run.cents is not None}
    for cents in prices:
        yield Number.PRICE, cents
        yield Facet.PRICE, price_band_of(cents).value
    if not prices:
        yield Facet.PRICE, price_band_of(None).value


def _start_marks(runs: Sequence[Run], day: date) -> Iterator[Mark]:
    for run in runs:
        days = run.start_days(day)
        if days is not None:
            yield Number.START, (days.first, days.last)
            for start in _starts(days, day, run.is_flexible):
                yield Facet.START, start


@lru_cache(maxsize=4096)
def _starts(days: Days, today: date, is_flexible: bool) -> tuple[str, ...]:  # noqa: FBT001 - a key
    return tuple(one.value for one in starts_of(days, today=today, is_flexible=is_flexible))
