"""Periods of recognition: which make sense together, and what may become of one that has begun.

A period begins on its first day and ends before its last (RIO: begindatum inclusive, einddatum
exclusive). The rules, by number at the blocks:

1. a period has days;
2. two periods of one recogniser share no day;
3. periods under one code of one recogniser are contiguous: in RIO such a code is one
   Instellingserkenning, with one begin and one end (a later recognition gets a code of its own);
4. a day of recognition that has passed stays on record. Ending a period is done with `validUntil`;
   taking days back that have passed is a correction, and says why.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from shared.contracts.policy import Recognition
from shared.errors import Fault

ONE_DAY = timedelta(days=1)


def find_period_faults(recognitions: Sequence[Recognition]) -> list[Fault]:
    """Return what is wrong with these periods by themselves."""
    return [fault for rule in PERIOD_RULES for fault in rule(recognitions)]


def find_taken_back(
    known: Sequence[Recognition], wanted: Sequence[Recognition], *, today: date
) -> list[Fault]:
    """Return which periods on record lose days that have passed; a begun one keeps its first."""
    return [
        _taken_back(one)
        for one in known
        if one.valid_from <= today
        and not _covers(
            (other for other in wanted if _is_of(other, one)),
            one.valid_from,
            max(min(_end(one), today), one.valid_from + ONE_DAY),
        )
    ]  # 4


def recognitions_on(recognitions: Iterable[Recognition], day: date) -> list[Recognition]:
    """Return the periods that cover that day, of every recogniser."""
    return [one for one in recognitions if one.holds_on(day)]


def first_day_without(recognitions: Iterable[Recognition], day: date) -> date | None:
    """Return the first day from this one on without recognition; None when there is none."""
    periods = [(one.valid_from, one.valid_until) for one in recognitions]
    while True:
        ends = [until for since, until in periods if since <= day and (not until or day < until)]
        if not ends:
            return day
        latest = max((until or date.max) for until in ends)
        if latest == date.max:
            return None
        day = latest


def _end(recognition: Recognition) -> date:
    return recognition.valid_until or date.max


def _is_of(recognition: Recognition, known: Recognition) -> bool:
    """Say whether one may stand for the other: a code may become known, never another."""
    return recognition.recogniser is known.recogniser and known.code in {None, recognition.code}


def _covers(recognitions: Iterable[Recognition], since: date, until: date) -> bool:
    """Say whether every day from `since` until before `until` is in one of the periods."""
    for one in sorted(recognitions, key=lambda one: one.valid_from):
        if one.valid_from <= since:
            since = max(since, _end(one))
    return since >= until


def _overlapping(recognitions: Sequence[Recognition]) -> list[int]:
    """Return which recognitions begin before an earlier one of the same recogniser has ended."""
    ends: dict[str, date] = {}
    found = []
    for at, one in _by_begin(recognitions):
        known = ends.get(one.recogniser, date.min)
        if one.valid_from < known:
            found.append(at)
        ends[one.recogniser] = max(known, _end(one))
    return sorted(found)


def _after_gaps(recognitions: Sequence[Recognition]) -> list[int]:
    """Return which recognitions begin later than the one before under the same code has ended."""
    ends: dict[tuple[str, str], date] = {}
    found = []
    for at, one in _by_begin(recognitions):
        if one.code is None:
            continue
        code = (one.recogniser, one.code)
        if one.valid_from > ends.get(code, date.max):
            found.append(at)
        ends[code] = max(ends.get(code, date.min), _end(one))
    return sorted(found)


def _by_begin(recognitions: Sequence[Recognition]) -> Iterator[tuple[int, Recognition]]:
    yield from sorted(enumerate(recognitions), key=lambda one: one[1].valid_from)


def _find_empty(recognitions: Sequence[Recognition]) -> Iterator[Fault]:
    yield from (_empty(at) for at, one in enumerate(recognitions) if _end(one) <= one.valid_from)


def _find_overlaps(recognitions: Sequence[Recognition]) -> Iterator[Fault]:
    yield from (_overlap(at) for at in _overlapping(recognitions))


def _find_gaps(recognitions: Sequence[Recognition]) -> Iterator[Fault]:
    yield from (_gap(at) for at in _after_gaps(recognitions))


PERIOD_RULES: Final = (_find_empty, _find_overlaps, _find_gaps)
"""Rules 1, 2 and 3, each by itself."""


def _empty(at: int) -> Fault:
    return Fault(
        f"/recognitions/{at}/validUntil",
        "recognition-empty",
        "validUntil is the first day without recognition, so it must be after validFrom.",
        "validUntil is de eerste dag zonder erkenning, en moet dus na validFrom liggen.",
    )


def _overlap(at: int) -> Fault:
    return Fault(
        f"/recognitions/{at}/validFrom",
        "recognition-overlap",
        "Two periods of the same recogniser share a day; one must end before the next begins.",
        "Twee perioden van dezelfde erkenner delen een dag; de ene moet eindigen voor de andere.",
    )


def _gap(at: int) -> Fault:
    return Fault(
        f"/recognitions/{at}/validFrom",
        "recognition-gap",
        "Periods under one code follow each other without a gap; a recognition that begins anew"
        " has a code of its own.",
        "Perioden onder één code sluiten op elkaar aan; een erkenning die opnieuw begint, heeft"
        " een eigen code.",
    )


def _taken_back(known: Recognition) -> Fault:
    who, since = known.recogniser, known.valid_from
    return Fault(
        "/recognitions",
        "recognition-taken-back",
        f"The recognition by {who} from {since} has begun, so it stays on record: end it with"
        " validUntil, or say in `reason` why it was recorded wrongly.",
        f"De erkenning door {who} vanaf {since} is begonnen en blijft dus staan: beëindig haar met"
        " validUntil, of zeg in `reason` waarom zij onjuist was vastgelegd.",
    )
