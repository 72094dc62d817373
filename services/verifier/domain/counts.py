"""How much is verified, counted so that no number leads to a person.

1. A verification is counted under its day, its verdict, and the form and container it came in.
2. What is published of a day are three separate rows of numbers, never crossed: a rare form from a
   rare container on one day would tell its issuer that its one holder was checked.
3. Each number, totals too, is rounded by itself to the nearest ten, so that fewer than five is none
   and no difference of two is exact; and a day is published once it is over, so that nobody can
   watch a number move.
4. Of an award is counted in which month it was checked how often. Only whoever acts for an
   identified learner and has the credential is told the sum; it is kept for 24 months.

Apart from the counting, because these rules are what protects people.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final
from uuid import UUID

from shared.errors import NotFoundError, RuleError

BASE: Final = 10
MONTHS_KEPT: Final = 24
LONGEST: Final = timedelta(days=366)
USUAL: Final = timedelta(days=30)
_YEAR: Final = 12


Way = tuple[date, str, str, str]
"""What a verification is counted under: day, verdict, form and container."""
Checked = tuple[UUID, date]
"""An award, and the first day of the month in which it was checked."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a process counted since it last wrote it down."""

    ways: Mapping[Way, int]
    checked: Mapping[Checked, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How many verifications there were of one kind on a day."""

    day: date
    state: str
    form: str
    container: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What may be published of a day; every number is rounded."""

    day: date
    verifications: int
    by_state: Mapping[str, int]
    by_form: Mapping[str, int]
    by_container: Mapping[str, int]


class PeriodRefusedError(RuleError):
    """The period ends before it begins, or is longer than a year."""

    code: ClassVar[str] = "period-refused"
    dutch: ClassVar[str] = "De periode eindigt voor zij begint, of is langer dan een jaar."
    pointer: ClassVar[str] = "/from"


class NotCountedError(NotFoundError):
    """The register holds no such credential, so no checks of it are counted."""

    code: ClassVar[str] = "not-counted"
    dutch: ClassVar[str] = (
        "Het register kent dit bewijs niet; hoe vaak het is gecontroleerd, is dus niet geteld."
    )


def rounded(count: int) -> int:
    """Round to the nearest ten; five goes up (rule 3)."""
    return (count + BASE // 2) // BASE * BASE


def decide_period(first: date | None, last: date | None, *, today: date) -> tuple[date, date]:
    """Return the days to publish, all of them over, or raise PeriodRefusedError."""
    yesterday = today - timedelta(days=1)
    until = min(last or yesterday, yesterday)
    begin = first or date.fromordinal(max(1, until.toordinal() - USUAL.days))
    if (last is not None and begin > last) or until - begin > LONGEST:
        raise PeriodRefusedError
    return begin, until


def publish(counts: Iterable[DayCount], *, first: date, last: date) -> list[Day]:
    """Return what may be published of each day of a period (rules 2 and 3)."""
    days: dict[date, list[DayCount]] = {}
    for one in counts:
        days.setdefault(one.day, []).append(one)
    number = (last - first).days + 1
    return [_publish(first + timedelta(days=n), days) for n in range(number)]


def month_of(day: date) -> date:
    """Return the first day of a month."""
    return day.replace(day=1)


def first_month_kept(today: date) -> date:
    """Return the first day of the earliest month of which checks are still counted (rule 4)."""
    months = today.year * _YEAR + today.month - 1 - MONTHS_KEPT
    return date(months // _YEAR, months % _YEAR + 1, 1)


def _publish(day: date, days: Mapping[date, list[DayCount]]) -> Day:
    states, forms, containers = Counter[str](), Counter[str](), Counter[str]()
    for one in days.get(day, ()):
        states[one.state] += one.times
        forms[one.form] += one.times
        containers[one.container] += one.times
    return Day(
        day=day,
        verifications=rounded(states.total()),
        by_state=_shown(states),
        by_form=_shown(forms),
        by_container=_shown(containers),
    )


def _shown(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the numbers that are not none once they are rounded."""
    return {name: shown for name, n in sorted(counts.items()) if (shown := rounded(n))}
