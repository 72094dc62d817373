"""What is kept of a listing so that its facets can be told on any day, and how it is written.

Apart from the records it comes from: these are small enough to read all of them at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from services.catalog.domain.offerings import enrolment_days
from services.catalog.search.question import Facet, Listing
from services.catalog.search.values import (
    ONLINE,
    Days,
    cents_of,
    price_band_of,
    size_of,
    starts_of,
    tenths_of_hours,
)
from shared.contracts.microcredential import Description
from shared.contracts.offering import Offering, OfferingState
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText

SHAPE: Final = 1
"""Counts how facts were written; those of an older shape are written anew."""


class Number(StrEnum):
    """What is asked by a bound or a name instead of by the values of a facet."""

    EARNABLE = "earnable"
    PROVIDER = "provider"
    LOAD = "load"
    PRICE = "price"
    START = "start-days"


YES: Final = 1
Key = str | int | tuple[date, date | None]
Mark = tuple[Facet | Number, Key]
"""One thing that is true of a microcredential on a day, such as its level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What search needs of an offering that is active."""

    offering_id: UUID
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
    skills: Mapping[str, LocalText]
    runs: tuple[Run, ...]

    def is_earnable(self, day: date) -> bool:
        """Say whether the provider is recognised on that day; the last day of a period is out."""
        return any(
            first <= day and (until is None or day < until) for first, until in self.recognised
        )

    def open_runs(self, day: date) -> list[Run]:
        """Return the offerings one can enrol in, the one that starts first in front."""
        found = [run for run in self.runs if run.is_open(day)]
        return sorted(found, key=lambda run: (_first_start(run, day), str(run.offering_id)))


def _first_start(run: Run, day: date) -> date:
    days = run.start_days(day)
    return date.max if days is None else days.first


def marks_on(facts: Facts, day: date) -> frozenset[Mark]:
    """Return all that is true of a microcredential on a day."""
    return frozenset(_marks(facts, day))


def _marks(facts: Facts, day: date) -> Iterator[Mark]:
    runs = facts.open_runs(day)
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
            for start in starts_of(days, today=day, is_flexible=run.is_flexible):
                yield Facet.START, start.value


def facts_of(listing: Listing) -> Facts:
    """Take from a listing what search needs."""
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
        skills={str(skill.uri): skill.label for skill in content.skills},
        runs=tuple(_run(one) for one in listing.offerings if one.state is OfferingState.ACTIVE),
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


def _run(offering: Offering) -> Run:
    days = offering.days
    return Run(
        offering_id=offering.offering_id,
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


def write_facts(facts: Facts) -> dict[str, Any]:
    """Write facts as JSON, without what is absent."""
    return {
        "provider": facts.provider,
        "recognised": [_written(days) for days in facts.recognised],
        "values": {facet.value: list(values) for facet, values in facts.values.items()},
        "language": facts.language,
        "forms": list(facts.forms),
        "region": facts.region,
        "load": facts.load,
        "skills": {
            uri: label.model_dump(mode="json", exclude_none=True)
            for uri, label in facts.skills.items()
        },
        "runs": [_written_run(run) for run in facts.runs],
    }


def _written_run(run: Run) -> dict[str, Any]:
    return {
        "id": str(run.offering_id),
        "days": None if run.days is None else _written((run.days.first, run.days.last)),
        "flexible": run.is_flexible,
        "full": run.is_full,
        "enrolment": [_written(days) for days in run.enrolment],
        "cents": run.cents,
        "language": run.language,
        "forms": list(run.forms),
        "region": run.region,
    }


def _written(days: tuple[date | None, date | None]) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in days]


def read_facts(written: Mapping[str, Any]) -> Facts:
    """Read facts as they were written, also by a process of another version than ours."""
    known = set(Facet)
    return Facts(
        provider=written["provider"],
        recognised=tuple(
            (date.fromisoformat(first), _day(until)) for first, until in written["recognised"]
        ),
        values={
            Facet(facet): tuple(values)
            for facet, values in written["values"].items()
            if facet in known
        },
        language=written.get("language"),
        forms=tuple(written.get("forms", ())),
        region=written.get("region"),
        load=written.get("load"),
        skills={
            uri: LocalText.model_construct(nl=label.get("nl"), en=label.get("en"))
            for uri, label in written.get("skills", {}).items()
        },
        runs=tuple(_read_run(run) for run in written.get("runs", ())),
    )


def _read_run(written: Mapping[str, Any]) -> Run:
    days = written["days"]
    return Run(
        offering_id=UUID(written["id"]),
        days=None if days is None else Days(date.fromisoformat(days[0]), _day(days[1])),
        is_flexible=written["flexible"],
        is_full=written["full"],
        enrolment=tuple((_day(first), _day(last)) for first, last in written["enrolment"]),
        cents=written["cents"],
        language=written["language"],
        forms=tuple(written["forms"]),
        region=written["region"],
    )


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
