"""Which figures of the register may be published, so that none of them tells of a few people.

1. Registrations are counted along one dimension at a time; institutions within their sector. There
   is no table of two dimensions, so tables have nothing in common but their total.
2. A count below 10 is not shown. Zero is: it is about nobody.
3. What the hidden cells of a table add up to follows from its total. So as long as it is one cell,
   or they add up to so little, or so much, that the size of one of them shows, the smallest that is
   shown is hidden too. When nothing is left to hide, the table is withheld, zeros as well.
4. Institutions of a sector that is hidden are hidden; those of another add up to their sector, and
   rule 3 holds among them.
5. What is shown is rounded to the nearest 5, totals by themselves; so what is computed from two of
   them is nowhere exact. A register of less than 10 shows nothing.

Apart from the counting, because this is arithmetic that an attacker does too (see its test).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from shared.contracts.vocabulary import (
    QualificationLevel,
    Sector,
    StudyLoadUnit,
)

THRESHOLD: Final = 10
BASE: Final = 5
HOURS_OF_ECTS: Final = 28
LONGEST_GAP_YEARS: Final = 5
UNKNOWN: Final = "unknown"
_BANDS: Final = ((3, "under-3"), (6, "3-to-6"), (11, "6-to-11"), (21, "11-to-21"))
_WIDEST: Final = "21-and-more"


class Dimension(StrEnum):
    """What registrations are counted by."""

    SECTOR = "sector"
    ORGANISATION = "organisation"
    LEVEL = "level"
    SIZE = "size"
    MONTH = "month"
    STATUS = "status"


KEYS: Final[Mapping[Dimension, tuple[str, ...]]] = {
    Dimension.SECTOR: (*(one.value for one in Sector), UNKNOWN),
    Dimension.LEVEL: tuple(one.value for one in QualificationLevel),
    Dimension.SIZE: (*(band for _, band in _BANDS), _WIDEST),
    Dimension.STATUS: ("active", "suspended", "revoked", "expired"),
}
"""The cells of a table that has them however many there are of each."""

State = Mapping[str, Any]
"""A registration as it was recorded, in JSON; millions are counted, so none is checked again."""
Counts = Mapping[str, int]
Shown = dict[str, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What may be published: the total and a table for each dimension; None is not shown."""

    registrations: int | None
    tables: Mapping[Dimension, Mapping[str, int | None]]


def cells_of(state: State) -> tuple[tuple[Dimension, str], ...]:
    """Return under which cells a registration is counted, but for those of who awarded it."""
    load = state["studyLoad"]
    return (
        (Dimension.LEVEL, state["level"]["value"]),
        (Dimension.SIZE, size_of(load["unit"], load["value"])),
        (Dimension.MONTH, state["awardedOn"][: len("2026-11")]),
        (Dimension.STATUS, state["status"]),
    )


def size_of(unit: str, value: float) -> str:
    """Return the band of a study load, in ects; `3-to-6` is from 3 and less than 6."""
    ects = value if unit == StudyLoadUnit.ECTS else value / HOURS_OF_ECTS
    return next((band for below, band in _BANDS if ects < below), _WIDEST)


def publish(
    by_organisation: Counts,
    by_dimension: Mapping[Dimension, Counts],
    sectors: Mapping[str, Sector],
) -> Figures:
    """Decide what may be published of these counts; each table adds up to the same total."""
    total = sum(by_organisation.values())
    sectors_of = {oin: _sector(oin, sectors) for oin in by_organisation}
    by_sector = dict.fromkeys(KEYS[Dimension.SECTOR], 0)
    for oin, count in by_organisation.items():
        by_sector[sectors_of[oin]] += count
    counted = {
        Dimension.SECTOR: by_sector,
        Dimension.LEVEL: _all_keys(Dimension.LEVEL, by_dimension),
        Dimension.SIZE: _all_keys(Dimension.SIZE, by_dimension),
        Dimension.MONTH: _all_months(by_dimension.get(Dimension.MONTH, {})),
        Dimension.STATUS: _all_keys(Dimension.STATUS, by_dimension),
    }
    is_shown = total >= THRESHOLD
    hide = protect if is_shown else withhold
    tables = {dimension: hide(counts) for dimension, counts in counted.items()}
    organisations: Shown = {}
    for sector, shown in tables[Dimension.SECTOR].items():
        children = {oin: n for oin, n in by_organisation.items() if sectors_of[oin] == sector}
        organisations |= withhold(children) if shown is None else protect(children)
    return Figures(
        registrations=rounded(total) if is_shown else None,
        tables={
            dimension: organisations if dimension is Dimension.ORGANISATION else tables[dimension]
            for dimension in Dimension
        },
    )


def protect(counts: Counts) -> Shown:
    """Hide what is small, and as much besides as it takes for that to stay hidden (rules 2, 3)."""
    small = [n for n in counts.values() if 0 < n < THRESHOLD]
    large = sorted((n, key) for key, n in counts.items() if n >= THRESHOLD)
    hidden, shown = list(small), [n for n, _key in large]
    while shown and not _stays_hidden(hidden, least_shown=shown[0]):
        hidden.append(shown.pop(0))
    if not _stays_hidden(hidden, least_shown=None):
        return withhold(counts)
    taken = {key for _n, key in large[: len(hidden) - len(small)]}
    return {
        key: None if 0 < n < THRESHOLD or key in taken else rounded(n) for key, n in counts.items()
    }


def withhold(counts: Counts) -> Shown:
    """Show nothing of a table."""
    return dict.fromkeys(counts)


def rounded(count: int) -> int:
    """Round to the nearest multiple of 5."""
    return (count + BASE // 2) // BASE * BASE


def _stays_hidden(hidden: Sequence[int], *, least_shown: int | None) -> bool:
    """Say whether each hidden cell could be 1, and could be 10, to who knows these rules.

    Each of the others is at least 1, and was hidden because it is no more than the least shown.
    """
    if not hidden:
        return True
    others, total = len(hidden) - 1, sum(hidden)
    could_be_ten = total - others >= THRESHOLD
    could_be_one = least_shown is None or total - others * least_shown <= 1
    return others > 0 and could_be_ten and could_be_one


def _sector(oin: str, sectors: Mapping[str, Sector]) -> str:
    known = sectors.get(oin)
    return known.value if known else UNKNOWN


def _all_keys(dimension: Dimension, counts: Mapping[Dimension, Counts]) -> dict[str, int]:
    found = counts.get(dimension, {})
    return {key: found.get(key, 0) for key in KEYS[dimension]}


def _all_months(counts: Counts) -> dict[str, int]:
    """Return every month from the first to the last, those without registrations too.

    A date in a far past is a mistake of somebody; the centuries after it are no figures.
    """
    found = dict(counts)
    for earlier, later in pairwise(sorted(counts)):
        if int(later[:4]) - int(earlier[:4]) > LONGEST_GAP_YEARS:
            continue
        month = _next_month(earlier)
        while month < later:
            found[month] = 0
            month = _next_month(month)
    return dict(sorted(found.items()))


def _next_month(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
