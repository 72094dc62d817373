"""What a list of OEAPI v6 may be asked, read into what the catalogue looks for.

Apart from the routes, because the same filters stand on several paths, and each speaks OEAPI's
words where the catalogue has its own.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query
from pydantic import BeforeValidator

from services.catalog.domain.days import dutch_day
from services.catalog.oeapi import Expand
from services.catalog.oeapi.languages import alike
from services.catalog.oeapi.writing import levels_of
from services.catalog.operations.oeapi import (
    DELIVERY,
    SPECIFICATION,
    WantedEntries,
    WantedRuns,
)
from shared.contracts.requests import fault
from shared.runtime.clock import Now
from shared.runtime.faults import Place, RequestFault
from shared.runtime.problems import InvalidRequestError

Word = Annotated[str | None, Query(min_length=1, max_length=64)]
Words = Annotated[str | None, Query(min_length=1, max_length=100)]
Code = Annotated[str | None, Query(alias="primaryCode", min_length=1, max_length=256)]
Language = Annotated[
    str | None, Query(alias="teachingLanguage", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9-]{1,30})?$")
]


def _read_day_or_moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        is_day = _DAY.fullmatch(value)
        return date.fromisoformat(value) if is_day else datetime.fromisoformat(value)
    except ValueError:
        raise fault(
            "day-or-moment",
            "A day or a moment is expected, as 2026-05-31 or 2026-05-31T12:00:00Z.",
            "Hier hoort een dag of een tijdstip, zoals 2026-05-31 of 2026-05-31T12:00:00Z.",
        ) from None


_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DayOrMoment = Annotated[datetime | date | None, BeforeValidator(_read_day_or_moment), Query()]
_ROLES: Final = {"specification": SPECIFICATION, "programme": DELIVERY}
_SYNONYMS: Final = {"learningOutcomes": Expand.LEARNING_OUTCOMES}
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class SoughtProgrammes:
    """Which programmes are looked for, and of which kind."""

    wanted: WantedEntries
    roles: Sequence[int]


def read_programmes(
    q: Words = None,
    language: Language = None,
    kind: Annotated[str | None, Query(alias="programmeType", max_length=64)] = None,
    qualification: Annotated[str | None, Query(alias="qualificationAwarded", max_length=64)] = None,
    level: Annotated[str | None, Query(alias="levelOfQualification", max_length=64)] = None,
    field: Annotated[str | None, Query(alias="fieldsOfStudy", min_length=1, max_length=6)] = None,
) -> SoughtProgrammes:
    """Read the filters of a list of programmes; each of ours leads to a certificate."""
    roles = [*_ROLES.values()] if kind is None else [r for n, r in _ROLES.items() if n == kind]
    if qualification not in {None, "certificate"}:
        roles = []
    wanted = WantedEntries(
        words=q,
        languages=_spoken(language),
        levels=None if level is None else [level],
        field_of_study=field,
    )
    return SoughtProgrammes(wanted, roles)


def read_courses(
    q: Words = None,
    language: Language = None,
    level: Word = None,
    mode: Annotated[str | None, Query(alias="modeOfDelivery", max_length=64)] = None,
) -> WantedEntries:
    """Read the filters of a list of courses."""
    return WantedEntries(
        words=q,
        languages=_spoken(language),
        levels=None if level is None else levels_of(level),
        mode_of_delivery=mode,
        is_private=False,
    )


def read_runs(
    now: Now,
    q: Words = None,
    language: Language = None,
    state: Word = None,
    mode: Annotated[str | None, Query(alias="modeOfDelivery", max_length=64)] = None,
    result: Annotated[bool | None, Query(alias="resultExpected")] = None,
    since: DayOrMoment = None,
    until: DayOrMoment = None,
) -> WantedRuns:
    """Read the filters of a list of offerings; as OEAPI says, only those to come unless asked."""
    return WantedRuns(
        of=WantedEntries(),
        words=q,
        languages=_spoken(language),
        # A result is expected of every one of ours, so who asks for the others gets none.
        state="none" if result is False else state,
        mode_of_delivery=mode,
        since=_first_day(since) or dutch_day(now),
        until=_day(until),
    )


def _spoken(language: str | None) -> Sequence[str] | None:
    return None if language is None else alike(language)


def _day(moment: datetime | date | None) -> date | None:
    if isinstance(moment, datetime):
        return dutch_day(moment) if moment.tzinfo else moment.date()
    return moment


def _first_day(moment: datetime | date | None) -> date | None:
    """Return the first day that had not begun by then."""
    day = _day(moment)
    if day is None or not isinstance(moment, datetime):
        return day
    has_begun = moment.timetz().replace(tzinfo=None) != datetime.min.time()
    return day + timedelta(days=1) if has_begun and day < date.max else day


AskedProgrammes = Annotated[SoughtProgrammes, Depends(read_programmes)]
AskedCourses = Annotated[WantedEntries, Depends(read_courses)]
AskedRuns = Annotated[WantedRuns, Depends(read_runs)]


def read_expand(parts: Collection[Expand]) -> Callable[..., Awaitable[frozenset[Expand]]]:
    """Return what reads which parts are to be written out, of those that there are."""

    async def read(
        expand: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    ) -> frozenset[Expand]:
        names = [] if expand is None else [name.strip() for name in expand.split(",")]
        asked = [_SYNONYMS.get(name, name) for name in names]
        if any(name not in parts for name in asked):
            listed = ", ".join(sorted(parts))
            refused = RequestFault(
                Place.QUERY,
                "/expand",
                "enum",
                f"One or more of these are expected, with commas: {listed}.",
                f"Hier horen een of meer van deze, met komma's ertussen: {listed}.",
            )
            raise InvalidRequestError(found=[refused])
        return frozenset(map(Expand, asked))

    return read
