"""What is kept of a listing, so that its facets can be told on any day from then on.

Apart from the records it comes from: these are small enough to read all of them at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.catalog.domain.offerings import enrolment_days
from services.catalog.search.question import Facet, Listing
from services.catalog.search.values import (
    Days,
    cents_of,
    tenths_of_hours,
)
from shared.contracts.microcredential import Description
from shared.contracts.offering import Offering, OfferingState
from shared.contracts.policy import Organisation

SHAPE: Final = 2
"""Counts how facts were written; those of an older shape are written anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What search needs of an offering that is active."""

    offering_id: str
    days: Days | None
    is_flexible: bool
    is_full: bool
    enrolment: tuple[tuple[date | None, date | None], ...]
    cents: int | None
    language: str | None
    forms: tuple[str, ...]
    region: str | None

    def is_open(self, day: date) -> bool:
        """Say whether one can enrol, now or later: it is announced or enrolling on that day."""
        if self.days is not None and self.days.last is not None and self.days.last < day:
            return False
        if any(
            (first is None or first <= day) and (last is None or day <= last)
            for first, last in self.enrolment
        ):
            return not self.is_full
        if self.days is not None and self.days.first <= day:
            return False
        return any(first is not None and day < first for first, _ in self.enrolment)

    def start_days(self, day: date) -> Days | None:
        """Return the days from this day on at which one can start."""
        if self.days is None:
            return None
        first = max(self.days.first, day)
        return Days(first, self.days.last if self.is_flexible else first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What search needs of a microcredential, its provider and its offerings."""

    provider: str
    recognised: tuple[tuple[date, date | None], ...]
    values: Mapping[Facet, tuple[str, ...]]
    language: str | None
    forms: tuple[str, ...]
    region: str | None
    load: int | None
    skills: Mapping[str, tuple[str | None, str | None]]
    """What each skill is called in Dutch and English."""
    runs: tuple[Run, ...]

    def is_earnable(self, day: date) -> bool:
        """Say whether the provider is recognised on that day; the last day of a period is out."""
        return any(
            first <= day and (until is None or day < until) for first, until in self.recognised
        )

    def open_runs(self, day: date) -> list[Run]:
        """Return the offerings one can enrol in, the one that starts first in front."""
        return sorted(
            (run for run in self.runs if run.is_open(day)),
            key=lambda run: (_first_start(run, day), run.offering_id),
        )


def _first_start(run: Run, day: date) -> date:
    days = run.start_days(day)
    return date.max if days is None else days.first


def facts_of(listing: Listing, *, today: date) -> Facts:
    """Take from a listing what search needs from today on; an offering that is over never opens."""
    content, provider = listing.microcredential.content, listing.provider
    load = content.study_load
    return Facts(
        provider=listing.microcredential.provider,
        recognised=tuple((one.valid_from, one.valid_until) for one in provider.recognitions),
        values=_values(content, provider),
        language=_primary(content.in_language),
        forms=tuple(content.modes_of_delivery),
        region=provider.region,
        load=None if load is None else tenths_of_hours(load),
        skills={str(one.uri): (one.label.nl, one.label.en) for one in content.skills},
        runs=tuple(
            _run(one)
            for one in listing.offerings
            if one.state is OfferingState.ACTIVE and not _is_over(one, today)
        ),
    )


def _values(content: Description, provider: Organisation) -> dict[Facet, tuple[str, ...]]:
    field = content.field_of_study or ""
    found: dict[Facet, tuple[str, ...]] = {
        Facet.SECTOR: (provider.sector.value,),
        Facet.PROVIDER_KIND: (provider.provider_kind.value,),
        Facet.FIELD: tuple(field[:digits] for digits in range(2, len(field) + 1)),
        Facet.SKILL: tuple(str(skill.uri) for skill in content.skills),
    }
    if content.level is not None:
        found[Facet.LEVEL] = (content.level.value.value,)
        found[Facet.LEVEL_BASIS] = (content.level.basis.value,)
    if content.admission is not None:
        found[Facet.ADMISSION] = (content.admission.value,)
    return {facet: values for facet, values in found.items() if values}


def _is_over(offering: Offering, today: date) -> bool:
    days = offering.days
    return days is not None and days.last_day is not None and days.last_day < today


def _run(offering: Offering) -> Run:
    days = offering.days
    return Run(
        offering_id=str(offering.offering_id),
        days=None if days is None else Days(days.first_day, days.last_day),
        is_flexible=offering.runs is None and offering.flexible_entry is not None,
        is_full=offering.places_left == 0,
        enrolment=enrolment_days(offering),
        cents=cents_of(offering.price),
        language=_primary(offering.in_language),
        forms=tuple(offering.modes_of_delivery),
        region=offering.location.region if offering.location else None,
    )


def _primary(tag: str | None) -> str | None:
    return None if tag is None else tag.partition("-")[0]
