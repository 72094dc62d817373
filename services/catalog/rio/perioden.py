"""Periods in RIO: what is true of an object from a day on, until the next period begins.

The rules (RIO V4): at least one; the first begins with its object and the last ends with it; each
begins where the one before ends, so they neither overlap nor leave a gap; the first day is in the
period and the last is not. RIO writes down only where a period begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.contracts.microcredential import Description
from shared.contracts.offering import Offering
from shared.contracts.policy import Organisation

MOST_PERIODEN: Final = 999


@dataclass(frozen=True, slots=True)
class Periode:
    """Days from `begindatum` up to, but not with, `einddatum`; without one it goes on."""

    begindatum: date
    einddatum: date | None = None


class PeriodeFout(StrEnum):
    """What can be wrong with the periods of an object."""

    NONE_AT_ALL = "none"
    EMPTY = "empty"
    STARTS_ELSEWHERE = "starts-elsewhere"
    ENDS_ELSEWHERE = "ends-elsewhere"
    GAP = "gap"
    OVERLAP = "overlap"


def periode_fouten(perioden: Sequence[Periode], geheel: Periode) -> list[tuple[int, PeriodeFout]]:
    """Return every rule that the periods of an object break, and at which period."""
    if not perioden:
        return [(0, PeriodeFout.NONE_AT_ALL)]
    last = len(perioden) - 1
    found = [
        (at, PeriodeFout.EMPTY)
        for at, one in enumerate(perioden)
        if one.einddatum is not None and one.einddatum <= one.begindatum
    ]
    if perioden[0].begindatum != geheel.begindatum:
        found.append((0, PeriodeFout.STARTS_ELSEWHERE))
    if perioden[last].einddatum != geheel.einddatum:
        found.append((last, PeriodeFout.ENDS_ELSEWHERE))
    for at in range(last):
        end, start = perioden[at].einddatum, perioden[at + 1].begindatum
        if end is None or end > start:
            found.append((at + 1, PeriodeFout.OVERLAP))
        elif end < start:
            found.append((at + 1, PeriodeFout.GAP))
    return sorted(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """All that RIO is told of a microcredential: its versions with their first days, its runs."""

    microcredential_id: UUID
    delivery_id: UUID
    """What our OEAPI calls its aangeboden opleiding, so that RIO's mapper and this agree."""
    provider: Organisation
    versions: Sequence[tuple[date, Description]]
    """Oldest first, and at least one."""
    last_day: date | None = None
    """The last day it could be awarded, once every version is archived."""
    offerings: Sequence[Offering] = field(default=())

    @property
    def content(self) -> Description:
        """Return the description as it is now."""
        return self.versions[-1][1]

    @property
    def geheel(self) -> Periode:
        """Return the days the whole object is registered for."""
        begin = self.versions[0][0]
        if self.last_day is None:
            return Periode(begin)
        latest = max(self.last_day, *(day for day, _ in self.versions))
        return Periode(begin, latest + timedelta(days=1))

    def perioden(self) -> list[tuple[Periode, Description]]:
        """Return its periods; of versions of one day only the last counts.

        RIO holds 999 periods; of more, the oldest run on into the first that is kept.
        """
        by_day: dict[date, Description] = {}
        for day, content in self.versions:
            by_day[max(day, *by_day) if by_day else day] = content
        days = list(by_day)[-MOST_PERIODEN:]
        begins = [self.geheel.begindatum, *days[1:]]
        ends: list[date | None] = [*begins[1:], self.geheel.einddatum]
        return [
            (Periode(begin, end), by_day[day])
            for begin, end, day in zip(begins, ends, days, strict=True)
        ]
