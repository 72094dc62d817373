"""Types of query keys that mean one thing: pydantic alone takes a number for a day since 1970.

Apart from bodies, which JSON's own types keep exact (`json_body`): in a query everything is text.
"""

import re
from datetime import date
from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticKnownError

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(rf"{_DAY.pattern}[Tt ][0-9:.]+([Zz]|[+-][0-9:]+)?")


def _is_written_as_a_day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise PydanticKnownError("date_type")
    return value


DayInQuery = Annotated[date, BeforeValidator(_is_written_as_a_day)]
"""A day as ISO 8601 writes it: 2026-05-31 (API Design Rules, /core/date-time/date)."""


def _is_written_as_a_moment(value: object) -> object:
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise PydanticKnownError("datetime_type")
    return value


MomentInQuery = Annotated[AwareDatetime, BeforeValidator(_is_written_as_a_moment)]
"""A moment as RFC 3339 writes it, with its zone: 2026-05-31T12:00:00Z."""
