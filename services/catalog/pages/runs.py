"""Offerings as a learner looks at them: what can be joined first, what is over folded away. Pure.

Apart from the pages, because the page of a microcredential and the comparison order them alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.catalog.domain.offerings import Phase, enrolment_days, phase_on
from shared.contracts.offering import Offering

_ORDER: Final = (
    Phase.ENROLLING,
    Phase.ANNOUNCED,
    Phase.FULL,
    Phase.CLOSED,
    Phase.RUNNING,
    Phase.CANCELLED,
)
JOINABLE: Final = frozenset({Phase.ENROLLING, Phase.ANNOUNCED})


@dataclass(frozen=True, slots=True)
class Run:
    """An offering on a day, and the days on which one can still enrol."""

    offering: Offering
    phase: Phase
    enrolment: tuple[tuple[date | None, date | None], ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """Every offering of a microcredential: to come or going on, and over."""

    ahead: tuple[Run, ...]
    over: tuple[Run, ...]

    @property
    def next(self) -> Offering | None:
        """Return what a learner can join first, if anything."""
        return next((run.offering for run in self.ahead if run.phase in JOINABLE), None)


def arrange(offerings: Iterable[Offering], *, today: date) -> Runs:
    """Put what can be joined first, in the order in which it begins; the last one over first."""
    ahead: list[Run] = []
    over: list[Run] = []
    for offering in offerings:
        run = Run(offering, phase_on(offering, today), _still_to_come(offering, today))
        (over if _is_over(run, today) else ahead).append(run)
    ahead.sort(key=lambda run: (_ORDER.index(run.phase), _begins(run)))
    over.sort(key=_begins, reverse=True)
    return Runs(tuple(ahead), tuple(over))


def _is_over(run: Run, today: date) -> bool:
    days = run.offering.days
    ended = days is not None and days.last_day is not None and days.last_day < today
    return run.phase is Phase.PAST or (run.phase is Phase.CANCELLED and ended)


def _begins(run: Run) -> date:
    return run.offering.days.first_day if run.offering.days else date.max


def _still_to_come(offering: Offering, today: date) -> tuple[tuple[date | None, date | None], ...]:
    days = enrolment_days(offering)
    return tuple((first, last) for first, last in days if last is None or last >= today)
